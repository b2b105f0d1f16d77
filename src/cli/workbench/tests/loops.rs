use camino::Utf8PathBuf;

use super::stage::Stage;
use crate::app::{
    Answer, Ask, Deed, Effect, Leave, Msg, News, Overlay, Screen, Slot, StartRun, Trouble, Weight,
};
use crate::domain::scene::{self, name};
use crate::domain::{Plan, RunEvent, Status, Taken};

pub fn deeds(stage: &Stage) -> Vec<&Deed> {
    let deed =
        |effect: &'_ Effect| matches!(effect, Effect::Do { deed, .. } if !matches!(deed, Deed::Save(_)));
    let deeds = stage.effects.iter().filter(|effect| deed(effect));
    deeds.filter_map(|effect| if let Effect::Do { deed, .. } = effect { Some(deed) } else { None }).collect()
}

/// A step fails → edit there → one key goes on from that step, with what was made before.
#[test]
fn fix_and_go_on() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("enter");
    let events = [scene::sql_error_run(), scene::failed_run().split_off(15)].concat();
    stage.show_run(Status::Failed, &events);
    assert_eq!(stage.model.workflow.node().unwrap().to_string(), "delays", "what failed is what is shown");
    stage.press("V");
    let edit = Leave::Edit { file: Utf8PathBuf::from("sql/delays.sql"), line: 1 };
    assert_eq!(stage.effects.last(), Some(&Effect::Leave(edit)), "in her own editor");
    fs_err::write(stage.file("sql/delays.sql"), "SELECT 1\n").unwrap();
    stage.press("e").work();
    assert_eq!(stage.model.screen, Screen::Editor, "or here, at the line of the error");
    stage.press("delete").type_in("2").press("ctrl-s").work();
    assert_eq!(fs_err::read_to_string(stage.file("sql/delays.sql")).unwrap(), "SELECT 2\n");
    stage.press("esc c");
    let asked = StartRun {
        name: name("daily_delays"),
        params: [(name("day"), "2013-01-01".to_owned())].into_iter().collect(),
        use_case: None,
        inputs_from: None,
        from: Some(name("delays")),
        only: None,
    };
    assert_eq!(deeds(&stage), [&Deed::Start(asked)]);
    // The command that does the same can be had.
    assert_eq!(
        stage.model.commands.commands().last().unwrap().line(|words| words.join(" ")),
        "run daily_delays --param day=2013-01-01 --from delays"
    );
    stage.press("c");
    assert_eq!(deeds(&stage).len(), 1, "a key that is pressed twice starts one run");
    let token = scene::token();
    stage.tell(Msg::Did { job: 1, ended: Ok(crate::app::Outcome::Run(token)) });
    assert_eq!(stage.asked(Slot::Run), Some(&crate::app::Ask::Run(token)));
}

#[test]
fn parameters_are_checked_as_they_are_typed() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("r");
    assert!(stage.shown().contains("2013-01-01") && stage.shown().contains("The day of the flights"));
    stage.press("backspace backspace");
    assert!(stage.shown().contains("`2013-01-` is not a date"), "{}", stage.shown());
    stage.press("enter");
    assert!(deeds(&stage).is_empty() && matches!(stage.model.overlays.last(), Some(Overlay::Form(_))));
    stage.type_in("04").press("enter");
    assert!(matches!(deeds(&stage)[..], [Deed::Start(asked)] if asked.params[&name("day")] == "2013-01-04"));
    assert_eq!(stage.model.screen, Screen::Workflow, "what was started is looked at");
}

#[test]
fn what_stops_a_run_asks_first_and_never_takes_enter_for_an_answer() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("enter");
    stage.show_run(Status::Running, &scene::good_run()[..6]);
    stage.press("x enter");
    assert!(deeds(&stage).is_empty());
    assert!(stage.shown().contains("Stop run 3f2a?"), "{}", stage.shown());
    stage.press("esc");
    assert!(stage.model.overlays.is_empty() && deeds(&stage).is_empty());
    stage.press("x y");
    assert_eq!(deeds(&stage), [&Deed::Cancel(scene::token())]);
}

