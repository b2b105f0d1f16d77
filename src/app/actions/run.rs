use super::resume::RESUME;
use super::run_open::of_open_file;
use super::{Action, Group};
use crate::app::{
    Command, Confirm, Deed, Effect, Form, LocalDeed, Model, Outside, Overlay, Purpose, Screen, StartRun,
};
use crate::domain::{Name, Status, Token, Workflow};

pub const RUN: Action = Action {
    id: "run",
    keys: &["r"],
    title: "run",
    about: "Run the workflow; asks for its parameters first",
    group: Group::Runs,
    on: &[Screen::Board, Screen::Workflow],
    applies: |model| spec(model).map(drop),
    act: |model| open_form(model, None, None),
};

pub const CONTINUE: Action = Action {
    id: "continue",
    keys: &["c"],
    title: "go on from the failed step",
    about: "A new run from the step that failed, with the files as they are now; what was made before is taken over",
    group: Group::Runs,
    on: &[Screen::Workflow],
    applies: |model| {
        let spec = spec(model)?;
        let shown = model.workflow.name.as_deref();
        if model.screen == Screen::Editor && shown != Some(spec.name.as_str()) {
            return Err(format!("no run of {} was looked at", spec.name));
        }
        match model.workflow.live.as_ref().map(|live| live.first_failed()) {
            Some(Some(_)) => Ok(()),
            Some(None) if model.workflow.is_interrupted() => (RESUME.applies)(model),
            Some(None) => Err("no step of this run has failed".to_owned()),
            None => Err("it has not run yet".to_owned()),
        }
    },
    act: |model| {
        let Some(live) = &model.workflow.live else { return Vec::new() };
        let Some(failed) = live.first_failed() else {
            // Nothing is to be mended: the same run goes on.
            model.go_into(Screen::Workflow);
            return if model.workflow.is_interrupted() { (RESUME.act)(model) } else { Vec::new() };
        };
        let params = live.past.run.typed_params().map(|(name, value)| (name.clone(), value)).collect();
        let (name, use_case) = (live.plan.name.clone(), live.plan.use_case.clone());
        // What a use case does not make itself stays that of this run: the newest model may be another one by now.
        let inputs_from = use_case.is_some().then_some(live.plan.token);
        let from = Some(failed.step.clone());
        let asked = StartRun { name, params, use_case, inputs_from, from, only: None };
        let running = model.running_told(&asked.name);
        // Whoever goes on from the editor is led to where it is seen.
        model.go_into(Screen::Workflow);
        model.start_meant(asked, running)
    },
};

pub const FROM_HERE: Action = Action {
    id: "run_from_here",
    keys: &["R"],
    title: "run from here",
    about: "Run the selected step and all that follows; what comes before is taken over from an earlier run",
    group: Group::Runs,
    on: &[Screen::Workflow],
    applies: step_is_selected,
    act: |model| {
        let step = selected_step(model);
        open_form(model, step, None)
    },
};

pub const ONLY_THIS: Action = Action {
    id: "run_only_this",
    keys: &["o"],
    title: "run only this",
    about: "Run the selected step alone, on what an earlier run made",
    group: Group::Runs,
    on: &[Screen::Workflow],
    applies: step_is_selected,
    act: |model| {
        let step = selected_step(model);
        open_form(model, None, step)
    },
};

fn step_is_selected(model: &Model) -> Result<(), String> {
    let spec = spec(model)?;
    match selected_step(model) {
        Some(step) if spec.steps.contains_key(&step) => Ok(()),
        Some(step) => Err(format!("{} has no step `{step}` any more", spec.name)),
        None => Err("no step is selected".to_owned()),
    }
}

fn selected_step(model: &Model) -> Option<Name> {
    model.workflow.node().map(|id| id.step.clone())
}

/// The workflow that would be run.
fn spec(model: &Model) -> Result<&Workflow, String> {
    let project = model.project.get().ok_or("the project has not been read")?;
    let flow = match model.screen {
        Screen::Workflow => model.workflow.name.as_ref().and_then(|name| project.workflow(name)),
        Screen::Editor => Some(of_open_file(model, project)?),
        _ => model.selected_workflow(),
    };
    let flow = flow.ok_or("no workflow is selected")?;
    if model.editor.files.iter().any(|file| file.unsaved && file.path == flow.file) {
        return Err(format!("{} is not saved: save it first, or it would run as it was", flow.file));
    }
    match (&flow.spec, project.errors(&flow.file).next()) {
        (Some(spec), _) if model.jobs.starts(&spec.name) => Err(format!("{} is starting", spec.name)),
        (Some(spec), _) => Ok(spec),
        (None, Some(problem)) => Err(format!("{}:{}: {}", problem.file, problem.span.line, problem.message)),
        (None, None) => Err(format!("{} cannot be read", flow.file)),
    }
}

