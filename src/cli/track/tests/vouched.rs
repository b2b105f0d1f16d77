//! Who may say who signs: whoever can push to the target cannot, for that alone.

use super::accidents::moves_stage;
use super::forged::forges;
use super::way::card;
use super::world::*;
use crate::cli::track::Looked;
use crate::domain::track::{NextAction, Weight};

/// A clone of somebody who comes, with a key of their own.
pub(super) fn comes(world: &World, who: &str) -> Clone {
    let dir = world.eli.root.parent().unwrap().to_owned();
    let root = dir.join(format!("clone-{who}"));
    git(&dir, &["clone", "-q", &world.network.url(), root.as_str()]);
    let clone = Clone { root, key: key(&dir, who) };
    clone.identify(who);
    clone
}

/// Somebody who has seen nothing of it yet.
pub(super) fn fresh(world: &World, name: &str) -> Clone {
    let dir = world.emma.root.parent().unwrap().to_owned();
    git(&dir, &["clone", "-q", &world.network.url(), dir.join(name).as_str()]);
    let clone = Clone { root: dir.join(name), key: world.emma.key.clone() };
    clone.identify("emma");
    clone
}

/// Writes somebody down, on top of what stage says, and commits it.
pub(super) fn writes(clone: &Clone, who: &Clone, name: &str, role: &str) {
    clone.git(&["fetch", "-q"]);
    clone.git(&["switch", "-q", "-C", "people", "origin/stage"]);
    let spec = fs_err::read_to_string(clone.root.join("greenroom.yaml")).unwrap();
    let line = format!("  {name}: {{email: {name}@example.com, role: {role}}}\nimages:");
    clone.write("greenroom.yaml", &spec.replace("images:", &line));
    let signers = fs_err::read_to_string(clone.root.join(".greenroom-signers")).unwrap();
    clone.write(".greenroom-signers", &(signers + &signer(name, &who.key)));
    clone.commit("Another one");
}

pub(super) fn pushes(clone: &Clone) {
    clone.git(&["push", "-q", "origin", "HEAD:stage"]);
}

pub(super) fn counts(clone: &Clone, name: &str) -> bool {
    let desk = clone.desk();
    desk.fetch_tracks().unwrap();
    desk.roster().unwrap().people.contains_key(name)
}

fn approved(looked: &Looked) -> bool {
    looked.track.approval.is_some()
}

#[test]
fn who_can_push_to_the_target_does_not_become_a_signer_by_that() {
    let world = World::new();
    let id = world.worked_on();
    world.ana.told(&["package"]);
    let eve = comes(&world, "eve");
    writes(&eve, &eve, "eve", "engineer");
    pushes(&eve);
    let said = eve.refused(&["approve", &id]);
    assert!(said.contains("eve@example.com is nobody of `people:` on stage"), "{said}");
    assert!(said.contains("greenroom track vouch"), "{said}");
    eve.write("docs/a.md", "time passes");
    eve.commit("Later");
    pushes(&eve);
    for clone in [&world.emma, &fresh(&world, "fresh")] {
        assert!(!counts(clone, "eve"));
    }
    // Past all that is refused.
    forges(&eve, "eve", &id);
    let looked = world.emma.look(&id);
    assert!(!approved(&looked) && looked.track.invalid.len() == 1, "{:?}", looked.track.invalid);
    assert!(world.emma.refused(&["promote", &id]).contains("no approval of this package stands"));
    let risks = card(&world.emma, &id).risks;
    let told = risks.iter().find(|risk| risk.what.starts_with("eve comes to the people: engineer")).unwrap();
    assert_eq!(told.weight, Weight::Grave);
    assert!(told.what.contains("nobody whose signature counted before has signed for that"), "{}", told.what);
    // One whose signature counts, and who is no engineer, cannot bring it about either.
    writes(&world.ana, &eve, "ann", "engineer");
    pushes(&world.ana);
    assert!(!counts(&world.emma, "ann"));
    let said = world.ana.refused(&["track", "vouch"]);
    assert!(said.contains("ana may not say who signs on `stage`") && said.contains("eli, emma"), "{said}");
    // It goes on with those who count.
    world.eli.told(&["approve", &id]);
    world.ana.told(&["promote", &id]);
}

