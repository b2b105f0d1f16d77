use camino::Utf8Path;

use super::bootstrap::{bootstrap, tool};
use super::suite::suite;
use super::{Event, LocalError, Progress};
use crate::docker::{DockerError, Engine, labels};

/// A base that the engine has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Base {
    /// What `FROM` says.
    pub reference: String,
    /// `pulled` or `bootstrapped`.
    pub origin: String,
}

/// The base as the engine has it; else pulled; else, where no registry answers, made from the distribution's
/// archive.
pub(super) async fn ensure_base(
    engine: &Engine,
    base: &str,
    progress: &dyn Progress,
) -> Result<Base, LocalError> {
    if let Some(found) = base_here(engine, base).await? {
        return Ok(found);
    }
    let (repository, tag) = bootstrapped_name(base);
    progress.report(Event::Started { what: format!("pulling {base}") });
    let problem = match engine.pull(base, &|line| progress.report(Event::Line(line.to_owned()))).await {
        Ok(()) => {
            progress.report(Event::Done);
            return Ok(Base { reference: base.to_owned(), origin: "pulled".to_owned() });
        }
        Err(DockerError::Refused { message, .. } | DockerError::NotFound(message)) => message,
        Err(error) => return Err(error.into()),
    };
    let no_base = || LocalError::NoBase { base: base.to_owned(), problem: problem.clone() };
    if registry_answered(&problem) {
        return Err(no_base());
    }
    let suite = suite(base).ok_or_else(no_base)?;
    let tool = tool()
        .ok_or_else(|| LocalError::NoBootstrapTool { base: base.to_owned(), problem: problem.clone() })?;
    progress.report(Event::Line(format!("no registry answers: {problem}")));
    let what = format!("bootstrapping {base} from the {} archive", suite.distribution);
    progress.report(Event::Started { what });
    let dir = tempfile::tempdir().map_err(LocalError::io("cannot make a temporary directory"))?;
    let path = Utf8Path::from_path(dir.path()).ok_or_else(no_base)?;
    let tarball = bootstrap(base, &suite, tool, path, progress).await?;
    progress.report(Event::Line("importing it into the engine".to_owned()));
    // One label: Podman takes several for one.
    let label = format!("LABEL {}=bootstrapped", labels::BASE);
    engine.import(&tarball, &repository, &tag, &[label]).await?;
    progress.report(Event::Done);
    Ok(Base { reference: format!("{repository}:{tag}"), origin: "bootstrapped".to_owned() })
}

/// None: the engine has it neither pulled nor bootstrapped.
pub(super) async fn base_here(engine: &Engine, base: &str) -> Result<Option<Base>, LocalError> {
    let (repository, tag) = bootstrapped_name(base);
    for reference in [base.to_owned(), format!("{repository}:{tag}")] {
        if let Some(found) = engine.image(&reference).await? {
            let origin = found.label(labels::BASE).unwrap_or("pulled").to_owned();
            return Ok(Some(Base { reference, origin }));
        }
    }
    Ok(None)
}

/// `debian:bookworm-slim` → `greenroom/base-debian`, `bookworm-slim`: never the name of somebody else's image.
fn bootstrapped_name(base: &str) -> (String, String) {
    let last = base.rsplit('/').next().unwrap_or(base);
    let (name, tag) = last.split_once(':').unwrap_or((last, "latest"));
    (format!("greenroom/base-{name}"), tag.to_owned())
}

/// It said that it has no such image: bootstrapping something else in its place would hide a typing error.
fn registry_answered(problem: &str) -> bool {
    let problem = problem.to_ascii_lowercase();
    ["manifest unknown", "not found: ", "does not exist", "access denied", "unauthorized"]
        .iter()
        .any(|sign| problem.contains(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bootstrapped_base_has_a_name_of_its_own() {
        let name = |base| bootstrapped_name(base);
        assert_eq!(
            name("debian:bookworm-slim"),
            ("greenroom/base-debian".to_owned(), "bookworm-slim".to_owned())
        );
        assert_eq!(
            name("docker.io/library/ubuntu"),
            ("greenroom/base-ubuntu".to_owned(), "latest".to_owned())
        );
    }

    #[test]
    fn a_registry_that_has_no_such_image_is_not_one_that_is_silent() {
        assert!(registry_answered("manifest for debian:bookwrm not found: manifest unknown"));
        assert!(registry_answered("pull access denied for x, repository does not exist"));
        assert!(!registry_answered("Get \"https://registry/v2/\": dial tcp: lookup registry: no such host"));
    }
}
