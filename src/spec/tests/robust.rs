//! Whatever is in the files: no panic, and time in proportion.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::Files;

const SPEC: &str = r#"greenroom: 1
kind: workflow
name: daily
version: 1.0.0
owners: [ana]
params: {day: {type: date, default: "2013-01-01"}, mode: {type: enum, values: [a, b], default: a}}
schedule: {cron: "0 6 * * *", timezone: Europe/Paris, params: {day: "${{ schedule.date }}"}}
defaults: &d {retry: {limit: 2, delay: 10s, backoff: 2}, timeout: 30m}
steps:
  ready:
    uses: data_available
    with: {table: lake.flights, where: "d = @day", min_rows: 1}
    poll: {every: 5s, for: 10m}
  load:
    needs: [ready]
    uses: sql_export
    with:
      query: |
        select *
        from lake.flights
  report:
    when: "params.mode == 'a' and steps.ready.status == 'succeeded'"
    matrix: {origin: [ewr, jfk], n: [1, 2.5, true]}
    run: |
      python3 report.py "$GREENROOM_INPUT_DATA"
    env: {D: "x ${{ params.day | replace('-', '') }} ${{ matrix.origin }}"}
    inputs: {data: "${{ steps.load.outputs.load }}"}
    outputs: {report: {path: "r-${{ run.name }}.html", expect: {columns: {a: STRING}, unique: [a]}}}
    resources: {requests: {cpu: 500m, memory: 256Mi}, limits: {memory: 1Gi}}
    secrets: [token]
monitors:
  - {name: late, kind: freshness, output: load.load, max_age: 26h, notify: ["@data"]}
"#;

/// A piece of text that means something to a parser.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "${{",
            "}}",
            "{{ ds }}",
            "${X}",
            "'",
            "\"",
            "\\",
            "&a",
            "*a",
            "<<: *d",
            "!x",
            "|",
            ">-",
            "- ",
            ": ",
            "?",
            "\n",
            "\t",
            "\r",
            "---\n",
            "...",
            "#",
            "[",
            "]",
            "{",
            "}",
            ",",
            "~",
            "é",
            "\u{feff}",
            "\u{2028}",
            "\u{7f}",
            "null",
            "1e999",
            "-1",
            "0x",
            "2013-02-30",
            "steps.x.status",
            "params.",
            "%YAML 1.2\n",
            "\0",
            "@",
            "`",
        ])
        .prop_map(str::to_owned),
        ".{0,6}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_spec_with_a_piece_changed_is_survived(
        edits in prop::collection::vec((0.0..1.0f64, 0usize..12, piece()), 1..5),
    ) {
        let mut text = SPEC.to_owned();
        for (at, cut, piece) in edits {
            let floor = |mut byte: usize, text: &str| { while !text.is_char_boundary(byte) { byte -= 1; } byte };
            let start = floor((at * text.len() as f64) as usize, &text);
            let end = floor((start + cut).min(text.len()), &text);
            text.replace_range(start..end.max(start), &piece);
        }
        let files = Files::new().with("workflows/w.yaml", &text);
        // A lone CR ends a line too, in YAML.
        let lines = text.replace("\r\n", "\n").replace('\r', "\n").lines().count();
        for problem in files.load().diagnostics {
            prop_assert!(problem.span.line >= 1 && problem.span.column >= 1 && problem.span.length >= 1);
            prop_assert!(problem.span.line <= lines + 1, "{problem:?}\n{text}");
        }
    }

    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        for file in ["greenroom.yaml", "workflows/w.yaml", "operators/o.yaml", "blueprints/b.yaml"] {
            Files::new().with(file, &bytes).load();
        }
    }
}

/// What stands in a field of a cron expression.
fn field() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "*",
        "0",
        "1",
        "6",
        "7",
        "29",
        "31",
        "32",
        "59",
        "60",
        "-",
        "/",
        ",",
        "L",
        "W",
        "#",
        "?",
        "+",
        "LW",
        "#5",
        "1L",
        "15W",
        "MON",
        "sun",
        "JAN",
        "5-1",
        "*/0",
        "0/1",
        "1-5/2",
        "4294967296",
        "@daily",
        "é",
    ]);
    prop::collection::vec(piece, 1..4).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_schedule_is_read_or_told(
        fields in prop::collection::vec(field(), 0..8),
        day in prop::option::of("(29|30|31|L|W|LW) (2|FEB|4|\\*)"),
        zone in "(Europe/Paris|UTC|[A-Za-z/._-]{0,12}|.{0,5})",
        cut in prop::option::of(0.0..1.0f64),
    ) {
        let cron = day.map_or_else(|| fields.join(" "), |day| format!("0 6 {day} *"));
        let json = |text: &str| serde_json::to_string(text).unwrap();
        let schedule = format!("schedule: {{cron: {}, timezone: {}}}\n", json(&cron), json(&zone));
        let before = "greenroom: 1\nkind: workflow\nname: w\n";
        let mut text = format!("{before}{schedule}steps: {{a: {{run: x}}}}\n");
        if let Some((end, _)) = cut.and_then(|cut| text.char_indices().nth((cut * text.len() as f64) as usize)) {
            text.truncate(end);
        }
        for problem in Files::new().with("workflows/w.yaml", text).load().diagnostics {
            prop_assert!(problem.span.line >= 1 && problem.span.line <= 6, "{problem:?}");
        }
    }
}

#[test]
fn the_spec_that_is_mutated_is_right() {
    assert_eq!(Files::new().with("workflows/w.yaml", SPEC).problems(), "");
}

fn steps(count: usize) -> String {
    let mut text =
        "greenroom: 1\nkind: workflow\nname: w\nparams: {day: {type: date, default: 2013-01-01}}\nsteps:\n"
            .to_owned();
    for n in 0..count {
        let before = n.saturating_sub(1);
        writeln!(
            text,
            "  s{n}:\n    run: echo \"$GREENROOM_INPUT_IN\"\n    env: {{D: \"x ${{{{ params.day }}}}\"}}\n    outputs: {{out: {{path: o.csv, expect: {{min_rows: 1}}}}}}\n    retry: {{limit: 2, delay: 10s}}"
        )
        .unwrap();
        if n > 0 {
            writeln!(
                text,
                "    needs: [s{before}]\n    inputs: {{in: \"${{{{ steps.s{before}.outputs.out }}}}\"}}"
            )
            .unwrap();
        }
    }
    text
}

/// The first of them are told, with a help: to look for the nearest of thousands of names for each of thousands took
/// minutes.
#[test]
fn thousands_of_steps_may_all_be_wrong() {
    let text = steps(5_000).replace("needs: [s", "needs: [z").replace("{{ steps.s", "{{ steps.z");
    let specs = Files::new().with("workflows/w.yaml", text).load();
    let unknown = |at: usize| &specs.diagnostics[at];
    assert_eq!((unknown(0).code.as_str(), unknown(0).help.as_str()), ("unknown-step", "did you mean `s0`?"));
    assert_eq!(specs.diagnostics.last().unwrap().code, "too-many");
    assert!(specs.diagnostics.len() < 500, "{}", specs.diagnostics.len());
}

#[test]
fn thousands_of_steps_are_read() {
    let files = Files::new().with("workflows/w.yaml", steps(2_000));
    let specs = files.load();
    assert!(specs.diagnostics.is_empty(), "{:?}", specs.diagnostics.first());
    assert_eq!(specs.workflows["w"].steps.len(), 2_000);
}
