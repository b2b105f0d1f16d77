//! Commands that look at runs, over run directories that the store itself wrote: no engine is needed.
#![allow(clippy::unwrap_used)]

mod support;

use std::io::Read;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use camino::Utf8PathBuf;
use greenroom::domain::{
    AttemptStatus, Digest, EventKind, Io, Kind, Launch, Name, Node, NodeId, OutputType, Plan, PlannedOutput,
    Produced, Resources, Retry, Run, RunLayout, Status, Token, Version,
};
use greenroom::engine::{AttemptFacts, Clock, Exit, Frame, Journal, LogSink, Logs, RunStore, Stream};
use greenroom::logs::RunLogs;
use greenroom::store::{self, EventLog, RunDir};
use greenroom::supervisor::RunLock;
use indexmap::IndexMap;
use serde_json::Value;
use support::{Project, text};

/// The clock of this machine.
struct Now;

impl Clock for Now {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::now()
    }
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn id(text: &str) -> NodeId {
    text.parse().unwrap()
}

/// A project that has one workflow of steps `load`, `train` (cells a and b) and `report`, and no engine.
fn project() -> Project {
    let project = Project::bare();
    project.file(
        "greenroom.yaml",
        "greenroom: 1\nkind: project\nname: looks\nimages: {default: {base: debian}}\n",
    );
    project.workflow("daily", "load: {run: 'true'}");
    project
}

fn node(at: &str, output: &str) -> Node {
    let planned = PlannedOutput {
        path: output.to_owned(),
        kind: OutputType::File,
        expect: Default::default(),
        table: None,
    };
    Node {
        id: id(at),
        needs: vec![],
        when: None,
        when_status_of: vec![],
        matrix: IndexMap::new(),
        operator: None,
        launch: Launch::Script("true".into()),
        image: name("default"),
        env: IndexMap::new(),
        with: IndexMap::new(),
        sql: None,
        inputs: IndexMap::new(),
        outputs: IndexMap::from([(name("out"), planned)]),
        tables: vec![],
        storage: false,
        files: None,
        resources: Resources::default(),
        retry: Retry { limit: 0, delay: Duration::ZERO, backoff: 1 },
        timeout: None,
        poll: None,
        secrets: vec![],
        cache: vec![],
        io: Io::Path,
        taken: None,
        closure: Digest::of(b""),
    }
}

/// A run as its supervisor records it, step by step.
struct Recording {
    layout: RunLayout,
    token: Token,
    log: EventLog,
    run: RunDir,
    plan: Plan,
    lock: Option<RunLock>,
}

impl Recording {
    fn start(project: &Project) -> Self {
        let root = Utf8PathBuf::from_path_buf(project.dir.join(".greenroom/store")).unwrap();
        let token = Token::generate();
        let plan = Plan {
            greenroom: 1,
            token,
            project: name("looks"),
            env: name("dev"),
            name: name("daily"),
            version: Version::INITIAL,
            kind: Kind::Workflow,
            use_case: None,
            file: "workflows/daily.yaml".into(),
            params: IndexMap::new(),
            tree: Digest::of(b""),
            warehouse: None,
            images: IndexMap::new(),
            services: IndexMap::new(),
            taken_params: Vec::new(),
            nodes: vec![
                node("load", "flights.csv"),
                node("train.a", "model.bin"),
                node("train.b", "model.bin"),
                node("report", "sub/report.html"),
            ],
        };
        let layout = RunLayout::of(&root, &plan);
        let run = RunDir::new(layout.clone(), token, None);
        run.create().unwrap();
        let lock = Some(RunLock::acquire(&layout.lock()).unwrap());
        store::write_plan(&layout, &plan).unwrap();
        let log = EventLog::open(&layout.events(), token, Arc::new(Now)).unwrap();
        let recording = Self { layout, token, log, run, plan, lock };
        recording.record(Status::Running);
        let path = recording.layout.dir().to_string();
        recording.tell(EventKind::RunStarted { name: name("daily"), path, resumed: false });
        recording
    }

