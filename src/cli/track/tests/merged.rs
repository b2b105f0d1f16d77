//! What is told of what a branch and its target come to together.

use super::accidents::{moves_stage, standing};
use super::way::card;
use super::world::*;
use crate::domain::track::{Card, CheckStatus, PackagedCheck, Standing, Weight};

const COLUMNS: &str = "delay: INT64}";
const WIDE: &str = "delay: INT64, origin: STRING}";

/// Another workflow, of one step that runs a query.
fn other(name: &str, query: &str) -> String {
    let (head, rest) = DAILY.split_once("steps:\n").unwrap();
    let (_, monitors) = rest.split_once("monitors:").unwrap();
    let step = format!(
        "steps:\n  from:\n    uses: sql_export\n    with: {{query: \"{query}\"}}\n    outputs: {{from: {{expect: {{min_rows: 1}}}}}}\n"
    );
    format!("{head}{step}monitors:{monitors}").replace("name: daily", &format!("name: {name}"))
}

/// A project that begins with these files too, and the track of a branch that makes those of them.
fn changed(world: &World, base: &[(&str, &str)], branch: &[(&str, &str)]) -> String {
    for (path, text) in base {
        world.ana.write(path, text);
    }
    world.ana.commit("What there is");
    world.ana.git(&["push", "-q", "origin", "HEAD:main", "HEAD:stage"]);
    let id = world.worked_on();
    for (path, text) in branch {
        world.ana.write(path, text);
    }
    world.ana.commit("What it does besides");
    world.ana.ran("daily");
    id
}

fn void(world: &World, id: &str) -> (String, String) {
    match standing(&world.eli, id) {
        Standing::Void { file, why, .. } => (file.unwrap_or_default(), why),
        stands => panic!("{stands:?}"),
    }
}

#[track_caller]
fn has_risk(card: &Card, weight: Weight, what: &str, why: &str) {
    let found = card.risks.iter().any(|risk| risk.weight == weight && risk.what == what && risk.why == why);
    assert!(found, "{what}, {why}: {:#?}", card.risks);
}

#[test]
fn who_comes_to_the_target_and_reads_what_a_branch_drops_is_told_and_voids_its_approval() {
    let world = World::new();
    let wide = DAILY.replace(COLUMNS, WIDE);
    let id = changed(&world, &[("workflows/daily.yaml", &wide)], &[("workflows/daily.yaml", DAILY)]);
    world.ana.told(&["package"]);
    let loses = "lake.flights loses the column origin";
    has_risk(&card(&world.eli, &id), Weight::Notable, loses, "nobody is known to read it");
    world.eli.told(&["approve", &id]);
    moves_stage(&world, "workflows/aside.yaml", &other("aside", "SELECT carrier FROM lake.flights"));
    assert_eq!(standing(&world.eli, &id), Standing::CarriedOver { ahead: 1, files: 1 });
    moves_stage(&world, "workflows/other.yaml", &other("other", "SELECT origin FROM lake.flights"));
    let (file, why) = void(&world, &id);
    assert_eq!(file, "workflows/other.yaml", "{why}");
    assert!(why.contains("other.from reads lake.flights.origin, which the package takes away"), "{why}");
    has_risk(&card(&world.eli, &id), Weight::Breaking, loses, "read by other.from");
    assert!(world.ana.refused(&["promote", &id]).contains("workflows/other.yaml"));
}

#[test]
fn what_the_target_takes_away_from_a_package_voids_its_approval() {
    let world = World::new();
    let loads = "  get:\n    uses: load_table\n    with: {table: lake.x, from: data/flights.csv, columns: {carrier: STRING, n: INT64}}\n";
    let maker = other("maker", "SELECT 1 AS x").replace("steps:\n", &format!("steps:\n{loads}"));
    let reads =
        ("sql/late.sql", "SELECT f.carrier, x.n FROM lake.flights AS f JOIN lake.x AS x USING (carrier)\n");
    let id = changed(&world, &[("workflows/maker.yaml", &maker)], &[reads]);
    world.ana.told(&["package"]);
    world.eli.told(&["approve", &id]);
    moves_stage(&world, "workflows/maker.yaml", &maker.replace(", n: INT64", ""));
    let (file, why) = void(&world, &id);
    assert_eq!(file, "sql/late.sql", "{why}");
    assert!(why.contains("has taken lake.x.n away, which the step daily.late reads"), "{why}");
}

