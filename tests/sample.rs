//! The sample project, as it comes: on the real engine, against figures computed apart from it, with pandas on the
//! package's own files.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use support::{Project, of, path_of, read};

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/sample_workflows/flights");

/// carrier, flights, cancelled, 15 minutes late or more, mean delay: of 2013-01-01.
const NEW_YEAR: [(&str, i64, i64, i64, f64); 14] = [
    ("EV", 116, 1, 52, 33.32),
    ("MQ", 78, 0, 16, 22.18),
    ("9E", 28, 0, 6, 17.64),
    ("B6", 163, 1, 39, 10.55),
    ("AA", 94, 2, 14, 7.96),
    ("UA", 165, 0, 24, 7.65),
    ("WN", 27, 0, 3, 2.96),
    ("DL", 112, 0, 8, -0.06),
    ("VX", 12, 0, 0, -0.75),
    ("US", 32, 0, 1, -2.09),
    ("HA", 1, 0, 0, -3.0),
    ("AS", 2, 0, 0, -4.0),
    ("FL", 10, 0, 0, -5.1),
    ("F9", 2, 0, 0, -8.0),
];

/// A copy of the sample in a repository of its own. Its name and port are its own too, so that neither a demo which is up
/// on this machine nor another test is in its way.
fn sample(name: &str, port: &str) -> Project {
    let project = Project::bare();
    let ours = |entry: &walkdir::DirEntry| entry.file_name() != ".greenroom";
    for entry in walkdir::WalkDir::new(SAMPLE).into_iter().filter_entry(ours).map(Result::unwrap) {
        if entry.file_type().is_file() {
            let path = entry.path().strip_prefix(SAMPLE).unwrap().to_str().unwrap();
            project.file(path, std::fs::read(entry.path()).unwrap());
        }
    }
    let spec = read(project.dir.join("greenroom.yaml"));
    let spec = spec.replace("\nname: flights\n", &format!("\nname: {name}\n")).replace("9023", port);
    project.file("greenroom.yaml", spec);
    let identity = ["-c", "user.name=Ana", "-c", "user.email=ana@example.com"];
    for args in [&["init", "-q"][..], &["add", "-A"], &["commit", "-qm", "The flights sample"]] {
        let git = Command::new("git").args(identity).args(args).current_dir(&project.dir).status().unwrap();
        assert!(git.success(), "git {args:?}");
    }
    project
}

/// The record of a table of the lake.
fn table(project: &Project, name: &str) -> Value {
    let path = project.dir.join(".greenroom/lake/lake").join(name).join("_table.json");
    serde_json::from_str(&read(path)).unwrap()
}

/// How many rows the partitions hold, each.
fn rows(table: &Value) -> Vec<i64> {
    let partitions = table["partitions"].as_array().unwrap();
    let of = |partition: &Value| -> i64 {
        partition["files"].as_array().unwrap().iter().map(|file| file["rows"].as_i64().unwrap()).sum()
    };
    partitions.iter().map(of).collect()
}

fn delays(path: &Path) -> Vec<(String, i64, i64, i64, f64)> {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;
    let reader = SerializedFileReader::new(std::fs::File::open(path).unwrap()).unwrap();
    let read = |row: parquet::record::Row| {
        let column = |name: &str| row.get_column_iter().find(|(is, _)| *is == name).unwrap().1.clone();
        let Field::Str(carrier) = column("carrier") else { panic!("{row:?}") };
        let count = |name: &str| match column(name) {
            Field::Long(count) => count,
            other => panic!("{name}: {other:?}"),
        };
        let Field::Double(mean) = column("mean_delay") else { panic!("{row:?}") };
        (carrier, count("flights"), count("cancelled"), count("late"), mean)
    };
    reader.get_row_iter(None).unwrap().map(|row| read(row.unwrap())).collect()
}

/// Runs the day; answers its run's directory.
fn day(project: &Project, day: &str) -> PathBuf {
    path_of(&project.events(0, &["run", "daily_delays", "--param", &format!("day={day}"), "--json"]))
}