    fn record(&self, status: Status) {
        let ended = !matches!(status, Status::Running | Status::Interrupted);
        let run = Run {
            greenroom: 1,
            token: self.token,
            project: name("looks"),
            env: name("dev"),
            name: name("daily"),
            version: Version::INITIAL,
            kind: Kind::Workflow,
            use_case: None,
            status,
            params: IndexMap::from([(name("day"), "2013-01-01".into())]),
            started_at: Now.now(),
            finished_at: ended.then(|| Now.now()),
            commit: None,
            branch: None,
            dirty: false,
            user: "ana".into(),
            inputs_from: vec![],
            forked_from: None,
            only: None,
            taken_params: Vec::new(),
            tree: Digest::of(b""),
            greenroom_version: "0.1.0".into(),
        };
        store::write_run(&self.layout, &run).unwrap();
    }

    fn tell(&self, event: EventKind) {
        self.log.append(event).unwrap();
    }

    fn begin(&self, at: &str, attempt: u32) -> Box<dyn LogSink> {
        let NodeId { step, cell } = id(at);
        self.tell(EventKind::AttemptStarted { step, cell, attempt });
        RunLogs::new(self.layout.clone(), &[], Arc::new(Now)).open(&id(at), attempt, false).unwrap()
    }

    fn end(&self, at: &str, attempt: u32, status: AttemptStatus) {
        let NodeId { step, cell } = id(at);
        self.tell(EventKind::AttemptFinished {
            step,
            cell,
            attempt,
            status,
            exit_code: Some(i64::from(status != AttemptStatus::Succeeded)),
            seconds: 1.5,
            peak_memory_bytes: Some(1 << 20),
            reason: String::new(),
            retry_in_seconds: None,
        });
    }

    fn step(&self, at: &str, status: Status, reason: &str, outputs: IndexMap<Name, Produced>) {
        let NodeId { step, cell } = id(at);
        self.tell(EventKind::StepFinished { step, cell, status, reason: reason.into(), outputs });
    }

    fn succeed(&self, at: &str, wrote: &[(Stream, &[u8])]) {
        let mut sink = self.begin(at, 1);
        write(sink.as_mut(), wrote);
        let node = self.plan.node(&id(at)).unwrap();
        let dirs = self.run.begin(&node.id, 1, false).unwrap();
        let file = dirs.output.join(&node.outputs["out"].path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, at).unwrap();
        let exit = Exit { code: 0, oom_killed: false, started_at: Now.now(), finished_at: Now.now() };
        let facts = AttemptFacts {
            attempt: 1,
            exit,
            peak_memory_bytes: None,
            image: "sha256:0".into(),
            reads: vec![],
            log_complete: true,
        };
        let manifest = self.run.seal(node, &dirs, &facts).unwrap();
        self.end(at, 1, AttemptStatus::Succeeded);
        self.step(at, Status::Succeeded, "", manifest.outputs);
    }

    fn fail(&self, at: &str, wrote: &[(Stream, &[u8])]) {
        write(self.begin(at, 1).as_mut(), wrote);
        self.end(at, 1, AttemptStatus::Failed);
        self.step(at, Status::Failed, "exit code 1", IndexMap::new());
    }

    fn finish(&mut self, status: Status) {
        self.tell(EventKind::RunFinished { status, seconds: 3.0, reason: String::new() });
        self.record(status);
        self.lock = None;
    }
}

fn write(sink: &mut dyn LogSink, wrote: &[(Stream, &[u8])]) {
    for (stream, bytes) in wrote {
        sink.write(&Frame { stream: *stream, bytes: Bytes::copy_from_slice(bytes) });
    }
    assert!(sink.finish());
}

const NOISY: &[u8] = b"50%\r100%\r\n\x1b]52;c;x\x07caf\xc3\xa9 \xff\nopen end";

/// One that failed: `load` and one cell succeeded, the other cell failed, `report` was skipped.
fn failed_run(project: &Project) -> Recording {
    let mut recording = Recording::start(project);
    recording.succeed("load", &[(Stream::Stdout, NOISY), (Stream::Stderr, b"careful\n")]);
    recording.succeed("train.a", &[]);
    recording.fail("train.b", &[(Stream::Stderr, b"KeyError: 'carrier'\n")]);
    recording.step("report", Status::Skipped, "train.b failed", IndexMap::new());
    recording.finish(Status::Failed);
    recording
}

