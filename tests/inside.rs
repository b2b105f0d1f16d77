//! `shell RUN STEP`: into a step of a run of the past.
#![allow(clippy::unwrap_used)]

mod support;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use support::terminal::Terminal;
use support::{Project, path_of, read, text, until};

const STEPS: &str = "make:
  run: 'seq 3 > $GREENROOM_OUTPUT_X'
  outputs: {x: {path: x.txt}}
try:
  inputs: {x: '${{ steps.make.outputs.x }}'}
  env: {MOOD: sunny}
  secrets: [api_key]
  retry: {limit: 1, delay: 0s}
  files: [tool.sh]
  resources: {limits: {memory: 64Mi}}
  run: |
    echo $GREENROOM_ATTEMPT > $GREENROOM_OUTPUT_DIR/left.txt
    sh tool.sh
    false";

/// What a script in a step prints, what is said beside it, and how it ends.
fn inside(project: &Project, words: &[&str], script: &str) -> (Option<i32>, String, String) {
    let mut command = project.command(&[&["shell"], words].concat());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let ended = child.wait_with_output().unwrap();
    (ended.status.code(), text(&ended.stdout), text(&ended.stderr))
}

/// Every path below a folder, and what the files hold.
fn contents(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = walkdir::WalkDir::new(dir).sort_by_file_name().into_iter().map(Result::unwrap);
    entries
        .map(|entry| (entry.path().display().to_string(), std::fs::read(entry.path()).unwrap_or_default()))
        .collect()
}

#[test]
fn a_step_that_failed_is_looked_at_from_inside_and_nothing_of_its_run_is_changed() {
    let project = Project::with(STEPS);
    project.file("tool.sh", "echo as it was\n");
    project.secrets("API_KEY=a-secret-of-nobody\n");
    let run = path_of(&project.events(1, &["run", "w", "--json"]));
    project.file("tool.sh", "echo changed since\n");
    let before = contents(&run);

    let (code, out, err) = inside(
        &project,
        &["@failed", "try"],
        "echo $PWD $GREENROOM_STEP $GREENROOM_ATTEMPT $MOOD $API_KEY; cat $GREENROOM_INPUT_X
ls; sh tool.sh; cat /greenroom/attempts/*/left.txt; id -u
cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null
ls $GREENROOM_RUNS/w/*/$GREENROOM_TOKEN/make
for place in /project /greenroom/attempts/1 $GREENROOM_RUNS $(dirname $GREENROOM_INPUT_X) /usr; do
  touch $place/new 2>/dev/null && echo $place can be written
done
(. /greenroom/run.sh) > $GREENROOM_OUTPUT_DIR/again.txt; echo it ended with $?
echo home > $HOME/gone; echo tmp > $TMPDIR/gone
",
    );
    let uid = rustix::process::getuid().as_raw();
    let expected = format!(
        "/project try 2 sunny a-secret-of-nobody\n1\n2\n3\ntool.sh\nas it was\n1\n2\n{uid}\n67108864\nx.txt\nit ended with 1\n"
    );
    assert_eq!((code, out.as_str()), (Some(0), expected.as_str()), "{err}");
    assert_eq!(contents(&run), before, "nothing of the run is changed");

    let token = run.file_name().unwrap().to_str().unwrap();
    let scratch = project.dir.join(".greenroom/scratch").join(token).join("try");
    assert!(err.contains(&format!("note: 2 files in .greenroom/scratch/{token}/try")), "{err}");
    assert_eq!(read(scratch.join("again.txt")), "as it was\n");
    // The next one finds it, and where nothing is left there is no folder either.
    let (code, out, err) = inside(
        &project,
        &[token, "try"],
        "cd $GREENROOM_OUTPUT_DIR; ls; mkdir a; rm *.txt; ls ~ /tmp; exit 9",
    );
    assert_eq!((code, out.as_str()), (Some(1), "again.txt\nleft.txt\n/home/step:\n\n/tmp:\n"), "{err}");
    assert_eq!(contents(&project.dir.join(".greenroom/scratch")).len(), 1);
    assert_eq!(support::left_of(token), Vec::<std::path::PathBuf>::new());

    // Whoever ends it ends its container.
    let mut command = project.command(&["shell", token, "make"]);
    let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let containers = || {
        let name = format!("name=greenroom-{token}-make-shell.");
        let listed =
            Command::new("docker").args(["ps", "--all", "--quiet", "--filter", &name]).output().unwrap();
        text(&listed.stdout)
    };
    until("its container", || (!containers().is_empty()).then_some(()));
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert_eq!(containers(), "");

    // Machines are told at the end.
    let (_, _, err) = inside(&project, &["@last", "make", "--json"], "echo > $GREENROOM_OUTPUT_X; exit 3");
    let told: serde_json::Value = serde_json::from_str(&err).unwrap();
    assert!(told["exit_code"] == 3 && told["files"] == 1, "{told}");
    assert!(told["scratch"].as_str().unwrap().ends_with(&format!("scratch/{token}/make")), "{told}");
}

