//! `new blueprint NAME --from-notebook FILE`: on the real engine, in Python alone. tests/sample.rs has one with tables.
#![allow(clippy::unwrap_used)]

mod support;

use serde_json::{Value, json};
use support::{Project, path_of, read, status};

/// A line through points: what is learned is an object of a class of the notebook's own.
const CELLS: [(&str, &str); 9] = [
    ("", "# A line\nThrough points."),
    ("imports", "%matplotlib inline\nimport random\nfrom statistics import linear_regression, mean"),
    ("parameters", "points = 200  # How many\nnoise = 1.5\nSEED = 7"),
    (
        "",
        "class Line:\n    def __init__(self, slope, intercept):\n        self.slope, self.intercept = slope, intercept\n\n    \
         def at(self, x):\n        return self.slope * x + self.intercept\n\nprint('not a part of anything')",
    ),
    (
        "extract",
        "chance = random.Random(SEED)\nrows = []\nfor _ in range(points):\n    x = chance.uniform(0, 100)\n    \
         rows.append([x, 3 * x + 7 + chance.gauss(0, noise)])",
    ),
    ("preprocess", "rows.sort()\ncut = len(rows) // 2\nlearned, judged = rows[::2], rows[1::2]"),
    ("train", "%time line = Line(*linear_regression(*zip(*learned)))\ndisplay(line.slope)"),
    ("predict", "guesses = [line.at(x) for x, _ in judged]"),
    (
        "evaluate",
        "error = mean(abs(y - guess) for (_, y), guess in zip(judged, guesses))\nslope_is_near = abs(line.slope - 3) < 0.1",
    ),
];

fn notebook(cells: &[(&str, &str)]) -> String {
    let cell = |(tag, source): &(&str, &str)| {
        let kind = if source.starts_with("# ") && tag.is_empty() { "markdown" } else { "code" };
        let tags: Vec<&str> = tag.split_whitespace().collect();
        json!({"cell_type": kind, "metadata": {"tags": tags}, "source": source, "outputs": []})
    };
    let cells: Vec<Value> = cells.iter().map(cell).collect();
    json!({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}).to_string()
}

#[test]
fn a_notebook_becomes_a_blueprint_whose_use_cases_run() {
    let project = Project::with_warehouse();
    project.file("notebooks/line.ipynb", notebook(&CELLS));
    let told = project.expect(0, &["new", "blueprint", "line", "--from-notebook", "notebooks/line.ipynb"]);
    for expected in [
        "blueprints/line.yaml",
        "line/train.py",
        "! cell 2: `%matplotlib inline` is left out: it is no Python",
        "! cell 4: it has no tag: left out but for what it imports and defines",
        "run line --use-case prediction",
    ] {
        assert!(told.contains(expected), "{expected:?} in {told}");
    }
    assert!(project.expect(0, &["check"]).contains("no problems"));
    let spec = read(project.dir.join("blueprints/line.yaml"));
    assert!(spec.contains("points: {type: int, default: 200, description: \"How many\"}"), "{spec}");

    let metrics = |run: &std::path::Path| -> Value {
        serde_json::from_str(&read(run.join("evaluate/metrics.json"))).unwrap()
    };
    let training = path_of(&project.events(0, &["run", "line", "--json"]));
    let learned = metrics(&training);
    assert!((0.8..1.6).contains(&learned["error"].as_f64().unwrap()), "{learned}");
    assert_eq!(learned["slope_is_near"], 1);
    // Its class is found again by whoever loads it; lists are plain to read.
    assert!(training.join("train/line/value.pickle").exists());
    let handed: Value = serde_json::from_str(&read(training.join("predict/guesses/value.json"))).unwrap();
    assert_eq!(handed.as_array().unwrap().len(), 100);

    let words = ["run", "line", "--json", "--param", "points=50", "--use-case", "prediction"];
    let prediction = path_of(&project.events(0, &words));
    let handed: Value = serde_json::from_str(&read(prediction.join("predict/guesses/value.json"))).unwrap();
    assert_eq!(handed.as_array().unwrap().len(), 25, "of its own points, by the line that was learned");
    let evaluation = path_of(&project.events(0, &["run", "line", "--json", "--use-case", "evaluation"]));
    assert_ne!(metrics(&evaluation)["error"], learned["error"]);

    // Nothing of all that is written over.
    let before = read(project.dir.join("line/train.py"));
    project.file("line/train.py", format!("{before}# mine\n"));
    std::fs::remove_file(project.dir.join("blueprints/line.yaml")).unwrap();
    let told = project.expect(2, &["new", "blueprint", "line", "--from-notebook", "notebooks/line.ipynb"]);
    assert!(told.contains("line/train.py") && told.contains("would be overwritten"), "{told}");
    assert!(!project.dir.join("blueprints/line.yaml").exists());
    assert!(read(project.dir.join("line/train.py")).ends_with("# mine\n"));
}

