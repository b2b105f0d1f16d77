use camino::Utf8Path;

use super::Splitter;
use super::packages::{modules_of, names};
use crate::cli::UserError;
use crate::domain::{Image, Name};
use crate::local::{ImageState, image_state};

/// What is known of the project's images.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fitting {
    /// It has all modules.
    Has(Name),
    /// It is not built yet; what it is to be built of names them.
    Named(Name),
    /// No one that is built has them. Those that are not may.
    Unknown(Vec<Name>),
    /// None has all, and of no other so few are lacking.
    Nearest(Name),
}

impl Fitting {
    pub fn image(&self) -> Option<&Name> {
        match self {
            Self::Has(name) | Self::Named(name) => Some(name),
            Self::Unknown(_) | Self::Nearest(_) => None,
        }
    }

    /// What the components are to name: also one that lacks something yet.
    pub fn nearest(&self) -> Option<&Name> {
        match self {
            Self::Nearest(name) => Some(name),
            _ => self.image(),
        }
    }
}

/// The first image of the project, `default` before the others, that has these modules. With what it lacks, or else `default`.
///
/// # Errors
/// `blueprint` would be taken for a module of the image.
pub async fn fitting_image(
    splitter: &Splitter<'_>,
    default: &str,
    modules: &[String],
    blueprint: &Name,
) -> Result<(Fitting, Vec<String>), UserError> {
    let workspace = splitter.workspace;
    let lacks = splitter.lacks(default, modules).await?;
    let standard = Name::new("default").map_err(|error| UserError::wrong(error.to_string()))?;
    if lacks.is_empty() {
        return Ok((Fitting::Has(standard), lacks));
    }
    let (mut named, mut unknown) = (None, Vec::new());
    let mut nearest = (standard, lacks.clone());
    for (name, image) in workspace.project.images.iter().filter(|(name, _)| name.as_str() != "default") {
        let site = splitter.machine.site(&workspace.project, workspace.root());
        let Ok(ImageState::Current(facts)) = image_state(site, name).await else {
            match promised(image, workspace.root()) {
                Some(packages) if modules.iter().all(|module| names(&packages, module)) => {
                    named = named.or(Some((name, packages)));
                }
                // No Python, or nothing beside it.
                None => {}
                Some(_) => unknown.push(name.clone()),
            }
            continue;
        };
        let asked: Vec<String> = modules.iter().cloned().chain([blueprint.to_string()]).collect();
        // One without Python has none of them.
        match splitter.lacks(&facts.id, &asked).await {
            Ok(lacks) if lacks == [blueprint.as_str()] => {
                return Ok((Fitting::Has(name.clone()), Vec::new()));
            }
            Ok(lacks) if lacks.is_empty() => return Err(hides(blueprint, name)),
            Ok(mut lacks) => {
                let hides = !lacks.iter().any(|module| module == blueprint.as_str());
                lacks.retain(|module| module != blueprint.as_str());
                if !hides && lacks.len() < nearest.1.len() {
                    nearest = (name.clone(), lacks);
                }
            }
            Err(_) => {}
        }
    }
    match named {
        Some((name, packages)) if names(&packages, blueprint.as_str()) => Err(hides(blueprint, name)),
        Some((name, _)) => Ok((Fitting::Named(name.clone()), Vec::new())),
        None if unknown.is_empty() => Ok((Fitting::Nearest(nearest.0), nearest.1)),
        None => Ok((Fitting::Unknown(unknown), lacks)),
    }
}

/// The packages of Python that an image is to have, as its build files name them. None: nothing of the kind.
fn promised(image: &Image, root: &Utf8Path) -> Option<Vec<String>> {
    let text = image.pip.as_ref().map(|file| fs_err::read_to_string(root.join(file)).unwrap_or_default());
    let packages = modules_of(text.as_deref().unwrap_or_default(), &image.apt);
    (image.pip.is_some() || !packages.is_empty()).then_some(packages)
}

fn hides(blueprint: &Name, image: &Name) -> UserError {
    taken(
        blueprint,
        &format!(
            "the image `{image}` has a module of this name, and Python would take the components for it"
        ),
    )
}

/// Its components cannot lie in a folder of this name.
pub fn taken(blueprint: &Name, why: &str) -> UserError {
    UserError::wrong(format!("a blueprint made of a notebook cannot be called `{blueprint}`"))
        .because(why)
        .to_do(format!("choose another name, such as `{blueprint}_model`"))
}