fn json(project: &Project, args: &[&str]) -> Value {
    let output = project.run(args);
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}{}", text(&output.stdout), text(&output.stderr)))
}

#[test]
fn runs_are_listed_with_their_true_state() {
    let project = project();
    assert!(project.expect(0, &["runs"]).starts_with("No runs yet"));
    assert_eq!(json(&project, &["runs", "--json"]), serde_json::json!([]));
    failed_run(&project);
    let mut live = Recording::start(&project);
    let runs = json(&project, &["runs", "--json"]);
    assert_eq!((&runs[0]["status"], &runs[1]["status"]), (&"running".into(), &"failed".into()));
    assert_eq!(runs[0]["token"], live.token.to_string());
    assert_eq!(runs[1]["params"]["day"], "2013-01-01");
    assert_eq!(runs[0]["path"], live.layout.dir().as_str());
    live.lock = None;
    assert_eq!(json(&project, &["runs", "daily", "--json"])[0]["status"], "interrupted");
    live.finish(Status::Succeeded);
    let listed = project.expect(0, &["runs", "--reindex"]);
    assert!(listed.contains("succeeded") && listed.contains(&live.token.short()), "{listed}");
    let newest = project.expect(0, &["runs", "--limit", "1"]);
    assert!(newest.contains("… 1 older: ") && !newest.contains("failed"), "{newest}");
    let said = project.expect(2, &["runs", "dayly"]);
    assert!(said.contains("daily"), "{said}");
}

#[test]
fn directories_that_cannot_be_read_are_told() {
    let project = project();
    let good = failed_run(&project);
    let torn = failed_run(&project);
    let record = std::fs::read_to_string(torn.layout.run_json()).unwrap();
    std::fs::write(torn.layout.run_json(), &record[..40]).unwrap();
    let output = project.run(&["runs"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).contains(&good.token.short()));
    let said = text(&output.stderr);
    assert!(said.contains(&torn.token.to_string()) && said.contains("torn or was edited"), "{said}");
    let output = project.run(&["runs", "--json"]);
    assert!(text(&output.stderr).contains("torn or was edited"));
    assert_eq!(serde_json::from_slice::<Value>(&output.stdout).unwrap().as_array().unwrap().len(), 1);
    let said = project.expect(3, &["show", &torn.token.to_string()]);
    assert!(said.contains("run.json: it is torn"), "{said}");
}

#[test]
fn a_folder_of_which_no_run_can_be_made_is_told_with_its_removal() {
    let mut project = project();
    project.enter("my looks");
    let killed = Recording::start(&project);
    std::fs::remove_file(killed.layout.run_json()).unwrap();
    std::fs::remove_file(killed.layout.lock()).unwrap();
    let long_ago = std::time::SystemTime::now() - Duration::from_secs(60);
    std::fs::File::open(killed.layout.dir()).unwrap().set_modified(long_ago).unwrap();
    let said = text(&project.run(&["runs"]).stderr);
    let remedy = format!("remove it: rm -r '{}'", killed.layout.dir());
    assert!(said.contains("it has no run.json") && said.contains(&remedy), "{said}");
    let said: Value = serde_json::from_slice(&project.run(&["runs", "--json"]).stderr).unwrap();
    assert!(said["todo"][0].as_str().unwrap().ends_with(&remedy), "{said}");
}

