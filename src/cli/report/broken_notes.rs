use camino::Utf8Path;
use serde_json::json;

use crate::cli::{Invocation, Output};
use crate::domain::figures::counted;
use crate::domain::text::shell_word;
use crate::domain::{RunLayout, Token};
use crate::store::{Broken, read_plan, run_at};

/// Folders that are named where several cannot be read.
const NAMED: usize = 5;
/// Of which machines get the reasons.
const TOLD: usize = 50;

/// What could not be read is no part of a list, and not kept quiet: one is told with why, more of them in a line. Machines
/// get the reason of each. `root`: the project's, in which most of them lie.
pub fn tell_broken(broken: &[Broken], (root, invocation): (&Utf8Path, &Invocation), output: &Output) {
    let [first, others @ ..] = broken else { return };
    if output.json {
        let what = format!("not listed, as it cannot be read ({}):", counted(broken.len() as u64, "folder"));
        let shown = &broken[..broken.len().min(TOLD)];
        let each: Vec<String> = shown.iter().map(|one| format!("{}: {}", one.path, one.why)).collect();
        let todo: Vec<String> =
            shown.iter().filter(|one| one.no_record).map(|one| remedy(&one.path)).collect();
        return output.note(&json!({"note": what, "why": each, "todo": todo}));
    }
    let near = |path: &Utf8Path| path.strip_prefix(root).unwrap_or(path).to_owned();
    if others.is_empty() {
        // Whole: it is typed in whichever folder somebody is.
        let todo = first.no_record.then(|| format!("\n{}", remedy(&first.path)));
        let why = format!("not listed, as it cannot be read: {}: {}", near(&first.path), first.why);
        return output.warn(&(why + &todo.unwrap_or_default()));
    }
    output.warn(&folded(broken, root, &can_be_shown, invocation));
}

/// There is something left of it: neither a link, which nobody follows, nor one that does not even say what it is.
fn can_be_shown(path: &Utf8Path) -> bool {
    !path.is_symlink() && run_at(path).is_ok() && read_plan(&RunLayout::at(path)).is_ok()
}

/// `3 damaged runs are not listed (3f2a, 77aa and 1c0d): greenroom runs --json says why of each, greenroom show 3f2a …`
fn folded(
    broken: &[Broken],
    root: &Utf8Path,
    can_be_shown: &dyn Fn(&Utf8Path) -> bool,
    invocation: &Invocation,
) -> String {
    let token = |one: &Broken| one.path.file_name().and_then(|name| name.parse::<Token>().ok());
    let called = |one: &Broken| match token(one) {
        Some(token) => token.short(),
        None => one.path.strip_prefix(root).unwrap_or(&one.path).to_string(),
    };
    let mut named: Vec<String> = broken.iter().take(NAMED).map(called).collect();
    if broken.len() > NAMED {
        named.push(format!("{} more", broken.len() - NAMED));
    }
    let last = named.pop().unwrap_or_default();
    let one = broken.iter().filter(|one| can_be_shown(&one.path)).find_map(token);
    let show = one.map(|token| invocation.command(&["show", &token.short()]));
    let show = show.map(|show| format!(", and {show} what is left of one")).unwrap_or_default();
    let each = invocation.command(&["runs", "--json"]);
    format!(
        "{} are not listed, as they cannot be read ({} and {last}): {each} says why of each{show}",
        counted(broken.len() as u64, "damaged run"),
        named.join(", "),
    )
}

/// For a folder of which nothing can be made.
fn remedy(path: &Utf8Path) -> String {
    format!("unless it is being copied here, remove it: rm -r {}", shell_word(path.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_damaged_runs_take_one_line() {
        let tokens: Vec<Token> = (0..7).map(|_| Token::generate()).collect();
        let broken = |token: &Token| Broken {
            path: format!("/p/store/{token}").into(),
            why: "its run.json is torn".to_owned(),
            no_record: false,
        };
        let mut all: Vec<Broken> = tokens.iter().map(broken).collect();
        let told = |all: &[Broken], can_be_shown: &dyn Fn(&Utf8Path) -> bool| {
            folded(all, Utf8Path::new("/p"), can_be_shown, &Invocation::default())
        };
        let second = all[1].path.clone();
        let (first, shown) = (tokens[0].short(), tokens[1].short());
        let said = told(&all, &|path| path == second);
        assert!(
            said.starts_with(&format!("7 damaged runs are not listed, as they cannot be read ({first}, ")),
            "{said}"
        );
        assert!(
            said.contains(&format!(
                " and 2 more): greenroom runs --json says why of each, and greenroom show {shown}"
            )),
            "{said}"
        );
        assert_eq!(said.lines().count(), 1);
        all.truncate(2);
        all[0].path = "/p/store/daily/copy".into();
        let said = told(&all, &|_| true);
        assert!(said.contains(&format!("(store/daily/copy and {shown})")), "{said}");
        assert!(said.ends_with(&format!("and greenroom show {shown} what is left of one")), "{said}");
    }

    #[test]
    fn nobody_is_sent_to_what_cannot_be_shown() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        let broken = |path: &Utf8Path| Broken { path: path.to_owned(), why: String::new(), no_record: false };
        let (link, torn) =
            (root.join(Token::generate().to_string()), root.join(Token::generate().to_string()));
        fs_err::os::unix::fs::symlink("/etc", &link).unwrap();
        fs_err::create_dir_all(torn.join("_run")).unwrap();
        fs_err::write(torn.join("_run/run.json"), "{").unwrap();
        let said = folded(&[broken(&link), broken(&torn)], root, &can_be_shown, &Invocation::default());
        assert!(said.ends_with("greenroom runs --json says why of each"), "{said}");
    }
}
