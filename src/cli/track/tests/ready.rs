use std::process::Command;

use jiff::{SignedDuration, Timestamp};

use super::world::*;
use crate::cli::Workspace;
use crate::cli::track::signing;
use crate::domain::Health;

/// Whether somebody can sign, and all that is told of it.
fn told(clone: &Clone) -> (bool, String) {
    let project = Workspace::open(Some(&clone.root)).unwrap().project;
    let finding = signing(Some(&project), &clone.root).unwrap();
    (finding.health == Health::Ok, format!("{}\n{}", finding.found, finding.fix.join("\n")))
}

#[test]
fn who_can_sign_is_found_out_by_signing_and_by_what_the_target_says() {
    let world = World::new();
    // Before the remote was asked for the target, the commit that is checked out tells.
    assert_eq!(told(&world.ana), (true, "as ana, analyst\n".to_owned()));
    world.ana.told(&["track", "list"]);
    let fetched = "as ana, analyst\n`stage` is as it was last fetched\n";
    assert_eq!(told(&world.ana), (true, fetched.to_owned()));

    // Whoever may do something about it has to be told before.
    let emma = &world.emma;
    let signers = fs_err::read_to_string(emma.root.join(".greenroom-signers")).unwrap();
    let end = Timestamp::now() + SignedDuration::from_hours(24 * 10);
    let ends = format!("eli@example.com valid-before=\"{}\" ", end.strftime("%Y%m%d"));
    emma.write(".greenroom-signers", &signers.replace("eli@example.com ", &ends));
    emma.commit("Eli's key ends");
    emma.git(&["push", "-q", "origin", "HEAD:stage"]);
    world.ana.told(&["track", "list"]);
    let (good, said) = told(&world.ana);
    assert!(!good && said.starts_with("as ana, analyst; the key of eli ends in "), "{said}");
    assert!(said.contains("another engineer signs for that"), "{said}");

    world.ana.git(&["config", "user.signingKey", world.eli.key.as_str()]);
    let (good, said) = told(&world.ana);
    assert!(!good && said.contains("on `stage` this key is of eli, and you are ana"), "{said}");
    assert!(said.contains("git config user.signingKey"), "{said}");

    // A passphrase that no agent knows is not asked for.
    let locked = world.ana.root.with_file_name("locked.key");
    fs_err::copy(&world.ana.key, &locked).unwrap();
    fs_err::copy(format!("{}.pub", world.ana.key), format!("{locked}.pub")).unwrap();
    let args = ["-q", "-p", "-P", "", "-N", "secret", "-f", locked.as_str()];
    assert!(Command::new("ssh-keygen").args(args).status().unwrap().success());
    world.ana.git(&["config", "user.signingKey", &format!("{locked}.pub")]);
    let (good, said) = told(&world.ana);
    assert!(!good && said.contains("could not sign"), "{said}");
    assert!(
        said.contains(&format!("ssh-add {locked}\n")) || said.ends_with(&format!("ssh-add {locked}")),
        "{said}"
    );
}

#[test]
fn where_nobody_signs_yet_it_is_told_what_a_review_takes_in_order() {
    let world = World::new();
    let ana = &world.ana;
    let mut project = Workspace::open(Some(&ana.root)).unwrap().project;
    project.people.clear();
    ana.git(&["config", "--unset", "user.signingKey"]);
    ana.git(&["update-ref", "-d", "refs/remotes/origin/stage"]);
    let finding = signing(Some(&project), &ana.root).unwrap();
    assert!(finding.health == Health::Ok && finding.found.starts_with("nobody signs here yet"));
    let said = finding.fix.join("\n");
    let steps = [
        "ssh-keygen -t ed25519",
        "greenroom track setup --role analyst",
        "git add greenroom.yaml .greenroom-signers",
        "git push origin main\n",
        "git push origin main:stage",
    ];
    let places: Vec<_> =
        steps.iter().map(|step| said.find(step).unwrap_or_else(|| panic!("{said}"))).collect();
    assert!(places.is_sorted() && !said.contains("git remote add"), "{said}");

    // All but the branch.
    ana.git(&["config", "user.signingKey", ana.key.as_str()]);
    let (good, said) = told(ana);
    assert!(!good && said.contains("no branch of stage yet"), "{said}");
    assert!(said.ends_with("git push origin main:stage"), "{said}");
}

#[test]
fn what_is_written_down_here_alone_does_not_count_yet() {
    let world = World::new();
    world.ana.told(&["track", "list"]);
    let root = &world.ana.root;
    let zoe = Clone { root: root.clone(), key: key(root.parent().unwrap(), "zoe") };
    zoe.identify("zoe");
    let (good, said) = told(&zoe);
    assert!(!good && said.contains("nobody with the address zoe@example.com"), "{said}");
    zoe.told(&["track", "setup", "--role", "analyst"]);
    let not_there = || {
        let (good, said) = told(&zoe);
        assert!(
            !good && said.contains("the key of zoe is written down here, and not on `stage` yet"),
            "{said}"
        );
        assert!(said.contains("bring that commit to stage"), "{said}");
    };
    not_there();
    zoe.commit("Zoe");
    not_there();
    zoe.git(&["push", "-q", "origin", "HEAD:stage"]);
    zoe.git(&["fetch", "-q"]);
    zoe.told(&["track", "list"]);
    let (good, said) = told(&zoe);
    assert!(!good && said.contains("the key of zoe is on `stage`, and nobody whose signature"), "{said}");
    assert!(said.contains("greenroom track vouch (eli, emma)"), "{said}");
    let eli = &world.eli;
    eli.git(&["fetch", "-q"]);
    eli.git(&["switch", "-q", "-C", "work", "origin/stage"]);
    eli.told(&["track", "vouch"]);
    eli.commit("Zoe");
    eli.git(&["push", "-q", "origin", "HEAD:stage"]);
    zoe.told(&["track", "list"]);
    assert_eq!(told(&zoe), (true, "as zoe, analyst\n`stage` is as it was last fetched\n".to_owned()));
    // One key for two people proves neither.
    let signers = fs_err::read_to_string(root.join(".greenroom-signers")).unwrap();
    eli.write(".greenroom-signers", &(signers + &signer("eli", &zoe.key)));
    eli.commit("Shared");
    eli.git(&["push", "-q", "origin", "HEAD:stage"]);
    zoe.told(&["track", "list"]);
    let (good, said) = told(&zoe);
    assert!(!good && said.contains("this key is of eli and zoe, and you are zoe"), "{said}");
}

#[test]
fn a_run_of_one_step_alone_shows_nothing_of_the_rest() {
    let world = World::new();
    world.opened();
    let ana = &world.ana;
    ana.git(&["switch", "-q", "-c", "ana/late"]);
    ana.write("sql/late.sql", &LATE.replace("MAX", "MIN"));
    ana.commit("The least");
    let token = ana.ran("daily");
    let run_dir = format!(".greenroom/store/flights/dev/daily/{}/{token}", crate::domain::Version::INITIAL);
    let record = ana.root.join(run_dir).join("_run/run.json");
    let mut run: crate::domain::Run =
        serde_json::from_str(&fs_err::read_to_string(&record).unwrap()).unwrap();
    run.only = Some(crate::domain::Name::new("late").unwrap());
    fs_err::write(&record, serde_json::to_string(&run).unwrap()).unwrap();
    let said = ana.refused(&["package"]);
    assert!(
        said.contains(&format!("{}, has succeeded with these files, of late alone", token.short())),
        "{said}"
    );
}