#[test]
fn one_run_is_shown_also_where_it_was_copied_to() {
    let project = project();
    let recording = failed_run(&project);
    let shown = project.expect(0, &["show", "@failed"]);
    for part in ["daily 0.1.0", "failed", "flights.csv", "KeyError: 'carrier'", "skipped: train.b failed"] {
        assert!(shown.contains(part), "{part} is missing in\n{shown}");
    }
    let document = json(&project, &["show", &recording.token.short(), "--json"]);
    assert_eq!(document["steps"][2]["status"], "failed");
    assert_eq!(document["steps"][0]["outputs"]["out"]["bytes"], 4);

    // Taken to a place without a project.
    let elsewhere = Project::bare();
    let copy = elsewhere.dir.join("copy");
    std::fs::rename(recording.layout.dir(), &copy).unwrap();
    let shown = elsewhere.expect(0, &["show", "./copy"]);
    assert!(shown.contains("KeyError") && shown.contains(" logs ./copy train.b\n"), "{shown}");
    assert_eq!(
        elsewhere.expect(0, &["path", "./copy", "load.out"]),
        format!("{}/load/flights.csv\n", copy.display())
    );
    assert!(elsewhere.expect(0, &["artifacts", "./copy"]).contains("flights.csv"));
    assert!(elsewhere.expect(0, &["logs", "./copy", "load"]).contains("careful"));

    let plan = std::fs::read_to_string(copy.join("_run/plan.json")).unwrap();
    std::fs::write(copy.join("_run/plan.json"), plan.replacen("\"greenroom\": 1", "\"greenroom\": 2", 1))
        .unwrap();
    let said = elsewhere.expect(3, &["show", "./copy"]);
    assert!(said.contains("format 2") && said.contains("take a newer one"), "{said}");
}