#[test]
fn what_the_target_alone_has_changed_is_none_of_the_branch() {
    let world = World::new();
    let query = "SELECT carrier FROM lake.flights";
    let id = changed(&world, &[("workflows/other.yaml", &other("other", query))], &[("docs/a.md", "a")]);
    moves_stage(&world, "workflows/other.yaml", &other("other", "SELECT delay FROM lake.flights"));
    moves_stage(&world, "workflows/more.yaml", &other("more", query));
    world.ana.told(&["package"]);
    let seen = card(&world.eli, &id);
    let told = format!("{:#?}{:#?}", seen.risks, seen.not_checked);
    assert!(!told.contains("other") && !told.contains("more."), "{told}");
    let diffs = world.git(&["show", &format!("refs/greenroom/tracks/{id}:evidence/diff.steps.json")]);
    assert!(!diffs.contains("other") && !diffs.contains("more"), "{diffs}");
    world.eli.told(&["approve", &id]);
}

#[test]
fn a_merge_that_is_wrong_where_each_side_is_right_is_not_approved() {
    let world = World::new();
    let id = world.worked_on();
    world.ana.told(&["package"]);
    world.eli.told(&["approve", &id]);
    let twin = other("fresh", "SELECT carrier FROM lake.flights");
    world.ana.write("workflows/z.yaml", &twin);
    world.ana.commit("Fresh");
    world.ana.ran("daily");
    world.ana.ran("fresh");
    world.ana.told(&["package"]);
    world.emma.told(&["approve", &id]);
    moves_stage(&world, "workflows/a.yaml", &twin);
    let (file, why) = void(&world, &id);
    assert_eq!(file, "workflows/z.yaml", "{why}");
    assert!(
        why.contains("is wrong: two workflows are called `fresh`; the other one is workflows/a.yaml"),
        "{why}"
    );
    world.ana.git(&["fetch", "-q"]);
    world.ana.write("docs/b.md", "b");
    world.ana.commit("Again");
    world.ana.ran("daily");
    world.ana.told(&["package"]);
    let seen = card(&world.eli, &id);
    let valid = seen.checks.iter().find(|check| check.id == "specs-valid").unwrap();
    assert_eq!(valid.status, CheckStatus::Failed);
    has_risk(
        &seen,
        Weight::Grave,
        "workflows/z.yaml: two workflows are called `fresh`; the other one is workflows/a.yaml",
        "in what the merge comes to, and on neither side of it",
    );
    assert!(world.eli.refused(&["approve", &id]).contains("specs-valid failed"));
}

#[test]
fn a_table_that_is_gone_is_on_the_card_with_its_readers_and_those_that_cannot_be_followed() {
    let world = World::new();
    let reads = other("other", "SELECT carrier FROM lake.flights");
    let odd = other("odd", "SELECT FROM WHERE (");
    let renamed = DAILY.replace("lake.flights", "lake.flown");
    let late = LATE.replace("lake.flights", "lake.flown");
    let base = [("workflows/other.yaml", &*reads), ("workflows/odd.yaml", &odd)];
    let id = changed(&world, &base, &[("workflows/daily.yaml", &renamed), ("sql/late.sql", &late)]);
    world.ana.told(&["package"]);
    let seen = card(&world.eli, &id);
    has_risk(&seen, Weight::Breaking, "lake.flights is not made any more", "read by other.from");
    let untold = seen.not_checked.iter().find(|one| one.what == "Whether odd.from reads lake.flights");
    assert!(untold.unwrap().why.contains("the query cannot be read"), "{:#?}", seen.not_checked);
}

#[test]
fn what_a_link_of_a_step_leads_to_belongs_to_its_closure() {
    let world = World::new();
    let step = "  after:\n    needs: [late]\n    command: [cat, lib/shared.txt]\n    files: [lib]\nmonitors:";
    let daily = DAILY.replace("monitors:", step);
    let root = &world.ana.root;
    fs_err::create_dir(root.join("lib")).unwrap();
    std::os::unix::fs::symlink("../near", root.join("lib/all")).unwrap();
    std::os::unix::fs::symlink("common", root.join("near")).unwrap();
    let base = [("workflows/daily.yaml", &*daily), ("common/shared.txt", "1")];
    let id = changed(&world, &base, &[("docs/a.md", "a")]);
    world.ana.told(&["package"]);
    world.eli.told(&["approve", &id]);
    moves_stage(&world, "docs/other.md", "of no step");
    assert_eq!(standing(&world.eli, &id), Standing::CarriedOver { ahead: 1, files: 1 });
    moves_stage(&world, "common/shared.txt", "2");
    let (file, why) = void(&world, &id);
    assert_eq!(file, "common/shared.txt", "{why}");
    assert!(why.contains("on which the step daily.after depends"), "{why}");
}

