//! What the Review screen asks and does, over a bare remote with two clones.

use super::super::tasks::review::{deed, review, tracks};
use crate::app::{CodeRow, ReviewDeed, StepSign, TracksLook, Trouble, code_rows};
use crate::cli::report::card_view;
use crate::cli::track::gathered;
use crate::cli::track::tests::world::{Clone, DAILY, LATE, World};
use crate::cli::{Invocation, Look, Place};
use crate::domain::track::bodies::Place as Line;
use crate::domain::track::{LineNow, NextAction, TrackId, VerdictKind};

fn place(clone: &Clone) -> Place {
    Place { root: clone.root.canonicalize_utf8().unwrap() }
}

fn asked(clone: &Clone, fetch: bool) -> (Result<TracksLook, Trouble>, Vec<TracksLook>) {
    let known = std::cell::RefCell::default();
    let told = tracks(&place(clone), fetch, &|look| Vec::push(&mut known.borrow_mut(), look));
    (told, known.into_inner())
}

fn does(clone: &Clone, said: ReviewDeed) -> Result<(), Trouble> {
    let invocation = Invocation::of_this_process(Some(&clone.root));
    deed(&place(clone), &said, &invocation, &|_| {}).map_err(Trouble::from)
}

#[test]
fn a_package_is_reviewed_from_the_screen() {
    let world = World::new();
    let id = TrackId::new(&world.worked_on()).unwrap();
    world.ana.told(&["package"]);
    let (told, known) = asked(&world.eli, true);
    let told = told.unwrap();
    assert_eq!((told.tracks.len(), told.waiting(), told.gone), (1, 1, None));
    assert_eq!(told.me.unwrap().as_str(), "eli");
    assert_eq!(known.len(), 1, "what this clone knew already is told at once");
    assert_eq!(known[0].tracks[0].next.action, NextAction::Seal, "as it was then");

    let look = review(&place(&world.eli), &id).unwrap();
    assert_eq!(look.card.verdict.kind, VerdictKind::Ready, "{:?}", look.card.verdict);
    let paths: Vec<&str> = look.files.iter().map(|file| file.change.path.as_str()).collect();
    assert_eq!(paths, ["sql/late.sql"]);
    let hunk = &look.files[0].hunks[0];
    assert_eq!((hunk.old.len(), hunk.rows.len(), look.files[0].at_head), (2, 3, true));
    assert!(hunk.new[0].contains("MIN") && hunk.old[0].contains("MAX"));
    assert!(look.checks.iter().any(|check| check.id == "expectations" && !check.title.is_empty()));
    // It is the card of the command, word for word.
    let desk = world.eli.desk();
    let looked = world.eli.look(id.as_str());
    let card = gathered(&desk, &looked, &desk.roster().unwrap()).unwrap().card(&looked);
    let shown = |card| card_view(card, &Invocation::default(), &Look::PLAIN);
    assert_eq!(shown(&look.card), shown(&card));

    let at = Some(Line { path: "sql/late.sql".to_owned(), line: 1 });
    let text = "why the least?".to_owned();
    let said = ReviewDeed::Comment { track: id.clone(), text, place: at, answers: None };
    does(&world.eli, said).unwrap();
    let look = review(&place(&world.eli), &id).unwrap();
    let remark = &look.card.remarks[0];
    assert_eq!(Some(&remark.head), look.card.sealed.as_ref().map(|sealed| &sealed.head));
    assert_eq!((remark.by.as_str(), remark.place.as_ref().map(|at| at.line)), ("eli", Some(1)));

    let answers = Some(remark.entry.clone());
    let text = "so that it is small".to_owned();
    let said = ReviewDeed::Comment { track: id.clone(), text, place: None, answers: answers.clone() };
    does(&world.ana, said).unwrap();
    asked(&world.eli, true).0.unwrap();
    let look = review(&place(&world.eli), &id).unwrap();
    assert_eq!(look.card.remarks[1].answers, answers);

    let package = look.package().unwrap().clone();
    let other = crate::domain::Digest::zero();
    let wrong = does(&world.eli, ReviewDeed::Approve { track: id.clone(), package: other }).unwrap_err();
    assert!(wrong.what.contains("another package"), "{wrong:?}");
    does(&world.eli, ReviewDeed::Approve { track: id.clone(), package: package.clone() }).unwrap();
    let (told, known) = asked(&world.eli, false);
    let track = &told.unwrap().tracks[0];
    assert_eq!(track.next.action, NextAction::Promote);
    assert_eq!(track.approval.as_ref().map(|given| given.by.as_str()), Some("eli"));
    assert!(known.is_empty(), "nobody was asked, so nothing came before");
    let again = ReviewDeed::Approve { track: id.clone(), package: package.clone() };
    let again = does(&world.emma, again).unwrap_err();
    assert!(again.what.contains("eli has approved this package already"), "{again:?}");

    world.hook("update", "[ $1 = refs/heads/stage ] && echo protected && exit 1; exit 0");
    let promote = ReviewDeed::Promote { track: id.clone(), package };
    let refused = does(&world.eli, promote.clone()).unwrap_err();
    assert!(
        refused.todo.iter().any(|todo| todo.contains("have `ana/late` merged to `stage`")),
        "{refused:?}"
    );
    fs_err::remove_file(world.remote.join("hooks/update")).unwrap();
    does(&world.eli, promote).unwrap();
    assert_eq!(review(&place(&world.eli), &id).unwrap().card.next.action, NextAction::RunStage);
    assert!(world.git(&["show", "stage:sql/late.sql"]).contains("MIN"));
}