#[test]
fn what_cannot_be_done_says_why() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("j r");
    assert!(stage.shown().contains("run: workflows/odd.yaml:5: "), "{}", stage.shown());
    // A key that means something on other screens only.
    for (key, told) in [
        ("c", "· go on from the failed step: only on Workflow; comment: only on Review\n"),
        ("x", "· cancel: only on Workflow, Runs\n"),
        ("]", "· next tab: only on Workflow, Artifacts, Lake, Review\n"),
        ("[", "· tab before: only on Workflow, Artifacts, Lake, Review\n"),
        ("d", "· down: only on Local; changes: only on Workflow, Runs\n"),
    ] {
        stage.press(key);
        assert!(stage.shown().contains(told), "{key}: {}", stage.shown());
    }
    stage.press("? x");
    assert!(!stage.shown().contains("cancel: only"), "what lies over a screen has its own keys");
    stage.press("esc");
    stage.press("k enter c");
    assert!(stage.shown().contains("it has not run yet"), "{}", stage.shown());
}

#[test]
fn esc_comes_out_one_level_at_a_time_and_never_quits() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("enter");
    stage.show_run(Status::Failed, &scene::failed_run());
    stage.show_log(&["x"]);
    stage.press("tab f /").type_in("x").press("enter");
    stage.answer(Slot::LogSearch, Ok(Answer::Searched { length: 100, whole: 100 }));
    let mut levels = Vec::new();
    for _ in 0..6 {
        stage.press("esc");
        let screen = &stage.model.workflow;
        levels.push((stage.model.screen, screen.full, screen.pane == crate::app::Pane::Detail));
    }
    let (board, flow) = (Screen::Board, Screen::Workflow);
    assert_eq!(
        levels,
        [
            (flow, true, true),
            (flow, false, true),
            (flow, false, false),
            (board, false, false),
            (board, false, false),
            (board, false, false)
        ]
    );
    assert!(!stage.model.done);
    assert!(stage.press("q").model.done);
}

#[test]
fn the_palette_knows_how_to_leave() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press(":").type_in("q").press("enter");
    assert!(stage.model.done);
    let mut stage = Stage::new(80, 24, "dark");
    stage.press(":").type_in("themes").press("enter down");
    assert_ne!(stage.model.theme, "dark", "it is shown as it is pointed at");
    stage.press("esc");
    assert_eq!(stage.model.theme, "dark");
    stage.press("T down enter");
    assert_eq!(stage.effects.last(), Some(&Effect::Keep(stage.model.theme.clone())));
}

#[test]
fn what_the_palette_does_not_know_is_not_done() {
    let mut stage = Stage::new(100, 24, "dark");
    stage.press(":").type_in("foo").press("enter");
    assert!(!stage.model.done && stage.shown().contains("there is no action `foo`"), "{}", stage.shown());
    assert!(matches!(stage.model.overlays[..], [Overlay::Palette(_)]));
    // Letters of `back or quit` in their order, and a word of what is told of it.
    for text in ["bq", "outermost", "uit"] {
        stage.press("esc :").type_in(text).press("enter");
        assert!(!stage.model.done, "{text}");
        stage.model.overlays.clear();
    }
    stage.press(":").type_in("qui").press("enter");
    assert!(stage.model.done);
}

#[test]
fn what_is_for_another_screen_is_named_with_its_place() {
    let mut stage = Stage::new(100, 24, "dark");
    stage.press(":").type_in("save");
    let Some(Overlay::Palette(picker)) = stage.model.overlays.last() else { panic!() };
    assert_eq!(picker.item(picker.shown()[0]).unwrap().0, "save: only on Editor");
    stage.press("enter");
    assert!(stage.shown().contains("· save: only on Editor"), "{}", stage.shown());
    // It is not in the way of those that can be done here.
    stage.press(":");
    assert!(!stage.shown().contains("only on"), "{}", stage.shown());
    stage.press("esc :").type_in("workbench looks").press("enter");
    assert!(matches!(stage.model.overlays[..], [Overlay::Themes { .. }]), "{}", stage.shown());
}

