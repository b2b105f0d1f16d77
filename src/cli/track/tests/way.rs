use super::world::*;
use crate::cli::report::card_view;
use crate::cli::track::gathered;
use crate::cli::{Invocation, Look};
use crate::domain::track::{CellState, NextAction, Standing, VerdictKind};

pub(super) fn card(clone: &Clone, id: &str) -> crate::domain::track::Card {
    let desk = clone.desk();
    let looked = clone.look(id);
    gathered(&desk, &looked, &desk.roster().unwrap()).unwrap().card(&looked)
}

#[test]
fn a_branch_goes_to_stage_by_the_signatures_of_two() {
    let world = World::new();
    let id = world.worked_on();
    let head = world.ana.git(&["rev-parse", "HEAD"]);
    world.ana.told(&["package"]);
    assert_eq!(world.git(&["rev-parse", "ana/late"]), head, "the branch is pushed as it is");

    let seen = card(&world.eli, &id);
    assert_eq!(seen.verdict.kind, VerdictKind::Ready, "{:?}", seen.verdict);
    assert_eq!(
        seen.files.iter().map(|file| (&*file.path, file.lines)).collect::<Vec<_>>(),
        [("sql/late.sql", Some((1, 1)))]
    );
    assert_eq!((seen.ran.len(), seen.ran[0].rows_written), (1, Some(14)));
    let once = "it takes a second run, and --once asked for none";
    assert!(seen.not_checked.iter().any(|told| told.why == once), "{:?}", seen.not_checked);
    let look = Look { width: 100, colour: false };
    let told = card_view(&seen, &Invocation::default(), &look);
    assert!(told.contains(&format!("greenroom approve {id}")), "{told}");

    world.eli.told(&["approve", &id, "--note", "good"]);
    let looked = world.ana.look(&id);
    assert_eq!(looked.track.approval.as_ref().map(|approval| &approval.standing), Some(&Standing::Holds));
    assert_eq!(looked.track.next.action, NextAction::Promote);

    let said = world.emma.refused(&["approve", &id]);
    assert!(said.contains("eli has approved this package already"), "{said}");

    let approved = looked.track.package.as_ref().unwrap().manifest.merge_tree.to_string();
    world.ana.told(&["promote", &id]);
    assert_eq!(world.git(&["rev-parse", "stage^{tree}"]).trim(), approved);
    assert_eq!(world.git(&["rev-parse", "stage^2"]), head);
    let track = world.eli.look(&id).track;
    assert_eq!(track.next.action, NextAction::RunStage, "{:#?}", track.cells);
    let states: Vec<CellState> = track.cells.iter().map(|cell| cell.state).collect();
    assert_eq!(&states[..4], [CellState::Done; 4], "{:#?}", track.cells);
    assert!(track.invalid.is_empty());

    // What is on its target is not decided any more.
    let said = world.emma.refused(&["request-changes", &id, "too late"]);
    assert!(said.contains("it is on its target already"), "{said}");
    assert!(said.contains("another track: greenroom track open daily"), "{said}");
    assert!(!said.contains("changes.requested"), "{said}");
    let after = world.eli.look(&id).track;
    assert_eq!((after.tip, after.next.action), (track.tip, NextAction::RunStage));
}

#[test]
fn what_cannot_be_packaged_is_told_in_a_sentence() {
    let world = World::new();
    let said = world.ana.refused(&["package"]);
    assert!(said.contains("nothing") || said.contains("no track"), "{said}");
    let id = world.worked_on();
    world.ana.write("sql/late.sql", "SELECT 1");
    assert!(world.ana.refused(&["package"]).contains("changes that are not committed"));
    world.ana.commit("More");
    let said = world.ana.refused(&["package"]);
    assert!(said.contains("no run of daily has succeeded in dev with exactly the files of"), "{said}");
    // No run is asked for that could not be sealed.
    world.ana.git(&["switch", "-q", "-c", "ana/none", "origin/stage"]);
    let said = world.ana.refused(&["package", "--track", &id]);
    assert!(said.contains("`ana/none` has nothing that `stage` has not"), "{said}");
    world.ana.git(&["switch", "-q", "--detach"]);
    assert!(world.ana.refused(&["package", "--track", &id]).contains("no branch: a package is of a branch"));
    world.ana.git(&["switch", "-q", "-c", "stage", "origin/stage"]);
    assert!(world.ana.refused(&["package"]).contains("is the branch that is merged to"));
}
