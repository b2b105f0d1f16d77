use camino::{Utf8Path, Utf8PathBuf};

use super::lineage;
use crate::cli::report::{lineage_of, lineage_view};
use crate::cli::{Look, Place};
use crate::domain::ColumnType;
use crate::domain::lineage::{ColumnChange, DataChange, DataDiff, Dataset, Lineage, Trouble, diff};
use crate::operators;
use crate::spec;

const LOOK: Look = Look { width: 110, colour: false };

fn of_folder(root: &Utf8Path) -> Lineage {
    let specs = spec::load(root, operators::builtin());
    assert!(!specs.has_errors(), "{:?}", specs.diagnostics);
    lineage(&Place { root: root.to_owned() }, &specs, "dev")
}

fn sample() -> Lineage {
    of_folder(&Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_workflows/flights"))
}

/// A project whose workflows are these: name, and its steps.
fn project(workflows: &[(&str, &str)]) -> Lineage {
    let keep = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::from_path_buf(keep.path().canonicalize().unwrap()).unwrap();
    let put = |path: &str, text: &str| {
        fs_err::create_dir_all(root.join(path).parent().unwrap()).unwrap();
        fs_err::write(root.join(path), text).unwrap();
    };
    put("greenroom.yaml", "greenroom: 1\nkind: project\nname: x\nimages: {default: {base: debian}}\n");
    for (name, steps) in workflows {
        let text = format!("greenroom: 1\nkind: workflow\nname: {name}\nsteps:\n{steps}");
        put(&format!("workflows/{name}.yaml"), &text);
    }
    of_folder(&root)
}

fn table(name: &str, query: &str) -> String {
    format!("  {name}:\n    uses: sql_table\n    with: {{table: lake.{name}, query: \"{query}\"}}\n")
}

fn columns(lineage: &Lineage, name: &str) -> Vec<String> {
    let columns = &lineage.named(name).unwrap().columns;
    let kind = |kind: Option<ColumnType>| kind.map(|kind| format!(" {kind}")).unwrap_or_default();
    let known = columns.known.iter().map(|column| format!("{}{}", column.name, kind(column.kind)));
    known.chain(columns.rest.iter().map(|_| "…".to_owned())).collect()
}

#[test]
fn the_sample_is_known_down_to_the_column() {
    let sample = sample();
    insta::assert_snapshot!(lineage_view(&sample, &LOOK));
    let table = sample.named("lake.daily_delays").unwrap();
    insta::assert_snapshot!(lineage_of(&sample, table, &LOOK));
    assert_eq!(sample.troubles(), []);
    let untold: Vec<_> =
        sample.steps.iter().filter_map(|step| step.columns.as_ref()).flat_map(|all| &all.known).collect();
    assert!(untold.len() > 30 && untold.iter().all(|column| column.unknown.is_none()), "{untold:#?}");
}

#[test]
fn what_one_workflow_makes_is_known_where_another_reads_all_of_it() {
    let all = project(&[
        ("b", &table("copy", "SELECT *, day AS again FROM lake.loaded")),
        (
            "a",
            "  loaded:\n    uses: load_table\n    with: {table: lake.loaded, from: \"gs://x/y.csv\", columns: {day: DATE, n: INT64}}\n",
        ),
        ("c", &table("sums", "SELECT again, SUM(n) AS n FROM lake.copy GROUP BY again")),
    ]);
    assert_eq!(columns(&all, "lake.copy"), ["day DATE", "n INT64", "again DATE"]);
    assert_eq!(columns(&all, "lake.sums"), ["again DATE", "n INT64"]);
    let readers = &all.named("lake.copy").unwrap().read_by;
    assert_eq!(readers.iter().map(ToString::to_string).collect::<Vec<_>>(), ["c.sums"]);
    assert!(all.named("gs://x/y.csv").is_some());
}

#[test]
fn a_part_holds_what_leads_there_and_what_comes_of_it_and_no_more() {
    let all = project(&[
        ("a", &(table("one", "SELECT 1 AS x") + &table("two", "SELECT x FROM lake.one"))),
        ("b", &(table("three", "SELECT x FROM lake.two") + &table("aside", "SELECT x FROM lake.one"))),
    ]);
    let around = all.around(&Dataset::table("lake.two"));
    let steps: Vec<String> = around.steps.iter().map(|step| step.id.to_string()).collect();
    assert_eq!(steps, ["a.one", "a.two", "b.three"]);
}

#[test]
fn tables_nobody_makes_circles_and_two_makers_are_told() {
    let all = project(&[
        ("a", &(table("one", "SELECT x FROM lake.two") + &table("own", "SELECT x FROM lake.own"))),
        ("b", &table("two", "SELECT x FROM lake.one, lake.none")),
        ("c", &table("two", "SELECT 'a' AS x")),
    ]);
    let told: Vec<String> = all.troubles().iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "no step makes lake.none, which b.two reads",
            "lake.two is made by several: b.two, c.two",
            "a circle: a.one → b.two → a.one",
            "a.own reads what it makes itself",
        ]
    );
    assert!(matches!(all.troubles()[0], Trouble::NobodyMakes { .. }));
    assert_eq!(columns(&all, "lake.two"), ["…"], "its makers do not agree");
    // A circle is drawn as well, each step once.
    assert_eq!(lineage_view(&all, &LOOK).matches("○ ").count(), 4);
}