#[test]
fn who_the_people_are_is_no_part_of_a_step_and_told_all_the_same() {
    let world = World::new();
    let id = world.worked_on();
    world.ana.told(&["package"]);
    world.eli.told(&["approve", &id]);
    let spec = fs_err::read_to_string(world.ana.root.join("greenroom.yaml")).unwrap();
    let zoe = spec.replace("images:", "  zoe: {email: zoe@example.com, role: scientist}\nimages:");
    moves_stage(&world, "greenroom.yaml", &zoe);
    assert_eq!(standing(&world.eli, &id), Standing::CarriedOver { ahead: 1, files: 1 });
    moves_stage(&world, "greenroom.yaml", &zoe.replace("bookworm", "trixie"));
    let (file, why) = void(&world, &id);
    assert_eq!(file, "greenroom.yaml", "{why}");

    let other = zoe.replace("zoe", "zed");
    world.ana.write(
        "greenroom.yaml",
        &other.replace("emma@example.com, role: engineer", "emma@example.com, role: analyst"),
    );
    world.ana.commit("People");
    world.ana.ran("daily");
    world.ana.git(&["fetch", "-q"]);
    world.ana.git(&["merge", "-q", "-X", "ours", "-m", "Stage", "origin/stage"]);
    world.ana.ran("daily");
    world.ana.told(&["package"]);
    let seen = card(&world.eli, &id);
    let why = "it says whose signatures count";
    has_risk(&seen, Weight::Grave, "zed comes to the people: scientist of zed@example.com", why);
    let emma = "emma turns from engineer of emma@example.com to analyst of emma@example.com";
    has_risk(&seen, Weight::Grave, emma, why);
    assert!(!seen.not_checked.iter().any(|one| one.what.contains("daily.load")), "{:#?}", seen.not_checked);
}

#[test]
fn a_secret_in_code_that_a_branch_brings_is_found_and_one_that_was_there_is_not_its() {
    let world = World::new();
    let old = "mysql --password hunter1 db\n";
    let id = changed(
        &world,
        &[("tools/load.sh", old)],
        &[
            ("tools/load.sh", &format!("{old}curl -u \"$U:$P\" x --password $P\n")),
            ("a.py", "login(password=word)\n"),
        ],
    );
    world.ana.told(&["package"]);
    let secrets =
        |card: &Card| card.checks.iter().find(|check| check.id == "secrets-absent").cloned().unwrap();
    assert_eq!(secrets(&card(&world.eli, &id)).status, CheckStatus::Passed);
    let there = world.git(&["for-each-ref"]);
    let key = format!("x = 'ghp_{}'\n", "aB3dE6gH9".repeat(4));
    let begin = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\n-----END OPENSSH PRIVATE KEY-----\n";
    for (path, text) in [
        ("tools/load.sh", "curl -u ana:hunter2 x\n"),
        ("a.py", &key),
        ("b.sql", &format!("-- {key}")),
        ("deploy_key", begin),
        // Amid what is no text.
        ("blob.bin", &format!("\0\u{1}{key}")),
        ("settings.json", "{\"db\": {\"password\": \"hunter2hunter\"}}\n"),
        ("model.R", "api_key <- 'hunter2hunter2'\n"),
        ("n.ipynb", "{\"cells\": [{\"source\": [\"password = \\\"hunter2hunter\\\"\\n\"]}]}\n"),
    ] {
        world.ana.write(path, text);
        world.ana.commit("In clear");
        world.ana.ran("daily");
        let said = world.ana.refused(&["package"]);
        assert!(said.contains("nothing was sealed or pushed") && said.contains("it came with "), "{said}");
        assert!(said.contains(&format!("{path}:")), "{path}: {said}");
        assert!(!said.contains("hunter2") && !said.contains("ghp_"), "{said}");
        assert!(said.contains("`ana/late` on origin has it not"), "{said}");
        assert_eq!(world.git(&["for-each-ref"]), there, "{path}");
        world.ana.write(path, "\n");
    }
    // Whoever has pushed it hears that it is known.
    world.ana.commit("Not in clear");
    world.ana.ran("daily");
    world.ana.git(&["push", "-q", "origin", "ana/late"]);
    let said = world.ana.refused(&["package"]);
    assert!(said.contains("revoke it first") && !said.contains("has it not"), "{said}");
}

