use super::{
    Action, Answer, Ask, Command, Deed, Discard, Effect, Hit, LiveRun, LocalAnswer, LocalSlot, Model, Msg,
    News, Outcome, Overlay, Screen, Slot, Trouble, action,
};
use crate::domain::Token;

/// Actions that mean something while something lies over the screen.
const OVER: [&str; 20] = [
    "up",
    "down",
    "left",
    "right",
    "page_up",
    "page_down",
    "top",
    "bottom",
    "open",
    "back",
    "next_pane",
    "previous_pane",
    "copy",
    "quit",
    "quit_or_back",
    "suspend",
    "mouse",
    "help",
    "notice",
    "palette",
];

/// And while a question does: nothing else is heard before it is answered.
const OVER_QUESTION: [&str; 6] = ["copy", "open", "back", "quit", "quit_or_back", "suspend"];

/// Whether an action means something where a person is.
fn is_heard(model: &Model, action: &Action) -> bool {
    match model.overlays.last() {
        None => true,
        Some(overlay) if overlay.is_question() => OVER_QUESTION.contains(&action.id),
        // The same again.
        Some(Overlay::Rows) if action.id == "ask" => true,
        Some(Overlay::Compared(_)) if action.id == "compare" => true,
        Some(_) => OVER.contains(&action.id),
    }
}

/// What happens next: changes the model, and says what is to be done outside it.
pub fn update(model: &mut Model, msg: Msg) -> Vec<Effect> {
    model.turn_notices(&msg);
    if msg.is_a_persons() {
        model.workflow.then = None;
    }
    let mut effects = model.hold(msg).map(|msg| happen(model, msg)).unwrap_or_default();
    for msg in model.release() {
        effects.extend(happen(model, msg));
    }
    effects.extend(model.go_on_to_failure());
    model.away |= effects.iter().any(|effect| matches!(effect, Effect::Leave(_)));
    // What is read only while it is looked at follows from where one is, whatever led there.
    effects.extend(model.sync_service_log());
    effects.extend(model.sync_doubts());
    effects.extend(model.sync_load());
    effects.extend(model.leave_metrics());
    effects.extend(model.sync_review());
    model.editor.count_places();
    effects
}