#[test]
fn the_flights_are_loaded_and_a_day_of_them_is_reported() {
    let project = sample("flights_tests", "39023");
    let checked = project.expect(0, &["check"]);
    assert!(checked.contains("no problems"), "{checked}");
    project.expect(0, &["local", "build"]);

    let loaded = project.events(0, &["run", "load_lake", "--json"]);
    let flights = rows(&table(&project, "flights"));
    assert_eq!((flights.iter().sum::<i64>(), flights.len()), (336_776, 365));
    for (name, count) in [("weather", 26_115), ("planes", 3_322), ("airports", 1_458), ("airlines", 16)] {
        assert_eq!(rows(&table(&project, name)), [count], "{name}");
    }
    let drawn = read(path_of(&loaded).join("rows/report.html"));
    assert!(drawn.contains("336,776 rows of lake.flights on 365 days"), "{drawn}");
    assert_eq!(drawn.matches("<rect ").count(), 365, "a bar a day");

    let first = day(&project, "2013-01-01");
    let expected: Vec<_> =
        NEW_YEAR.iter().map(|&(carrier, a, b, c, mean)| (carrier.to_owned(), a, b, c, mean)).collect();
    assert_eq!(delays(&first.join("delays/delays.parquet")), expected);
    let report = read(first.join("report/report.html"));
    assert!(report.contains("Tuesday, 1 January 2013") && report.contains("<dd>842</dd>"), "{report}");
    assert_eq!(report.matches("<rect ").count(), NEW_YEAR.len(), "a bar per carrier");
    assert!(!report.contains("http://") && !report.contains("https://"), "all of it is in the file");

    let again = day(&project, "2013-01-01");
    assert_ne!(first, again);
    assert_eq!(delays(&again.join("delays/delays.parquet")), expected);
    assert_eq!(read(again.join("report/report.html")), report, "the same day, the same report");
    assert_eq!(rows(&table(&project, "daily_delays")), [29], "the day was replaced, not added");

    let events = project.events(0, &["run", "daily_delays", "--param", "day=2013-07-04", "--json"]);
    assert!(!of(&events, "step_finished", "report").is_empty());
    let fourth = delays(&path_of(&events).join("delays/delays.parquet"));
    assert_eq!(fourth.iter().map(|row| row.1).sum::<i64>(), 737);
    assert_eq!(rows(&table(&project, "daily_delays")).len(), 2, "a partition a day");

    // The one flight of a carrier was cancelled: it has no delay, and no bar.
    let report = read(day(&project, "2013-09-02").join("report/report.html"));
    assert!(
        report.contains("<td>SkyWest Airlines Inc.</td><td>1</td><td>1</td><td>0</td><td>–</td>"),
        "{report}"
    );
    assert_eq!(report.matches("<rect ").count(), 15, "of 16 carriers");
    // Nobody measured the weather of the year's last day: that is no day without rain.
    let report = read(day(&project, "2013-12-31").join("report/report.html"));
    let newark = "<td>Newark Liberty Intl</td><td>270</td><td>+9.8</td><td>–</td><td>–</td><td>–</td>";
    assert!(report.contains(newark) && report.contains("<dd>776</dd>"), "{report}");

    project.expect(0, &["local", "down"]);
}

/// The figures of a run of a blueprint.
fn metrics(run: &Path) -> Value {
    serde_json::from_str(&read(run.join("evaluate/metrics.json"))).unwrap()
}

/// The three use cases of a blueprint, one after the other: the figures of its training.
fn use_cases(project: &Project, name: &str, params: &[&str]) -> Value {
    use_cases_of(project, name, "train/model.pickle", "predict/predictions.parquet", params)
}

/// `model`, `predictions`: where they lie in a run.
fn use_cases_of(project: &Project, name: &str, model: &str, predictions: &str, params: &[&str]) -> Value {
    let training = path_of(&project.events(0, &["run", name, "--json"]));
    let mut words = vec!["run", name, "--json", "--use-case", "prediction"];
    words.extend(params);
    let prediction = path_of(&project.events(0, &words));
    let learned = |run: &Path| std::fs::read(run.join(model)).unwrap();
    assert_eq!(learned(&prediction), learned(&training), "{name}: the model is the training's");
    let evaluation = path_of(&project.events(0, &["run", name, "--json", "--use-case", "evaluation"]));
    let scores = |run: &Path| std::fs::read(run.join(predictions)).unwrap();
    assert_eq!(scores(&evaluation), scores(&prediction), "{name}: what is judged is the prediction");
    metrics(&evaluation);
    metrics(&training)
}