#[test]
fn an_engineer_signs_for_a_colleague_however_that_is_merged() {
    let world = World::new();
    let zoe = comes(&world, "zoe");
    writes(&zoe, &zoe, "zoe", "engineer");
    zoe.git(&["push", "-q", "origin", "HEAD:zoe/joins"]);
    let eli = &world.eli;
    eli.git(&["fetch", "-q"]);
    eli.git(&["switch", "-q", "zoe/joins"]);
    eli.told(&["track", "vouch"]);
    eli.commit("Zoe joins");
    // As a host squashes it.
    let work = comes(&world, "host");
    work.git(&["config", "commit.gpgSign", "false"]);
    eli.git(&["push", "-q", "origin", "HEAD:zoe/joins"]);
    work.git(&["fetch", "-q"]);
    work.git(&["switch", "-q", "-C", "work", "origin/stage"]);
    work.git(&["merge", "-q", "--squash", "origin/zoe/joins"]);
    work.commit("Zoe joins (#1)");
    pushes(&work);
    for clone in [&world.emma, &fresh(&world, "fresh")] {
        assert!(counts(clone, "zoe"));
    }
    let id = world.worked_on();
    world.ana.told(&["package"]);
    zoe.told(&["approve", &id]);
    // What was signed once brings nobody back who was taken out.
    let signed = fs_err::read_to_string(work.root.join(".greenroom-signers-vouched")).unwrap();
    world.emma.git(&["fetch", "-q"]);
    world.emma.git(&["switch", "-q", "-C", "out", "origin/stage"]);
    for file in ["greenroom.yaml", ".greenroom-signers"] {
        world.emma.git(&["checkout", "-q", "origin/main", "--", file]);
    }
    world.emma.commit("Zoe has left");
    pushes(&world.emma);
    assert!(!counts(&world.ana, "zoe"));
    writes(&work, &zoe, "zoe", "engineer");
    work.write(".greenroom-signers-vouched", &signed);
    work.git(&["commit", "-q", "--allow-empty", "-a", "-m", "Back"]);
    pushes(&work);
    for clone in [&world.ana, &fresh(&world, "fresher")] {
        assert!(!counts(clone, "zoe"));
    }
}

#[test]
fn what_has_landed_unsigned_counts_once_somebody_signs_for_it_afterwards() {
    let world = World::new();
    let zoe = comes(&world, "zoe");
    writes(&zoe, &zoe, "zoe", "scientist");
    pushes(&zoe);
    assert!(!counts(&world.emma, "zoe"));
    let eli = &world.eli;
    eli.git(&["fetch", "-q"]);
    // What counts is what this clone has, and the target says something else.
    let said = eli.refused(&["track", "vouch"]);
    assert!(said.contains("as what counts on `stage`, and `stage` says otherwise by now"), "{said}");
    // Who merges the target into a branch of theirs has not looked at who signs.
    eli.git(&["switch", "-q", "-C", "work", "origin/main"]);
    eli.write("docs/a.md", "a");
    eli.commit("Aside");
    eli.git(&["merge", "-q", "--no-edit", "origin/stage"]);
    pushes(eli);
    assert!(!counts(&world.emma, "zoe"));
    eli.told(&["track", "vouch"]);
    eli.commit("Zoe");
    pushes(eli);
    for clone in [&world.emma, &fresh(&world, "fresh")] {
        assert!(counts(clone, "zoe"));
    }
    let said = eli.refused(&["track", "vouch"]);
    assert!(said.contains("who may sign is the same here as on `stage`"), "{said}");
    assert!(said.contains("in clones that are made once it has ended"), "{said}");
}

