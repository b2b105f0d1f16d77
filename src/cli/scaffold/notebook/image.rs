use super::Splitter;
use crate::cli::UserError;
use crate::domain::Name;
use crate::local::{ImageState, image_state};

/// The first image of the project, `default` before the others, that has these modules; None: no one that is built has
/// all. With what `default` lacks.
pub async fn fitting_image(
    splitter: &Splitter<'_>,
    default: &str,
    modules: &[String],
) -> Result<(Option<Name>, Vec<String>), UserError> {
    let workspace = splitter.workspace;
    let lacks = splitter.lacks(default, modules).await?;
    if lacks.is_empty() {
        return Ok((Name::new("default").ok(), lacks));
    }
    for name in workspace.project.images.keys().filter(|name| name.as_str() != "default") {
        let site = splitter.machine.site(&workspace.project, workspace.root());
        let Ok(ImageState::Current(facts)) = image_state(site, name).await else { continue };
        // One without Python has none of them.
        if splitter.lacks(&facts.id, modules).await.is_ok_and(|lacks| lacks.is_empty()) {
            return Ok((Some(name.clone()), Vec::new()));
        }
    }
    Ok((None, lacks))
}