fn happen(model: &mut Model, msg: Msg) -> Vec<Effect> {
    match msg {
        Msg::Act(action) if model.size.is_too_small() => act_unseen(model, action),
        // Nobody sees what these would do.
        Msg::Elsewhere(_)
        | Msg::Own(_)
        | Msg::Type(_)
        | Msg::Paste(_)
        | Msg::Click { .. }
        | Msg::Wheel { .. }
            if model.size.is_too_small() =>
        {
            Vec::new()
        }
        // What lies over a screen takes its keys.
        Msg::Act(action) if !is_heard(model, action) => Vec::new(),
        Msg::Act(action) => {
            // Whoever wants to see it whole has not read it.
            if action.id != "notice" {
                model.notices.read();
            }
            match (action.applies)(model) {
                Ok(()) => (action.act)(model),
                Err(why) => {
                    model.notices.tell(format!("{}: {why}", action.title));
                    Vec::new()
                }
            }
        }
        Msg::Elsewhere(actions) => {
            model.notices.read();
            if model.overlays.is_empty() {
                let told: Vec<String> = actions.iter().map(|action| action.elsewhere()).collect();
                model.notices.tell(told.join("; "));
            }
            Vec::new()
        }
        Msg::Own(_) if !model.overlays.is_empty() => Vec::new(),
        Msg::Own(index) => {
            model.notices.read();
            model.run_own(index)
        }
        Msg::Type(key) => {
            model.notices.read();
            model.type_key(key)
        }
        Msg::Paste(text) => model.type_text(&text),
        Msg::Click { column, row } => match model.seen.at(column, row).cloned() {
            Some(hit) => click(model, &hit, column),
            None => Vec::new(),
        },
        Msg::Wheel { column, row, rows } => {
            let manners = model.screen.manners();
            match model.seen.at(column, row).filter(|_| model.overlays.is_empty()) {
                Some(Hit::Pane(pane)) => (manners.pane_at)(model, *pane),
                Some(Hit::Row(_)) => (manners.pane_at)(model, 0),
                _ => {}
            }
            model.go_rows(rows)
        }
        Msg::Resized(size) => {
            model.size = size;
            model.ask_log()
        }
        Msg::Drawn(seen) => {
            // Only who draws a text knows where it ends, and who scrolled beyond that would scroll back in vain.
            if let Some(Overlay::Help { scroll } | Overlay::Diff { scroll, .. }) = model.overlays.last_mut() {
                *scroll = (*scroll).min(seen.scrolls);
            }
            model.seen = seen;
            (model.screen.manners().drawn)(model)
        }
        Msg::Tick => Vec::new(),
        Msg::Back => {
            model.away = false;
            Vec::new()
        }
        Msg::Done { slot, generation, answer } => {
            if !model.tasks.is_current(slot, generation) {
                return Vec::new();
            }
            model.tasks.done(slot);
            answered(model, slot, answer)
        }
        Msg::News { slot, generation, news } => {
            if model.tasks.is_current(slot, generation) {
                heard(model, news)
            } else {
                Vec::new()
            }
        }
        Msg::Progress { job, line } => {
            model.jobs.progress(job, line);
            Vec::new()
        }
        Msg::Warned(line) => {
            model.notices.warn(line);
            Vec::new()
        }
        Msg::Did { job, ended } => did(model, job, ended),
        Msg::FilesChanged => {
            let project = model.tasks.ask(Slot::Project, Ask::Project);
            let lake = if model.screen == Screen::Lake { model.ask_lake() } else { Vec::new() };
            [vec![project], model.look_at_files(), lake].concat()
        }
        Msg::RunsChanged => {
            let mut effects = model.runs_folder_changed();
            effects.push(model.tasks.ask(Slot::Runs, Ask::Runs));
            effects.extend(model.lake_changed());
            if model.lake.look.get().is_some() {
                effects.extend(model.ask_lake());
            }
            effects
        }
        Msg::Failed(trouble) => {
            model.notices.wrong(trouble);
            Vec::new()
        }
    }
}

/// Where there is no room for a screen one can only leave; and say so again, where text would be lost by it.
fn act_unseen(model: &mut Model, action: &Action) -> Vec<Effect> {
    let asked = matches!(model.overlays.last(), Some(Overlay::Discard(Discard::Quit)));
    match action.id {
        "quit" | "suspend" => (action.act)(model),
        "quit_or_back" if !asked => model.quit(),
        "copy" | "back" | "quit_or_back" if asked => (action.act)(model),
        _ => Vec::new(),
    }
}

fn click(model: &mut Model, hit: &Hit, column: u16) -> Vec<Effect> {
    // What lies over a screen keeps clicks from it, but for its own rows and keys.
    if !model.overlays.is_empty() && !matches!(hit, Hit::Row(_) | Hit::Action(_)) {
        return Vec::new();
    }
    match hit {
        Hit::Screen(screen) => {
            model.trail.clear();
            model.show(*screen)
        }
        Hit::Row(row) => model.click_row(*row),
        Hit::GridRow(row) => {
            if let Some(grid) = model.lake.grid() {
                grid.row = *row;
            }
            model.lake.pane = super::LakePane::Detail;
            Vec::new()
        }
        Hit::Node(node) => {
            model.workflow.auto = false;
            model.workflow.select(*node);
            model.sync_log()
        }
        Hit::Tab(tab) => (model.screen.manners().tab_at)(model, *tab),
        Hit::Pane(pane) => {
            (model.screen.manners().pane_at)(model, *pane);
            Vec::new()
        }
        Hit::Text { row, skipped, x } => {
            model.editor.click(*row, skipped + usize::from(column.saturating_sub(*x)));
            Vec::new()
        }
        Hit::Offer(offer) => offer.map(|at| model.take_offered(at)).unwrap_or_default(),
        Hit::Action(id) => match action(id) {
            Some(action) => update(model, Msg::Act(action)),
            None => Vec::new(),
        },
    }
}