#[test]
fn a_diff_tells_what_became_of_columns_and_who_reads_them() {
    let project = |query: &str| {
        project(&[
            ("a", &table("made", query)),
            (
                "b",
                &(table("picks", "SELECT gone FROM lake.made")
                    + &table("other", "SELECT kept FROM lake.made")),
            ),
            ("c", "  all:\n    uses: data_available\n    with: {table: lake.made}\n"),
        ])
    };
    let base = project("SELECT 1 AS gone, 2 AS kept, 'x' AS typed");
    let head = project("SELECT 2 AS kept, 3 AS typed, TRUE AS fresh");
    let found = diff(&base, &head);
    let made = found.iter().find(|one| one.dataset == Dataset::table("lake.made")).unwrap();
    assert!(made.state == DataChange::Changed && made.breaks().len() == 2);
    let change = |name: &str| made.columns.iter().find(|column| column.column == name).unwrap();
    assert_eq!(change("gone").change, ColumnChange::Dropped);
    let (from, to) = (ColumnType::String, ColumnType::Int64);
    assert_eq!(change("typed").change, ColumnChange::Retyped { from, to });
    assert_eq!(change("fresh").change, ColumnChange::Added { kind: Some(ColumnType::Bool) });
    let readers: Vec<(String, bool, bool)> = change("gone")
        .readers
        .iter()
        .map(|reader| (reader.step.to_string(), reader.certain, reader.elsewhere))
        .collect();
    assert_eq!(readers, [("b.picks".to_owned(), true, true), ("c.all".to_owned(), false, true)]);
    assert_eq!(diff(&base, &base), []);
}

#[test]
fn what_cannot_be_known_is_not_told_as_dropped() {
    let all = |query: &str| project(&[("a", &table("made", query))]);
    let found = diff(&all("SELECT 1 AS x"), &all("SELECT * FROM lake.nobody"));
    let [DataDiff { columns, unknown: Some(_), .. }] = found.as_slice() else { panic!("{found:?}") };
    assert!(columns.is_empty());
    let gone = diff(&all("SELECT 1 AS x"), &Lineage::default());
    assert_eq!(
        (gone[0].state, gone[0].breaks()[0].to_string()),
        (DataChange::Removed, "lake.made".to_owned())
    );
}

fn readers(found: &[DataDiff], table: &str, column: &str) -> Vec<(String, bool)> {
    let data = found.iter().find(|one| one.dataset == Dataset::table(table)).unwrap();
    let column = data.columns.iter().find(|one| one.column == column).unwrap();
    column.readers.iter().map(|reader| (reader.step.to_string(), reader.certain)).collect()
}

