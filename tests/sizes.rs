//! Outputs of no byte, of more bytes than 32 bits can count, and of very many files: whole, read back and taken over.
//! `GREENROOM_FAULTS=1` tries 5 GB and 100,000 files.
#![allow(clippy::unwrap_used)]

mod support;

use serde_json::Value;
use support::{Project, of, path_of, read};

#[test]
fn an_output_may_be_of_nothing_of_more_than_memory_and_of_very_many_files() {
    let (big, dirs) = if std::env::var("GREENROOM_FAULTS").is_ok() { ("5G", 100) } else { ("70M", 2) };
    let project = Project::with(&format!(
        "none: {{run: ': > $GREENROOM_OUTPUT_X', outputs: {{x: {{path: x}}}}}}
big:
  run: 'truncate -s {big} $GREENROOM_OUTPUT_X; echo end >> $GREENROOM_OUTPUT_X'
  outputs: {{x: {{path: x}}}}
many:
  run: |
    mkdir $GREENROOM_OUTPUT_X; cd $GREENROOM_OUTPUT_X
    for d in $(seq {dirs}); do mkdir $d; (cd $d; seq 1000 | xargs touch; echo $d > 1); done
  outputs: {{x: {{path: x, type: dir}}}}
read:
  inputs: {{a: '${{{{ steps.none.outputs.x }}}}', b: '${{{{ steps.big.outputs.x }}}}', c: '${{{{ steps.many.outputs.x }}}}'}}
  run: |
    stat -c %s $GREENROOM_INPUT_A; tail -c 4 $GREENROOM_INPUT_B; find $GREENROOM_INPUT_C -type f | wc -l
    test $(stat -c %s $GREENROOM_INPUT_B) = $(($(numfmt --from=iec {big}) + 4))"
    ));
    let wanted = format!("0\nend\n{}\n", dirs * 1000);
    let first = path_of(&project.events(0, &["run", "w", "--json"]));
    assert_eq!(read(first.join("_run/logs/read.1.log")), wanted);
    let events = project.events(0, &["run", "w", "--from", "read", "--json"]);
    assert_eq!(read(path_of(&events).join("_run/logs/read.1.log")), wanted);
    for step in ["none", "big", "many"] {
        let end = of(&events, "step_finished", step)[0];
        assert_eq!(end["status"], "succeeded", "{end}");
        assert!(end["reason"].as_str().unwrap().starts_with("taken from "), "{end}");
    }
    let tree = project.expect(0, &["artifacts", "@last"]);
    assert_eq!(tree.lines().filter(|line| line.contains("1000 ")).count(), dirs, "each folder is there");
    let show: Value = serde_json::from_str(&project.expect(0, &["show", "@last", "--json"])).unwrap();
    let altered = show["steps"].as_array().unwrap().iter().map(|step| &step["altered"]);
    assert!(altered.clone().count() == 4 && altered.clone().all(Value::is_null), "{show:#}");
}