#[test]
fn an_error_stays_until_it_is_put_away_and_can_be_copied() {
    let mut stage = Stage::new(80, 24, "dark");
    let mut trouble = Trouble::new("the run cannot be recorded");
    trouble.why.push("the disk is full".to_owned());
    stage.tell(Msg::Failed(trouble));
    stage.press("j k");
    assert!(stage.shown().contains("✗ the run cannot be recorded: the disk is full"), "{}", stage.shown());
    stage.press("m y");
    assert_eq!(
        stage.effects.last(),
        Some(&Effect::Copy("the run cannot be recorded\nthe disk is full".to_owned()))
    );
    stage.press("esc esc");
    assert!(stage.model.notices.newest().is_none_or(|notice| notice.weight == Weight::Told));
}

/// The end of a build's output is why it failed.
#[test]
fn a_long_error_is_read_to_its_end() {
    let mut stage = Stage::new(80, 24, "dark");
    let mut trouble = Trouble::new("the image cannot be built");
    trouble.why.extend((1..=60).map(|line| format!("line {line}")));
    stage.tell(Msg::Failed(Trouble::new("the first")));
    stage.tell(Msg::Failed(trouble));
    stage.press("m");
    assert!(
        stage.shown().contains("line 1\u{20}") && !stage.shown().contains("line 60"),
        "{}",
        stage.shown()
    );
    stage.press("G");
    assert!(stage.shown().contains("line 60"), "{}", stage.shown());
    stage.press("k");
    assert!(!stage.shown().contains("line 60") && stage.shown().contains("line 59"), "{}", stage.shown());
    stage.press("l");
    assert!(
        stage.shown().contains("the first") && stage.shown().contains("message 2 of 2"),
        "{}",
        stage.shown()
    );
    // It stays though another comes, and that one is not put away with it.
    stage.tell(Msg::Failed(Trouble::new("the third")));
    assert!(
        stage.shown().contains("the first") && stage.shown().contains("message 3 of 3"),
        "{}",
        stage.shown()
    );
    stage.press("esc");
    assert!(stage.shown().contains("✗ the third"), "{}", stage.shown());
    stage.press("m l l j");
    assert!(stage.shown().contains("the first"), "{}", stage.shown());
}

/// An answer to a question that was put again says nothing.
#[test]
fn a_stale_answer_changes_nothing() {
    let mut stage = Stage::new(80, 24, "dark");
    let before = stage.model.runs.get().unwrap().runs.len();
    let Some(Effect::Ask { generation, .. }) = stage
        .effects
        .iter()
        .rev()
        .find(|effect| matches!(effect, Effect::Ask { slot: Slot::Runs, .. }))
        .cloned()
    else {
        panic!("they were asked for")
    };
    stage.tell(Msg::RunsChanged);
    let none = Ok(crate::app::Answer::Runs(super::stage::runs(&[])));
    stage.tell(Msg::Done { slot: Slot::Runs, generation, answer: none });
    assert_eq!(stage.model.runs.get().unwrap().runs.len(), before);
}

/// The first error is gone to wherever one is; a text, from where one is on, and around the end.
#[test]
fn a_search_goes_to_the_first_place_that_is_wanted() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("enter");
    stage.show_run(Status::Failed, &scene::failed_run());
    stage.show_log(&["x"; 100]);
    let found = |offsets: &[u64]| News::Found(offsets.to_vec());
    stage.press("tab E");
    stage.news(Slot::LogSearch, found(&[40, 90]));
    assert_eq!((stage.model.workflow.log.top, stage.model.workflow.log.follow), (40, false));
    stage.press("n n N");
    assert_eq!(stage.model.workflow.log.top, 90);
    stage.press("/").type_in("x").press("enter");
    stage.news(Slot::LogSearch, found(&[10]));
    assert_eq!(stage.model.workflow.log.top, 90, "it is before where one is, and more may come");
    stage.answer(Slot::LogSearch, Ok(Answer::Searched { length: 100, whole: 100 }));
    assert_eq!(stage.model.workflow.log.top, 10);
}

