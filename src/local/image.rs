use camino::Utf8Path;

use super::keys::Keys;
use super::requirements::Requirements;
use super::{LocalError, Site};
use crate::docker::{ImageFacts, labels};
use crate::domain::{Digest, Image, Name};

/// An image of the project, on the engine and current.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuiltImage {
    pub name: Name,
    pub tag: String,
    /// `sha256:…`
    pub id: String,
    pub bash: bool,
    /// False: it was there already.
    pub rebuilt: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImageState {
    Absent,
    /// On the engine, but made from something else than the project says now.
    Stale(ImageFacts),
    Current(ImageFacts),
}

pub fn image_tag(project: &Name, image: &Name) -> String {
    format!("greenroom/{project}-{image}:latest")
}

/// Another folder's project of the same name moves that tag to what its own files say. By this one, which `build` gives
/// too, each finds its own again.
pub fn folder_tag(site: Site<'_>, image: &Name) -> String {
    let folder = Digest::of(site.root.as_str().as_bytes());
    format!("greenroom/{}-{image}:in-{}", site.project.name, folder.short())
}

pub fn network_name(project: &Name) -> String {
    format!("greenroom-{project}")
}

/// One of the project's images as it stands on the engine.
pub async fn image_state(site: Site<'_>, name: &Name) -> Result<ImageState, LocalError> {
    let (image, requirements) = wanted(site, name)?;
    let keys = Keys::of(image, &requirements, site.certificates.map(|bundle| &bundle.digest));
    let mut stale = None;
    for tag in [image_tag(&site.project.name, name), folder_tag(site, name)] {
        match site.engine.image(&tag).await? {
            Some(facts) if facts.label(labels::KEY) == Some(keys.whole.as_str()) => {
                return Ok(ImageState::Current(facts));
            }
            found => stale = found.or(stale),
        }
    }
    Ok(stale.map_or(ImageState::Absent, ImageState::Stale))
}

/// What the project says of an image, with its requirements read.
pub(super) fn wanted<'a>(site: Site<'a>, name: &Name) -> Result<(&'a Image, Requirements), LocalError> {
    let image = site.project.images.get(name).ok_or_else(|| LocalError::UnknownImage(name.clone()))?;
    let requirements = match &image.pip {
        Some(path) => read(site.root, name, path)?,
        None => Requirements::default(),
    };
    Ok((image, requirements))
}

fn read(root: &Utf8Path, image: &Name, path: &Utf8Path) -> Result<Requirements, LocalError> {
    let text = std::fs::read_to_string(root.join(path));
    let wrong = |source| LocalError::Requirements { image: image.clone(), path: path.to_owned(), source };
    text.map(|text| Requirements::read(&text)).map_err(wrong)
}