#[test]
fn what_a_key_has_signed_that_has_ended_counts_once_another_has_signed_for_it() {
    let world = World::new();
    let (ana, eli, emma, zoe) = (&world.ana, &world.eli, &world.emma, comes(&world, "zoe"));
    let signers = |clone: &Clone, change: &dyn Fn(String) -> String| {
        clone.git(&["fetch", "-q"]);
        clone.git(&["switch", "-q", "-C", "people", "origin/stage"]);
        let text = fs_err::read_to_string(clone.root.join(".greenroom-signers")).unwrap();
        clone.write(".greenroom-signers", &change(text));
        clone.commit("Signers");
        pushes(clone);
    };
    // As it is to whoever comes after Eli's key has ended.
    signers(emma, &|text: String| {
        text.replace("eli@example.com ", "eli@example.com valid-before=\"20200101\" ")
    });
    writes(eli, &zoe, "zoe", "scientist");
    pushes(eli);
    // Ana was there before.
    ana.git(&["fetch", "-q"]);
    let stage = world.git(&["rev-parse", "stage"]);
    ana.git(&["config", "greenroom.signersFrom", stage.trim()]);
    assert!(counts(ana, "zoe") && !counts(&fresh(&world, "fresh"), "zoe"));
    // Emma signs in a clone that knows no more than others will.
    let after = fresh(&world, "after");
    after.git(&["switch", "-q", "-C", "people", "origin/stage"]);
    after.told(&["track", "vouch"]);
    after.commit("Zoe stays");
    pushes(&after);
    for clone in [ana, emma, &fresh(&world, "fresher")] {
        assert!(counts(clone, "zoe"));
    }
}

#[test]
fn a_package_that_an_engineer_has_approved_brings_whom_it_says() {
    let world = World::new();
    let zoe = comes(&world, "zoe");
    let id = world.worked_on();
    let spec = fs_err::read_to_string(world.ana.root.join("greenroom.yaml")).unwrap();
    world.ana.write(
        "greenroom.yaml",
        &spec.replace("images:", "  zoe: {email: zoe@example.com, role: engineer}\nimages:"),
    );
    let signers = fs_err::read_to_string(world.ana.root.join(".greenroom-signers")).unwrap();
    world.ana.write(".greenroom-signers", &(signers + &signer("zoe", &zoe.key)));
    world.ana.commit("And Zoe");
    world.ana.ran("daily");
    world.ana.told(&["package"]);
    world.eli.told(&["approve", &id]);
    moves_stage(&world, "docs/other.md", "of no step");
    world.ana.git(&["config", "commit.gpgSign", "false"]);
    world.ana.told(&["promote", &id]);
    for clone in [&world.emma, &fresh(&world, "fresh")] {
        assert!(counts(clone, "zoe"));
        assert_eq!(clone.look(&id).track.next.action, NextAction::RunStage);
    }
}

#[test]
fn whoever_was_taken_out_does_not_come_back_by_a_history_of_their_own() {
    let world = World::new();
    let eli = &world.eli;
    eli.git(&["fetch", "-q"]);
    let before = world.git(&["rev-parse", "stage"]).trim().to_owned();
    // Emma has left.
    eli.git(&["switch", "-q", "-C", "work", "origin/stage"]);
    let spec = fs_err::read_to_string(eli.root.join("greenroom.yaml")).unwrap();
    eli.write("greenroom.yaml", &spec.replace("  emma: {email: emma@example.com, role: engineer}\n", ""));
    eli.write(".greenroom-signers", &[signer("ana", &world.ana.key), signer("eli", &eli.key)].concat());
    eli.commit("Emma has left");
    pushes(eli);
    assert!(!counts(&world.ana, "emma"));
    // Not by taking stage back either, in a clone that knows better.
    let after = world.git(&["rev-parse", "stage"]).trim().to_owned();
    world.git(&["update-ref", "refs/heads/stage", &before]);
    assert!(!counts(&world.ana, "emma"));
    world.git(&["update-ref", "refs/heads/stage", &after]);
    // And can push still: her own line goes first, and what stage was is merged into it.
    let emma = &world.emma;
    emma.git(&["fetch", "-q"]);
    emma.git(&["switch", "-q", "-C", "mine", &before]);
    emma.write("docs/mine.md", "mine");
    emma.commit("Mine");
    emma.git(&["merge", "-q", "-s", "ours", "--no-edit", "origin/stage"]);
    pushes(emma);
    assert!(!counts(&world.ana, "emma"));
    // Nor by a history that has nothing to do with it.
    emma.git(&["switch", "-q", "--orphan", "alone"]);
    emma.git(&["checkout", "-q", &before, "--", "."]);
    emma.write(".greenroom-signers", &signer("emma", &emma.key));
    emma.commit("Alone");
    emma.git(&["merge", "-q", "-s", "ours", "--no-edit", "--allow-unrelated-histories", "origin/stage"]);
    pushes(emma);
    for clone in [&world.ana, &fresh(&world, "fresh")] {
        assert!(!counts(clone, "emma"));
    }
}