/// What a log goes on to say is found too; nobody is taken away by it.
#[test]
fn a_search_goes_on_with_its_log() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("enter");
    stage.show_run(Status::Failed, &scene::failed_run());
    stage.show_log(&["x"; 100]);
    stage.press("tab /").type_in("x").press("enter");
    stage.news(Slot::LogLength, News::LogLength(1000));
    stage.news(Slot::LogSearch, News::Found(vec![90]));
    let searched = |length, whole| Ok(Answer::Searched { length, whole });
    stage.answer(Slot::LogSearch, searched(1000, 990));
    assert!(!stage.waits(Slot::LogSearch) && stage.shown().contains("1 found"), "{}", stage.shown());
    stage.news(Slot::LogLength, News::LogLength(2000));
    let Some(Ask::LogSearch { from: 990, .. }) = stage.asked(Slot::LogSearch) else { panic!() };
    stage.news(Slot::LogLength, News::LogLength(3000));
    stage.news(Slot::LogSearch, News::Found(vec![90, 1500]));
    stage.answer(Slot::LogSearch, searched(2000, 2000));
    assert!(stage.shown().contains("2 found") && stage.model.workflow.log.top == 90, "{}", stage.shown());
    // It has grown meanwhile.
    let Some(Ask::LogSearch { from: 2000, .. }) = stage.asked(Slot::LogSearch) else { panic!() };
    assert!(stage.waits(Slot::LogSearch));
}

/// What was searched for in one log is not found in another, nor after one has turned away from it.
#[test]
fn a_search_ends_with_the_look_at_its_log() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("enter");
    stage.show_run(Status::Failed, &scene::failed_run());
    stage.show_log(&["x"; 10]);
    for leave in ["esc", "shift-tab k"] {
        stage.press("/").type_in("x").press("enter");
        stage.press(leave);
        assert!(stage.effects.contains(&Effect::Forget(Slot::LogSearch)), "{leave}");
        stage.news(Slot::LogSearch, News::Found(vec![4]));
        assert_eq!(stage.model.workflow.log.search.count, 0, "{leave}");
        stage.effects.retain(|effect| *effect != Effect::Forget(Slot::LogSearch));
    }
}

/// What is selected reaches a person's own command by its environment, and is never a part of it.
#[test]
fn a_command_of_ones_own_is_given_what_is_selected() {
    let mut stage = Stage::new(80, 24, "dark");
    let own = crate::app::OwnCommand {
        name: "notebook".to_owned(),
        title: "notebook".to_owned(),
        run: "jupyter lab \"$GREENROOM_PATH\"".to_owned(),
        key: None,
        on: vec![Screen::Workflow],
    };
    stage.model.own.push(own);
    stage.press("enter");
    stage.show_run(Status::Failed, &scene::failed_run());
    stage.press(":").type_in("jupyter").press("enter");
    let Some(Effect::Leave(Leave::Own { title, script, variables })) = stage.effects.last() else { panic!() };
    assert_eq!((title.as_str(), script.as_str()), ("notebook", "jupyter lab \"$GREENROOM_PATH\""));
    let value = |name: &str| {
        let found = variables.iter().find(|(key, _)| key == name).and_then(|(_, value)| value.to_str());
        found.unwrap_or_default()
    };
    assert_eq!(value("GREENROOM_RUN"), scene::token().to_string());
    assert!(value("GREENROOM_PATH").ends_with(&format!("{}/report", scene::token())), "{variables:?}");
    assert_eq!((value("GREENROOM_WORKFLOW"), value("GREENROOM_STEP")), ("daily_delays", "report"));
    // In the editor: the file.
    stage.press("e").work();
    stage.tell(Msg::Own(0));
    let Some(Effect::Leave(Leave::Own { variables, .. })) = stage.effects.last() else { panic!() };
    let file = ("GREENROOM_PATH".to_owned(), "/data/flights/workflows/daily_delays.yaml".into());
    assert!(variables.contains(&file), "{variables:?}");
}