/// One without parameters starts at once.
fn open_form(model: &mut Model, from: Option<Name>, only: Option<Name>) -> Vec<Effect> {
    let Ok(spec) = spec(model) else { return Vec::new() };
    let shown = model.workflow.live.as_ref().filter(|live| live.plan.name == spec.name);
    let shown = shown.filter(|_| model.screen != Screen::Board);
    let earlier = shown.map(|live| live.past.run.typed_params().collect()).unwrap_or_default();
    let case = shown.and_then(|live| live.plan.use_case.as_ref());
    let form = Form::of_run(spec, &earlier, case, from, only);
    if form.fields.is_empty() {
        return model.submit(&form).unwrap_or_default();
    }
    model.overlays.push(Overlay::Form(form));
    Vec::new()
}

impl Model {
    /// Does what a form asks for; the field that is wrong, where one is.
    pub(in crate::app) fn submit(&mut self, form: &Form) -> Result<Vec<Effect>, usize> {
        let values = form.values()?;
        match &form.purpose {
            Purpose::Say(deed) => Ok(self.say(deed, &values)),
            Purpose::Step { query, params } => match self.step_meets_unsaved(&values) {
                Some(unsaved) => {
                    self.notices.tell(unsaved);
                    Err(0)
                }
                None => Ok(self.make_step(query, params, &values)),
            },
            Purpose::Fork { run, name, before } => match self.fork(*run, name, before, &values) {
                Some(effects) => Ok(effects),
                None => Err(form.selected),
            },
            Purpose::Note { runs } => Ok(self.say_of(runs, &values)),
            Purpose::Alias { run } => Ok(self.call(*run, &values)),
            Purpose::Run { name, from, only } => {
                let (from, only) = (from.clone(), only.clone());
                let use_case = form.use_case();
                let (name, params, inputs_from) = (name.clone(), values, None);
                let asked = StartRun { name: name.clone(), params, use_case, inputs_from, from, only };
                let mut effects = Vec::new();
                if self.screen != Screen::Workflow {
                    effects.extend(self.open_workflow(name.as_str()));
                }
                // A form is filled in on purpose; a key alone is pressed too easily.
                let running = form.fields.is_empty().then(|| self.running_told(&asked.name)).flatten();
                effects.extend(self.start_meant(asked, running));
                Ok(effects)
            }
        }
    }

    /// Starts a run. It has to be meant where another of the workflow goes on, or something that is typed would not be a
    /// part of it.
    fn start_meant(&mut self, asked: StartRun, running: Option<String>) -> Vec<Effect> {
        let unsaved = self.editor.files.iter().find(|file| file.unsaved);
        let unsaved = unsaved.map(|file| match file.outside {
            Some(Outside::Gone) => format!("{} is gone, and what you have of it is not saved.", file.path),
            _ => format!("{} is not saved, and would run as it was.", file.path),
        });
        let told: Vec<String> = running.into_iter().chain(unsaved).collect();
        if told.is_empty() {
            return self.start(Deed::Start(asked));
        }
        let question = format!("{} Run {} all the same?", told.join(" "), asked.name);
        self.overlays.push(Overlay::Confirm(Confirm::new(question, Deed::Start(asked))));
        Vec::new()
    }

    fn running_told(&self, workflow: &Name) -> Option<String> {
        self.running(workflow).map(|running| format!("Run {} of {workflow} goes on.", running.short()))
    }

    /// A run of a workflow that goes on. One that was started here is not among the recorded ones at once, and the end of
    /// the one that is shown is known sooner than theirs.
    fn running(&self, workflow: &Name) -> Option<Token> {
        let recorded = || self.runs.get().into_iter().flat_map(|runs| runs.of(workflow.as_str()));
        let shown = self.workflow.run.filter(|_| self.workflow.name.as_deref() == Some(workflow.as_str()));
        let new = shown.filter(|token| recorded().all(|past| past.run.token != *token));
        let live = self.workflow.live.as_ref().map(|live| (live.past.run.token, live.status()));
        let goes_on =
            |run: &(Token, Status)| live.filter(|live| live.0 == run.0).unwrap_or(*run).1 == Status::Running;
        let runs = recorded().map(|past| (past.run.token, past.status()));
        runs.chain(new.map(|token| (token, Status::Running))).find(goes_on).map(|(token, _)| token)
    }

    /// Has something done, unless the same is being done already.
    pub(in crate::app) fn start(&mut self, deed: Deed) -> Vec<Effect> {
        if self.jobs.does(&deed) {
            self.notices.tell("that is being done");
            return Vec::new();
        }
        if let Deed::Local(LocalDeed::Fix(what)) = &deed {
            self.commands.add(Command::Note(format!("of all that this asks about, only {what} was wanted")));
        }
        self.commands.add(Command::Words(deed.words()));
        self.notices.go_on();
        vec![self.jobs.start(deed)]
    }
}