#[test]
fn a_person_may_say_from_which_commit_on_it_counts() {
    let world = World::new();
    let zoe = comes(&world, "zoe");
    writes(&zoe, &zoe, "zoe", "scientist");
    pushes(&zoe);
    assert!(!counts(&world.emma, "zoe"));
    world.emma.git(&["fetch", "-q"]);
    world.emma.git(&["config", "greenroom.signersFrom", "origin/stage"]);
    // That would be another commit whenever somebody pushes.
    let said = world.emma.refused(&["track", "list"]);
    assert!(said.contains("`origin/stage`, which is no commit's id"), "{said}");
    let stage = world.git(&["rev-parse", "stage"]);
    world.emma.git(&["config", "greenroom.signersFrom", stage.trim()]);
    assert!(counts(&world.emma, "zoe") && !counts(&world.ana, "zoe"));
}

#[test]
fn where_nobody_can_sign_yet_the_first_who_come_are_believed() {
    let world = World::new();
    let ana = &world.ana;
    let both = fs_err::read_to_string(ana.root.join(".greenroom-signers")).unwrap();
    ana.git(&["config", "commit.gpgSign", "false"]);
    ana.git(&["switch", "-q", "--orphan", "again"]);
    ana.git(&["checkout", "-q", "origin/main", "--", "."]);
    ana.write(".greenroom-signers", "# nobody yet\n");
    ana.commit("Nobody");
    // An analyst alone, and then an engineer: she is the only one who can say so.
    ana.write(".greenroom-signers", &signer("ana", &ana.key));
    ana.commit("Ana");
    ana.git(&["push", "-q", "--force", "origin", "HEAD:stage"]);
    let roster = || fresh(&world, &world.git(&["rev-parse", "stage"])[..12]).desk();
    let able = || {
        let desk = roster();
        desk.fetch_tracks().unwrap();
        desk.roster().unwrap().vouching().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(able(), ["ana"]);
    ana.git(&["config", "commit.gpgSign", "true"]);
    ana.write(".greenroom-signers", &both);
    ana.commit("All");
    ana.git(&["push", "-q", "origin", "HEAD:stage"]);
    assert_eq!(able(), ["eli", "emma"]);
}

/// Merges a branch into stage as a host does, which signs nothing.
pub(super) fn merges(host: &Clone, branch: &str) {
    host.git(&["config", "commit.gpgSign", "false"]);
    host.git(&["fetch", "-q"]);
    host.git(&["switch", "-q", "-C", "work", "origin/stage"]);
    host.git(&["merge", "-q", "--no-ff", "--no-edit", &format!("origin/{branch}")]);
    pushes(host);
}

#[test]
fn a_branch_from_before_brings_nobody_back_and_takes_nobody_out() {
    let world = World::new();
    let (eli, zoe, host) = (&world.eli, comes(&world, "zoe"), comes(&world, "host"));
    let topic = |from: &str, name: &str| {
        eli.git(&["switch", "-q", "-C", name, from]);
        eli.write(&format!("docs/{name}.md"), name);
        eli.commit("Of no matter");
        eli.git(&["push", "-q", "origin", name]);
    };
    topic("origin/main", "older");
    writes(eli, &zoe, "zoe", "engineer");
    pushes(eli);
    assert!(counts(&world.emma, "zoe"));
    topic("people", "topic");
    eli.git(&["switch", "-q", "people"]);
    eli.git(&["checkout", "-q", "origin/main", "--", "greenroom.yaml", ".greenroom-signers"]);
    eli.commit("Zoe has left");
    pushes(eli);
    // Emma's clone goes by this from now on.
    assert!(!counts(&world.emma, "zoe"));
    merges(&host, "topic");
    for clone in [&world.emma, &fresh(&world, "fresh")] {
        assert!(!counts(clone, "zoe"));
    }
    let carol = comes(&world, "carol");
    writes(eli, &carol, "carol", "engineer");
    pushes(eli);
    assert!(counts(&world.emma, "carol"));
    merges(&host, "older");
    for clone in [&world.emma, &fresh(&world, "fresher")] {
        assert!(counts(clone, "carol") && !counts(clone, "zoe"));
    }
    // What begins where the known commit is no more the last, and after the last change, counts as it does for everybody.
    let yan = comes(&world, "yan");
    writes(eli, &yan, "yan", "scientist");
    eli.git(&["push", "-q", "origin", "HEAD:yan"]);
    topic("origin/stage", "later");
    eli.git(&["push", "-q", "origin", "later:stage"]);
    assert!(!counts(&world.emma, "yan"));
    merges(&host, "yan");
    for clone in [&world.emma, &fresh(&world, "freshest")] {
        assert!(counts(clone, "yan"));
    }
}

#[test]
fn a_signed_merge_signs_for_nobody_though_the_target_has_gone_on() {
    let world = World::new();
    let (eli, zoe, mal) = (&world.eli, comes(&world, "zoe"), comes(&world, "mal"));
    let spec = fs_err::read_to_string(mal.root.join("greenroom.yaml")).unwrap();
    let line = "people:\n  mal: {email: mal@example.com, role: engineer}";
    mal.write("greenroom.yaml", &spec.replace("people:", line));
    let signers = fs_err::read_to_string(mal.root.join(".greenroom-signers")).unwrap();
    mal.write(".greenroom-signers", &(signer("mal", &mal.key) + &signers));
    mal.commit("Something useful");
    mal.git(&["push", "-q", "origin", "HEAD:useful"]);
    writes(eli, &zoe, "zoe", "scientist");
    pushes(eli);
    eli.git(&["fetch", "-q"]);
    eli.git(&["merge", "-q", "--no-edit", "origin/useful"]);
    pushes(eli);
    for clone in [&world.emma, &fresh(&world, "fresh")] {
        assert!(counts(clone, "zoe") && !counts(clone, "mal"));
    }
}

#[test]
fn nobody_makes_an_engineer_by_a_history_in_which_there_is_none() {
    let world = World::new();
    let (ana, bob) = (&world.ana, comes(&world, "bob"));
    ana.git(&["fetch", "-q"]);
    ana.git(&["switch", "-q", "--orphan", "side"]);
    ana.git(&["checkout", "-q", "origin/stage", "--", "."]);
    ana.write(".greenroom-signers", &signer("ana", &ana.key));
    ana.commit("Begun alone");
    ana.git(&["switch", "-q", "-C", "work", "origin/stage"]);
    let ours = ["merge", "-q", "--no-commit", "--allow-unrelated-histories", "-s", "ours", "side"];
    ana.git(&ours);
    let adds = || {
        let spec = fs_err::read_to_string(ana.root.join("greenroom.yaml")).unwrap();
        let line = "people:\n  bob: {email: bob@example.com, role: engineer}";
        ana.write("greenroom.yaml", &spec.replace("people:", line));
        let signers = fs_err::read_to_string(ana.root.join(".greenroom-signers")).unwrap();
        ana.write(".greenroom-signers", &(signers + &signer("bob", &bob.key)));
    };
    adds();
    ana.commit("Merge");
    pushes(ana);
    assert!(!counts(&fresh(&world, "fresh"), "bob"));
    // Nor by a commit of her own after the merge, nor by her signature beside it.
    ana.git(&["switch", "-q", "-C", "work", "origin/stage^"]);
    ana.git(&ours);
    ana.commit("Merge");
    adds();
    ana.commit("And Bob");
    ana.git(&["push", "-q", "--force", "origin", "HEAD:stage"]);
    let clone = fresh(&world, "fresher");
    assert!(!counts(&clone, "bob"));
    let told = clone.desk().how_to_vouch(&clone.desk().roster().unwrap());
    assert!(told[0].contains("greenroom track vouch (one of each: "), "{told:?}");
    assert!(told[0].contains("eli, emma") && told[0].contains("ana"), "{told:?}");
    // Which of them is which, and how to go on without one of them.
    let side = &world.git(&["rev-parse", "stage^^2"])[..12];
    let merge = &world.git(&["rev-parse", "stage^"])[..12];
    assert!(told[1].contains(&format!("came together in {merge}")), "{told:?}");
    assert!(told[1].contains(&format!("ana (git show {side}:.greenroom-signers)")), "{told:?}");
    assert!(told[2].contains("git config greenroom.signersFrom COMMIT, in each clone"), "{told:?}");
    let looks = comes(&world, "looks");
    looks.git(&["config", "user.email", "ana@example.com"]);
    looks.git(&["config", "user.signingKey", ana.key.as_str()]);
    looks.git(&["switch", "-q", "-C", "work", "origin/stage"]);
    let lacks = || {
        let desk = looks.desk();
        desk.fetch_tracks().unwrap();
        desk.vouch().unwrap_or_else(|error| panic!("{error:?}")).lacks
    };
    // By what the project's first commit says.
    let project = &world.git(&["rev-list", "--max-parents=0", "main"])[..12];
    assert_eq!(lacks(), [format!("eli, emma (git show {project}:.greenroom-signers)")]);
    looks.commit("By Ana");
    pushes(&looks);
    assert!(!counts(&fresh(&world, "freshest"), "bob"));
    // With an engineer's it is what both histories want.
    looks.git(&["config", "user.email", "eli@example.com"]);
    looks.git(&["config", "user.signingKey", world.eli.key.as_str()]);
    assert!(lacks().is_empty());
    looks.commit("And by Eli");
    pushes(&looks);
    assert!(counts(&fresh(&world, "last"), "bob"));
}

#[test]
fn two_who_have_set_it_up_on_two_branches_sign_for_what_these_come_to() {
    let world = World::new();
    let (ana, eli) = (&world.ana, &world.eli);
    let spec = fs_err::read_to_string(ana.root.join("greenroom.yaml")).unwrap();
    let without = |names: &[&str]| -> String {
        let is = |line: &&str| !names.iter().any(|name| line.starts_with(&format!("  {name}:")));
        spec.split_inclusive('\n').filter(is).collect()
    };
    ana.git(&["switch", "-q", "--orphan", "begin"]);
    ana.write("greenroom.yaml", &without(&["ana", "eli", "emma"]));
    ana.commit("Begun");
    ana.git(&["push", "-q", "--force", "origin", "HEAD:stage"]);
    for (clone, who, others) in [(ana, "ana", ["eli", "emma"]), (eli, "eli", ["ana", "emma"])] {
        clone.git(&["fetch", "-q"]);
        clone.git(&["switch", "-q", "-C", who, "origin/stage"]);
        clone.write("greenroom.yaml", &without(&others));
        clone.write(".greenroom-signers", &signer(who, &clone.key));
        clone.commit("Set up");
        clone.git(&["push", "-q", "origin", &format!("HEAD:{who}")]);
    }
    eli.git(&["fetch", "-q"]);
    eli.git(&["merge", "-q", "--no-commit", "-s", "ours", "origin/ana"]);
    eli.write("greenroom.yaml", &without(&["emma"]));
    eli.write(".greenroom-signers", &(signer("ana", &ana.key) + &signer("eli", &eli.key)));
    eli.commit("Both");
    pushes(eli);
    eli.told(&["track", "vouch"]);
    eli.commit("By Eli");
    pushes(eli);
    assert!(!counts(&fresh(&world, "fresh"), "ana"));
    ana.git(&["fetch", "-q"]);
    ana.git(&["switch", "-q", "-C", "ana", "origin/stage"]);
    ana.told(&["track", "vouch"]);
    ana.commit("And by Ana");
    pushes(ana);
    let clone = fresh(&world, "fresher");
    assert!(counts(&clone, "ana") && counts(&clone, "eli"));
}

/// A package of Ana's that brings an engineer, and that Eli has approved.
pub(super) fn brings(world: &World, who: &Clone, name: &str) -> String {
    let (ana, id) = (&world.ana, world.worked_on());
    let spec = fs_err::read_to_string(ana.root.join("greenroom.yaml")).unwrap();
    let line = format!("  {name}: {{email: {name}@example.com, role: engineer}}\nimages:");
    ana.write("greenroom.yaml", &spec.replace("images:", &line));
    let signers = fs_err::read_to_string(ana.root.join(".greenroom-signers")).unwrap();
    ana.write(".greenroom-signers", &(signers + &signer(name, &who.key)));
    ana.commit("And another");
    ana.ran("daily");
    ana.told(&["package"]);
    ana.git(&["push", "-q", "origin", "HEAD:refs/heads/old"]);
    world.eli.told(&["approve", &id]);
    id
}

#[test]
fn an_approval_that_stands_no_more_brings_nobody() {
    for abandoned in [true, false] {
        let world = World::new();
        let (mal, host) = (comes(&world, "mal"), comes(&world, "host"));
        let id = brings(&world, &mal, "mal");
        if abandoned {
            world.eli.told(&["track", "abandon", &id, "--reason", "who is mal?"]);
        } else {
            let ana = &world.ana;
            ana.git(&["checkout", "-q", "origin/stage", "--", "greenroom.yaml", ".greenroom-signers"]);
            ana.commit("Not mal");
            ana.ran("daily");
            ana.told(&["package"]);
        }
        merges(&host, "old");
        for clone in [&world.emma, &fresh(&world, "fresh")] {
            assert!(!counts(clone, "mal"), "abandoned: {abandoned}");
        }
    }
}

#[test]
fn whom_a_package_has_brought_stays_though_its_track_ends() {
    let world = World::new();
    let zoe = comes(&world, "zoe");
    let id = brings(&world, &zoe, "zoe");
    world.ana.git(&["config", "commit.gpgSign", "false"]);
    world.ana.told(&["promote", &id]);
    world.eli.told(&["track", "abandon", &id, "--reason", "nobody reads it"]);
    for clone in [&world.emma, &fresh(&world, "fresh")] {
        assert!(counts(clone, "zoe"));
    }
}

#[test]
fn whose_key_is_revoked_is_none_of_those_who_say_who_signs() {
    let world = World::new();
    let mut revoked = String::new();
    let people = [(&world.eli, "eli", "emma"), (&world.emma, "emma", "ana"), (&world.ana, "ana", "")];
    for (clone, who, left) in people {
        revoked += &fs_err::read_to_string(format!("{}.pub", clone.key)).unwrap();
        clone.git(&["fetch", "-q"]);
        clone.git(&["switch", "-q", "-C", "work", "origin/stage"]);
        clone.write(".greenroom-signers-revoked", &revoked);
        clone.commit("Lost");
        pushes(clone);
        let desk = fresh(&world, &format!("after-{who}")).desk();
        desk.fetch_tracks().unwrap();
        let roster = desk.roster().unwrap();
        let able: Vec<_> = roster.vouching().iter().map(ToString::to_string).collect();
        assert_eq!(able.join(", "), left);
        let told = desk.how_to_vouch(&roster).remove(0);
        let left = if left.is_empty() { "there is nobody left" } else { left };
        assert!(told.ends_with(&format!("greenroom track vouch ({left})")), "{told}");
    }
    // That nobody is left makes nobody who can push a signer.
    let eve = comes(&world, "eve");
    writes(&eve, &eve, "eve", "engineer");
    pushes(&eve);
    assert!(!counts(&fresh(&world, "fresh"), "eve"));
}
