//! How a project begins: `init`, `new`, `schema`, `operators`. None of it needs a container engine.

mod support;

use serde_json::Value;
use support::{Project, read};

#[test]
fn init_makes_a_project_that_is_right_and_a_repository() {
    let bench = Project::bare();
    let told = bench.expect(0, &["init", "2024 Sales"]);
    let root = bench.dir.join("2024 Sales");
    assert!(read(root.join("greenroom.yaml")).contains("name: sales\n"));
    assert!(told.contains("--project '2024 Sales'"), "{told}");
    assert_eq!(read(root.join(".gitignore")), ".greenroom/\n*.run.tar.zst\n");
    let settings: Value = serde_json::from_str(&read(root.join(".vscode/settings.json"))).unwrap();
    let schemas = settings["yaml.schemas"].as_object().unwrap();
    assert_eq!(schemas.len(), 4);
    for (schema, files) in schemas {
        serde_json::from_str::<Value>(&read(root.join(schema))).unwrap();
        assert!(files.as_str().unwrap().ends_with(".yaml"));
    }
    // Other editors look into the spec itself.
    for (spec, schema) in [("greenroom.yaml", "project"), ("workflows/hello.yaml", "workflow")] {
        let text = read(root.join(spec));
        let named = text.lines().next().unwrap().strip_prefix("# yaml-language-server: $schema=").unwrap();
        let schema = root.join(format!(".vscode/greenroom-{schema}.json"));
        assert_eq!(
            root.join(spec).with_file_name(named).canonicalize().unwrap(),
            schema.canonicalize().unwrap()
        );
    }
    let git = |args: &[&str]| {
        let output = std::process::Command::new("git").arg("-C").arg(&root).args(args).output().unwrap();
        support::text(&output.stdout)
    };
    assert_eq!(git(&["status", "--porcelain"]), "");
    assert_eq!(git(&["log", "--format=%s"]), "Start the project sales\n");
}

#[test]
fn init_takes_nothing_away() {
    let bench = Project::bare();
    bench.file(".gitignore", "*.log");
    bench.file(".vscode/settings.json", "{\"mine\": true}");
    bench.file("notes.txt", "mine");
    let told = bench.expect(0, &["init"]);
    assert_eq!(read(bench.dir.join(".gitignore")), "*.log\n.greenroom/\n*.run.tar.zst\n");
    assert_eq!(read(bench.dir.join(".vscode/settings.json")), "{\"mine\": true}");
    assert!(told.contains("yaml.schemas") && !told.contains("--project"), "{told}");
    let listed = std::process::Command::new("git")
        .arg("-C")
        .arg(&bench.dir)
        .args(["ls-files", "notes.txt"])
        .output()
        .unwrap();
    assert!(listed.stdout.is_empty(), "what somebody else has there is theirs to commit");

    let before = read(bench.dir.join("greenroom.yaml"));
    let refused = bench.expect(2, &["init"]);
    assert!(refused.contains("greenroom.yaml"), "{refused}");
    assert_eq!(read(bench.dir.join("greenroom.yaml")), before);

    let other = Project::bare();
    other.file("workflows/hello.yaml", "mine");
    let refused = other.expect(2, &["init"]);
    assert!(refused.contains("workflows/hello.yaml would be overwritten"), "{refused}");
    assert!(!other.dir.join("greenroom.yaml").exists());
}

#[test]
fn schema_prints_what_an_editor_reads() {
    let bench = Project::bare();
    for kind in ["project", "workflow", "blueprint", "operator"] {
        let schema: Value = serde_json::from_str(&bench.expect(0, &["schema", kind])).unwrap();
        assert_eq!(schema["properties"]["kind"]["const"], kind);
    }
    bench.expect(2, &["schema", "pipeline"]);
}

