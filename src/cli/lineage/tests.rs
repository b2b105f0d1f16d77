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
    assert!(made.state == DataChange::Changed && made.breaks());
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
    assert_eq!(gone[0].state, DataChange::Removed);
}
