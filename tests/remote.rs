//! Roots in a bucket, on the real engine and on emulators of both clouds: what one machine runs, another finds.
#![allow(clippy::unwrap_used)]

mod support;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Output;

use serde_json::Value;
use support::bucket::{Cloud, Emulator, REQUIREMENTS};
use support::wire::Wire;
use support::{Project, STATE_HOME, of, read, status, text};

const NAME: &str = "greenroom_remote_tests";
const BUCKET: &str = "flights";

const STEPS: &str = r#"make:
  run: |
    mkdir "$GREENROOM_OUTPUT_DIR/d"
    seq 1 "$GREENROOM_PARAM_N" > "$GREENROOM_OUTPUT_DIR/x.csv"
    echo odd > "$GREENROOM_OUTPUT_DIR/d/a#b %2e?"
    echo said
  outputs: {x: {path: x.csv}, d: {path: d, type: dir}}
count:
  run: wc -l < "$GREENROOM_INPUT_X" > "$GREENROOM_OUTPUT_DIR/n.txt"
  inputs: {x: "${{ steps.make.outputs.x }}"}
  outputs: {n: {path: n.txt}}"#;

/// A checkout of one project, and a person's own state beside it.
struct Machine {
    project: Project,
    state: PathBuf,
    variables: Vec<(&'static str, String)>,
}

impl Machine {
    /// Its `stage` has its root in the emulator's bucket, reached at `host`.
    fn new(person: &str, cloud: Cloud, emulator: &Emulator, host: &str) -> Self {
        let scheme = if cloud == Cloud::Google { "gs" } else { "s3" };
        let project = project(&format!("{scheme}://{BUCKET}/team"));
        project.workflow_of("w", "params: {n: {type: int, default: 3}}", STEPS);
        let state = PathBuf::from(STATE_HOME).join(format!("remote-{person}"));
        Self { project, state, variables: emulator.variables(host) }
    }

    fn run(&self, words: &[&str]) -> Output {
        let mut command = self.project.command(words);
        command.args(["--env", "stage"]).env("XDG_STATE_HOME", &self.state);
        command.env("HOME", &self.state).env_remove("GOOGLE_APPLICATION_CREDENTIALS");
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.output().unwrap()
    }

    #[track_caller]
    fn expect(&self, code: i32, words: &[&str]) -> (String, String) {
        let output = self.run(words);
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(output.status.code(), Some(code), "greenroom {}\n{out}\n{err}", words.join(" "));
        (out, err)
    }

    #[track_caller]
    fn json(&self, words: &[&str]) -> Value {
        let (out, _) = self.expect(0, &[words, &["--json"]].concat());
        serde_json::from_str(&out).unwrap()
    }