#[test]
fn a_secret_that_only_a_spec_tells_by_its_name_is_not_published_either() {
    let world = World::new();
    let step = "steps:\n  dump:\n    command: [dump]\n    env: {DB_PASSWORD: hunter2hunter}\n";
    let (head, _) = DAILY.split_once("steps:\n").unwrap();
    let dump = format!("{head}{step}").replace("name: daily", "name: dump");
    changed(&world, &[("docs/a.md", "a")], &[("workflows/dump.yaml", &dump)]);
    let there = world.git(&["for-each-ref"]);
    let said = world.ana.refused(&["package"]);
    assert!(said.contains("workflows/dump.yaml:") && said.contains("`DB_PASSWORD`"), "{said}");
    assert!(said.contains("nothing was sealed or pushed") && !said.contains("hunter2"), "{said}");
    assert!(said.contains("`ana/late` on origin has it not"), "{said}");
    assert_eq!(world.git(&["for-each-ref"]), there);
    // Which commit brings it was not looked at.
    world.ana.git(&["push", "-q", "origin", "HEAD~1:refs/heads/ana/late"]);
    let said = world.ana.refused(&["package"]);
    assert!(said.contains("look whether `ana/late` on origin has it already"), "{said}");
}

#[test]
fn a_secret_that_a_later_commit_takes_out_is_told_with_the_commit_that_has_it() {
    let world = World::new();
    let id = world.worked_on();
    let ana = &world.ana;
    let key = |letters: &str| format!("x = 'ghp_{}'\n", letters.repeat(4));
    ana.write("a.py", &format!("\n{}", key("aB3dE6gH9")));
    let commit = ana.commit("In clear");
    ana.write("a.py", "x = load()\n");
    ana.commit("No more");
    // What comes with a merge of the target is none of the branch's.
    moves_stage(&world, "b.py", &key("zY3xW6vU9"));
    ana.git(&["fetch", "-q"]);
    ana.git(&["merge", "-q", "--no-edit", "origin/stage"]);
    ana.ran("daily");
    let there = world.git(&["for-each-ref"]);
    let said = ana.refused(&["package"]);
    let told = format!("a GitHub token stands in line 2 of a.py as {} has it", &commit[..12]);
    assert!(said.contains(&format!("it came with {}\n", &commit[..12])), "{said}");
    assert!(said.contains(&told) && !said.contains("b.py") && !said.contains("ghp_"), "{said}");
    assert!(said.contains("git rebase --interactive origin/stage"), "{said}");
    assert_eq!(world.git(&["for-each-ref"]), there);
    // Out of the commits, too.
    ana.git(&["reset", "-q", "--hard", "origin/stage"]);
    ana.write("a.py", "x = load()\n");
    ana.commit("As it should have been");
    ana.ran("daily");
    ana.told(&["package"]);
    let secrets = |check: &&PackagedCheck| check.id == "secrets-absent";
    let status = card(&world.eli, &id).checks.iter().find(secrets).unwrap().status;
    assert_eq!(status, CheckStatus::Passed);
}

#[test]
fn a_list_of_signers_that_a_merge_has_spoilt_is_no_list() {
    let world = World::new();
    let mine = fs_err::read_to_string(world.ana.root.join(".greenroom-signers")).unwrap();
    let spoilt = format!("<<<<<<< HEAD\n{mine}=======\n>>>>>>> other\n");
    let id = world.worked_on();
    world.ana.write(".greenroom-signers", &spoilt);
    world.ana.commit("A merge that went wrong");
    world.ana.ran("daily");
    world.ana.told(&["package"]);
    let card = card(&world.eli, &id);
    let found = card.checks.iter().find(|check| check.id == "specs-valid").unwrap();
    assert_eq!(found.status, CheckStatus::Failed, "{found:?}");
    let told = serde_json::to_string(&found).unwrap();
    assert!(told.contains("`<<<<<<< HEAD` names no key") && !told.contains("ssh-ed25519 AAAA"), "{told}");
}

#[test]
fn what_the_target_goes_back_to_is_what_it_was_before_the_merge() {
    let world = World::new();
    let id = world.worked_on();
    world.ana.told(&["package"]);
    world.eli.told(&["approve", &id]);
    moves_stage(&world, "docs/other.md", "of no step");
    let stage = world.git(&["rev-parse", "stage"]);
    let back = |id: &str| card(&world.eli, id).rollback.unwrap().tip;
    assert_eq!(back(&id).as_str(), stage.trim());
    world.eli.told(&["promote", &id]);
    moves_stage(&world, "docs/later.md", "of no step");
    assert_eq!(back(&id).as_str(), stage.trim());
}
