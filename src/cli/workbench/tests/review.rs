use super::stage::Stage;
use crate::app::review_scene::{ID, change, commit, file, hunk, look, remark, track, tracks};
use crate::app::{
    Answer, Ask, CodeRow, Deed, Effect, Leave, News, ReviewDeed, ReviewLook, ReviewPane, ReviewTab, Screen,
    Slot, TracksLook, Trouble,
};
use crate::domain::Digest;
use crate::domain::track::bodies::Place;
use crate::domain::track::{NextAction, Promotion, Remark, Track, TrackId, VerdictKind};

/// The tracks are known, and the one that waits has been read.
pub fn in_theme(columns: u16, rows: u16, theme: &str) -> Stage {
    let mut stage = Stage::new(columns, rows, theme);
    stage.answer(Slot::Tracks, Ok(Answer::Tracks(tracks("eli"))));
    stage.press("9");
    stage.answer(Slot::Tracks, Ok(Answer::Tracks(tracks("eli"))));
    read(&mut stage, look());
    stage
}

fn stage(columns: u16, rows: u16) -> Stage {
    in_theme(columns, rows, "dark")
}

fn read(stage: &mut Stage, look: ReviewLook) {
    stage.answer(Slot::Review, Ok(Answer::Review(Box::new(look))));
}

fn deeds(stage: &Stage) -> Vec<ReviewDeed> {
    let said = stage.effects.iter().filter_map(|effect| match effect {
        Effect::Do { deed: Deed::Review(said), .. } => Some(said.clone()),
        _ => None,
    });
    said.collect()
}

fn end(stage: &mut Stage, ended: Result<(), Trouble>) {
    let job = *stage.model.jobs.jobs.keys().last().unwrap();
    stage.tell(crate::app::Msg::Did { job, ended: ended.map(|()| crate::app::Outcome::Done) });
}

#[test]
fn the_board_shows_how_far_each_workflow_is() {
    let mut stage = Stage::new(80, 24, "dark");
    let before = stage.shown();
    stage.answer(Slot::Tracks, Err(Trouble::new("there is no remote")));
    assert_eq!(stage.shown(), before, "without a remote nothing is told of it");
    stage.tell(crate::app::Msg::Act(crate::app::action("reload").unwrap()));
    stage.answer(Slot::Tracks, Ok(Answer::Tracks(TracksLook::default())));
    assert!(!stage.shown().contains("Review"), "{}", stage.shown());
    stage.tell(crate::app::Msg::Act(crate::app::action("reload").unwrap()));
    stage.news(Slot::Tracks, News::Tracks(tracks("ana")));
    insta::assert_snapshot!(stage.shown());
    stage.resize(140, 12);
    insta::assert_snapshot!(stage.shown());
    // Where there is little room the cells have no less than one column each, and the runs none.
    stage.resize(44, 12);
    let shown = stage.shown();
    assert!(shown.contains("✓✓✓●····  mend what") && !shown.contains("✓■✓✗"), "{shown}");
}

#[test]
fn whoever_comes_from_a_workflow_that_waits_looks_at_that() {
    let mut stage = Stage::new(80, 24, "dark");
    let mut look = tracks("eli");
    look.tracks.insert(0, track("a_first_one-a1b2c3", 3, NextAction::Review, &["eli"]));
    stage.answer(Slot::Tracks, Ok(Answer::Tracks(look)));
    stage.press("9");
    assert_eq!(stage.asked(Slot::Review), Some(&Ask::Review(TrackId::new(ID).unwrap())));
    // Another workflow has none: what waits first is shown, or what was chosen.
    stage.press("1 j 9");
    assert_eq!(stage.model.selected_track().map(|track| track.id.as_str()), Some(ID));
}

#[test]
fn a_package_is_looked_through() {
    let mut stage = stage(80, 24);
    assert_eq!(stage.asked(Slot::Review), Some(&Ask::Review(TrackId::new(ID).unwrap())));
    insta::assert_snapshot!("list", stage.shown());
    stage.press("enter");
    insta::assert_snapshot!("card", stage.shown());
    stage.press("]");
    insta::assert_snapshot!("specs", stage.shown());
    stage.press("] j j j j");
    insta::assert_snapshot!("code", stage.shown());
    stage.press("]");
    insta::assert_snapshot!("lineage", stage.shown());
    stage.press("]");
    insta::assert_snapshot!("data", stage.shown());
    stage.press("]");
    insta::assert_snapshot!("checks", stage.shown());
    stage.press("]");
    insta::assert_snapshot!("comments", stage.shown());
    stage.press("]");
    assert_eq!(stage.model.review.tab, ReviewTab::Card);
    // There is no room to be made here, and so nothing to come out of.
    stage.press("f esc");
    assert_eq!((stage.model.review.pane, stage.model.screen), (ReviewPane::List, Screen::Review));
    stage.press("esc");
    assert_eq!(stage.model.screen, Screen::Board);
}

