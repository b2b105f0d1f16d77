use camino::Utf8Path;
use serde_json::json;

use crate::cli::{Invocation, Output};
use crate::domain::Token;
use crate::domain::figures::counted;
use crate::domain::text::shell_word;
use crate::store::Broken;

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
    output.warn(&folded(broken, root, invocation));
}

/// `3 damaged runs are not listed (3f2a, 77aa and 1c0d): greenroom runs --json says why of each, greenroom show 3f2a …`
fn folded(broken: &[Broken], root: &Utf8Path, invocation: &Invocation) -> String {
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
    let one = broken.iter().find_map(token).map(|token| invocation.command(&["show", &token.short()]));
    let show = one.map(|show| format!(", and {show} what is left of one")).unwrap_or_default();
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
        let told = folded(&all, Utf8Path::new("/p"), &Invocation::default());
        let first = tokens[0].short();
        assert!(
            told.starts_with(&format!("7 damaged runs are not listed, as they cannot be read ({first}, ")),
            "{told}"
        );
        assert!(
            told.contains(&format!(
                " and 2 more): greenroom runs --json says why of each, and greenroom show {first}"
            )),
            "{told}"
        );
        assert_eq!(told.lines().count(), 1);
        all.truncate(2);
        all[0].path = "/p/store/daily/copy".into();
        let told = folded(&all, Utf8Path::new("/p"), &Invocation::default());
        assert!(told.contains(&format!("(store/daily/copy and {})", tokens[1].short())), "{told}");
    }
}