#[test]
fn what_only_a_notebook_can_do_is_told_before_it_fails() {
    let project = Project::with_warehouse();
    let rest = [("preprocess", "y = x"), ("train", "m = y"), ("predict", "p = m"), ("evaluate", "error = p")];
    let split = |code: i32, extract: &str| {
        let cells: Vec<_> = [("extract", extract)].into_iter().chain(rest).collect();
        project.file("b.ipynb", notebook(&cells));
        project.expect(code, &["new", "blueprint", "b", "--from-notebook", "b.ipynb"])
    };
    let waits = split(2, "import asyncio\nx = 1\nawait asyncio.sleep(x)");
    assert!(waits.contains("cell 1, line 3: ") && waits.contains("asyncio.run()"), "{waits}");
    let listed = split(2, "from math import *\nfiles = !ls\nx = len(files)");
    assert!(listed.contains("nothing before it assigns it"), "{listed}");
    // A name of the notebook's own hides nothing of ours; what it writes beside itself is told.
    let told = split(0, "handed = 3\nx = handed + 1\nif x > 9:\n    open('out.json', 'w').write('1')");
    assert!(told.contains("cell 1: `out.json` is written beside the program"), "{told}");
    let events = project.events(0, &["run", "b", "--json"]);
    assert_eq!(status(&events, "evaluate"), "succeeded");
}

#[test]
fn what_a_component_puts_into_what_all_share_is_handed_on() {
    let project = Project::with_warehouse();
    let mut cells = CELLS.to_vec();
    cells[2] = (
        "common",
        "points, noise, SEED = 200, 1.5, 7\nresults = []\nNOTES = {}\ndef add(x):\n    results.append(x)\ndef count():\n    return len(results)",
    );
    cells[6] = (
        "train",
        "line = Line(*linear_regression(*zip(*learned)))\nresults.append(line.slope)\nNOTES['n'] = 5",
    );
    cells[7] = ("predict", "guesses = [line.at(x) for x, _ in judged]\nadd(guesses[0])");
    cells[8] = ("evaluate", "kept = count()\nnoted = NOTES.get('n', 0)");
    project.file("line.ipynb", notebook(&cells));
    let told = project.expect(0, &["new", "blueprint", "line", "--from-notebook", "line.ipynb"]);
    assert!(told.contains("train changes `results`, so predict gets it from there"), "{told}");
    assert!(told.contains("predict changes `results` in `add`, so evaluate gets it from there"), "{told}");
    let run = path_of(&project.events(0, &["run", "line", "--json"]));
    let metrics: Value = serde_json::from_str(&read(run.join("evaluate/metrics.json"))).unwrap();
    assert_eq!((&metrics["kept"], &metrics["noted"]), (&json!(2), &json!(5)));
}

#[test]
fn a_change_that_nobody_saw_stops_the_component_that_makes_it() {
    let project = Project::with_warehouse();
    let train = "line = Line(*linear_regression(*zip(*learned)))\n";
    let run = |code: i32, more: &str| {
        let mut cells = CELLS.to_vec();
        let changed = format!("{train}{more}");
        cells[5].1 =
            "rows.sort()\ncut = len(rows) // 2\nlearned, judged = rows[::2], rows[1::2]\nsame = judged";
        cells[6] = ("train", &changed);
        project.file("line.ipynb", notebook(&cells));
        for old in ["line", "blueprints"] {
            std::fs::remove_dir_all(project.dir.join(old)).ok();
        }
        project.expect(0, &["new", "blueprint", "line", "--from-notebook", "line.ipynb"]);
        path_of(&project.events(code, &["run", "line", "--json"]));
        project.expect(0, &["logs", "line@last", "train"])
    };
    let said = run(1, "list(map(judged.append, [[1, 2]]))");
    assert!(said.contains("train changes `judged`, which nobody saw when the notebook was split"), "{said}");
    assert!(said.contains("predict and evaluate would read it without that change"), "{said}");
    run(0, "list(map(judged.append, [[1, 2]]))\njudged = judged");
    let said = run(1, "same.append([1, 2])");
    assert!(
        said.contains("train changes `same`, and in the notebook `judged` is one and the same"),
        "{said}"
    );
    run(0, "judged = same\nsame.append([1, 2])");
}