#[test]
fn a_package_is_run_again_by_the_command_that_does_it() {
    let mut stage = stage(120, 36);
    stage.press("r");
    let words = ["review", "rerun", ID, "--env", "dev"].map(str::to_owned).to_vec();
    assert!(stage.effects.contains(&Effect::Leave(Leave::Command(words))), "{:?}", stage.effects);
    let mut logged =
        stage.model.commands.commands().iter().map(|command| command.line(|words| words.join(" ")));
    assert_eq!(logged.next_back(), Some(format!("review rerun {ID} --env dev")));
    stage.effects.clear();
    stage.model.local.lost = true;
    stage.press("r");
    assert!(!stage.effects.iter().any(|effect| matches!(effect, Effect::Leave(_))), "{:?}", stage.effects);
    assert!(stage.shown().contains("rerun: no container engine answers"), "{}", stage.shown());
}

#[test]
fn a_large_screen_has_room_for_both() {
    let mut stage = stage(120, 36);
    stage.press("enter");
    insta::assert_snapshot!(stage.shown());
    stage.press("f");
    assert!(!stage.shown().contains("to review"), "{}", stage.shown());
    stage.press("f ] ]");
    insta::assert_snapshot!(stage.shown());
}

#[test]
fn the_chosen_tab_is_always_among_those_that_are_shown() {
    assert!(stage(80, 24).shown().contains("Card Specs Code Lineage Data Checks Comments"));
    let mut stage = stage(44, 24);
    stage.press("enter");
    assert!(stage.shown().contains("Card Specs Code Lineage Data Checks …"), "{}", stage.shown());
    stage.press("] ] ] ] ] ]");
    assert_eq!(stage.model.review.tab, ReviewTab::Comments);
    assert!(stage.shown().contains("… Specs Code Lineage Data Checks Comments"), "{}", stage.shown());
}

#[test]
fn a_line_that_is_cut_off_beside_another_says_so() {
    let mut stage = stage(80, 24);
    let mut long = look();
    long.specs[0].hunks[0].old[1] = format!("owners: [{}end]", "someone, ".repeat(9));
    stage.model.review.of = None;
    stage.press("enter ]");
    read(&mut stage, long);
    let shown = stage.shown();
    assert!(shown.contains("…│") && !shown.contains("end]"), "{shown}");
    assert!(shown.contains("changed: owners") && shown.contains("   2 + owners: [ana]"), "{shown}");
}

#[test]
fn the_keys_move_in_the_code_and_from_change_to_change() {
    let mut stage = stage(80, 14);
    stage.press("enter ] ] n");
    let first = stage.model.review.at();
    stage.press("n");
    assert!(stage.model.review.at() > first);
    stage.press("n");
    assert!(stage.shown().contains("this is the last change"), "{}", stage.shown());
    stage.press("N");
    assert_eq!(stage.model.review.at(), first);
    stage.press("G");
    assert!(stage.shown().contains("steps:"), "{}", stage.shown());
    // What only scrolls stops at its end.
    stage.press("[ [ G");
    let end = stage.model.review.at();
    stage.press("j j j");
    assert_eq!(stage.model.review.at(), end);
    stage.press("k");
    assert_eq!(stage.model.review.at(), end - 1);
    stage.press("n");
    assert!(stage.shown().contains("only in the code and the specs"), "{}", stage.shown());
}

#[test]
fn what_is_on_its_target_is_not_asked_to_change() {
    let mut stage = stage(80, 24);
    let mut done = look();
    done.track.promotion = Some(Promotion {
        entry: commit('7'),
        by: crate::domain::scene::name("ana"),
        at: crate::domain::scene::at(-60.0),
        commit: commit('8'),
        tree: "c".repeat(40).parse().unwrap(),
    });
    stage.model.review.of = None;
    stage.press("l");
    read(&mut stage, done);
    for key in ["R", "A"] {
        stage.press(key);
        assert!(stage.shown().contains("it is on its target already"), "{}", stage.shown());
        assert!(stage.model.overlays.is_empty());
    }
}

