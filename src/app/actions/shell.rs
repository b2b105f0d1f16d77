use super::{Action, Group};
use crate::app::{Command, Effect, Leave, Model, Screen};
use crate::domain::{ImageState, Name};

pub const SHELL: Action = Action {
    id: "shell",
    keys: &["!"],
    title: "shell",
    about: "A shell in the image of what is selected, with the project mounted; its end comes back here",
    group: Group::Environment,
    on: &[Screen::Local, Screen::Workflow],
    applies: |model| {
        let image = image(model).ok_or("nothing that has an image is selected")?;
        if model.local.lost {
            return Err("no container engine answers".to_owned());
        }
        let mut images = model.health.get().into_iter().flat_map(|status| &status.images);
        match images.find(|status| status.name == image) {
            Some(status) if status.state == ImageState::Absent => {
                Err(format!("the image {image} is not built yet"))
            }
            _ => Ok(()),
        }
    },
    act: |model| {
        let Some(image) = image(model) else { return Vec::new() };
        let words = ["local", "shell", image.as_str()].map(str::to_owned).to_vec();
        model.commands.add(Command::Words(words));
        vec![Effect::Leave(Leave::Shell { image })]
    },
};

fn image(model: &Model) -> Option<Name> {
    if model.screen == Screen::Local {
        return model.local_image();
    }
    let id = model.workflow.node()?;
    if let Some((node, _)) = model.workflow.live.as_ref().and_then(|live| live.node(id)) {
        return Some(node.image.clone());
    }
    let flow = model.project.get()?.workflow(model.workflow.name.as_deref()?)?;
    flow.spec.as_ref()?.steps.get(&id.step)?.image.clone()
}