/// Its cells one after the other, and the blueprint that is made of them.
fn a_notebook_comes_to_the_same(project: &Project) {
    let notebook = include_str!("notebooks/late.ipynb");
    project.file("late.ipynb", notebook);
    let told = project.expect(0, &["new", "blueprint", "late", "--from-notebook", "late.ipynb"]);
    assert!(told.contains("late/preprocess.py"), "{told}");
    let spec = read(project.dir.join("blueprints/late.yaml"));
    assert!(spec.contains("defaults: {image: science}"), "that image has what it imports: {spec}");
    let figures =
        use_cases_of(project, "late", "train/model/value.pickle", "predict/probability/value.pickle", &[]);

    let notebook: Value = serde_json::from_str(notebook).unwrap();
    let cells = notebook["cells"].as_array().unwrap().iter().filter(|cell| cell["cell_type"] == "code");
    let lines = cells.flat_map(|cell| cell["source"].as_array().unwrap().iter().chain([&Value::Null]));
    let lines = lines.map(|line| line.as_str().unwrap_or("\n").replace("%time ", ""));
    let code: String = lines.filter(|line| !line.starts_with('%')).collect();
    project.file("whole.py", code + "\nprint('all of it', repr(float(auc)), repr(float(loss)))\n");
    project.workflow("whole", "all: {image: science, run: python3 whole.py, files: [whole.py]}");
    let run = path_of(&project.events(0, &["run", "whole", "--json"]));
    let log = read(run.join("_run/logs/all.1.log"));
    let words: Vec<&str> = log.lines().last().unwrap().split(' ').collect();
    let apart: Vec<f64> = words[3..].iter().map(|word| word.parse().unwrap()).collect();
    assert_eq!(apart, ["auc", "loss"].map(|name| figures[name].as_f64().unwrap()), "{log}");
}

#[test]
fn blueprints_learn_predict_and_judge_and_the_science_library_agrees_with_scikit_learn() {
    let project = sample("blueprints_tests", "39024");
    project.expect(0, &["local", "build", "science"]);
    project.events(0, &["run", "load_lake", "--json"]);

    let december = ["--param", "first_day=2013-12-01", "--param", "split=2013-12-24"];
    let delays = use_cases(&project, "delay_model", &december);
    let figure =
        |metrics: &Value, name: &str| metrics[name].as_f64().unwrap_or_else(|| panic!("{name}: {metrics}"));
    assert!((0.7..0.76).contains(&figure(&delays, "auc")), "{delays}");
    assert!(figure(&delays, "log_loss") < figure(&delays, "log_loss_of_the_mean"), "{delays}");

    let topics = use_cases(&project, "text_topics", &[]);
    assert!(figure(&topics, "accuracy") > 0.7, "{topics}");
    assert!(figure(&topics, "packages") > 5_000.0, "{topics}");

    a_notebook_comes_to_the_same(&project);

    let tests = "tests: {image: science, run: python3 -m unittest, files: ['science/**', greenroom_runs.py]}";
    project.workflow("science_tests", tests);
    project.events(0, &["run", "science_tests", "--json"]);
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/split");
    for file in
        ["case.py", "test_handed.py", "test_tables.py", "test_unchanged.py", "test_unchanged_tables.py"]
    {
        project.file(&format!("handed/{file}"), read(here.join(file)));
    }
    let tables = "tables: {image: science, run: cd handed && python3 -m unittest test_tables test_unchanged_tables, \
                  files: ['handed/**']}";
    project.workflow("handed_tables", tables);
    project.events(0, &["run", "handed_tables", "--json"]);
    project.expect(0, &["local", "down"]);
}