#[test]
fn what_would_be_void_at_once_is_not_asked_about() {
    let mut stage = stage(80, 24);
    let mut late = look();
    late.track.outdated = Some("it conflicts with stage now, in sql/late.sql".to_owned());
    stage.model.review.of = None;
    stage.press("l");
    read(&mut stage, late);
    stage.press("A");
    assert!(stage.shown().contains("void at once: it conflicts with stage n"), "{}", stage.shown());
    assert!(stage.model.overlays.is_empty());
}

#[test]
fn what_was_given_up_is_counted_and_not_listed() {
    let mut stage = stage(80, 24);
    let mut look = tracks("eli");
    look.tracks[0] = Track { abandoned: true, ..track("airports-a1b2c3", 1, NextAction::Nothing, &[]) };
    stage.press("u");
    stage.answer(Slot::Tracks, Ok(Answer::Tracks(look)));
    let shown = stage.shown();
    assert!(shown.contains("to review 1 · 1 abandoned") && !shown.contains("airports"), "{shown}");
}

#[test]
fn where_none_waits_for_a_review_the_list_is_not_called_by_it() {
    let mut stage = stage(80, 24);
    let mut look = tracks("eli");
    look.tracks[1].next.action = NextAction::RunStage;
    stage.press("u");
    stage.answer(Slot::Tracks, Ok(Answer::Tracks(look)));
    let shown = stage.shown();
    assert!(shown.contains("╭ tracks 2 ") && !shown.contains("to review"), "{shown}");
}

#[test]
fn what_is_approved_is_promoted_after_a_yes() {
    let mut stage = stage(80, 24);
    stage.press("P");
    assert!(stage.shown().contains("what is next is to review the package"), "{}", stage.shown());
    let mut approved = look();
    approved.card.next.action = NextAction::Promote;
    stage.press("u");
    stage.answer(Slot::Tracks, Ok(Answer::Tracks(tracks("eli"))));
    read(&mut stage, approved);
    stage.press("P");
    let asked = stage.shown();
    assert!(
        asked.contains("Promote ") && asked.contains("as it was approved?") && asked.contains("at 9999"),
        "{asked}"
    );
    stage.press("y");
    let track = TrackId::new(ID).unwrap();
    assert_eq!(deeds(&stage), [ReviewDeed::Promote { track, package: Digest::of(b"package") }]);
    end(&mut stage, Ok(()));
    assert!(stage.shown().contains("is on its target"), "{}", stage.shown());
}

#[test]
fn what_a_host_has_merged_is_recorded_after_a_yes() {
    let mut stage = stage(80, 24);
    let mut merged = look();
    merged.card.next.action = NextAction::Record;
    merged.track.came.clone_from(&merged.track.tip);
    stage.press("u");
    stage.answer(Slot::Tracks, Ok(Answer::Tracks(tracks("eli"))));
    read(&mut stage, merged);
    stage.press("P");
    let asked = stage.shown();
    assert!(asked.contains("Record that ") && asked.contains("dddddddd"), "{asked}");
    stage.press("y");
    let track = TrackId::new(ID).unwrap();
    assert_eq!(deeds(&stage), [ReviewDeed::Promote { track, package: Digest::of(b"package") }]);
}

#[test]
fn an_approval_names_what_it_is_of_and_is_signed_after_a_yes() {
    let mut stage = stage(80, 24);
    stage.press("A");
    insta::assert_snapshot!(stage.shown());
    stage.press("n");
    assert!(deeds(&stage).is_empty());
    stage.press("A y");
    let track = TrackId::new(ID).unwrap();
    assert_eq!(deeds(&stage), [ReviewDeed::Approve { track, package: Digest::of(b"package") }]);
    let mut error = Trouble::new("review.approved would not count");
    error.why.push("eli has a hand in it".to_owned());
    end(&mut stage, Err(error));
    assert!(stage.shown().contains("would not count: eli has a ha"), "{}", stage.shown());
    stage.press("esc A y");
    end(&mut stage, Ok(()));
    assert!(stage.shown().contains(&format!("{ID} is approved")), "{}", stage.shown());
    // The ledger is looked at again, and what is shown follows it.
    assert_eq!(stage.asked(Slot::Tracks), Some(&Ask::Tracks { fetch: true }));
    let mut after = tracks("eli");
    after.tracks[1] = track_done();
    stage.effects.clear();
    stage.answer(Slot::Tracks, Ok(Answer::Tracks(after)));
    assert_eq!(stage.model.selected_track().map(|track| track.id.as_str()), Some(ID));
    assert!(stage.asked(Slot::Review).is_some());
}

