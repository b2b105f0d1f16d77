use super::{Action, Group};
use crate::app::{Command, Effect, Leave, Model, Screen};
use crate::domain::{ImageState, Name, NodeId, Token};

pub const SHELL: Action = Action {
    id: "shell",
    keys: &["!"],
    title: "shell",
    about: "A shell in the selected step as its run had it, or in an image with the project mounted; its end comes back",
    group: Group::Environment,
    on: &[Screen::Local, Screen::Workflow],
    applies: |model| {
        let image = image(model).ok_or("nothing that has an image is selected")?;
        if model.local.lost {
            return Err("no container engine answers".to_owned());
        }
        // A run keeps the image that it was started with.
        if step(model).is_some() {
            return model.refuse_foreign("nothing of it is started here");
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
        let (inside, words) = match (step(model), image(model)) {
            (Some((run, id)), _) => (id.to_string(), vec!["shell".to_owned(), run.short(), id.to_string()]),
            (None, Some(image)) => {
                (image.to_string(), ["local", "shell", image.as_str()].map(str::to_owned).to_vec())
            }
            (None, None) => return Vec::new(),
        };
        model.commands.add(Command::Words(words.clone()));
        vec![Effect::Leave(Leave::Shell { inside, words })]
    },
};

/// The step or cell that is selected, of the run that is shown.
fn step(model: &Model) -> Option<(Token, NodeId)> {
    let on_workflow = model.screen == Screen::Workflow;
    let live = model.workflow.live.as_ref().filter(|_| on_workflow)?;
    let id = model.workflow.node()?;
    live.node(id).map(|(node, _)| (live.plan.token, node.id.clone()))
}

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