/// A run that took over what has been made to wait for what ran in it since.
pub fn turned_round() -> Plan {
    let mut plan = scene::plan();
    let mut needs = std::mem::take(&mut plan.nodes[1].needs);
    needs[0].node = scene::id("delays");
    plan.nodes[0].needs = needs;
    let (token, path) = (scene::token(), "/data/store/earlier".into());
    plan.nodes[1].taken = Some(Taken { token, path, why: "it is the same".to_owned(), older: None });
    plan
}

#[test]
fn a_run_whose_workflow_was_turned_round_since_is_drawn_as_it_ran() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("enter");
    stage.show_planned(Status::Failed, turned_round(), &scene::failed_run());
    let graph = &stage.model.workflow.graph;
    assert_eq!(graph.nodes.iter().map(|node| node.layer).collect::<Vec<_>>(), [1, 0, 1, 2]);
    stage.press("k k k j");
    let graph = &stage.model.workflow.graph;
    assert_eq!(graph.nodes[stage.model.workflow.selected].layer, 1, "{}", stage.shown());
}

#[test]
fn every_attempt_has_a_log_of_its_own() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("enter");
    stage.show_run(Status::Failed, &scene::failed_run());
    let shown = |stage: &Stage| stage.model.workflow.log.of.as_ref().map(|(_, _, attempt)| *attempt);
    assert_eq!(shown(&stage), Some(2));
    stage.press("<");
    assert_eq!(shown(&stage), Some(1));
    assert!(stage.shown().contains("attempt 1 of 2"), "{}", stage.shown());
    stage.press("< >");
    assert_eq!(shown(&stage), Some(2));
}

#[test]
fn what_has_changed_since_a_run_is_shown_line_by_line() {
    use crate::domain::{DiffLine, FileDiff};
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("enter");
    stage.show_run(Status::Failed, &scene::failed_run());
    stage.press("d");
    let lines = vec![
        DiffLine::Same("SELECT".to_owned()),
        DiffLine::Gone("delai".to_owned()),
        DiffLine::Come("delay\u{1b}[2J".to_owned()),
    ];
    let files = vec![FileDiff { path: "sql/delays.sql".to_owned(), lines }];
    stage.answer(Slot::Changes, Ok(crate::app::Answer::Changes { then: scene::token(), now: None, files }));
    let shown = stage.shown();
    assert!(
        shown.contains("sql/delays.sql") && shown.contains("- delai") && shown.contains("+ delay␛"),
        "{shown}"
    );
    stage.press("esc d");
    stage.answer(
        Slot::Changes,
        Ok(crate::app::Answer::Changes { then: scene::token(), now: None, files: Vec::new() }),
    );
    assert!(stage.shown().contains("the files are as the run had them"), "{}", stage.shown());
}

#[test]
fn the_selection_stays_with_its_workflow_when_another_comes() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("j");
    assert_eq!(stage.model.selected_workflow().unwrap().name, "odd");
    let first = "greenroom: 1\nkind: workflow\nname: aab\nsteps:\n  a: {run: 'true'}\n";
    fs_err::write(stage.file("workflows/aab.yaml"), first).unwrap();
    stage.tell(Msg::FilesChanged);
    stage.read_project();
    assert_eq!(stage.model.board.selected, 2);
    assert_eq!(stage.model.selected_workflow().unwrap().name, "odd");
}

