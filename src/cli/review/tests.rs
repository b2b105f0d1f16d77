use camino::Utf8PathBuf;
use indexmap::IndexMap;
use jiff::Timestamp;

use super::static_checks;
use crate::cli::Workspace;
use crate::domain::track::{Check, CheckStatus};
use crate::domain::{Digest, Kind, Manifest, Name, NodeId, Produced, Run, RunLayout, Status, Token, Version};
use crate::store::write_run;

const PROJECT: &str = "greenroom: 1
kind: project
name: flights
people:
  ana: {email: ana@example.com, role: analyst}
  eli: {email: eli@example.com, role: engineer}
images:
  default: {base: \"debian:bookworm-slim@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"}
";

/// Nothing is wrong with it.
const GOOD: &str = "greenroom: 1
kind: workflow
name: daily
owners: [ana, eli]
schedule: {cron: \"0 6 * * *\"}
defaults:
  retry: {limit: 2, delay: 10s}
  timeout: 30m
  resources: {requests: {cpu: 500m, memory: 256Mi}}
steps:
  load:
    uses: load_table
    with: {table: lake.flights, from: data/flights.csv, columns: {carrier: STRING, delay: INT64}}
  late:
    needs: [load]
    uses: sql_export
    with:
      query: |
        SELECT carrier, MAX(delay) AS worst
        FROM lake.flights GROUP BY carrier
    outputs: {late: {expect: {min_rows: 1}}}
monitors:
  - {name: broken, kind: failure, notify: [\"@data\"]}
";

struct Bench {
    root: Utf8PathBuf,
    _keep: tempfile::TempDir,
}

impl Bench {
    fn of(daily: &str) -> Self {
        let keep = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(keep.path().canonicalize().unwrap()).unwrap();
        let bench = Self { root, _keep: keep };
        bench.file("greenroom.yaml", PROJECT);
        bench.file("data/flights.csv", "carrier,delay\nAA,1\n");
        bench.file("workflows/daily.yaml", daily);
        bench
    }

    fn file(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }

    fn check(&self, id: &str) -> Check {
        let workspace = Workspace::open(Some(&self.root)).unwrap();
        let checks =
            static_checks(&workspace, &workspace.specs, &["workflows/daily.yaml".into()], &name("dev"), None);
        checks.into_iter().find(|check| check.id == id).unwrap()
    }

    /// A run that has ended: of each step the attempt that succeeded, its peak in MiB, and what its log says.
    fn run(&self, steps: &[(&str, u32, u64, &str)]) {
        let (token, root) = (Token::generate(), self.root.join(".greenroom/store"));
        let (project, env, flow) = (name("flights"), name("dev"), name("daily"));
        let layout = RunLayout::new(&root, &project, &env, &flow, Version::INITIAL, token);
        for (step, attempt, peak, log) in steps {
            let node = NodeId::new(name(step), None);
            let made = Produced { path: "x".into(), bytes: 1, sha256: Digest::zero(), rows: Some(842) };
            let manifest = Manifest {
                greenroom: 1,
                token,
                node: node.clone(),
                attempt: *attempt,
                started_at: Timestamp::UNIX_EPOCH,
                finished_at: Timestamp::UNIX_EPOCH,
                exit_code: 0,
                peak_memory_bytes: Some(peak << 20),
                image: "sha256:0".into(),
                outputs: IndexMap::from([(name("x"), made)]),
                files: Vec::new(),
                empty: Vec::new(),
                reads: Vec::new(),
                writes: Default::default(),
                taken_from: None,
                log_complete: true,
            };
            let path = layout.manifest(&node);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, serde_json::to_vec(&manifest).unwrap()).unwrap();
            let path = layout.log(&node, *attempt);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, log).unwrap();
        }
        for part in [layout.plan_json(), layout.events()] {
            fs_err::write(part, "").unwrap();
        }
        let run = Run {
            greenroom: 1,
            token,
            project,
            env,
            name: flow,
            version: Version::INITIAL,
            kind: Kind::Workflow,
            use_case: None,
            status: Status::Succeeded,
            params: IndexMap::new(),
            started_at: Timestamp::now(),
            finished_at: Some(Timestamp::now()),
            commit: None,
            branch: None,
            dirty: false,
            user: "ana".into(),
            inputs_from: Vec::new(),
            forked_from: None,
            only: None,
            taken_params: Vec::new(),
            tree: Digest::zero(),
            greenroom_version: "0.1.0".into(),
        };
        write_run(&layout, &run).unwrap();
    }
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

/// What a check says of a spec in which something is written in the place of something else.
fn of(id: &str, was: &str, is: &str) -> Vec<String> {
    assert!(GOOD.contains(was), "{was}");
    told(&Bench::of(&GOOD.replace(was, is)).check(id))
}

/// `STATUS line: what`
fn told(check: &Check) -> Vec<String> {
    let line =
        |place: &Option<crate::domain::track::CheckPlace>| place.as_ref().map_or(0, |place| place.line);
    let findings = check.findings.iter().map(|finding| format!("{}: {}", line(&finding.place), finding.what));
    [check.status.as_str().to_owned()].into_iter().chain(findings).collect()
}

#[test]
fn nothing_is_found_where_nothing_is_wrong_and_what_was_not_looked_at_is_told() {
    let bench = Bench::of(GOOD);
    let workspace = Workspace::open(Some(&bench.root)).unwrap();
    let all = |workspace: &Workspace| -> Vec<(String, CheckStatus)> {
        let checks =
            static_checks(workspace, &workspace.specs, &["workflows/daily.yaml".into()], &name("dev"), None);
        checks.into_iter().map(|check| (check.id, check.status)).collect()
    };
    let passed = |except: &[&str]| {
        let ids = [
            "specs-valid",
            "inputs-known",
            "duplicate-flow",
            "owners",
            "monitors",
            "images-pinned",
            "resources",
            "points-of-failure",
            "secrets-absent",
            "idempotent",
        ];
        let status = |id: &str| match except.contains(&id) {
            true => CheckStatus::NotChecked,
            false => CheckStatus::Passed,
        };
        ids.map(|id| (id.to_owned(), status(id))).to_vec()
    };
    assert_eq!(all(&workspace), passed(&["resources", "secrets-absent", "idempotent"]));
    assert!(!bench.root.join(".greenroom").exists(), "to look makes nothing");
    bench.run(&[("load", 1, 130, "done\n"), ("late", 1, 130, "done\n")]);
    assert_eq!(all(&workspace), passed(&["idempotent"]));
}

#[test]
fn a_spec_that_is_wrong_fails() {
    let found = of("specs-valid", "owners: [ana, eli]", "owners: [ana, nobody]");
    assert_eq!(found, ["FAILED", "4: nobody is called `nobody`"]);
}

#[test]
fn a_table_that_nobody_makes_is_told_unless_the_warehouse_has_it() {
    let found = of("inputs-known", "MAX(delay)", "MAX(dealy)");
    assert_eq!(found[1], "19: daily.late reads `dealy` of lake.flights, which has no such column");
    let found = of("inputs-known", "FROM lake.flights", "FROM lake.fligths");
    assert_eq!(
        found,
        ["WARNED", "19: daily.late reads lake.fligths, which no step makes and the warehouse does not have"]
    );
    let found = of("inputs-known", "FROM lake.flights GROUP", "FRO lake.flights GROUP");
    assert!(found[1].contains("its query reads: the query cannot be read"), "{found:?}");
    let found = of(
        "inputs-known",
        "FROM lake.flights GROUP BY carrier",
        "FROM lake.flights GROUP BY 1 UNION ALL SELECT 1",
    );
    assert_eq!(
        found[1],
        "19: BigQuery will not run the query of daily.late: UNION ALL of 2 columns with 1 column"
    );
    let found = of("inputs-known", "FROM lake.flights", "FROM `lake.fl*`");
    assert_eq!(found, ["PASSED"]);
}

#[test]
fn another_workflow_that_makes_the_same_is_told() {
    let twin = |text: &str| {
        let bench = Bench::of(GOOD);
        bench.file("workflows/other.yaml", text);
        told(&bench.check("duplicate-flow"))
    };
    let other = GOOD.replace("name: daily", "name: other");
    assert_eq!(
        twin(&other),
        [
            "FAILED",
            "11: daily.load and other.load both make lake.flights",
            "14: daily.late runs the same query as other.late"
        ]
    );
    let reader = other.replace("lake.flights, from", "lake.own, from");
    let alike = reader
        .replace("SELECT carrier, MAX(delay) AS worst", "SELECT MAX(f.delay) AS worst, f.carrier")
        .replace("FROM lake.flights GROUP BY carrier", "FROM lake.flights AS f GROUP BY f.carrier");
    assert_eq!(twin(&alike)[1], "14: daily.late makes the same columns from the same tables as other.late");
    let otherwise = reader.replace("MAX(delay)", "MIN(delay)").replace("AS worst", "AS best");
    assert_eq!(twin(&otherwise), ["PASSED"]);
}

#[test]
fn owners_of_both_sides_and_monitors_have_to_be_there() {
    assert_eq!(of("owners", "owners: [ana, eli]\n", ""), ["FAILED", "1: daily has no owners"]);
    assert_eq!(
        of("owners", "owners: [ana, eli]", "owners: [eli]"),
        ["WARNED", "4: an analyst or scientist is not among the owners of daily"]
    );
    let monitors = "monitors:\n  - {name: broken, kind: failure, notify: [\"@data\"]}\n";
    assert_eq!(of("monitors", monitors, ""), ["FAILED", "5: daily has no monitors and runs by schedule"]);
    assert_eq!(
        of("monitors", "notify: [\"@data\"]", "notify: []"),
        ["WARNED", "23: nobody is told by the monitor broken of daily"]
    );
}

#[test]
fn an_image_that_may_be_another_tomorrow_is_told() {
    let base = |base: &str| {
        let bench = Bench::of(GOOD);
        let start = PROJECT.find("debian").unwrap();
        bench.file("greenroom.yaml", &format!("{}{base}\"}}\n", &PROJECT[..start]));
        told(&bench.check("images-pinned"))
    };
    assert_eq!(
        base("debian:bookworm-slim"),
        ["WARNED", "8: the base of the image default is whatever `debian:bookworm-slim` is that day"]
    );
    for any in ["debian", "debian:latest", "localhost:5000/debian"] {
        assert_eq!(base(any)[0], "FAILED", "{any}");
    }
    assert_eq!(base("debian@sha256:abc")[0], "FAILED", "half a digest");
}

#[test]
fn requests_are_held_against_what_runs_needed() {
    let bench = |was: &str, is: &str, peak: u64| {
        let bench = Bench::of(&GOOD.replace(was, is));
        bench.run(&[("load", 1, 10, ""), ("late", 1, peak, "")]);
        bench.run(&[("load", 1, 130, ""), ("late", 1, peak / 2, "")]);
        bench.check("resources")
    };
    let none = bench("  resources: {requests: {cpu: 500m, memory: 256Mi}}\n", "", 87);
    assert_eq!(none.status, CheckStatus::Warned);
    assert_eq!(
        none.findings[1].what,
        "daily.late asks for no cpu and no memory; it took 87.0 MiB at most on 842 rows (2 runs in dev)"
    );
    assert_eq!(none.findings[1].help, "resources: {requests: {cpu: 500m, memory: 192Mi}}");
    let little = bench("memory: 256Mi", "memory: 100Mi", 130);
    assert!(
        little.findings[1].what.starts_with("daily.late asks for 100Mi of memory; it took"),
        "{little:?}"
    );
    let much = bench("memory: 256Mi", "memory: 4Gi", 130);
    assert_eq!(much.findings[1].help, "resources: {requests: {memory: 256Mi}}");
    assert_eq!(bench("memory: 256Mi", "memory: 300Mi", 130).status, CheckStatus::Passed);
}

#[test]
fn points_of_failure_are_told() {
    let id = "points-of-failure";
    assert_eq!(
        of(id, "  retry: {limit: 2, delay: 10s}\n  timeout: 30m\n", "")[1..3],
        ["9: daily.load may run for ever", "9: daily.load is not tried again when it fails"]
    );
    let watched = of(id, "    outputs: {late: {expect: {min_rows: 1}}}\n", "");
    assert_eq!(watched[1], "14: nobody watches daily.late.late: no step reads it, nothing is expected of it");
    let sensor = |poll: &str| {
        of(
            id,
            "steps:\n",
            &format!("steps:\n  ready:\n    uses: data_available\n    with: {{table: lake.x}}\n{poll}"),
        )
    };
    assert_eq!(sensor("")[1], "12: the sensor daily.ready looks once only");
    assert_eq!(
        sensor("    poll: {every: 1m, for: 48h}\n")[1],
        "14: the sensor daily.ready waits for 48h 00m"
    );
    assert_eq!(sensor("    poll: {every: 1m, for: 6h}\n"), ["PASSED"]);
    let bench = Bench::of(GOOD);
    bench.run(&[("load", 2, 1, "")]);
    bench.run(&[("load", 1, 1, "")]);
    assert_eq!(told(&bench.check(id))[1], "11: daily.load needed several attempts in 1 of 2 runs");
}

#[test]
fn secrets_in_specs_and_in_what_ran_are_told_without_their_values() {
    let id = "secrets-absent";
    let github = format!("ghp_{}", "a1".repeat(18));
    let spec = of(id, "name: daily", &format!("name: daily\ndescription: {github}"));
    assert_eq!((spec[0].as_str(), spec[1].starts_with("4: a GitHub token")), ("FAILED", true), "{spec:?}");
    let bench =
        Bench::of(&GOOD.replace("    needs: [load]\n", "    needs: [load]\n    secrets: [api_token]\n"));
    bench.run(&[("load", 1, 1, &format!("a\nb {github}\n")), ("late", 1, 1, "got hunter2hunter2 back\n")]);
    let unknown = told(&bench.check(id));
    assert!(unknown[1].starts_with("0: the secret `api_token` has no value on this machine"), "{unknown:?}");
    bench.file(".greenroom/secrets.env", "API_TOKEN=hunter2hunter2\n");
    let path = bench.root.join(".greenroom/secrets.env");
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    fs_err::set_permissions(path, private).unwrap();
    let check = bench.check(id);
    assert_eq!(
        told(&check),
        [
            "FAILED",
            "1: the value of the secret `api_token` in the log of daily.late",
            "2: a GitHub token in the log of daily.load"
        ]
    );
    let all = serde_json::to_string(&check).unwrap();
    assert!(!all.contains("hunter2") && !all.contains(&github), "{all}");
    let file = &check.findings[1].place.as_ref().unwrap().file;
    assert!(
        file.starts_with(".greenroom/store/flights/dev/daily/") && file.ends_with("_run/logs/load.1.log")
    );
}
