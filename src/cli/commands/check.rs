use camino::{Utf8Path, Utf8PathBuf};

use crate::cli::args::Check;
use crate::cli::report::{checks_view, diagnostics};
use crate::cli::review::static_checks;
use crate::cli::unheard_figures::unheard_figures;
use crate::cli::{Exit, Output, Place, UserError, Workspace};
use crate::domain::track::CheckStatus;
use crate::domain::{Diagnostic, Severity};
use crate::operators;
use crate::spec::{self, Specs};

/// Validates the project's specs, or some of them. The project itself may be wrong: that is told like the rest.
pub fn run(asked: &Check, project: Option<&Utf8Path>, output: &Output) -> Result<Exit, UserError> {
    let place = Place::find(project)?;
    let specs = spec::load(&place.root, operators::builtin());
    let files = chosen(&asked.paths, &place, &specs)?;
    // Without a project there is nothing to review: what is wrong with it is told like the rest.
    if let (true, Some(_)) = (asked.review, &specs.project) {
        return review(&files, &asked.env, project, output);
    }
    let (specs, unheard) = match specs.project.clone() {
        Some(project) => {
            let workspace = Workspace::new(place, project, specs);
            let unheard = unheard_figures(&workspace, &asked.env);
            (workspace.specs, unheard)
        }
        None => (specs, Vec::new()),
    };
    let all = specs.diagnostics.iter().cloned().chain(unheard);
    let mut problems: Vec<Diagnostic> = all.filter(|problem| files.contains(&problem.file)).collect();
    problems.sort_by(|a, b| (&a.file, a.span).cmp(&(&b.file, b.span)));
    output.either(&problems, |look| {
        diagnostics(&problems, files.len() as u64, |file| specs.source(file), look)
    })?;
    let wrong = problems.iter().any(|problem| problem.severity == Severity::Error);
    Ok(if wrong { Exit::Wrong } else { Exit::Done })
}

/// The checks of a review that run nothing.
fn review(
    files: &[Utf8PathBuf],
    env: &str,
    project: Option<&Utf8Path>,
    output: &Output,
) -> Result<Exit, UserError> {
    let workspace = Workspace::open(project)?;
    let (env, _) = workspace.environment(env)?;
    let checks = static_checks(&workspace, &workspace.specs, files, &env, None);
    output.either(&checks, |look| checks_view(&checks, |file| workspace.specs.source(file), look))?;
    let failed = checks.iter().any(|check| check.status == CheckStatus::Failed);
    Ok(if failed { Exit::Wrong } else { Exit::Done })
}

/// The files that the paths name; all if there are none.
fn chosen(paths: &[Utf8PathBuf], place: &Place, specs: &Specs) -> Result<Vec<Utf8PathBuf>, UserError> {
    // A file that is no spec can have a problem too: that it is none.
    let mut all = specs.files.clone();
    all.extend(specs.diagnostics.iter().map(|problem| problem.file.clone()));
    all.sort();
    all.dedup();
    if paths.is_empty() {
        return Ok(all);
    }
    let mut files = Vec::new();
    for path in paths {
        let inside = inside(path, place)?;
        let below: Vec<&Utf8PathBuf> = all.iter().filter(|file| file.starts_with(&inside)).collect();
        if below.is_empty() {
            return Err(UserError::wrong(format!("{path} is no spec, and has none in it")).to_do(
                "specs are greenroom.yaml, workflows/*.yaml, blueprints/*.yaml and operators/*.yaml of the project",
            ));
        }
        files.extend(below.into_iter().cloned());
    }
    files.sort();
    files.dedup();
    Ok(files)
}

/// A path as the project knows it. Its last part is not followed: a link is judged where it stands.
fn inside(path: &Utf8Path, place: &Place) -> Result<Utf8PathBuf, UserError> {
    let missing = |error: std::io::Error| {
        let said = UserError::from_error(Exit::Wrong, format!("{path} cannot be checked"), &error);
        said.of_file(path, &error)
    };
    path.symlink_metadata().map_err(missing)?;
    let full = match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) if !parent.as_str().is_empty() => {
            parent.canonicalize_utf8().map_err(missing)?.join(name)
        }
        (Some(_), Some(name)) => Utf8Path::new(".").canonicalize_utf8().map_err(missing)?.join(name),
        // `.`, `..` and `/`.
        _ => path.canonicalize_utf8().map_err(missing)?,
    };
    full.strip_prefix(&place.root).map(Utf8Path::to_owned).map_err(|_| {
        UserError::wrong(format!("{path} is outside the project {}", place.root))
            .to_do("name that project: --project DIR")
    })
}