#[test]
fn a_request_goes_back_and_what_is_of_an_authors_hand_is_refused() {
    let world = World::new();
    let id = TrackId::new(&world.worked_on()).unwrap();
    world.ana.told(&["package"]);
    asked(&world.ana, true).0.unwrap();
    let package = review(&place(&world.ana), &id).unwrap().package().unwrap().clone();
    let own = does(&world.ana, ReviewDeed::Approve { track: id.clone(), package: package.clone() });
    assert!(own.unwrap_err().what.contains("your approval would not count"));
    let reason = "the least is of no use".to_owned();
    does(&world.eli, ReviewDeed::Request { track: id.clone(), package, reason: reason.clone() }).unwrap();
    let (told, _) = asked(&world.ana, true);
    let track = &told.unwrap().tracks[0];
    assert_eq!(track.next.action, NextAction::SealAgain);
    assert!(track.remarks.iter().any(|remark| remark.requests && remark.text == reason));
}

#[test]
fn without_its_remote_what_was_fetched_is_shown_and_nothing_is_said() {
    let world = World::new();
    let id = TrackId::new(&world.worked_on()).unwrap();
    world.ana.told(&["package"]);
    asked(&world.eli, true).0.unwrap();
    fs_err::rename(&world.remote, world.remote.with_extension("gone")).unwrap();
    let told = asked(&world.eli, true).0.unwrap();
    let gone = told.gone.unwrap();
    assert!(gone.text().contains("origin"), "{gone:?}");
    assert_eq!(told.tracks.len(), 1);
    let look = review(&place(&world.eli), &id).unwrap();
    let said = ReviewDeed::Comment { track: id, text: "lost?".to_owned(), place: None, answers: None };
    assert!(does(&world.eli, said).is_err());
    assert_eq!(look.card.verdict.kind, VerdictKind::Ready);
    // A project that nobody reviews has no remote, and is told so where it is asked for.
    world.emma.git(&["remote", "remove", "origin"]);
    let none = asked(&world.emma, true).0.unwrap_err();
    assert!(none.what.contains("no remote"), "{none:?}");
}

#[test]
fn a_track_that_cannot_be_looked_at_is_told_beside_the_others() {
    let world = World::new();
    let broken = world.worked_on();
    world.ana.git(&["switch", "-q", "main"]);
    let other = world.opened();
    asked(&world.eli, true).0.unwrap();
    let remembered = world.eli.root.join(format!(".git/greenroom/{broken}.json"));
    fs_err::write(&remembered, "nothing that is known").unwrap();
    for fetch in [true, false] {
        let look = asked(&world.eli, fetch).0.unwrap();
        let shown: Vec<&str> = look.tracks.iter().map(|track| track.id.as_str()).collect();
        assert_eq!(shown, [other.as_str()], "{fetch}");
        let warning = look.warning.unwrap();
        assert!(warning.contains(&format!("{broken} is left out")), "{warning}");
    }
}