#[test]
fn what_stands_against_it_is_told_before_anything_is_signed() {
    let mut stage = stage(80, 24);
    let mut blocked = look();
    blocked.card.verdict.kind = VerdictKind::Blocked;
    blocked.card.verdict.text = "Not green: secrets failed.".to_owned();
    stage.model.review.of = None;
    stage.press("l");
    read(&mut stage, blocked);
    stage.press("A");
    assert!(stage.shown().contains("approve: Not green: secrets failed"), "{}", stage.shown());
    assert!(stage.model.overlays.is_empty() && deeds(&stage).is_empty());
}

fn track_done() -> crate::domain::track::Track {
    track(ID, 4, NextAction::Promote, &["ana", "eli"])
}

#[test]
fn what_is_typed_is_not_lost_where_it_cannot_be_sent() {
    let mut stage = stage(80, 24);
    stage.press("R");
    assert!(!stage.shown().contains("needs a value"), "{}", stage.shown());
    stage.press("enter");
    assert!(stage.shown().contains("needs a value"), "{}", stage.shown());
    stage.type_in("say who asked").press("enter");
    let [ReviewDeed::Request { reason, .. }] = &deeds(&stage)[..] else { panic!("{:?}", deeds(&stage)) };
    assert_eq!(reason, "say who asked");
    end(&mut stage, Err(Trouble::new("origin gave no answer that counts")));
    let shown = stage.shown();
    assert!(shown.contains("say who asked") && shown.contains("gave no answer"), "{shown}");
    stage.press("enter");
    assert_eq!(deeds(&stage).len(), 2, "it is sent again");
}

#[test]
fn a_comment_in_the_code_is_about_its_line() {
    let mut stage = stage(80, 24);
    stage.press("enter ] ] j j j j j");
    stage.press("c").type_in("why half an hour?");
    insta::assert_snapshot!(stage.shown());
    stage.press("enter");
    let place = Some(Place { path: "sql/consolidate.sql".to_owned(), line: 12 });
    let track = TrackId::new(ID).unwrap();
    let text = "why half an hour?".to_owned();
    assert_eq!(deeds(&stage), [ReviewDeed::Comment { track: track.clone(), text, place, answers: None }]);
    // A line that went is at no place of the head: it is spoken of by its words where it was.
    stage.press("k c").type_in("where to?").press("enter");
    let Some(ReviewDeed::Comment { text, place: Some(near), .. }) = deeds(&stage).last().cloned() else {
        panic!("{:?}", deeds(&stage))
    };
    assert!(text.starts_with('`') && text.ends_with("` went: where to?"), "{text}");
    assert_eq!((near.path.as_str(), near.line), ("sql/consolidate.sql", 12));
    stage.press("] c").type_in("in all").press("enter");
    let all = ReviewDeed::Comment { track, text: "in all".to_owned(), place: None, answers: None };
    assert_eq!(deeds(&stage).last(), Some(&all));
}

#[test]
fn what_was_typed_and_not_said_is_there_again() {
    let mut stage = stage(80, 24);
    stage.press("c").type_in("why half").press("esc");
    assert!(stage.shown().contains("what you wrote is there when you begin again"), "{}", stage.shown());
    // Something else begins empty.
    stage.press("R");
    assert!(!stage.shown().contains("why half"), "{}", stage.shown());
    stage.press("esc c").type_in(" an hour?").press("enter");
    let said =
        |deed: &ReviewDeed| matches!(deed, ReviewDeed::Comment { text, .. } if text == "why half an hour?");
    assert!(deeds(&stage).last().is_some_and(said), "{:?}", deeds(&stage));
    // It did not land while something else was typed: it is not lost for that.
    stage.press("R").type_in("mend it");
    end(&mut stage, Err(Trouble::new("origin does not answer")));
    stage.press("esc esc c").type_in("").press("enter");
    assert!(deeds(&stage).last().is_some_and(said), "{:?}", deeds(&stage));
    end(&mut stage, Ok(()));
    stage.press("c");
    assert!(!stage.shown().contains("why half"), "{}", stage.shown());
}

