use camino::{Utf8Path, Utf8PathBuf};

use super::remote::{fetch_record, fresh_runs};
use crate::cli::invocation::near;
use crate::cli::{Exit, Invocation, UserError, Workspace};
use crate::domain::text::shell_word;
use crate::domain::{Name, RunLayout, Token};
use crate::store::{FindError, Origin, OwnRuns, Recorded, RunRef, Runs, is_fetched, run_at};

use super::foreign::why_foreign;

/// The recorded runs of an environment, as far as they are known on this machine.
pub fn runs_of(workspace: &Workspace, env: &str) -> Result<Runs, UserError> {
    let (name, _) = workspace.environment(env)?;
    Ok(Runs::new(&workspace.store_root(env)?, &workspace.project.name, &name))
}

/// The same for who only looks: none before the first run, of which nothing is to make folders.
pub fn runs_there(workspace: &Workspace, env: &str) -> Option<Runs> {
    let (_, environment) = workspace.environment(env).ok()?;
    let is_there = workspace.root().join(&environment.root).is_dir();
    is_there.then(|| runs_of(workspace, env).ok()).flatten()
}

/// The run that a person means.
pub fn find(runs: &Runs, reference: &str) -> Result<Recorded, UserError> {
    runs.find(&parse(reference)?).map_err(|error| told(reference, &error))
}

/// The run that is to feed another. One from elsewhere does so only where a person named that very run: not because it is
/// the newest, or somebody called it so.
pub fn find_source(runs: &Runs, reference: &str) -> Result<Recorded, UserError> {
    let found = find(runs, reference)?;
    // What lies in the environment's bucket is of those who may write there.
    if is_fetched(&RunLayout::at(&found.path)) {
        return Ok(found);
    }
    if names_one(reference) {
        return Ok(found);
    }
    match runs.plan(&OwnRuns::of_user(), &found) {
        Ok((_, origin)) if origin != Origin::Here => {
            let short = found.run.token.short();
            Err(UserError::wrong(format!("`{reference}` is run {short}, which is foreign"))
                .because(why_foreign(&RunLayout::at(&found.path), origin))
                .to_do(format!("name it by its token, if you trust it: --inputs-from {short}")))
        }
        _ => Ok(found),
    }
}

/// Whether it means one very run, whatever others there are and whatever somebody calls them.
pub fn names_one(reference: &str) -> bool {
    matches!(parse(reference), Ok(RunRef::Token(_) | RunRef::Ending(_) | RunRef::Directory(_)))
}

/// The same, also by the directory of a run that was copied here: for that no project is needed. Of a run that lies in a
/// bucket, what it says of itself is fetched.
pub fn look_up(invocation: &Invocation, env: &str, reference: &str) -> Result<Recorded, UserError> {
    let recorded = match parse(reference)? {
        RunRef::Directory(dir) => run_at(&dir).map_err(|error| told(reference, &error))?,
        meant => {
            let workspace = Workspace::open(invocation.project())?;
            // A token that is known here is nobody else's: no bucket need be asked which runs there are.
            let named = matches!(meant, RunRef::Token(_) | RunRef::Ending(_));
            let known = if named { runs_of(&workspace, env)?.find(&meant).ok() } else { None };
            match known {
                Some(known) => known,
                None => find(&fresh_runs(&workspace, env, invocation)?, reference)?,
            }
        }
    };
    fetch_record(&recorded, invocation)?;
    // Somebody may have gone on with it since.
    match is_fetched(&RunLayout::at(&recorded.path)) {
        true => run_at(&recorded.path).map_err(|error| told(reference, &error)),
        false => Ok(recorded),
    }
}

fn parse(reference: &str) -> Result<RunRef, UserError> {
    reference
        .parse()
        .map_err(|error: crate::store::ReferenceError| UserError::wrong(error.to_string()).to_do(FORMS))
}

const FORMS: &str = "RUN is a token, its last 4 or more characters, @last, @failed, NAME@last, NAME@-2, an alias or a run's directory";