fn answered(model: &mut Model, slot: Slot, answer: Result<Answer, Trouble>) -> Vec<Effect> {
    match (slot, answer) {
        (Slot::Lake(slot), answer) => return model.lake_answered(slot, answer),
        (Slot::Editor(slot), answer) => return model.editor_answered(slot, answer),
        (Slot::Tracks, Err(trouble)) => model.tracks.set(Err(trouble)),
        (_, Ok(Answer::Tracks(look))) => model.take_tracks(look),
        (Slot::Review, Err(trouble)) => model.review_answered(Err(trouble)),
        (_, Ok(Answer::Review(look))) => model.review_answered(Ok(look)),
        (Slot::Project, Err(trouble)) => {
            // What was read before is shown on; that it is not what is there now is told once.
            if model.project.get().is_some() && model.project.trouble.as_ref() != Some(&trouble) {
                model.notices.wrong(trouble.clone());
            }
            model.project.set(Err(trouble));
        }
        (Slot::Runs, Err(trouble)) => model.runs.set(Err(trouble)),
        (Slot::Metrics, Err(trouble)) => model.metrics.look.set(Err(trouble)),
        (_, Ok(Answer::Metrics(look))) => model.take_metrics(look),
        // They are told to have changed, which `d` looks into.
        (Slot::Alike, Err(_)) => {}
        (_, Ok(Answer::Alike(alike))) => model.alike.set(alike),
        // Whoever shows or lists the run tells why it cannot be read.
        (Slot::Doubts, Err(_)) => {}
        (_, Ok(Answer::Doubts(run, doubts))) => model.doubted.take(run, doubts),
        (Slot::Sought, Err(trouble)) => model.history.sought.wrong = Some(trouble.what),
        (_, Ok(Answer::Sought(query, found, unheard))) => model.runs_found(&query, found, unheard),
        (Slot::Health, Err(trouble)) => model.health.set(Err(trouble)),
        (Slot::Artifacts(slot), Err(trouble)) => return model.told_of_artifacts(slot, Err(trouble)),
        (Slot::Artifacts(slot), Ok(Answer::Artifacts(answer))) => {
            return model.told_of_artifacts(slot, Ok(answer));
        }
        (
            Slot::Log
            | Slot::LogLength
            | Slot::LogSearch
            | Slot::Run
            | Slot::Watch
            | Slot::Changes
            | Slot::Compare
            | Slot::Load,
            Err(trouble),
        ) => {
            model.notices.wrong(trouble);
        }
        (_, Ok(Answer::Project(project))) => {
            let selected = model.selected_workflow().map(|flow| flow.name.clone());
            let before = model.project.get();
            let changed = before.is_some_and(|before| before.environment != project.environment);
            model.project.set(Ok(*project));
            if !model.select_begun() {
                model.select_workflow(selected.as_deref());
            }
            model.draw_graph();
            let mut effects = model.compare_touched();
            // Who looks after the environment goes by how the project was then, or has given up for its errors.
            if changed || !model.tasks.waits(Slot::Health) {
                effects.push(model.tasks.ask(Slot::Health, Ask::Health));
            }
            return effects;
        }
        (_, Ok(Answer::Runs(runs))) => {
            let ended = model.runs.get().is_some_and(|before| before.any_ended(&runs));
            let resumed = model.shown_is_resumed(&runs);
            let selected = model.kept_run();
            model.history.keep_marks(&runs);
            model.history.tell_apart(&runs);
            model.doubted.renew();
            model.runs.set(Ok(runs));
            model.arrange_runs();
            model.select_run(selected);
            let running = model.runs.get().into_iter().flat_map(super::RunsLook::running);
            let running: Vec<_> = running.map(|past| past.path.clone()).collect();
            let mut effects = model.compare_touched();
            effects.extend(model.seek_again());
            effects.extend(model.metrics_changed());
            if !running.is_empty() {
                effects.push(model.tasks.ask(Slot::Runs, Ask::RunsOnceEnded(running)));
            }
            effects.extend(resumed.map(|token| model.tasks.ask(Slot::Run, Ask::Run(token))));
            // What it wrote is in the lake now.
            if ended {
                effects.extend(model.lake_changed());
                effects
                    .extend(model.lake.look.get().is_some().then(|| model.ask_lake()).into_iter().flatten());
            }
            return effects;
        }
        (_, Ok(Answer::Changes { now, files, .. })) if files.is_empty() => {
            model.notices.read();
            model.notices.tell(match now {
                None => "the files are as the run had them",
                Some(_) => "both runs had the same parameters and files",
            });
        }
        (_, Ok(Answer::Changes { .. })) if !matches!(model.screen, Screen::Workflow | Screen::Runs) => {}
        (_, Ok(Answer::Changes { then, now, files })) => {
            model.notices.read();
            let title = match now {
                None => "changes since the run".to_owned(),
                Some(now) => format!("from run {} to {}", then.short(), now.short()),
            };
            // It was asked for before the question that waits for an answer.
            let above = model.overlays.iter().rev().take_while(|overlay| overlay.is_question()).count();
            let at = model.overlays.len() - above;
            model.overlays.insert(at, Overlay::Diff { title, files, scroll: 0 });
        }
        (_, Ok(Answer::Compared(comparison))) => model.compared(comparison),
        (Slot::Local(LocalSlot::Findings), Err(trouble)) => model.local.findings.set(Err(trouble)),
        (Slot::Local(LocalSlot::Log), Err(trouble)) => model.local.log.trouble = Some(trouble),
        (_, Ok(Answer::Local(LocalAnswer::Findings(findings)))) => model.local.findings.set(Ok(findings)),
        (_, Ok(Answer::Local(LocalAnswer::LogEnded) | Answer::HealthEnded | Answer::LoadEnded)) => {}
        (_, Ok(Answer::RunEnded)) => {
            if let Some(live) = &mut model.workflow.live {
                live.end();
            }
            return vec![model.tasks.ask(Slot::Runs, Ask::Runs)];
        }
        (
            _,
            Ok(
                Answer::LogEnded
                | Answer::MetricsEnded
                | Answer::WatchEnded
                | Answer::Lake(_)
                | Answer::Artifacts(_)
                | Answer::Editor(_),
            ),
        ) => {}
        (_, Ok(Answer::Log(window))) => {
            model.workflow.log.take(window);
            if model.workflow.log.stale {
                return model.ask_log();
            }
        }
        (_, Ok(Answer::Searched { length, whole })) => {
            let search = &mut model.workflow.log.search;
            let first = !std::mem::replace(&mut search.done, true);
            search.searched = (length, whole);
            if first && search.count == 0 {
                model.notices.tell("it is not in this log");
            }
            let mut effects = model.go_to_first(true);
            // What comes later takes nobody away from where they are.
            model.workflow.log.search.wants_first = false;
            effects.extend(model.search_on());
            return effects;
        }
    }
    Vec::new()
}