#[test]
fn what_was_said_is_answered_where_it_is_read() {
    let mut stage = stage(80, 24);
    stage.press("enter ] ] a");
    assert!(stage.shown().contains("go to what was said"), "{}", stage.shown());
    // Below its line in the code, and among the comments.
    let last = stage.model.review.code().iter().position(|row| matches!(row, CodeRow::Remark { .. }));
    for _ in 0..last.unwrap() {
        stage.press("j");
    }
    for keys in ["a", "] ] ] ] a"] {
        stage.press(keys).type_in("they did");
        assert!(stage.shown().contains("answer eeeeeeeeeeee on"), "{}", stage.shown());
        stage.press("enter");
        let answers = Some(commit('e'));
        let (track, text) = (TrackId::new(ID).unwrap(), "they did".to_owned());
        let answer = ReviewDeed::Comment { track, text, place: None, answers };
        assert_eq!(deeds(&stage).last(), Some(&answer));
        end(&mut stage, Ok(()));
    }
}

#[test]
fn an_answer_stands_below_what_it_answers() {
    let mut stage = stage(80, 24);
    let mut more = look();
    let answer = Remark { answers: Some(commit('e')), ..remark("They did, in a letter.", None) };
    more.card.remarks.push(Remark { entry: commit('1'), ..remark("In all it is well.", None) });
    more.card.remarks.push(Remark { entry: commit('2'), ..answer });
    stage.model.review.of = None;
    stage.press("enter ] ]");
    read(&mut stage, more);
    insta::assert_snapshot!("code_with_an_answer", stage.shown());
    stage.press("] ] ] ] j");
    insta::assert_snapshot!("comments_with_an_answer", stage.shown());
    assert_eq!(stage.model.review.remark(), Some(2));
}

#[test]
fn a_line_that_is_cut_off_is_read_by_going_aside() {
    let mut stage = stage(80, 24);
    let mut long = look();
    long.files[0].hunks[0].new[2] = format!("  COUNTIF({} >= 30) AS the_end,", "f.dep_delay + ".repeat(7));
    stage.model.review.of = None;
    stage.press("enter ] ]");
    read(&mut stage, long);
    assert!(!stage.shown().contains("the_end"), "{}", stage.shown());
    stage.press("right right right right");
    let shown = stage.shown();
    assert!(shown.contains("the_end") && shown.contains("  12"), "{shown}");
    // There is an end to it, and to the left of the beginning is the list.
    stage.press("right right right right right right left left left left left left left");
    assert!(stage.model.review.aside == 0 && stage.shown().contains("COUNTIF(f.dep"), "{}", stage.shown());
    stage.press("left");
    assert_eq!(stage.model.review.pane, ReviewPane::List);
}

#[test]
fn a_remote_that_is_gone_is_told_in_a_line_over_what_is_remembered() {
    let mut stage = stage(80, 24);
    let mut gone = tracks("eli");
    let mut trouble = Trouble::new("the review cannot go on");
    trouble.why.push("origin cannot be reached".to_owned());
    gone.gone = Some(trouble);
    stage.press("u");
    stage.answer(Slot::Tracks, Ok(Answer::Tracks(gone)));
    let shown = stage.shown();
    assert!(shown.contains("! as it was last fetched") && shown.contains(ID), "{shown}");
    assert!(shown.contains("Each required check"), "{shown}");
    // What is not sent for it is kept, and the line stays: nobody has heard of the remote since.
    stage.press("c").type_in("lost?").press("enter");
    end(&mut stage, Err(Trouble::new("origin gave no answer")));
    assert_eq!(stage.asked(Slot::Tracks), Some(&Ask::Tracks { fetch: false }));
    let known = TracksLook { asked: false, ..tracks("eli") };
    stage.answer(Slot::Tracks, Ok(Answer::Tracks(known)));
    let shown = stage.shown();
    assert!(shown.contains("! as it was last fetched") && shown.contains("lost?"), "{shown}");
    // Where nothing is remembered, why is all there is.
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("9");
    assert!(stage.shown().contains("asking the remote …"), "{}", stage.shown());
    stage.answer(Slot::Tracks, Err(Trouble::new("this repository has no remote")));
    assert!(stage.shown().contains("has no remote"), "{}", stage.shown());
}