#[test]
fn who_begins_to_name_what_is_gone_is_told_and_who_stopped_is_not() {
    let made = |query| ("a", table("made", query) + &table("other", "SELECT 1 AS id, 2 AS more"));
    let all = |(name, made): (&str, String), steps: &str| project(&[(name, &made), ("b", steps)]);
    let base = all(
        made("SELECT 1 AS gone, 2 AS id"),
        &(table("keeps", "SELECT gone FROM lake.made") + &table("stops", "SELECT gone FROM lake.made")),
    );
    let head = all(
        made("SELECT 2 AS id"),
        &[
            table("keeps", "SELECT gone FROM lake.made"),
            table("stops", "SELECT id FROM lake.made"),
            table("begins", "SELECT gone FROM lake.made"),
            table("joins", "SELECT gone, more FROM lake.made JOIN lake.other USING (id)"),
            table("through", "WITH m AS (SELECT * FROM lake.made) SELECT gone AS x FROM m"),
            table("leaves", "SELECT * EXCEPT (gone) FROM lake.made"),
        ]
        .concat(),
    );
    let told = readers(&diff(&base, &head), "lake.made", "gone");
    let names = ["b.keeps", "b.begins", "b.joins", "b.through", "b.leaves"];
    assert_eq!(told, names.map(|name| (name.to_owned(), true)));
}

#[test]
fn a_field_that_a_struct_loses_is_told_with_who_reads_it() {
    let all = |made: &str| {
        let reads = table("reads", "WITH m AS (SELECT s FROM lake.made) SELECT m.s.b AS x FROM m")
            + &table("keeps", "SELECT s.a AS x FROM `prod.lake.made`");
        project(&[("a", &table("made", made)), ("b", &reads)])
    };
    let (base, head) = (all("SELECT STRUCT(1 AS a, 2 AS b) AS s"), all("SELECT STRUCT(1 AS a) AS s"));
    let found = diff(&base, &head);
    assert_eq!(readers(&found, "lake.made", "s.b"), [("b.reads".to_owned(), true)]);
    assert_eq!(found[0].breaks()[0].to_string(), "lake.made.s.b");
}

#[test]
fn a_step_that_turns_to_a_table_reads_what_is_new_in_it() {
    let all = |query: &str, asks: &str| {
        let asks = format!("  asks:\n    uses: data_available\n    with: {{table: {asks}}}\n");
        let reads = table("reads", "SELECT x FROM lake.made, lake.other");
        project(&[
            ("a", &table("made", query)),
            ("c", &table("other", "SELECT 1 AS x")),
            ("b", &(asks + &reads)),
        ])
    };
    let (base, head) = (all("SELECT 1 AS y", "lake.other"), all("SELECT 1 AS y, 2 AS x", "lake.made"));
    let told = readers(&diff(&base, &head), "lake.made", "x");
    assert_eq!(told, [("b.asks".to_owned(), false), ("b.reads".to_owned(), true)]);
    assert_eq!(readers(&diff(&head, &base), "lake.made", "x"), [("b.reads".to_owned(), true)]);
}

#[test]
fn what_fills_a_table_does_not_say_which_columns_it_has() {
    let loads = "  t:\n    uses: load_table\n    with: {table: lake.t, from: \"gs://x/y.csv\", columns: {day: DATE, n: INT64}}\n";
    let fills = |query: &str| {
        project(&[("b", &table("log", query)), ("a", loads), ("c", &table("one", "SELECT 1 AS i"))])
    };
    let all = fills("INSERT INTO lake.t SELECT DATE '2020-01-01', i FROM lake.one");
    assert_eq!(columns(&all, "lake.t"), ["day DATE", "n INT64"]);
    let n = all.named("lake.t").unwrap().columns.get("n").unwrap().from.clone();
    assert_eq!(n.first().map(|from| from.column.as_str()), Some("i"));
    for query in [
        "MERGE lake.t USING lake.one ON n = i WHEN NOT MATCHED THEN INSERT ROW",
        "DELETE FROM lake.t WHERE n = 1",
    ] {
        let all = fills(query);
        assert_eq!(columns(&all, "lake.t"), ["day DATE", "n INT64"], "{query}");
        assert_eq!(columns(&all, "lake.log"), ["…"], "{query}");
    }
    let alone = project(&[("b", &table("log", "UPDATE lake.t SET x = 1 WHERE TRUE"))]);
    assert_eq!(columns(&alone, "lake.t"), ["…"]);
    let view = lineage_of(&alone, alone.named("lake.t").unwrap(), &LOOK);
    assert!(view.contains("not known: an UPDATE is not followed column by column"), "{view}");
    let made = project(&[("b", &table("log", "CREATE TABLE lake.log AS SELECT 1 AS x; SELECT 2 AS y"))]);
    assert_eq!(columns(&made, "lake.log"), ["x INT64"]);
}