#[test]
fn artifacts_are_what_the_manifests_tell() {
    let project = project();
    let mut recording = Recording::start(&project);
    let said = project.expect(0, &["artifacts", "@last"]);
    assert!(said.contains("has left no file yet"), "{said}");
    recording.succeed("load", &[]);
    recording.succeed("train.a", &[]);
    recording.finish(Status::Succeeded);
    let files = json(&project, &["artifacts", "@last", "--json"]);
    assert_eq!(files[0]["path"], "flights.csv");
    assert_eq!(
        (&files[1]["step"], &files[1]["cell"], &files[1]["bytes"]),
        (&"train".into(), &"a".into(), &7.into())
    );
    assert_eq!(files[1]["sha256"], Digest::of(b"train.a").as_str());
    let tree = project.expect(0, &["artifacts", "@last"]);
    assert!(tree.contains("└── train/") && tree.contains("2 files"), "{tree}");
    std::fs::write(recording.layout.manifest(&id("load")), "{\"greenroom\":").unwrap();
    let output = project.run(&["artifacts", "@last", "--json"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("load.json is torn"), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("model.bin"), "what can be told is told");
}

#[test]
fn a_path_is_printed_only_of_what_is_there() {
    let project = project();
    let recording = failed_run(&project);
    let at = |path: &str| format!("{}/{path}\n", recording.layout.dir());
    assert_eq!(project.expect(0, &["path", "@last", "load.out"]), at("load/flights.csv"));
    assert_eq!(project.expect(0, &["path", "@last", "train.a.out"]), at("train/a/model.bin"));
    for (code, output, why) in [
        (1, "train.b.out", "has not succeeded"),
        (1, "train.out", "train.b"),
        (1, "report.out", "has not succeeded"),
        (2, "laod.out", "did you mean load?"),
        (2, "load.outt", "did you mean load.out?"),
        (2, "load.other", "it has out"),
        (2, "load", "STEP.OUTPUT"),
        (2, "../load.out", "STEP.OUTPUT"),
        (2, "train.c.out", "train.c"),
    ] {
        let said = project.expect(code, &["path", "@last", output]);
        assert!(said.contains(why), "{output}: {said}");
    }
    // An edited manifest leads nowhere.
    let manifest = recording.layout.manifest(&id("load"));
    let edited =
        std::fs::read_to_string(&manifest).unwrap().replace("load/flights.csv", "../../../../etc/passwd");
    std::fs::write(&manifest, edited).unwrap();
    assert!(project.expect(3, &["path", "@last", "load.out"]).contains("no usable path"));
    std::fs::remove_file(recording.layout.dir().join("train/a/model.bin")).unwrap();
    assert!(project.expect(1, &["path", "@last", "train.a.out"]).contains("not there any more"));
}

#[test]
fn a_pipe_gets_the_bytes_of_a_log_and_json_its_lines() {
    let project = project();
    let recording = failed_run(&project);
    let output = project.run(&["logs", "@last", "load"]);
    assert_eq!(output.stdout, [NOISY, b"careful\n"].concat());
    let output = project.run(&["logs", "@last", "load", "--json"]);
    let lines: Vec<Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<_> =
        lines.iter().map(|line| (line["stream"].as_str().unwrap(), line["text"].as_str().unwrap())).collect();
    assert!(told.contains(&("stderr", "careful")) && told.contains(&("stdout", "100%")), "{told:?}");
    assert!(told.contains(&("stdout", "open end")), "{told:?}");
    for (code, args, why) in [
        (0, vec!["train.a"], "has written nothing"),
        (2, vec!["train"], "train.a, train.b"),
        (2, vec!["lod"], "did you mean load?"),
        (2, vec!["load", "--attempt", "3"], "there was one attempt"),
        (2, vec!["report"], "skipped: train.b failed"),
        // It has ended, so there is nothing to wait for.
        (0, vec!["train.b", "-f"], "KeyError"),
    ] {
        let said = project.expect(code, &[&["logs", "@last"], args.as_slice()].concat());
        assert!(said.contains(why), "{args:?}: {said}");
    }
    std::fs::remove_file(recording.layout.log(&id("load"), 1)).unwrap();
    assert!(project.expect(2, &["logs", "@last", "load"]).contains("the log was removed"));
}

#[test]
fn a_log_is_followed_over_attempts_until_its_step_ends() {
    let project = project();
    let recording = Recording::start(&project);
    let said = project.expect(2, &["logs", "@last", "load"]);
    assert!(said.contains("has not started yet"), "{said}");
    let mut child = project
        .command(&["logs", "@last", "load", "-f"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = child.stdout.take().unwrap();
    let mut read = |count: usize| {
        let mut bytes = vec![0; count];
        out.read_exact(&mut bytes).unwrap();
        text(&bytes)
    };
    let mut sink = recording.begin("load", 1);
    write(sink.as_mut(), &[(Stream::Stdout, b"one\n")]);
    // It comes while the step goes on.
    assert_eq!(read(4), "one\n");
    recording.end("load", 1, AttemptStatus::Failed);
    write(recording.begin("load", 2).as_mut(), &[(Stream::Stdout, b"two, "), (Stream::Stderr, b"three")]);
    assert_eq!(read(10), "two, three");
    recording.end("load", 2, AttemptStatus::Failed);
    recording.step("load", Status::Failed, "exit code 1", IndexMap::new());
    // The run itself goes on.
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stderr).contains("attempt 2"), "{}", text(&output.stderr));
    assert_eq!(project.expect(0, &["logs", "@last", "load", "--attempt", "1"]), "one\n");
}

#[test]
fn a_reader_of_a_log_that_goes_away_ends_it() {
    let project = project();
    let recording = Recording::start(&project);
    let mut sink = recording.begin("load", 1);
    write(sink.as_mut(), &[(Stream::Stdout, &b"line\n".repeat(100_000))]);
    let mut child = project.command(&["logs", "@last", "load", "-f"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut first = [0; 5];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_run_that_nobody_can_mean_is_explained() {
    let project = project();
    assert!(project.expect(2, &["show", "@last"]).contains("nothing has run here yet"));
    failed_run(&project);
    for (reference, why) in [
        ("@-2", "there is only one run"),
        ("other@last", "there are runs of daily"),
        ("ffffff", "no run's token ends with"),
        ("2a", "too short"),
        ("daily", "did you mean its newest run, daily@last?"),
        ("other", "NAME@-2"),
        ("./nowhere", "not the directory of a run"),
        ("../../etc", "not the directory of a run"),
    ] {
        let said = project.expect(2, &["show", reference]);
        assert!(said.contains(why), "{reference}: {said}");
    }
    let said = project.expect(2, &["show", "@last", "--env", "prod"]);
    assert!(said.contains("no environment `prod`"), "{said}");
}

#[test]
fn a_step_whose_record_is_broken_or_gone_is_told_of() {
    let project = project();
    let recording = failed_run(&project);
    std::fs::write(recording.layout.manifest(&id("load")), "{").unwrap();
    std::fs::remove_file(recording.layout.manifest(&id("train.a"))).unwrap();
    let said = project.expect(0, &["show", "@last"]);
    assert!(said.contains("! load: what it made is not what there is now: its manifest is broken"), "{said}");
    assert!(
        said.contains("! train.a: what it made is not what there is now: its manifest is not there"),
        "{said}"
    );
}

/// What Bash would put in place of the last word of this line, cursor at its end, after `source <(greenroom
/// completions bash)`. Bash parts words at the signs of COMP_WORDBREAKS before it calls a completion.
fn completed(project: &Project, line: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    for c in line.chars() {
        match c {
            ' ' => words.push(String::new()),
            '=' | '@' | ':' => words.extend([c.to_string(), String::new()]),
            c => words.last_mut().unwrap().push(c),
        }
    }
    let ends_open = line.ends_with(' ');
    words.retain(|word| !word.is_empty());
    if ends_open {
        words.push(String::new());
    }
    let last = words.last().unwrap().clone();
    // Bash takes an @ for a part of the word that it replaces, and the other signs not.
    let replaced = match words.iter().nth_back(1) {
        Some(at) if at == "@" => format!("@{last}"),
        _ if last == "=" => String::new(),
        _ => last,
    };
    let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    let script = format!(
        "source <('{}' completions bash); COMP_LINE='{line}' COMP_POINT={} COMP_WORDS=({}) COMP_CWORD={}
         _greenroom greenroom '{replaced}' x; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        support::GREENROOM,
        line.len(),
        quoted.join(" "),
        words.len() - 1,
    );
    let output =
        std::process::Command::new("bash").args(["-c", &script]).current_dir(&project.dir).output().unwrap();
    assert_eq!(text(&output.stderr), "", "{line}");
    text(&output.stdout).lines().map(str::to_owned).filter(|word| !word.starts_with("--")).collect()
}

#[test]
fn tab_offers_what_the_project_has() {
    let project = project();
    assert_eq!(completed(&project, "greenroom show "), [""; 0], "nothing has run");
    assert!(!project.dir.join(".greenroom").exists(), "a look makes nothing");
    project.workflow_of("hourly", "params: {day: {type: date}, dry: {type: bool}}", "sift: {run: 'true'}");
    let run = failed_run(&project);
    let short = run.token.short();
    assert_eq!(completed(&project, "greenroom show "), [&*short, "@last", "@failed", "daily@last"]);
    assert_eq!(completed(&project, "greenroom show @l"), ["@last"]);
    assert_eq!(completed(&project, "greenroom resume daily@l"), ["@last"], "behind the name");
    assert_eq!(completed(&project, &format!("greenroom logs {short} train.")), ["train.a", "train.b"]);
    assert_eq!(completed(&project, "greenroom logs @last lo"), ["load"]);
    assert_eq!(completed(&project, "greenroom run "), ["daily", "hourly"]);
    assert_eq!(completed(&project, "greenroom run hourly --from "), ["sift"]);
    assert_eq!(completed(&project, "greenroom run hourly --only=s"), ["sift"]);
    assert_eq!(completed(&project, "greenroom run hourly --param d"), ["day=", "dry="]);
    assert_eq!(completed(&project, "greenroom run hourly --param=da"), ["day="]);
    assert_eq!(completed(&project, "greenroom run hourly --env "), ["dev"]);
    assert_eq!(completed(&project, "greenroom operators sql_e"), ["sql_export"]);
    assert_eq!(completed(&project, "greenroom new workflow x --from daily_"), ["daily_aggregation"]);
    assert_eq!(completed(&project, "greenroom schema w"), ["workflow"]);
    project.file("greenroom.yaml", "nonsense: [");
    assert_eq!(completed(&project, "greenroom show "), [""; 0], "what is wrong is not told here");
}