#[test]
fn what_cannot_be_read_is_told_and_read_again() {
    let mut stage = stage(80, 24);
    stage.press("j");
    assert!(stage.shown().contains("reading the package …"), "{}", stage.shown());
    stage.press("A");
    assert!(stage.shown().contains("approve: airports-a1b2c3 has not been read yet"), "{}", stage.shown());
    stage.answer(Slot::Review, Err(Trouble::new("a commit is missing")));
    assert!(stage.shown().contains("a commit is missing"), "{}", stage.shown());
    stage.effects.clear();
    stage.press("u");
    stage.answer(Slot::Tracks, Ok(Answer::Tracks(tracks("eli"))));
    assert!(stage.asked(Slot::Review).is_some(), "once the remote has been asked");
}

#[test]
fn nothing_hostile_reaches_the_terminal() {
    const HOSTILE: &str = "\u{1b}[2J\u{202e}evil\u{7}";
    let mut stage = stage(110, 40);
    let mut look = look();
    let bad = format!("sql/{HOSTILE}.sql");
    look.files.push(file(&bad, (1, 0), vec![hunk(1, 1, &[&format!("+{HOSTILE}")])]));
    look.files[0].told = Some(HOSTILE.to_owned());
    look.specs.push(file(&bad, (1, 0), vec![hunk(1, 1, &[&format!("+{HOSTILE}")])]));
    look.flows[0].keys = vec![HOSTILE.to_owned()];
    look.card.files.push(change(&bad, (1, 0)));
    look.card.need = Some(HOSTILE.to_owned());
    look.card.verdict.text = HOSTILE.to_owned();
    look.card.remarks.push(remark(&format!("{HOSTILE}\n{HOSTILE}"), Some((&bad, 1))));
    look.card.sealed.as_mut().unwrap().target.name =
        crate::domain::track::RefName::branch("sta\u{202e}ge").unwrap();
    look.checks[0].findings[0].what = HOSTILE.to_owned();
    look.lineage[0].columns[0].column = HOSTILE.to_owned();
    look.lineage[0].unknown = Some(HOSTILE.to_owned());
    stage.model.review.of = None;
    stage.press("enter");
    read(&mut stage, look);
    let mut told = 0;
    for _ in ReviewTab::ALL {
        for end in ["g", "G"] {
            stage.press(end);
            let shown = stage.shown();
            let hostile = |c: char| c.is_control() && c != '\n' || matches!(c, '\u{202a}'..='\u{202e}');
            assert!(!shown.contains(hostile), "{shown:?}");
            told += shown.matches("<U+202E>evil").count();
        }
        stage.press("]");
    }
    assert!(told > 7, "it is shown all the same: {told}");
    stage.press("A");
    assert!(stage.shown().contains("sta<U+202E>ge"), "{}", stage.shown());
}

#[test]
fn every_size_is_survived() {
    for (columns, rows) in [(40, 8), (41, 9), (60, 12), (69, 30), (79, 24), (300, 80)] {
        let mut stage = stage(columns, rows);
        stage.press("enter ] ] G c esc ] ] ] ] f f esc esc");
        stage.press("9 A esc R");
    }
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("9");
    stage.answer(Slot::Tracks, Ok(Answer::Tracks(TracksLook::default())));
    assert!(stage.shown().contains("track open WORKFLOW --need TEXT"), "{}", stage.shown());
    stage.press("A enter");
    assert!(stage.model.overlays.is_empty());
}

#[test]
fn a_track_without_a_package_says_so() {
    let mut stage = stage(80, 24);
    stage.press("j");
    let mut look = look();
    look.track = track("airports-a1b2c3", 1, NextAction::Seal, &["ana"]);
    (look.card.sealed, look.card.track) = (None, look.track.id.clone());
    (look.files, look.specs, look.flows) = (Vec::new(), Vec::new(), Vec::new());
    (look.lineage, look.checks) = (Vec::new(), Vec::new());
    read(&mut stage, look);
    stage.press("A");
    assert!(stage.shown().contains("no package of airports-a1b2c3 is sealed yet"), "{}", stage.shown());
    stage.press("enter ] ]");
    assert!(stage.shown().contains("No package is sealed yet."), "{}", stage.shown());
}