#[test]
fn a_query_that_will_be_refused_is_a_trouble() {
    let all = project(&[("a", &table("one", "SELECT 1 AS x, 2 AS y UNION ALL SELECT 1"))]);
    let told: Vec<String> = all.troubles().iter().map(ToString::to_string).collect();
    assert_eq!(told, ["BigQuery will not run the query of a.one: UNION ALL of 2 columns with 1 column"]);
    let view = lineage_of(&all, all.named("lake.one").unwrap(), &LOOK);
    assert!(view.contains("! BigQuery will not run") && view.contains("not known: UNION ALL"), "{view}");
}

#[test]
fn a_pattern_reads_all_tables_that_begin_so() {
    let days = table("events_1", "SELECT 1 AS x") + &table("events_2", "SELECT 1 AS x");
    let all = project(&[("b", &table("sums", "SELECT SUM(x) AS x FROM `lake.events_*`")), ("a", &days)]);
    assert_eq!(all.troubles(), []);
    for made in ["lake.events_1", "lake.events_2"] {
        assert_eq!(all.named(made).unwrap().read_by.len(), 1, "{made}");
    }
    let sums = all.steps.iter().find(|step| step.id.to_string() == "b.sums").unwrap();
    assert_eq!(sums.needs(&Dataset::table("lake.events_1"), "x"), None);
}

/// A chain of workflows, each of which reads what the next or the one before makes.
fn chain(length: usize, is_worst: bool) -> Lineage {
    let step = |at: usize| match at {
        0 => ("w0".to_owned(), table("t0", "SELECT 1 AS x, 'a' AS y")),
        _ => {
            let query = format!("SELECT *, x + {at} AS x{at} FROM lake.t{}", at - 1);
            (format!("w{at}"), table(&format!("t{at}"), &query))
        }
    };
    let mut all: Vec<(String, String)> = (0..length).map(step).collect();
    if is_worst {
        // Files are taken by name.
        let names: Vec<String> = (0..length).rev().map(|at| format!("w{at:04}")).collect();
        all.iter_mut().zip(names).for_each(|((old, _), new)| *old = new);
    }
    let all: Vec<(&str, &str)> = all.iter().map(|(name, steps)| (name.as_str(), steps.as_str())).collect();
    project(&all)
}

#[test]
fn a_chain_is_known_to_its_end_in_whatever_order_it_is_written() {
    for is_worst in [true, false] {
        let all = chain(40, is_worst);
        let last = &all.named("lake.t39").unwrap().columns;
        assert!(last.is_complete() && last.known.len() == 41, "{last:?}");
        assert!(last.known.iter().all(|column| column.unknown.is_none() && column.kind.is_some()));
    }
}

#[test]
fn circles_come_to_an_end() {
    let all = project(&[
        ("a", &table("one", "SELECT *, 1 AS x FROM lake.two")),
        ("b", &table("two", "SELECT *, 'a' AS y FROM lake.one UNION ALL SELECT * FROM lake.three")),
        ("c", &table("three", "SELECT x AS y, y AS x FROM lake.two")),
        ("d", &table("after", "SELECT * FROM lake.one")),
    ]);
    for name in ["lake.one", "lake.two", "lake.after"] {
        assert!(all.named(name).unwrap().columns.rest.is_some(), "{name}: {:?}", columns(&all, name));
    }
}