/// What a step waits for is what the plan says, whoever tells of it: `needs`, inputs, its environment, `when`.
#[test]
fn the_graph_has_an_edge_for_all_that_a_step_waits_for() {
    let mut stage = Stage::new(80, 24, "dark");
    let text = "greenroom: 1
kind: workflow
name: aab
steps:
  a: {run: 'true', outputs: {x: {path: x.txt}}}
  b: {run: 'true', inputs: {x: '${{ steps.a.outputs.x }}'}}
  c: {run: 'true', needs: [b], env: {X: '${{ steps.a.outputs.x }}'}}
  d: {run: 'true', when: \"steps.c.status == 'failed'\"}
";
    fs_err::write(stage.file("workflows/aab.yaml"), text).unwrap();
    stage.tell(Msg::FilesChanged);
    stage.read_project();
    stage.press("g enter");
    let needs: Vec<&[usize]> =
        stage.model.workflow.graph.nodes.iter().map(|node| node.needs.as_slice()).collect();
    assert_eq!(needs, [[].as_slice(), &[0], &[1, 0], &[2]], "{}", stage.shown());
}

/// What was taken over waits for nothing in the plan, and stands where the spec has it.
#[test]
fn a_run_from_a_step_says_how_many_ran_and_how_many_were_taken() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("enter");
    let mut plan = scene::plan();
    for node in &mut plan.nodes[..2] {
        let (token, path) = (scene::token(), "/data/store/earlier".into());
        node.needs.clear();
        node.taken = Some(Taken { token, path, why: "it is the same".to_owned(), older: None });
    }
    let taken = |event: &RunEvent| {
        let told = serde_json::to_value(event).unwrap();
        ["flights_ready", "delays"].iter().any(|step| told["step"] == *step)
    };
    let events: Vec<RunEvent> = scene::failed_run().into_iter().filter(|event| !taken(event)).collect();
    assert!(events.len() < scene::failed_run().len());
    stage.show_planned(Status::Failed, plan, &events);
    assert!(stage.shown().contains("1 ran, 2 taken"), "{}", stage.shown());
    let layers: Vec<usize> = stage.model.workflow.graph.nodes.iter().map(|node| node.layer).collect();
    assert_eq!(layers, [0, 1, 2, 3]);
}

#[test]
fn nothing_is_run_while_what_is_typed_is_not_saved() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.open("workflows/daily_delays.yaml").work();
    let path = "workflows/daily_delays.yaml";
    stage.press("home").type_in("# mine ");
    stage.press("esc r");
    let told = format!("run: {path} is not saved: save it first");
    assert!(stage.shown().contains(&told) && stage.model.overlays.is_empty(), "{}", stage.shown());
    stage.press("enter");
    stage.show_run(Status::Failed, &scene::failed_run());
    for (key, title) in [("R", "run from here"), ("o", "run only this"), ("c", "go on from the failed step")]
    {
        stage.press(key);
        assert!(stage.shown().contains(&format!("{title}: {path} is")), "{}", stage.shown());
    }
    assert!(deeds(&stage).is_empty());
    stage.press("7 ctrl-s").work();
    stage.press("esc r");
    assert_eq!(stage.model.overlays.len(), 1, "it asks for the parameters: {}", stage.shown());
}

/// A question waits for its answer: what lies below it gets no key.
#[test]
fn no_key_acts_behind_a_question() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("enter");
    stage.show_run(Status::Running, &scene::good_run()[..6]);
    stage.press("x c r d 3");
    assert!(deeds(&stage).is_empty() && stage.model.screen == Screen::Workflow);
    assert!(matches!(stage.model.overlays[..], [Overlay::Confirm(_)]));
    // It has both answers.
    stage.press("n");
    assert!(stage.model.overlays.is_empty() && deeds(&stage).is_empty());
    stage.press("x y");
    assert_eq!(deeds(&stage).len(), 1);
}

/// The command that a key stands for is seen whole, and what matters may stand at its end.
#[test]
fn a_long_command_is_shown_to_its_end() {
    let mut stage = Stage::new(60, 20, "dark");
    stage.press("enter");
    stage.show_run(Status::Failed, &scene::failed_run());
    stage.press("R enter");
    let Deed::Start(asked) = deeds(&stage)[0] else { panic!() };
    assert_eq!(asked.from, Some(name("report")));
    stage.press("@");
    assert!(stage.shown().contains("--from │\n│ report "), "{}", stage.shown());
}

/// What a person should know of a run is there when it has started.
#[test]
fn a_warning_stays_until_the_next_key() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("enter");
    stage.show_run(Status::Failed, &scene::failed_run());
    stage.press("R enter").tell(Msg::Warned("no earlier run has made delays: it is run too".to_owned()));
    stage.tell(Msg::Did { job: 0, ended: Ok(crate::app::Outcome::Run(scene::token())) });
    assert!(stage.shown().contains("has made delays: it is run too"), "{}", stage.shown());
}