#[test]
fn new_adds_what_runs_and_overwrites_nothing() {
    let bench = Project::bare();
    bench.expect(0, &["init"]);
    let told = bench.expect(0, &["new", "workflow", "daily", "--from", "daily_aggregation"]);
    assert!(told.contains("workflows/daily.yaml") && told.contains("sql/daily.sql"), "{told}");
    assert!(
        told.contains("lake.events in sql/daily.sql, line 7")
            || told.contains("lake.events in workflows/daily.yaml"),
        "{told}"
    );
    assert!(!told.contains(" run daily"), "it would wait for hours: {told}");
    assert!(bench.expect(0, &["new", "workflow", "letters"]).contains(" run letters"));
    bench.expect(0, &["check"]);

    let before = read(bench.dir.join("workflows/daily.yaml"));
    let refused = bench.expect(2, &["new", "workflow", "daily"]);
    assert!(refused.contains("`daily` is taken") && refused.contains("workflows/daily.yaml"), "{refused}");
    assert_eq!(read(bench.dir.join("workflows/daily.yaml")), before);
    bench.file("sql/taken.sql", "mine");
    let refused = bench.expect(2, &["new", "workflow", "taken", "--from", "export"]);
    assert!(refused.contains("sql/taken.sql would be overwritten"), "{refused}");
    assert!(!bench.dir.join("workflows/taken.yaml").exists());

    let unknown = bench.expect(2, &["new", "workflow", "x", "--from", "nonsense"]);
    for pattern in ["consolidate", "daily_aggregation", "export", "load", "script", "snapshot"] {
        assert!(unknown.contains(pattern), "{unknown}");
    }
    assert!(!unknown.contains("python"), "that one is an operator: {unknown}");
    let model = bench.expect(0, &["new", "blueprint", "model"]);
    assert!(model.contains("blueprints/model.yaml") && model.contains("--use-case prediction"), "{model}");
    let taken = bench.expect(2, &["new", "workflow", "model"]);
    assert!(taken.contains("blueprints/model.yaml describes it"), "{taken}");
    let builtin = bench.expect(2, &["new", "operator", "sql_table"]);
    assert!(builtin.contains("built-in"), "{builtin}");
    let elsewhere = Project::bare();
    assert!(elsewhere.expect(2, &["new", "workflow", "x"]).contains("no greenroom.yaml"));
}

#[test]
fn a_projects_own_templates_are_patterns() {
    let bench = Project::bare();
    bench.expect(0, &["init"]);
    bench.file(
        "templates/weekly.yaml",
        "# Ours, once a week\ngreenroom: 1\nkind: workflow\nname: x\nsteps: {a: {run: echo}}\n",
    );
    assert!(
        bench
            .expect(2, &["new", "workflow", "x", "--from", "?"])
            .contains("Ours, once a week (of this project)")
    );
    bench.expect(0, &["new", "workflow", "sales", "--from", "weekly"]);
    assert!(read(bench.dir.join("workflows/sales.yaml")).contains("name: sales\n"));
    bench.expect(0, &["check"]);
}

#[test]
fn operators_tells_what_they_take_and_who_uses_them() {
    let bench = Project::bare();
    assert!(bench.expect(0, &["operators"]).contains("sql_export"), "also outside of a project");
    bench.expect(0, &["init"]);
    bench.expect(0, &["new", "workflow", "figures", "--from", "export"]);
    bench.expect(0, &["new", "operator", "page"]);
    let all: Value = serde_json::from_str(&bench.expect(0, &["operators", "--json"])).unwrap();
    let names: Vec<&str> = all.as_array().unwrap().iter().map(|o| o["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["data_available", "load_table", "sql_table", "sql_export", "page"]);
    let one = bench.expect(0, &["operators", "sql_export"]);
    assert!(one.contains("figures.export") && one.contains("workflows/figures.yaml"), "{one}");
    let own: Value = serde_json::from_str(&bench.expect(0, &["operators", "page", "--json"])).unwrap();
    assert_eq!((own["builtin"].as_bool(), own["inputs"][1]["default"].as_i64()), (Some(false), Some(3)));
    assert!(bench.expect(2, &["operators", "sql_exprot"]).contains("did you mean `sql_export`?"));
}