fn heard(model: &mut Model, news: News) -> Vec<Effect> {
    match news {
        News::Run { run, plan } => {
            model.workflow.live = Some(LiveRun::new(run, plan));
            model.draw_graph();
            Vec::new()
        }
        News::Events(events) => {
            if let Some(live) = &mut model.workflow.live {
                live.add(&events);
            }
            model.workflow.stay_with_events();
            model.sync_log()
        }
        News::LogLength(length) => {
            model.workflow.log.length = length;
            // What is not shown need not be read.
            let mut effects = model.search_on();
            if model.workflow.log.follow || model.workflow.log.window.to_end {
                effects.extend(model.ask_log());
            } else {
                // What its end was is known no more.
                model.workflow.log.end.clear();
            }
            effects
        }
        News::LakeProgress(line) => {
            model.lake.doing = line;
            Vec::new()
        }
        News::Metrics(look) => {
            model.take_metrics(look);
            Vec::new()
        }
        News::Load(usage) => {
            model.load.add(usage);
            Vec::new()
        }
        News::Local(news) => model.heard_local(news),
        News::Found(found) => {
            model.workflow.log.search.add(&found);
            model.go_to_first(false)
        }
        News::Artifacts(news) => model.heard_of_artifacts(news),
        News::Tracks(look) => {
            model.take_tracks(look);
            Vec::new()
        }
    }
}

