//! What is said of runs, on the screen of their history.

use super::loops::deeds;
use super::stage::{Stage, runs};
use crate::app::{Answer, Ask, Deed, Msg, NoteRun, Outcome, Overlay, RunMarks, Slot};
use crate::domain::scene::name;
use crate::domain::{Status, Token};

fn stage(columns: u16, rows: u16) -> (Stage, Vec<Token>) {
    let mut stage = Stage::new(columns, rows, "dark");
    let mut look = runs(&[Status::Succeeded, Status::Failed, Status::Succeeded]);
    let tokens: Vec<Token> = look.runs.iter().map(|past| past.run.token).collect();
    let note =
        "the baseline before the weather of the spring came in, which eli wants to see beside the next one";
    let figure = |value: &str| Some(("auc".to_owned(), value.to_owned()));
    let best = RunMarks {
        pinned: true,
        damaged: false,
        aliases: vec![name("champion")],
        notes: vec!["tried with the Mondays left out".to_owned(), note.to_owned()],
        figure: figure("0.713"),
        unmet: Vec::new(),
    };
    look.marks =
        [(tokens[0], RunMarks { figure: figure("0.7"), ..RunMarks::default() }), (tokens[2], best)].into();
    stage.answer(Slot::Runs, Ok(Answer::Runs(look)));
    stage.press("3");
    (stage, tokens)
}

#[test]
fn pins_aliases_figures_and_notes_are_seen_on_80_columns() {
    let (mut stage, _) = stage(80, 24);
    stage.press("j j");
    insta::assert_snapshot!(stage.shown());
    // By what is said of it a run is found.
    for said in ["champion", "pinned", "weather", "mondays"] {
        stage.press("/").type_in(said);
        assert_eq!(stage.shown().matches("✓ daily_delays").count(), 1, "{said}: {}", stage.shown());
        stage.press("esc");
    }
}

#[test]
fn a_figure_that_is_not_as_it_is_asked_has_a_sign_and_says_what_is_asked() {
    let mut stage = Stage::new(80, 24, "dark");
    let mut look = runs(&[Status::Succeeded, Status::Succeeded]);
    let figure = Some(("auc".to_owned(), "0.23".to_owned()));
    let unmet = vec!["auc 0.23, and `accept` asks for auc >= 0.6".to_owned()];
    let bad = RunMarks { figure, unmet, ..RunMarks::default() };
    look.marks = [(look.runs[0].run.token, bad)].into();
    stage.answer(Slot::Runs, Ok(Answer::Runs(look)));
    stage.press("3");
    let shown = stage.shown();
    assert!(
        shown.contains(" !0.23 ") && shown.contains("! auc 0.23, and `accept` asks for auc >= 0.6"),
        "{shown}"
    );
}

#[test]
fn a_run_is_pinned_noted_and_named_from_here() {
    let (mut stage, tokens) = stage(80, 24);
    let pin = |run: Token, pinned| Deed::Note(NoteRun { run, text: None, pinned: Some(pinned) });
    stage.press("p");
    assert_eq!(deeds(&stage), [&pin(tokens[0], true)]);
    // What is pinned already is let go of; of several all are pinned first.
    stage.press("j j p");
    assert_eq!(deeds(&stage).last(), Some(&&pin(tokens[2], false)));
    let job = *stage.model.jobs.jobs.keys().last().unwrap();
    stage.tell(Msg::Did { job, ended: Ok(Outcome::Done) });
    assert_eq!(stage.asked(Slot::Runs), Some(&Ask::Runs), "it is shown once it is done");

    stage.press("i").press("enter");
    assert!(matches!(stage.model.overlays.last(), Some(Overlay::Form(_))), "{}", stage.shown());
    stage.type_in("as agreed").press("enter");
    let said = NoteRun { run: tokens[2], text: Some("as agreed".to_owned()), pinned: None };
    assert_eq!(deeds(&stage).last(), Some(&&Deed::Note(said)));
    let command = stage.model.commands.commands().last().unwrap().line(|words| words.join(" "));
    assert_eq!(command, format!("note {} as agreed", tokens[2].short()));

    stage.press("A").type_in("champion").press("enter");
    assert_eq!(deeds(&stage).last(), Some(&&Deed::Alias { run: tokens[2], alias: name("champion") }));
    stage.press("k A");
    assert!(stage.shown().contains("only one gets an alias"), "{}", stage.shown());
}