#[test]
fn what_a_killed_shell_leaves_is_removed_by_the_next() {
    let project = Project::with(STEPS);
    project.file("tool.sh", "");
    let secret = format!("of-a-killed-shell-{}", std::process::id());
    project.secrets(&format!("API_KEY={secret}\n"));
    let run = path_of(&project.events(1, &["run", "w", "--json"]));
    let token = run.file_name().unwrap().to_str().unwrap();
    let mut command = project.command(&["shell", token, "try"]);
    let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let containers = || {
        let name = format!("name=greenroom-{token}-try-shell.");
        let listed =
            Command::new("docker").args(["ps", "--all", "--quiet", "--filter", &name]).output().unwrap();
        text(&listed.stdout)
    };
    until("its container", || (!containers().is_empty()).then_some(()));
    assert!(is_handed(&secret));
    child.kill().unwrap();
    child.wait().unwrap();

    // Or by another that was there first.
    let (code, out, err) = inside(&project, &[token, "try"], "echo $API_KEY");
    assert_eq!((code, out.trim()), (Some(0), secret.as_str()), "{err}");
    assert_eq!(containers(), "");
    assert!(!is_handed(&secret), "it is still in memory");
}

/// Does a file in memory hold it?
fn is_handed(secret: &str) -> bool {
    let runtime = std::env::var("XDG_RUNTIME_DIR").ok();
    let uid = rustix::process::getuid().as_raw();
    let bases = runtime.into_iter().chain(["/dev/shm".to_owned(), format!("/run/user/{uid}")]);
    let files = bases.flat_map(|base| {
        walkdir::WalkDir::new(format!("{base}/greenroom-{uid}-secrets")).into_iter().flatten()
    });
    let mut texts = files.filter_map(|file| std::fs::read_to_string(file.path()).ok());
    texts.any(|text| text.contains(secret))
}

#[test]
fn a_person_is_told_where_they_are() {
    let project = Project::with(STEPS);
    project.file("tool.sh", "");
    project.secrets("API_KEY=a-secret-of-nobody\n");
    let run = path_of(&project.events(1, &["run", "w", "--json"]));
    let short = &run.file_name().unwrap().to_str().unwrap()[32..];
    let mut terminal = Terminal::of(&project, &["shell", "w@last", "try"], 24, 90);
    until("a prompt", || terminal.shown().trim_end().ends_with(['#', '$']).then_some(()));
    let shown = terminal.shown();
    for told in [
        format!("try of run {short} (w): a shell in its image default; exit leaves it"),
        "$GREENROOM_INPUT_X     what make made, read-only: x.txt".to_owned(),
        "/greenroom/attempts/2  what attempt 2 left, read-only".to_owned(),
        "bash -eu -o pipefail /greenroom/run.sh".to_owned(),
        format!("try-{short}:/project"),
    ] {
        assert!(shown.contains(&told), "{told:?} in\n{shown}");
    }
    terminal.type_in("exit\r");
    assert!(terminal.ended().success());
}

#[test]
fn what_is_not_there_or_not_ones_own_is_not_entered() {
    let project =
        Project::with("sizes:\n  matrix: {size: [1, 2]}\n  run: 'true'\nlast: {run: 'true', needs: [sizes]}");
    let run = path_of(&project.events(0, &["run", "w", "--json"]));
    let told = project.expect(2, &["shell", "@last", "sizes"]);
    assert!(
        told.contains("step `sizes` has 2 cells: name one") && told.contains("shell @last sizes.1"),
        "{told}"
    );
    let told = project.expect(2, &["shell", "@last", "lats"]);
    assert!(told.contains("did you mean last?"), "{told}");
    assert_eq!(inside(&project, &["@last", "sizes.2"], "echo $GREENROOM_MATRIX_SIZE").1, "2\n");

    // Somebody else's: nothing tells that it was started here.
    let mut command = project.command(&["shell", "@last", "last"]);
    let other = command.env("XDG_STATE_HOME", project.dir.join("other")).output().unwrap();
    let told = text(&other.stderr);
    assert_eq!(other.status.code(), Some(2), "{told}");
    assert!(told.contains("is foreign: nothing of it is started here") && told.contains("run w"), "{told}");
    let plan = run.join("_run/plan.json");
    std::fs::write(&plan, read(&plan).replace("\"true\"", "\"false\"")).unwrap();
    assert!(project.expect(2, &["shell", "@last", "last"]).contains("somebody changed it"));
}

#[test]
fn an_image_that_is_gone_is_told_of() {
    let project = Project::of(
        "greenroom: 1\nkind: project\nname: inside_gone\nimages:\n  default: {base: \"debian:bookworm-slim\"}\n",
        "",
    );
    project.workflow("w", "a: {run: 'true'}");
    let run = path_of(&project.events(0, &["run", "w", "--json"]));
    let plan: serde_json::Value = serde_json::from_str(&read(run.join("_run/plan.json"))).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let engine = runtime.block_on(greenroom::docker::connect()).unwrap();
    let image = plan["images"]["default"]["id"].as_str().unwrap();
    runtime.block_on(engine.remove_image(image)).unwrap();
    let told = project.expect(3, &["shell", "@last", "a"]);
    assert!(told.contains("is not on the engine any more") && told.contains("local build default"), "{told}");
    project.expect(0, &["local", "build"]);
    let (code, out, err) = inside(&project, &["@last", "a"], "echo here");
    assert_eq!((code, out.as_str()), (Some(0), "here\n"), "{err}");
    assert!(err.contains("built since, which may differ"), "{err}");
    project.expect(0, &["local", "down"]);
}