fn did(model: &mut Model, job: u64, ended: Result<Outcome, Trouble>) -> Vec<Effect> {
    let Some(job) = model.jobs.end(job) else { return Vec::new() };
    if let Deed::Local(deed) = job.deed.clone() {
        return model.local_done(job, deed, ended.map(drop));
    }
    if let Deed::Review(deed) = job.deed {
        return model.said(deed, ended.map(drop));
    }
    if let Deed::Save(save) = &job.deed {
        return model.saved(save, ended.map(drop));
    }
    let mut effects = vec![model.tasks.ask(Slot::Runs, Ask::Runs)];
    match ended {
        Ok(Outcome::Run(token)) => {
            let name = match &job.deed {
                Deed::Start(asked) => Some(asked.name.to_string()),
                Deed::Fork(asked) => Some(asked.name.to_string()),
                _ => model.workflow.name.clone(),
            };
            // Whoever went elsewhere meanwhile is not called back.
            let here = model.screen == Screen::Workflow && model.workflow.name == name;
            if let (true, Some(name)) = (here, name) {
                effects.extend(model.follow_new(&name, token));
            } else {
                model.notices.tell(format!("run {} has started", token.short()));
            }
        }
        Ok(Outcome::Written(place)) => {
            effects.push(model.tasks.ask(Slot::Project, Ask::Project));
            if let Deed::MakeStep(made) = &job.deed {
                let note = format!(
                    "the step {} was written into {}, its query into {}",
                    made.step,
                    place.path,
                    made.query_file()
                );
                model.commands.add(Command::Note(note));
            }
            model.notices.tell(format!("the step is in {}, its query in a file of its own", place.path));
            // Whoever went elsewhere meanwhile is not called back.
            if model.screen == Screen::Lake {
                effects.extend(model.edit(place, None));
            }
        }
        Ok(Outcome::Done) => {}
        Err(trouble) => {
            model.notices.wrong(trouble);
            if let Deed::MakeStep(made) = job.deed {
                model.ask_for_step_again(made);
            }
        }
    }
    effects
}

impl Model {
    pub(super) fn select_run(&mut self, token: Option<Token>) {
        let runs = self.runs.get();
        let at = |index: &usize| runs.and_then(|runs| runs.runs.get(*index)).map(|past| past.run.token);
        let found = self.history.shown().iter().position(|index| token.is_some() && at(index) == token);
        if let Some(found) = found {
            self.history.selected = found;
        }
    }

    /// To the first that was found from where the person is; from the beginning on where that is the end, or where the
    /// first error is wanted. `all`: no more is to come, so that it goes around the end.
    fn go_to_first(&mut self, all: bool) -> Vec<Effect> {
        let log = &mut self.workflow.log;
        let from = if log.follow || log.search.text().is_none() { 0 } else { log.top };
        let Some(last) = log.search.found.last().copied() else { return Vec::new() };
        if !log.search.wants_first || (last < from && !all) {
            return Vec::new();
        }
        log.search.wants_first = false;
        // The line at the top itself counts.
        let to = log.search.found.iter().copied().find(|found| *found >= from);
        let to = to.unwrap_or(log.search.found[0]);
        log.search.at = Some(to);
        log.go_to(to);
        self.ask_log()
    }

    /// Goes to the next line of those that were found.
    pub(super) fn go_to_found(&mut self, from: u64, back: bool) -> Vec<Effect> {
        let log = self.log_mut();
        let Some(to) = log.search.next(from, back) else { return Vec::new() };
        log.search.at = Some(to);
        log.go_to(to);
        self.ask_log()
    }

    fn click_row(&mut self, row: usize) -> Vec<Effect> {
        match self.overlays.last_mut() {
            Some(Overlay::Palette(picker)) => picker.selected = row,
            Some(Overlay::Themes { picker, .. }) => {
                picker.selected = row;
                self.preview_theme();
            }
            Some(Overlay::Form(form)) => form.selected = row,
            Some(Overlay::Files(picker)) => picker.selected = row,
            Some(Overlay::Commands { selected }) => *selected = row,
            Some(Overlay::Compared(compared)) => compared.selected = row,
            Some(_) => {}
            None => return (self.screen.manners().click)(self, row),
        }
        Vec::new()
    }
}
