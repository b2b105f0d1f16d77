//! A look into files, as a person and a machine get it.
#![allow(clippy::unwrap_used)]

mod support;

use serde_json::Value;
use support::Project;

#[test]
fn a_file_is_looked_into_by_people_and_machines() {
    let project = Project::bare();
    project.file("delays.csv", "carrier,flights\nUA,12\nB6,7\n\u{1b}[2J,\n");
    let text = project.expect(0, &["preview", "delays.csv"]);
    assert_eq!(
        text,
        "carrier  flights\nUA            12\nB6             7\n␛[2J        NULL\n\n3 rows\ncsv · 33 B\n"
    );
    let told = project.expect(0, &["preview", "delays.csv", "--json"]).parse::<Value>().unwrap();
    assert_eq!(told["rows"], serde_json::json!([["UA", 12], ["B6", 7], ["\u{1b}[2J", null]]));
    let flights = &told["columns"][1];
    assert_eq!(
        (&flights["type"], &flights["nulls"], &flights["mean"]),
        (&"INT64".into(), &1.into(), &9.5.into())
    );
    assert_eq!((&told["total_rows"], &told["format"]), (&3.into(), &"csv".into()));
    project.file("model.bin", [0, 1, 2, b'a']);
    assert!(project.expect(0, &["preview", "model.bin"]).starts_with("00000000  00 01 02 61 "));
    project.file("page.html", "<h1>Delays</h1><script>x</script>");
    assert_eq!(project.expect(0, &["preview", "page.html"]), "# Delays\nhtml · 33 B\n");
    assert!(project.expect(0, &["preview", "."]).contains("delays.csv\n"));
    let fifo = project.dir.join("fifo");
    rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
    for (bad, why) in
        [("none.csv", "No such file"), ("fifo", "neither a file nor a folder"), ("/", "name a file")]
    {
        let said = project.expect(2, &["preview", bad]);
        assert!(said.contains(why), "{bad}: {said}");
    }
}