#[test]
fn steps_and_specs_stand_beside_each_other_and_moved_lines_are_known() {
    let world = World::new();
    let id = TrackId::new(&world.opened()).unwrap();
    world.ana.git(&["switch", "-q", "-c", "ana/more"]);
    let more = DAILY.replace("monitors:", "  again: {needs: [late], run: 'true', files: []}\nmonitors:");
    world.ana.write("workflows/daily.yaml", &more);
    world.ana.write("sql/late.sql", &format!("{LATE}-- the end\n"));
    world.ana.write("data/picture.png", "\0\u{1}");
    world.ana.commit("More");
    // The target changes another line of the same file meanwhile.
    let emma = &world.emma;
    emma.git(&["switch", "-q", "-c", "work", "origin/stage"]);
    emma.write("sql/late.sql", &format!("-- the beginning\n{LATE}"));
    emma.commit("Something else");
    emma.git(&["push", "-q", "origin", "HEAD:stage"]);
    world.ana.ran("daily");
    world.ana.told(&["package"]);
    asked(&world.eli, true).0.unwrap();
    let look = review(&place(&world.eli), &id).unwrap();
    let file = |path: &str| look.files.iter().find(|file| file.change.path == path).unwrap();
    assert!(!file("sql/late.sql").at_head, "its lines are others at the head");
    assert!(file("workflows/daily.yaml").at_head);
    assert!(file("data/picture.png").told.as_ref().unwrap().contains("no text"));
    let flow = &look.flows[0];
    assert_eq!(flow.workflow, "daily");
    let last = flow.steps.last().unwrap();
    assert_eq!((last.after.as_deref(), last.before.as_deref()), (Some("again ← late"), None));
    assert_eq!((last.sign, flow.steps[0].sign), (StepSign::Added, StepSign::Same));
    let spec = &look.specs[0];
    assert_eq!((look.specs.len(), spec.change.path.as_str()), (1, "workflows/daily.yaml"));
    assert_eq!(spec.hunks[0].rows.len(), more.lines().count(), "it is there whole");
}

#[test]
fn what_was_said_of_a_line_follows_it_into_the_next_package() {
    let world = World::new();
    let id = TrackId::new(&world.worked_on()).unwrap();
    let lines: String = (0..9).map(|line| format!("-- {line}: why it is as it is\n")).collect();
    let least = LATE.replace("MAX", "MIN");
    world.ana.write("sql/late.sql", &format!("{lines}{least}"));
    world.ana.commit("Why");
    world.ana.ran("daily");
    world.ana.told(&["package"]);
    for (at, text) in [("sql/late.sql:10", "why the least?"), ("sql/late.sql:11", "all of them?")] {
        world.eli.told(&["comment", id.as_str(), text, "--at", at]);
    }
    // A line comes before them, one is changed, and the file has another name.
    world.ana.git(&["mv", "sql/late.sql", "sql/least.sql"]);
    let changed = least.replace("GROUP BY", "WHERE TRUE GROUP BY");
    world.ana.write("sql/least.sql", &format!("-- of all\n{lines}{changed}"));
    world.ana.write("workflows/daily.yaml", &DAILY.replace("sql/late.sql", "sql/least.sql"));
    world.ana.commit("All of them");
    world.ana.ran("daily");
    world.ana.told(&["package"]);
    asked(&world.eli, true).0.unwrap();
    let look = review(&place(&world.eli), &id).unwrap();
    let now: Vec<_> = look.card.remarks.iter().map(|remark| remark.now.clone().unwrap()).collect();
    let line = Line { path: "sql/least.sql".to_owned(), line: 11 };
    let was = LATE.lines().nth(1).map(str::to_owned);
    assert_eq!(now, [LineNow::At(line), LineNow::Outdated { was }]);
    let rows = code_rows(&look);
    let below = |remark| {
        let at = rows.iter().position(|row| *row == CodeRow::Remark { remark, line: 0 }).unwrap();
        (rows[at - 1], rows[at + 1])
    };
    let (above, _) = below(0);
    let CodeRow::Line { file, hunk, row } = above else { panic!("{above:?}") };
    assert_eq!(look.files[file].hunks[hunk].new_line(row), Some(11));
    assert_eq!(below(1), (CodeRow::Apart, CodeRow::Was(1)));
    let told = card_view(&look.card, &Invocation::default(), &Look::PLAIN);
    assert!(told.contains("on sql/late.sql:10, now sql/least.sql:11"), "{told}");
    assert!(told.contains("(outdated)") && told.contains("it was: FROM lake.flights GROUP BY"), "{told}");
}
