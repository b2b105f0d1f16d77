use indexmap::IndexMap;

use super::cancel::run;
use super::{Action, Group};
use crate::app::{Deed, Effect, ForkRun, Form, Model, Overlay, Screen};
use crate::domain::{Name, Run, Token};

pub const FORK: Action = Action {
    id: "fork",
    keys: &["K"],
    title: "fork",
    about: "A new run with other parameters, with the files and all else that this one had; what does not depend on them \
        is taken over",
    group: Group::Runs,
    on: &[Screen::Workflow, Screen::Runs],
    applies: |model| match forked(model) {
        Some(run) if run.params.is_empty() => Err(format!("{} has no parameters to change", run.title())),
        Some(_) => model.refuse_foreign("its code is not run here"),
        None => Err("no run is shown".to_owned()),
    },
    act: |model| {
        let Some(run) = forked(model) else { return Vec::new() };
        let flow = model.project.get().and_then(|project| project.workflow(run.name.as_str()));
        let form = Form::of_fork(run, flow.and_then(|flow| flow.spec.as_deref()));
        model.overlays.push(Overlay::Form(form));
        Vec::new()
    },
};

fn forked(model: &Model) -> Option<&Run> {
    run(model)?;
    match model.screen {
        Screen::Runs => model.selected_run().map(|past| &*past.run),
        _ => model.workflow.live.as_ref().map(|live| &*live.past.run),
    }
}

impl Model {
    /// Starts it. None: nothing was changed, as is told.
    pub(super) fn fork(
        &mut self,
        run: Token,
        name: &Name,
        before: &IndexMap<Name, String>,
        values: &IndexMap<Name, String>,
    ) -> Option<Vec<Effect>> {
        let differs = |(name, value): &(&Name, &String)| before.get(*name) != Some(*value);
        let params: IndexMap<Name, String> =
            values.iter().filter(differs).map(|(name, value)| (name.clone(), value.clone())).collect();
        if params.is_empty() {
            self.notices.tell("change a value: with these nothing would differ from the run");
            return None;
        }
        let mut effects = Vec::new();
        if self.screen != Screen::Workflow {
            effects.extend(self.open_workflow(name.as_str()));
        }
        effects.extend(self.start(Deed::Fork(ForkRun { run, name: name.clone(), params })));
        Some(effects)
    }
}