#[test]
fn what_a_class_keeps_stops_who_changes_it_and_what_perhaps_changes_is_told_by_the_run() {
    let project = Project::with_warehouse();
    let common = "points, noise, SEED = 200, 1.5, 7\nfrom functools import cached_property\nclass Box:\n    seen = []\n    \
                  n = 3\n    @cached_property\n    def twice(self):\n        return 2 * self.n\nbox = Box()";
    let run = |code: i32, more: &str| {
        let mut cells = CELLS.to_vec();
        let train = format!("{}\n{more}", cells[6].1);
        cells[2] = ("common", common);
        cells[6] = ("train", &train);
        cells[8] = ("evaluate", "number = box.n + len(box.seen)");
        project.file("line.ipynb", notebook(&cells));
        for old in ["line", "blueprints"] {
            std::fs::remove_dir_all(project.dir.join(old)).ok();
        }
        project.expect(0, &["new", "blueprint", "line", "--from-notebook", "line.ipynb"]);
        project.expect(code, &["run", "line"])
    };
    let told = run(0, "x = box.twice");
    assert!(told.contains("train perhaps changes `box`"), "{told}");
    run(1, "list(map(box.seen.append, [1]))");
    let said = project.expect(0, &["logs", "line@last", "train"]);
    assert!(said.contains("train changes `Box.seen`, which is not handed on: evaluate would find"), "{said}");
}

#[test]
fn what_is_set_on_a_thing_that_all_share_is_handed_on_or_told() {
    let project = Project::with_warehouse();
    let with = |common: &'static str| {
        let mut cells = CELLS.to_vec();
        cells[2] = ("common", common);
        cells[6] = ("train", "line = Line(*linear_regression(*zip(*learned)))\nbox.n = 7\nkept += [1]");
        cells[8] = ("evaluate", "number = box.n");
        cells.insert(3, ("", "kept = []"));
        project.file("line.ipynb", notebook(&cells));
        project.expect(0, &["new", "blueprint", "line", "--from-notebook", "line.ipynb"])
    };
    let told = with("points, noise, SEED = 200, 1.5, 7\nclass Box:\n    pass\nbox = Box()");
    assert!(told.contains("train changes `box`, so evaluate gets it from there"), "{told}");
    assert!(told.contains("train may read `kept` before it assigns it, and cell 4"), "{told}");
    std::fs::remove_dir_all(project.dir.join("line")).unwrap();
    std::fs::remove_file(project.dir.join("blueprints/line.yaml")).unwrap();
    // What may be a connection is not handed on.
    let told = with("import threading\npoints, noise, SEED = 200, 1.5, 7\nbox = threading.local()");
    assert!(told.contains("train changes `box`, which all share: evaluate has one of its own"), "{told}");
}

