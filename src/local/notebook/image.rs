use std::collections::HashMap;
use std::env;

use crate::docker::{BuildContext, BuildError, BuildRequest, OnceSpec, labels};
use crate::domain::Name;
use crate::local::build::PROXIES;
use crate::local::{Event, LocalError, Progress, Site};

/// A tool to look with, which no run sees; so an image of an old Python may get an old one.
const WANTED: &str = "jupyterlab>=4,<5";
/// As the image-side code has it: apart from what steps import, of which nothing is changed.
const INSTALLED: &str = "/opt/greenroom-notebook";
/// Of the image's id, as many letters as tell it from others.
const TOLD: usize = 12;

/// What an image has of what is needed, as the exit code of a look into it.
const LOOK: &str = "command -v python3 >/dev/null || exit 10
python3 -c 'import jupyterlab, ipykernel' 2>/dev/null && exit 0
python3 -m pip --version >/dev/null 2>&1 || exit 11
exit 12";
const OWN: i64 = 0;
const NO_PYTHON: i64 = 10;
const NO_PIP: i64 = 11;

/// The image with JupyterLab: that of the step, where it has one itself, or one that is made from it the first time.
/// `id`: of the step's image. Answers an id or tag.
///
/// # Errors
/// The image has no Python, or no pip; or the build fails.
pub async fn notebook_image(
    site: Site<'_>,
    (name, id): (&Name, &str),
    progress: &dyn Progress,
) -> Result<String, LocalError> {
    let engine = site.engine;
    let short: String = id.trim_start_matches("sha256:").chars().take(TOLD).collect();
    let (repository, tag) =
        (format!("greenroom/{}-{name}-notebook", site.project.name), format!("of-{short}"));
    let reference = format!("{repository}:{tag}");
    if engine.image(&reference).await?.is_some() {
        return Ok(reference);
    }
    let argv = ["sh", "-c", LOOK].map(str::to_owned).to_vec();
    let looked = engine
        .once(&OnceSpec {
            image: id.to_owned(),
            argv,
            user: "65534:65534".to_owned(),
            mounts: Vec::new(),
            memory_limit: None,
            network: None,
        })
        .await?;
    match looked.code {
        OWN => return Ok(id.to_owned()),
        NO_PYTHON => return Err(LocalError::NoNotebook { image: name.clone(), lacks: "python3" }),
        NO_PIP => return Err(LocalError::NoNotebook { image: name.clone(), lacks: "python3-pip" }),
        _ => {}
    }
    progress.report(Event::Started { what: format!("adding JupyterLab to the image {name}, once") });
    let context = BuildContext::new(&dockerfile(&site.project.name, name, id))
        .map_err(LocalError::io("cannot pack the build's files"))?;
    let arguments = PROXIES.iter().filter_map(|name| Some(((*name).to_owned(), env::var(name).ok()?)));
    let request = BuildRequest { context, arguments: arguments.collect::<HashMap<_, _>>() };
    let line = |line: &str| progress.report(Event::Line(line.to_owned()));
    let made = engine.build(request, &line).await.map_err(|error| match error {
        BuildError::Failed { command, last_lines } => {
            LocalError::BuildFailed { image: name.clone(), command, last_lines }
        }
        BuildError::Engine(error) => error.into(),
    })?;
    engine.tag_image(&made, &repository, &tag).await?;
    progress.report(Event::Done);
    Ok(reference)
}

/// What steps import stands elsewhere and stays as it is, so that it may ask for other versions is no complaint.
fn dockerfile(project: &Name, name: &Name, id: &str) -> String {
    format!(
        "FROM {id}\nRUN PIP_ROOT_USER_ACTION=ignore PIP_NO_COLOR=1 PIP_PROGRESS_BAR=off \
         PIP_DISABLE_PIP_VERSION_CHECK=1 python3 -m pip install --no-cache-dir --no-warn-conflicts \
         --target {INSTALLED} '{WANTED}'\n\
         LABEL {}={project} {}={name}\n",
        labels::PROJECT,
        labels::IMAGE,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steps_import_is_nothing_to_complain_of() {
        let name = |text: &str| Name::new(text).unwrap();
        let made = dockerfile(&name("flights"), &name("default"), "sha256:0");
        let install = made.lines().find(|line| line.starts_with("RUN ")).unwrap();
        assert!(install.contains(" pip install ") && install.contains(" --no-warn-conflicts "), "{made}");
        assert!(made.starts_with("FROM sha256:0\n") && made.ends_with("=default\n"), "{made}");
    }
}