/// What there is, for somebody who named what there is not.
fn told(reference: &str, error: &FindError) -> UserError {
    let list = |names: &[Name]| names.iter().map(Name::as_str).collect::<Vec<_>>().join(", ");
    let exit = match error {
        FindError::Broken { .. } | FindError::BadAlias { .. } => Exit::NotReady,
        _ => Exit::Wrong,
    };
    let said = UserError::from_error(exit, format!("`{reference}` names no run"), error);
    match error {
        FindError::Ambiguous { count, candidates, .. } => {
            let said =
                candidates.iter().fold(said, |said, (token, name)| said.to_do(format!("{token}  {name}")));
            match count - candidates.len() {
                0 => said,
                more => said.to_do(format!("or one of {more} more: type more of its end")),
            }
        }
        FindError::Several { places, .. } => {
            let said = said.to_do("name one by its directory, or remove the one that is not wanted:");
            places.iter().fold(said, |said, place| said.to_do(place.as_str()))
        }
        FindError::NoRuns { name: Some(_), names } if !names.is_empty() => {
            said.to_do(format!("there are runs of {}", list(names)))
        }
        FindError::NoAlias { alias, names, .. } if names.contains(alias) => {
            said.to_do(format!("did you mean its newest run, {alias}@last?"))
        }
        FindError::NoAlias { there, .. } if there.is_empty() => said.to_do(FORMS),
        FindError::NoAlias { there, .. } => said.to_do(format!("there are {}", there.join(", "))),
        FindError::ManyAliases { alias, names } => {
            names.iter().fold(said, |said, name| said.to_do(format!("{name}@{alias}")))
        }
        FindError::BadAlias { .. } => said,
        FindError::NoRuns { .. } => said.to_do("start one with `greenroom run NAME`"),
        FindError::TooFar { there, name } => {
            let name = name.as_ref().map(Name::as_str).unwrap_or_default();
            said.to_do(format!("the oldest is {name}@-{there}"))
        }
        FindError::NoToken(_) | FindError::NoEnding(_) => said.to_do("`greenroom runs` lists them all"),
        FindError::Broken { path, .. } => {
            let left = near(path);
            UserError { what: format!("run `{reference}` cannot be read"), ..said }
                .to_do(format!("copy it whole from where it came, or see what is left of it in {left}"))
                .to_do(format!("if nothing of it is wanted: rm -r {}", shell_word(left.as_str())))
        }
        FindError::NoDirectory(dir) => match runs_beside(dir).as_slice() {
            [] => said.to_do(WHOLE),
            meant => meant.iter().fold(said, |said, run| {
                said.to_do(format!("did you mean {}?", shell_word(near(run).as_str())))
            }),
        },
        FindError::NoneFailed { .. } => said,
    }
}

const WHOLE: &str =
    "the directory of a run is named whole: its last part is the run's token, and it has a _run/ in it";

/// Runs that an error names.
const MOST: usize = 5;

/// The runs in the folder above whose tokens end so.
fn runs_beside(dir: &Utf8Path) -> Vec<Utf8PathBuf> {
    let (Some(folder), Some(ending)) = (dir.parent(), dir.file_name().map(str::to_ascii_lowercase)) else {
        return Vec::new();
    };
    let folder = if folder.as_str().is_empty() { Utf8Path::new(".") } else { folder };
    let entries = folder.read_dir_utf8().into_iter().flatten().flatten();
    let is_meant = |path: &Utf8PathBuf| {
        let token = path.file_name().filter(|name| name.parse::<Token>().is_ok());
        token.is_some_and(|token| token.ends_with(&ending)) && RunLayout::at(path).run_json().exists()
    };
    let mut found: Vec<Utf8PathBuf> = entries.map(camino::Utf8DirEntry::into_path).filter(is_meant).collect();
    found.sort_unstable_by(|a, b| b.cmp(a));
    found.truncate(MOST);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Look;

    #[test]
    fn an_ambiguous_ending_lists_what_it_may_mean() {
        let token: Token = "01900000-0000-7000-8000-000000003f2a".parse().unwrap();
        let daily = Name::new("daily").unwrap();
        let candidates = vec![(token, daily)];
        let error = FindError::Ambiguous { ending: "3f2a".into(), count: 3, candidates };
        insta::assert_snapshot!(told("3f2a", &error).render(&Look::PLAIN), @r"
        error: `3f2a` names no run
          why: `3f2a` is the end of 3 tokens
           do: 01900000-0000-7000-8000-000000003f2a  daily
               or one of 2 more: type more of its end
        ");
    }

    #[test]
    fn the_end_of_a_token_in_a_folder_says_which_run_there_is_meant() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(dir.path()).unwrap();
        let run = folder.join("01900000-0000-7000-8000-000000003f2a");
        fs_err::create_dir_all(run.join("_run")).unwrap();
        fs_err::write(run.join("_run/run.json"), "{}").unwrap();
        let told = |short: &str| {
            let dir = folder.join(short);
            told(dir.as_str(), &run_at(&dir).unwrap_err()).todo
        };
        assert_eq!(told("3f2a"), [format!("did you mean {run}?")]);
        assert_eq!(told("beef"), [WHOLE]);
    }

    #[test]
    fn what_is_no_reference_is_explained() {
        let text = parse("La test").unwrap_err().render(&Look::PLAIN);
        assert!(text.contains("`La test` names no run") && text.contains("NAME@-2"), "{text}");
        let text = parse("@-0").unwrap_err().render(&Look::PLAIN);
        assert_eq!(text.matches("names no run").count(), 1, "{text}");
    }
}
