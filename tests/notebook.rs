//! `notebook RUN STEP`: JupyterLab in a step of a run of the past.
#![allow(clippy::unwrap_used)]

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use support::{Project, path_of, read, text, until};

const STEPS: &str = "make:
  run: |
    printf 'carrier,late\\nUA,1\\n' > $GREENROOM_OUTPUT_ROWS
    echo '{\"auc\": 0.71}' > $GREENROOM_OUTPUT_FIGURES
    echo 'cos' > $GREENROOM_OUTPUT_MODEL
  outputs: {rows: {path: rows.csv}, figures: {path: figures.json, type: metrics}, model: {path: m.pickle, type: model}}
try:
  inputs: {rows: '${{ steps.make.outputs.rows }}', from: '${{ steps.make.outputs.model }}'}
  resources: {limits: {memory: 64Mi}}
  run: python3 -c 'import module; module.fail()'";

/// Runs the cells of the first notebook, and one more, as a browser would have them run.
const EXECUTE: &str = "
import os, sys
sys.path.append('/opt/greenroom-notebook')
import nbformat
from nbclient import NotebookClient
out = os.environ['GREENROOM_OUTPUT_DIR']
book = nbformat.read(out + '/start.ipynb', 4)
book.cells.append(nbformat.v4.new_code_cell('''
import module, sys
open('from_the_notebook.txt', 'w').write(repr([this[\"make.figures\"], str(rows).endswith(\"rows.csv\"), str(from_)[-8:]]))
print(module.__file__, 'duckdb' in sys.modules, run('w@last').status)'''))
NotebookClient(book, resources={'metadata': {'path': out}}).execute()
print(book.cells[-1].outputs[0].text)
";

struct Notebook {
    child: Child,
    told: Value,
    container: String,
}

impl Notebook {
    fn open(project: &Project) -> Self {
        let mut command = project.command(&["notebook", "@last", "try", "--json"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (mut document, mut lines) = (String::new(), BufReader::new(child.stdout.take().unwrap()));
        // Until the brace that closes it, or its end.
        while lines.read_line(&mut document).unwrap() > 0 && !document.ends_with("\n}\n") {}
        let told = serde_json::from_str(&document).unwrap_or_else(|error| {
            let mut complaints = String::new();
            child.stderr.take().unwrap().read_to_string(&mut complaints).unwrap();
            panic!("{error}: {document}{complaints}")
        });
        Self { child, told, container: containers() }
    }

    fn get(&self, path: &str, host: &str) -> String {
        let port = u16::try_from(self.told["port"].as_u64().unwrap()).unwrap();
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn ended(self) -> (Option<i32>, String) {
        let ended = self.child.wait_with_output().unwrap();
        (ended.status.code(), text(&ended.stderr))
    }
}

/// Of notebooks of these tests' project.
fn containers() -> String {
    let filters =
        ["--filter", "label=greenroom.project=greenroom_operator_tests", "--filter", "name=-notebook."];
    docker(&[&["ps", "--all", "--quiet"], filters.as_slice()].concat())
}

#[track_caller]
fn docker(words: &[&str]) -> String {
    let output = Command::new("docker").args(words).output().unwrap();
    assert!(output.status.success(), "{words:?}: {}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout).trim().to_owned()
}

#[test]
fn a_notebook_of_a_step_is_for_its_person_alone_and_ends_without_a_trace_of_its_container() {
    let project = Project::with_warehouse();
    project.file("module.py", "def fail():\n    raise SystemExit('as it was')\n");
    project.workflow("w", STEPS);
    let run = path_of(&project.events(1, &["run", "w", "--json"]));
    project.file("module.py", "");

    let notebook = Notebook::open(&project);
    let token = notebook.told["token"].as_str().unwrap().to_owned();
    assert!(token.len() >= 32 && notebook.told["url"].as_str().unwrap().contains(&format!("?token={token}")));
    let status = format!("/api/status?token={token}");
    assert!(
        notebook.get(&status, "127.0.0.1").contains("\"kernels\""),
        "{}",
        notebook.get(&status, "127.0.0.1")
    );
    for (path, host) in
        [("/api/status", "127.0.0.1"), ("/api/status?token=x", "127.0.0.1"), (&status, "a.example")]
    {
        let answer = notebook.get(path, host);
        assert!(answer.starts_with("HTTP/1.1 403 "), "{path} as {host}: {answer}");
    }
    let published = docker(&["port", &notebook.container]);
    assert!(published.lines().all(|line| line.contains("-> 127.0.0.1:")), "{published}");
    assert!(!docker(&["inspect", &notebook.container]).contains(&token), "who sees containers sees no token");

    let ran = docker(&["exec", &notebook.container, "python3", "-c", EXECUTE]);
    assert_eq!(ran.lines().last().unwrap(), "/project/module.py False failed");
    let name = run.file_name().unwrap().to_str().unwrap();
    let scratch = project.dir.join(".greenroom/scratch").join(name).join("try");
    assert_eq!(read(scratch.join("from_the_notebook.txt")), "[{'auc': 0.71}, True, 'm.pickle']");
    assert!(!run.join("try").join("from_the_notebook.txt").exists());

    kill_process(Pid::from_child(&notebook.child), Signal::INT).unwrap();
    let (code, complaints) = notebook.ended();
    assert_eq!((code, containers().as_str()), (Some(0), ""), "{complaints}");
    assert!(scratch.join("start.ipynb").exists());

    // What was written in it is there again; and one that dies is told of.
    std::fs::write(scratch.join("start.ipynb"), "mine").unwrap();
    let notebook = Notebook::open(&project);
    assert_eq!(read(scratch.join("start.ipynb")), "mine");
    docker(&["kill", &notebook.container]);
    let (code, complaints) = notebook.ended();
    assert_eq!(code, Some(3), "{complaints}");
    assert!(complaints.contains("exit code 137") && complaints.contains("ServerApp"), "{complaints}");
    until("its container to be gone", || containers().is_empty().then_some(()));

    // At whatever moment it is told to end, its container goes too: while it begins, and when it is open.
    for signal in [Signal::INT, Signal::TERM, Signal::HUP, Signal::INT] {
        let mut command = project.command(&["notebook", "@last", "try", "--json"]);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        until("its container", || (!containers().is_empty()).then_some(()));
        kill_process(Pid::from_child(&child), signal).unwrap();
        let ended = child.wait_with_output().unwrap();
        let complaints = text(&ended.stderr);
        assert_eq!((ended.status.code(), containers().as_str()), (Some(0), ""), "{signal:?}: {complaints}");
    }
    for signal in [Signal::INT, Signal::INT, Signal::INT, Signal::HUP] {
        let notebook = Notebook::open(&project);
        kill_process(Pid::from_child(&notebook.child), signal).unwrap();
        let (code, complaints) = notebook.ended();
        assert_eq!((code, containers().as_str()), (Some(0), ""), "{signal:?}: {complaints}");
    }
}

#[test]
fn an_image_without_python_says_what_it_lacks() {
    let project = Project::with("a: {run: 'true'}");
    project.succeed();
    let told = project.expect(3, &["notebook", "@last", "a"]);
    assert!(
        told.contains("has no python3") && told.contains("add python3 to `apt:` of the image default"),
        "{told}"
    );
}