#[test]
fn what_tells_runs_apart_has_room_on_100_columns() {
    let mut stage = Stage::new(100, 24, "dark");
    let mut look = runs(&[Status::Succeeded, Status::Failed, Status::Succeeded]);
    for (past, depth) in look.runs.iter_mut().zip([6, 6, 12]) {
        let mut run = (*past.run).clone();
        run.use_case = Some(name("evaluation"));
        run.user = "Sam of the flights team <sam@example.com>".to_owned();
        run.params.insert(name("depth"), depth.into());
        past.run = run.into();
        let marks = RunMarks { figure: Some(("auc".to_owned(), "0.713".to_owned())), ..RunMarks::default() };
        look.marks.insert(past.run.token, RunMarks { aliases: vec![name("champion")], ..marks });
    }
    stage.answer(Slot::Runs, Ok(Answer::Runs(look)));
    stage.press("3");
    insta::assert_snapshot!(stage.shown());
}

#[test]
fn a_damaged_run_has_no_sign_of_success() {
    let (mut stage, tokens) = stage(100, 24);
    let mut look = stage.model.runs.get().unwrap().clone();
    look.marks.entry(tokens[1]).or_default().damaged = true;
    stage.answer(Slot::Runs, Ok(Answer::Runs(look)));
    let shown = stage.shown();
    let line = shown.lines().find(|line| line.contains("damaged")).unwrap_or_else(|| panic!("{shown}"));
    assert!(line.contains("! daily_delays") && !line.contains('✓'), "{shown}");
}

/// By the very criteria of `greenroom runs`, among words that are looked for as ever.
#[test]
fn criteria_that_are_typed_find_runs() {
    let mut stage = Stage::new(80, 12, "dark");
    stage.press("3 /").type_in("auc > 0.7 ");
    let Some(Ask::Sought(query)) = stage.asked(Slot::Sought).cloned() else { panic!("nothing is sought") };
    assert_eq!(query.criteria.iter().map(ToString::to_string).collect::<Vec<_>>(), ["auc > 0.7"]);
    let second = stage.model.runs.get().unwrap().runs[1].run.token;
    stage.answer(Slot::Sought, Ok(Answer::Sought(query, [second].into(), None)));
    assert_eq!(stage.model.history.shown(), [1]);
    stage.type_in("nobody");
    assert!(stage.model.history.shown().is_empty());
    stage.press("esc");
    assert_eq!(stage.model.history.shown().len(), 4);
    // What is wrong is told beside it.
    stage.press("/").type_in("auc >");
    assert!(stage.shown().contains("there is nothing behind the `>`"), "{}", stage.shown());
    assert_eq!(stage.model.history.shown().len(), 4);
    // A value that is not whole yet is a part of what a row says.
    stage.press("esc /").type_in("day=2013");
    let Some(Ask::Sought(query)) = stage.asked(Slot::Sought).cloned() else { panic!("nothing is sought") };
    stage.answer(Slot::Sought, Ok(Answer::Sought(query, [].into(), None)));
    assert_eq!(stage.model.history.shown().len(), 4);
    // What no run has is told in place of an empty list.
    stage.press("esc /").type_in("acu > 0.5");
    let Some(Ask::Sought(query)) = stage.asked(Slot::Sought).cloned() else { panic!("nothing is sought") };
    let unheard = Some("none has the figure or parameter `acu`; did you mean auc".to_owned());
    stage.answer(Slot::Sought, Ok(Answer::Sought(query, [].into(), unheard)));
    assert!(stage.shown().contains("did you mean auc"), "{}", stage.shown());
}