#[test]
fn what_cannot_be_split_is_told_by_its_cell_and_nothing_is_written() {
    let project = Project::with_warehouse();
    let with = |at: usize, cell: (&'static str, &'static str)| {
        let mut cells = CELLS.to_vec();
        cells[at] = cell;
        notebook(&cells)
    };
    let cases = [
        ("{".to_owned(), "it is no JSON"),
        (json!({"nbformat": 3}).to_string(), "format 3"),
        (with(6, ("", "line = 1")), "no cell is tagged train"),
        (with(6, ("trian", "line = 1")), "cell 7: it is tagged `trian`: did you mean `train`?"),
        (with(6, ("train", "line = (")), "cell 7, line 1: this is no Python: '(' was never closed"),
        (
            with(6, ("train", "x = 1\ny = missing")),
            "cell 7, line 2: train reads `missing`, and nothing before it",
        ),
        (with(3, ("", "Line = print()")), "train reads `Line`, and cell 4, which assigns it, has no tag"),
        (with(6, ("train", "line = guesses")), "only predict assigns it, which runs later"),
        (
            with(1, ("common", "def f():\n    return rows\nf()")),
            "cell 2, line 1: `rows` is assigned in extract",
        ),
        (with(7, ("predict", "from .here import guesses")), "cell 8, line 1: a notebook has no package"),
    ];
    for (text, why) in cases {
        project.file("book.ipynb", text);
        let told = project.expect(2, &["new", "blueprint", "book", "--from-notebook", "book.ipynb"]);
        assert!(told.contains(why), "{why:?} in {told}");
        assert!(!project.dir.join("book").exists() && !project.dir.join("blueprints").exists(), "{why}");
    }
    let told = project.expect(2, &["new", "blueprint", "book", "--from-notebook", "none.ipynb"]);
    assert!(told.contains("none.ipynb cannot be read"), "{told}");
    let told = project.expect(2, &["new", "workflow", "book", "--from-notebook", "book.ipynb"]);
    assert!(told.contains("new blueprint book --from-notebook book.ipynb"), "{told}");
    // What it imports and reads is told, where the images and `files:` do not have it.
    project.file("helper.py", "");
    project.file("data/a.csv", "x\n1\n");
    let cells = "import helper, sklearn\nprint(open('data/a.csv').read(), helper, sklearn, sum(guesses))";
    project.file("book.ipynb", with(8, ("evaluate", cells)));
    let told = project.expect(0, &["new", "blueprint", "book", "--from-notebook", "book.ipynb"]);
    assert!(
        told.contains("default is without sklearn (scikit-learn): add that to its requirements")
            && !told.contains("run book"),
        "{told}"
    );
    let spec = read(project.dir.join("blueprints/book.yaml"));
    assert!(spec.contains("book/evaluate.py, helper.py, data/a.csv]"), "{spec}");
}

#[test]
fn a_name_that_hides_a_module_is_refused_with_another() {
    let project = Project::with_warehouse();
    project.file("line.ipynb", notebook(&CELLS));
    project.file("helper.py", "");
    // Python's own, a word of its grammar, the image's, the project's.
    for name in ["json", "class", "duckdb", "helper"] {
        let told = project.expect(2, &["new", "blueprint", name, "--from-notebook", "line.ipynb"]);
        assert!(told.contains(&format!("such as `{name}_model`")), "{told}");
        assert!(!project.dir.join(name).exists() && !project.dir.join("blueprints").exists(), "{name}");
    }
}

#[test]
fn what_an_image_will_have_is_read_from_its_files_until_it_is_built() {
    let project = Project::with_warehouse();
    project.file("learning.txt", "scikit_learn==1.9.1  # learns\n");
    let images = "images:\n  learning: {base: \"debian:bookworm-slim\", apt: [python3, python3-pip], pip: learning.txt}\n";
    let spec = read(project.dir.join("greenroom.yaml"));
    project.file("greenroom.yaml", spec.replace("images:\n", images));
    let split = |name: &str, imports: &str| {
        let mut cells = CELLS.to_vec();
        let evaluate = format!("{imports}\n{}", cells[8].1);
        cells[8] = ("evaluate", &evaluate);
        project.file("line.ipynb", notebook(&cells));
        project.expect(0, &["new", "blueprint", name, "--from-notebook", "line.ipynb"])
    };
    let told = split("one", "import sklearn.metrics, numpy");
    assert!(
        told.contains("the image learning is to have what is imported")
            && told.contains("local build learning")
    );
    assert!(read(project.dir.join("blueprints/one.yaml")).contains("defaults: {image: learning}"));
    let told = split("two", "import pandas");
    assert!(told.contains("has no pandas; whether learning has is not known until it is built: "), "{told}");
    assert!(!read(project.dir.join("blueprints/two.yaml")).contains("defaults:"));
}

/// In Python: what the components print beside what the cells print, one after the other.
#[test]
fn a_notebook_and_its_components_come_to_the_same() {
    let project = Project::with_warehouse();
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/split");
    let parts = ["acting", "cells", "changes", "handed", "kept", "one_value", "process", "unchanged"];
    let tests = parts.map(|part| format!("test_{part}"));
    for name in std::iter::once("case".to_owned()).chain(tests.clone()) {
        let file = format!("{name}.py");
        project.file(&file, read(here.join(&file)));
    }
    project.workflow("w", &format!("s:\n  run: python3 -m unittest {}\n", tests.join(" ")));
    project.succeed();
}
