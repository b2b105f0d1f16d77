use std::collections::HashMap;
use std::env;

use super::base::{Base, ensure_base};
use super::dockerfile::{CERTIFICATES, Layers, REQUIREMENTS, labelled};
use super::image::{ImageState, folder_tag, image_state, image_tag, wanted};
use super::keys::{Keys, apt};
use super::requirements::Requirements;
use super::{BuiltImage, Event, LocalError, Progress, Site};
use crate::docker::{BuildContext, BuildError, BuildRequest, ImageFacts, labels};
use crate::domain::Name;

/// An image that has this many layers is built anew rather than added to: engines stop at about 120.
const LAYERS: usize = 60;
pub(super) const PROXIES: [&str; 6] =
    ["http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"];

/// Builds those of the project's images that are not current; `names` empty: all.
pub async fn build(
    site: Site<'_>,
    names: &[Name],
    progress: &dyn Progress,
) -> Result<Vec<BuiltImage>, LocalError> {
    let all: Vec<Name> = site.project.images.keys().cloned().collect();
    let mut built = Vec::new();
    for name in if names.is_empty() { &all } else { names } {
        built.push(build_one(site, name, progress).await?);
    }
    Ok(built)
}

async fn build_one(site: Site<'_>, name: &Name, progress: &dyn Progress) -> Result<BuiltImage, LocalError> {
    let tag = image_tag(&site.project.name, name);
    let present = |facts: ImageFacts, rebuilt| BuiltImage {
        name: name.clone(),
        tag: tag.clone(),
        bash: facts.has_bash(),
        id: facts.id,
        rebuilt,
    };
    let old = match image_state(site, name).await? {
        ImageState::Current(facts) => return Ok(present(facts, false)),
        ImageState::Stale(facts) => Some(facts),
        ImageState::Absent => None,
    };
    let (image, requirements) = wanted(site, name)?;
    let keys = Keys::of(image, &requirements, site.certificates.map(|bundle| &bundle.digest));
    let work = Work { site, name, requirements: &requirements, keys: &keys, progress };
    let (layered, origin) = match old.as_ref().and_then(|old| work.below(old)) {
        Some(origin) => {
            let from = old.as_ref().map(|old| old.id.as_str()).unwrap_or_default();
            progress.report(Event::Started { what: format!("adding to the image {name}") });
            let layers = Layers { from, certificates: false, apt: &[], pip: true };
            (work.lay(&layers).await?, origin)
        }
        None => {
            let Base { reference, origin } = ensure_base(site.engine, &image.base, progress).await?;
            progress.report(Event::Started { what: format!("building the image {name}") });
            let layers = Layers {
                from: &reference,
                certificates: site.certificates.is_some(),
                apt: &apt(image),
                pip: !requirements.is_empty(),
            };
            (work.lay(&layers).await?, origin)
        }
    };
    work.label(&layered, &origin, &[&tag, &folder_tag(site, name)]).await?;
    progress.report(Event::Done);
    let facts = site.engine.image(&tag).await?.ok_or_else(|| LocalError::NotBuilt(name.clone()))?;
    Ok(present(facts, true))
}

struct Work<'a> {
    site: Site<'a>,
    name: &'a Name,
    requirements: &'a Requirements,
    keys: &'a Keys,
    progress: &'a dyn Progress,
}

impl Work<'_> {
    /// The base's origin, if a pip layer on top of `old` makes what is wanted.
    fn below(&self, old: &ImageFacts) -> Option<String> {
        let same = old.label(labels::LAYERS) == Some(self.keys.layers.as_str());
        let before = Requirements::of_label(old.label(labels::PIP)?)?;
        let adds = same && old.layers < LAYERS && self.requirements.adds_to(&before);
        adds.then(|| old.label(labels::BASE).unwrap_or("pulled").to_owned())
    }

    /// The layers, as an image without a name.
    async fn lay(&self, layers: &Layers<'_>) -> Result<String, LocalError> {
        let mut context = BuildContext::new(&layers.dockerfile()).map_err(packing)?;
        if let Some(bundle) = self.site.certificates.filter(|_| layers.certificates) {
            context.add(CERTIFICATES, &bundle.text).map_err(packing)?;
        }
        if layers.pip {
            context.add(REQUIREMENTS, self.requirements.text().as_bytes()).map_err(packing)?;
        }
        let arguments = PROXIES.iter().filter_map(|name| Some(((*name).to_owned(), env::var(name).ok()?)));
        let line = |line: &str| self.progress.report(Event::Line(line.to_owned()));
        self.run(BuildRequest { context, arguments: arguments.collect() }, &line).await
    }

    /// Labels come last and alone: so images share layers, and what an image has can be looked up before.
    async fn label(&self, layered: &str, origin: &str, tags: &[&str]) -> Result<(), LocalError> {
        let engine = self.site.engine;
        let shell = if engine.image_has(layered, "/bin/bash").await? { "bash" } else { "sh" };
        let labels = [
            (labels::PROJECT, self.site.project.name.to_string()),
            (labels::IMAGE, self.name.to_string()),
            (labels::KEY, self.keys.whole.as_str().to_owned()),
            (labels::LAYERS, self.keys.layers.as_str().to_owned()),
            (labels::PIP, self.requirements.label()),
            (labels::SHELL, shell.to_owned()),
            (labels::BASE, origin.to_owned()),
        ];
        let context = BuildContext::new(&labelled(layered, &labels)).map_err(packing)?;
        let id = self.run(BuildRequest { context, arguments: HashMap::new() }, &|_| {}).await?;
        for tag in tags {
            let (repository, tag) = tag.rsplit_once(':').unwrap_or((tag, "latest"));
            engine.tag_image(&id, repository, tag).await?;
        }
        Ok(())
    }

    async fn run(
        &self,
        request: BuildRequest,
        line: &(dyn Fn(&str) + Send + Sync),
    ) -> Result<String, LocalError> {
        self.site.engine.build(request, line).await.map_err(|error| match error {
            BuildError::Failed { command, last_lines } => {
                LocalError::BuildFailed { image: self.name.clone(), command, last_lines }
            }
            BuildError::Engine(error) => error.into(),
        })
    }
}

fn packing(source: std::io::Error) -> LocalError {
    LocalError::Io { what: "cannot pack the build's files".to_owned(), source }
}