    /// Its events.
    #[track_caller]
    fn events(&self, words: &[&str]) -> Vec<Value> {
        let (out, _) = self.expect(0, &[words, &["--json"]].concat());
        out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

fn project(root: &str) -> Project {
    let text = format!(
        "greenroom: 1\nkind: project\nname: {NAME}\nimages:\n  default: {{base: \"debian:bookworm-slim\", apt: [python3, python3-pip], pip: requirements.txt}}\nenvironments:\n  stage: {{root: \"{root}\", warehouse: {{engine: duckdb, path: .greenroom/lake}}}}\n"
    );
    Project::of(&text, &format!("{REQUIREMENTS}duckdb==1.5.5\nsqlglot==30.30.0\n"))
}

fn emulator(cloud: Cloud) -> Emulator {
    // Its image is on the engine once there is a project of it.
    project("gs://unused");
    Emulator::start(cloud, &format!("greenroom/{NAME}-default:latest"), BUCKET)
}

fn token(events: &[Value]) -> String {
    events[0]["token"].as_str().unwrap().to_owned()
}

fn states(artifacts: &Value) -> Vec<(&str, &str)> {
    let all = artifacts.as_array().unwrap().iter();
    all.map(|file| (file["path"].as_str().unwrap(), file["state"].as_str().unwrap())).collect()
}

fn a_run_is_found_elsewhere(cloud: Cloud) {
    let emulator = emulator(cloud);
    let ana = Machine::new("ana", cloud, &emulator, &emulator.host);
    let sam = Machine::new("sam", cloud, &emulator, &emulator.host);
    let events = ana.events(&["run", "w"]);
    let token = token(&events);
    let (_, err) = ana.expect(0, &["runs"]);
    assert!(!err.contains("not all is in the bucket"), "{err}");

    // Nothing of it is on the other machine.
    let runs = sam.json(&["runs"]);
    assert_eq!((runs[0]["token"].as_str(), runs[0]["status"].as_str()), (Some(&*token), Some("succeeded")));
    let (shown, _) = sam.expect(0, &["show", "@last"]);
    assert!(
        shown.contains("put into the bucket of this environment") && shown.contains("✓  count"),
        "{shown}"
    );
    assert_eq!(sam.expect(0, &["logs", "@last", "make"]).0, "said\n");
    let artifacts = sam.json(&["artifacts", "@last"]);
    let remote = [("n.txt", "remote"), ("d/a#b %2e?", "remote"), ("x.csv", "remote")];
    assert_eq!(states(&artifacts), remote);
    let (path, _) = sam.expect(0, &["path", "@last", "make.x"]);
    assert_eq!(read(path.trim()), "1\n2\n3\n");
    let (folder, _) = sam.expect(0, &["path", "@last", "make.d"]);
    assert_eq!(read(PathBuf::from(folder.trim()).join("a#b %2e?")), "odd\n");
    let artifacts = sam.json(&["artifacts", "@last"]);
    assert_eq!(states(&artifacts), [("n.txt", "remote"), ("d/a#b %2e?", "intact"), ("x.csv", "intact")]);
    // A path that is only named yet can be looked into.
    let unfetched = PathBuf::from(path.trim()).parent().unwrap().with_file_name("count").join("n.txt");
    assert!(!unfetched.exists());
    let mut look = sam.project.command(&["preview", unfetched.to_str().unwrap()]);
    look.env("XDG_STATE_HOME", &sam.state).envs(sam.variables.iter().map(|(name, value)| (name, value)));
    let looked = look.output().unwrap();
    assert!(text(&looked.stdout).contains('3'), "{}", text(&looked.stderr));

    let artifacts = sam.json(&["artifacts", "@last", "--fetch"]);
    assert!(states(&artifacts).iter().all(|(_, state)| *state == "intact"), "{artifacts:#}");

    // It is nobody's here to go on with, and whoever names it may use what it made.
    let (_, refused) = sam.expect(2, &["resume", &token]);
    assert!(refused.contains("succeeded"), "{refused}");
    let cold = Machine::new("eli", cloud, &emulator, &emulator.host);
    let taken = cold.events(&["run", "w", "--only", "count", "--inputs-from", &token]);
    assert_eq!(status(&taken, "count"), "succeeded");
    assert!(of(&taken, "attempt_started", "make").is_empty());
    let (path, _) = cold.expect(0, &["path", "@last", "count.n"]);
    assert_eq!(read(path.trim()), "3\n");
    // By itself it feeds nobody who has not made it.
    let pat = Machine::new("pat", cloud, &emulator, &emulator.host);
    let (_, none) = pat.expect(2, &["plan", "w", "--from", "count"]);
    assert!(none.contains("no earlier run with these parameters has it"), "{none}");
    // The new run is whole in the bucket too, what it took over with it.
    let (first, _) = sam.expect(0, &["path", "@last", "make.x"]);
    assert!(first.contains(taken[0]["token"].as_str().unwrap()), "{first}");
    assert_eq!(read(first.trim()), "1\n2\n3\n");
}

#[test]
fn a_run_whose_root_is_at_google_is_found_elsewhere() {
    a_run_is_found_elsewhere(Cloud::Google);
}

#[test]
fn a_run_whose_root_is_at_amazon_is_found_elsewhere() {
    a_run_is_found_elsewhere(Cloud::Amazon);
}

#[test]
fn a_model_that_one_machine_has_called_champion_feeds_another() {
    let emulator = emulator(Cloud::Amazon);
    let ana = Machine::new("ana", Cloud::Amazon, &emulator, &emulator.host);
    let sam = Machine::new("sam", Cloud::Amazon, &emulator, &emulator.host);
    for machine in [&ana, &sam] {
        machine.project.expect(0, &["new", "blueprint", "churn"]);
        let spec = read(machine.project.dir.join("blueprints/churn.yaml"));
        machine.project.file("blueprints/churn.yaml", format!("inputs_from: champion\n{spec}"));
    }
    let training = ana.events(&["run", "churn", "--use-case", "training"]);
    let (_, early) = sam.expect(2, &["run", "churn", "--use-case", "prediction"]);
    assert!(early.contains("no run of churn is called champion"), "{early}");

    // Of two that give it at once, neither is lost; whoever gives it to the run that has it changes nothing.
    let other = ana.events(&["run", "churn", "--use-case", "training"]);
    sam.expect(0, &["runs"]);
    let moved = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for (machine, runs) in [(&ana, [&training, &other, &training]), (&sam, [&other, &training, &other])] {
            let moved = &moved;
            scope.spawn(move || {
                for run in runs {
                    let told = machine.json(&["alias", &token(run), "champion"]);
                    let has_moved = told["unchanged"] != true;
                    moved.fetch_add(has_moved.into(), std::sync::atomic::Ordering::Relaxed);
                }
            });
        }
    });
    let moved = moved.into_inner();
    for machine in [&ana, &sam] {
        assert_eq!(machine.json(&["alias", "--history"]).as_array().unwrap().len(), moved);
    }
    ana.expect(0, &["alias", &token(&training), "champion"]);
    sam.expect(0, &["runs"]);
    // Who made it does not matter in a bucket, and nothing else is said.
    let (_, said) = sam.expect(0, &["alias", &token(&training), "mine"]);
    assert!(!said.contains("foreign"), "{said}");
    let prediction = sam.events(&["run", "churn", "--use-case", "prediction"]);
    assert_eq!(status(&prediction, "predict"), "succeeded");
    let recorded = ana.json(&["runs", "--limit", "1"]);
    assert_eq!(recorded[0]["inputs_from"][0], Value::from(token(&training)));
    let model =
        |machine: &Machine, run: &str| read(machine.expect(0, &["path", run, "train.model"]).0.trim());
    assert_eq!(model(&ana, &token(&prediction)), model(&ana, &token(&training)));
}

/// Longer than one piece of an upload, and no two pieces alike.
const LONG: &str = r#"long:
  run: |
    python3 -c "import sys; [sys.stdout.write('%09d\n' % n) for n in range(3000000)]" > "$GREENROOM_OUTPUT_DIR/rows"
  outputs: {rows: {path: rows}}
after:
  needs: [long]
  run: echo done > "$GREENROOM_OUTPUT_DIR/done"
  outputs: {done: {path: done}}"#;
const LENGTH: u64 = 30_000_000;

fn what_was_cut_off_goes_on(cloud: Cloud) {
    let emulator = emulator(cloud);
    let wire = Wire::to(&emulator.host);
    let ana = Machine::new("ana", cloud, &emulator, &wire.host);
    ana.project.workflow("long", LONG);
    ana.expect(0, &["runs"]);
    wire.cut_after(20 << 20);
    // The network goes while the file is on its way: the run ends here, and is not yet where it should be.
    let (_, told) = ana.expect(3, &["run", "long"]);
    assert!(told.contains("not all of the run is in") && told.contains("greenroom resume"), "{told}");
    assert!(told.contains("does not answer"), "{told}");
    let before = wire.sent();
    assert!(before > 17 << 20, "two pieces were there ({before})");

    // Who asks without a network is told so, and shown what is known.
    let (listed, note) = ana.expect(0, &["runs"]);
    assert!(listed.contains("succeeded") && note.contains("may be old"), "{listed}{note}");
    assert!(note.contains("not all is in the bucket yet"), "{note}");
    let (json, _) = ana.expect(0, &["runs", "--json"]);
    assert!(serde_json::from_str::<Value>(&json).is_ok(), "{json}");
    let (_, refused) = ana.expect(3, &["run", "long"]);
    assert!(refused.contains("does not answer"), "{refused}");
    let (_, told) = ana.expect(3, &["resume", "@last"]);
    assert!(told.contains("not all of run") && told.contains("then go on"), "{told}");

    wire.mend();
    let sam = Machine::new("sam", cloud, &emulator, &emulator.host);
    assert!(sam.json(&["runs"]).as_array().unwrap().is_empty(), "without its record it is no run");
    let (_, unsent) = ana.expect(3, &["alias", "@last", "champion"]);
    assert!(unsent.contains("send it first"), "{unsent}");
    let from = wire.sent();
    let (sent, _) = ana.expect(0, &["resume", "@last"]);
    assert!(sent.contains("is whole in"), "{sent}");
    let again = wire.sent() - from;
    assert!(again < LENGTH - (15 << 20), "what was there is not sent again ({again} bytes)");
    let (path, _) = sam.expect(0, &["path", "@last", "long.rows"]);
    let rows = read(path.trim());
    assert!(rows.len() as u64 == LENGTH && rows.ends_with("002999999\n"));
    let from = wire.sent();
    let (_, none) = ana.expect(2, &["resume", "@last"]);
    assert!(none.contains("nothing to go on with") && wire.sent() - from < 1 << 20, "{none}");

    // What another run takes over of it does not go up again, and is there all the same.
    let from = wire.sent();
    let (_, err) = ana.expect(0, &["run", "long", "--from", "after"]);
    let again = wire.sent() - from;
    assert!(again < 1 << 20, "the bucket copies it by itself ({again} bytes): {err}");
    let (copied, _) = sam.expect(0, &["path", "@last", "long.rows"]);
    assert_ne!(copied, path);
    assert!(read(copied.trim()) == rows);
}

#[test]
fn an_upload_to_amazon_that_was_cut_off_goes_on_where_it_was() {
    what_was_cut_off_goes_on(Cloud::Amazon);
}

#[test]
fn an_upload_to_google_that_was_cut_off_goes_on_where_it_was() {
    what_was_cut_off_goes_on(Cloud::Google);
}

#[test]
fn figures_and_differences_of_runs_in_a_bucket_are_seen_elsewhere() {
    let emulator = emulator(Cloud::Amazon);
    let ana = Machine::new("ana", Cloud::Amazon, &emulator, &emulator.host);
    let sam = Machine::new("sam", Cloud::Amazon, &emulator, &emulator.host);
    let judge = "judge:
  run: |
    echo \"{\\\"rows\\\": $GREENROOM_PARAM_N}\" > \"$GREENROOM_OUTPUT_DIR/m.json\"
    seq 1 $GREENROOM_PARAM_N | sed 1i\\\\n > \"$GREENROOM_OUTPUT_DIR/x.csv\"
  outputs: {m: {path: m.json, type: metrics}, x: {path: x.csv}}";
    for machine in [&ana, &sam] {
        machine.project.workflow_of("judged", "params: {n: {type: int, default: 3}}", judge);
    }
    let first = token(&ana.events(&["run", "judged"]));
    ana.events(&["run", "judged", "--param", "n=5"]);

    // It is packed where nothing of it has been fetched yet.
    let packed = sam.project.dir.join("packed");
    let (told, _) = sam.expect(0, &["export-run", &first, "--output", packed.to_str().unwrap()]);
    assert!(told.contains("A colleague takes it in"), "{told}");
    // Whoever keeps theirs in another bucket has it here alone.
    let lee = Machine::new("lee", Cloud::Amazon, &emulator, &emulator.host);
    let spec = read(lee.project.dir.join("greenroom.yaml"));
    lee.project.file("greenroom.yaml", spec.replace("s3://flights/team", "s3://flights/others"));
    let mut import = lee.project.command(&["import-run", packed.to_str().unwrap()]);
    import.env("XDG_STATE_HOME", &lee.state).envs(lee.variables.iter().map(|(name, value)| (name, value)));
    let told = text(&import.output().unwrap().stdout);
    assert!(told.contains("on this machine only: s3://flights/others was not written to"), "{told}");

    // By figures that are not here yet.
    let found = sam.json(&["runs", "--where", "rows > 2", "--where", "rows < 4"]);
    assert_eq!((found.as_array().unwrap().len(), found[0]["token"].as_str()), (1, Some(&*first)));
    let told = sam.json(&["metrics", "judged"]);
    let rows: Vec<f64> =
        told["runs"].as_array().unwrap().iter().map(|run| run["metrics"]["rows"].as_f64().unwrap()).collect();
    assert_eq!(rows, [5.0, 3.0]);
    let (differs, _) = sam.expect(1, &["diff", "judged@-2", "judged@last"]);
    assert!(differs.starts_with("rows 3 → 5: first parted at judge, x.csv"), "{differs}");
    // What it learnt of them is found by the index, too.
    assert_eq!(sam.json(&["runs", "--param", "n=3"])[0]["token"].as_str(), Some(&*first));

    // What somebody changed there keeps nobody from the others.
    let key = format!("team/{NAME}/stage/judged/0.1.0/{first}/judge/m.json");
    emulator.put(BUCKET, &key, b"{\"rows\": 9}\n");
    let eva = Machine::new("eva", Cloud::Amazon, &emulator, &emulator.host);
    eva.project.workflow_of("judged", "params: {n: {type: int, default: 3}}", judge);
    let (shown, note) = eva.expect(0, &["metrics", "judged"]);
    assert!(shown.contains("1 run") && note.contains("somebody changed it in the bucket"), "{shown}{note}");
    let (shown, note) = eva.expect(0, &["runs", "--where", "rows > 2"]);
    assert!(
        !shown.contains(&first[32..]) && note.contains("somebody changed it in the bucket"),
        "{shown}{note}"
    );

    let (_, told) = sam.expect(0, &["note", "judged@last", "odd"]);
    assert!(told.contains("only on this machine"), "{told}");
    let (_, refused) = sam.expect(2, &["gc", "--yes"]);
    assert!(refused.contains("gc lets go of what is on this machine"), "{refused}");
}

#[test]
fn what_somebody_changed_in_the_bucket_is_told_and_never_opened() {
    let emulator = emulator(Cloud::Google);
    let ana = Machine::new("ana", Cloud::Google, &emulator, &emulator.host);
    let sam = Machine::new("sam", Cloud::Google, &emulator, &emulator.host);
    let token = token(&ana.events(&["run", "w"]));
    let key = format!("team/{NAME}/stage/w/0.1.0/{token}");
    emulator.put(BUCKET, &format!("{key}/make/x.csv"), b"9\n9\n9\n");
    let (out, why) = sam.expect(3, &["path", &token, "make.x"]);
    assert!(out.is_empty() && why.contains("somebody changed it in the bucket"), "{why}");
    let lies = |machine: &Machine| {
        let all = walkdir::WalkDir::new(machine.project.dir.join(".greenroom")).into_iter().flatten();
        all.filter(|entry| entry.file_type().is_file())
            .filter(|entry| std::fs::read(entry.path()).is_ok_and(|content| content == b"9\n9\n9\n"))
            .count()
    };
    assert_eq!(lies(&sam), 0);
    // Nor does a step get it.
    let failed = sam.run(&["run", "w", "--only", "count", "--inputs-from", &token, "--json"]);
    assert_eq!(failed.status.code(), Some(1), "{}", text(&failed.stderr));
    assert!(text(&failed.stdout).contains("somebody changed it in the bucket"), "{}", text(&failed.stdout));
    assert_eq!(lies(&sam), 0);
    // A record in another run's place is no run, and hides none.
    let other = "01900000-0000-7000-8000-000000003f2a";
    let record = std::fs::read(
        ana.json(&["runs"])[0]["path"].as_str().map(PathBuf::from).unwrap().join("_run/run.json"),
    );
    emulator.put(BUCKET, &format!("team/{NAME}/stage/w/0.1.0/{other}/_run/run.json"), &record.unwrap());
    let (listed, note) = ana.expect(0, &["runs"]);
    assert!(!listed.contains("3f2a") && note.contains("is that of another run"), "{listed}{note}");
}

/// What somebody else has put beside the runs hides none of them, though they are new.
fn an_odd_key_costs_nothing_else(cloud: Cloud) {
    let emulator = emulator(cloud);
    let ana = Machine::new("ana", cloud, &emulator, &emulator.host);
    let sam = Machine::new("sam", cloud, &emulator, &emulator.host);
    let odd = format!("team/{NAME}/stage/w/0.1.0//x");
    emulator.put(BUCKET, &odd, b"1");
    let token = token(&ana.events(&["run", "w"]));
    let (listed, note) = sam.expect(0, &["runs"]);
    assert!(listed.contains(&token[token.len() - 4..]), "{listed}{note}");
    assert!(note.contains("which is passed over") && note.contains("w/0.1.0//"), "{note}");
}

#[test]
fn an_odd_key_at_google_costs_nothing_else() {
    an_odd_key_costs_nothing_else(Cloud::Google);
}

#[test]
fn an_odd_key_at_amazon_costs_nothing_else() {
    an_odd_key_costs_nothing_else(Cloud::Amazon);
}

#[test]
fn a_bucket_that_cannot_be_used_is_told_before_anything_runs() {
    let emulator = emulator(Cloud::Amazon);
    let mut ana = Machine::new("ana", Cloud::Amazon, &emulator, &emulator.host);
    let spec = read(ana.project.dir.join("greenroom.yaml"));
    ana.project.file("greenroom.yaml", spec.replace("s3://flights/", "s3://nowhere/"));
    for words in [&["runs"][..], &["run", "w"], &["plan", "w"], &["show", "@last"]] {
        let (_, why) = ana.expect(3, words);
        assert!(why.contains("there is no bucket s3://nowhere/team"), "{why}");
    }
    ana.project.file("greenroom.yaml", spec.replace("s3://flights/", "s3://Flights/"));
    assert!(ana.expect(2, &["runs"]).1.contains("is the address of no bucket"));
    ana.project.file("greenroom.yaml", &spec);
    ana.variables[0].1 = "http://192.0.2.1".to_owned();
    let (_, why) = ana.expect(3, &["runs"]);
    assert!(why.contains("only https:// leaves this machine"), "{why}");
    ana.variables[0].1 = "http://127.0.0.1:1".to_owned();
    assert!(ana.expect(3, &["runs"]).1.contains("does not answer"), "nothing is known of it yet");
    ana.variables.truncate(1);
    ana.variables.push(("AWS_PROFILE", "nobody".to_owned()));
    let (_, why) = ana.expect(3, &["run", "w"]);
    assert!(
        why.contains("the profile nobody (AWS_PROFILE) has no keys") && why.contains("AWS_ACCESS_KEY_ID"),
        "{why}"
    );
    let left = walkdir::WalkDir::new(ana.project.dir.join(".greenroom/remote")).into_iter().flatten();
    assert!(!left.into_iter().any(|entry| entry.file_name() == "_run"), "nothing was started");
}

/// A bucket that can be listed and not written to, for one client after the other.
fn read_only() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let mut head = vec![0; 64 * 1024];
            let read = client.read(&mut head).unwrap_or_default();
            let (status, body) = match head[..read].starts_with(b"GET") {
                true => ("200 OK", "<ListBucketResult></ListBucketResult>"),
                false => ("403 Forbidden", "<Error><Code>AccessDenied</Code><Message>No</Message></Error>"),
            };
            let length = body.len();
            let answer =
                format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}");
            // Whoever is gone already hears nothing.
            let _ = client.write_all(answer.as_bytes());
        }
    });
    host
}

#[test]
fn who_may_not_write_to_the_bucket_hears_of_it_before_anything_runs() {
    let emulator = emulator(Cloud::Amazon);
    let ana = Machine::new("ana", Cloud::Amazon, &emulator, &read_only());
    assert_eq!(ana.json(&["runs"]), Value::Array(Vec::new()));
    let (_, why) = ana.expect(3, &["run", "w"]);
    assert!(why.contains("s3://flights/team does not let you in: AccessDenied: No"), "{why}");
    assert_eq!(ana.json(&["runs"]), Value::Array(Vec::new()), "nothing is left of it");
}
