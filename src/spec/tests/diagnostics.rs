//! One case for each way in which a spec can be wrong. `«` marks where the problem is expected; it is taken out
//! before the file is written.

use super::{Files, PROJECT};

/// Below `greenroom: 1`, `kind: workflow` and `name: w`; code; a part of the message or of the help.
const WORKFLOW: &[(&str, &str, &str)] = &[
    // Keys.
    ("«stpes: {a: {run: x}}", "unknown-key", "did you mean `steps`?"),
    ("steps: {a: {run: x, «ouputs: {}}}", "unknown-key", "did you mean `outputs`?"),
    ("steps: {a: {run: x, «frobnicate: 1}}", "unknown-key", "the keys there can be: description, needs"),
    ("steps: {a: {run: x, «depends_on: [b]}}", "unknown-key", "did you mean `needs`?"),
    ("steps: {a: {run: x, «depends-on: [b]}}", "unknown-key", "did you mean `needs`?"),
    ("steps: {a: {run: x, «depends: [b]}}", "unknown-key", "did you mean `needs`?"),
    ("steps: {a: {run: x, «if: true}}", "unknown-key", "did you mean `when`?"),
    ("steps: {a: {run: x, «retries: 3}}", "unknown-key", "did you mean `retry: {limit: …}`?"),
    ("steps: {a: {run: x, «tests: [unique]}}", "unknown-key", "did you mean `outputs: {…: {expect: …}}`?"),
    ("steps: {a: {«script: x, run: y}}", "unknown-key", "did you mean `run`?"),
    ("steps: {a: {«cmd: x, run: y}}", "unknown-key", "did you mean `command`?"),
    ("«jobs: {a: {run: x}}\nsteps: {a: {run: x}}", "unknown-key", "did you mean `steps`?"),
    ("steps:\n  a: {run: x}\n  b: {run: y, «run: z}", "duplicate-key", "the first is on line 6"),
    ("steps:\n  a: {run: x}\n  «a: {run: y}", "duplicate-step", "the first is on line 5"),
    ("steps: «[{name: a, run: x}]", "wrong-type", "write the name as the key"),
    ("steps: «{}", "missing-key", "at least one step"),
    // What steps wait for.
    ("steps: {aa: {run: x}, b: {run: x, needs: [«a]}}", "unknown-step", "did you mean `aa`?"),
    ("steps: {a: {run: x, needs: [«a]}}", "cycle", "a → a"),
    (
        "steps:\n  a: {run: x, needs: [b]}\n  b: {run: x, needs: [c]}\n  c: {run: x, needs: [«a]}",
        "cycle",
        "wait for each other: a → b → c → a",
    ),
    (
        "steps:\n  a: {run: x, needs: b, outputs: {o: o}}\n  b: {run: x, inputs: {o: «'${{ steps.a.outputs.o }}'}}",
        "cycle",
        "a → b → a",
    ),
    // What steps do.
    ("steps: {«a: {description: nothing}}", "no-action", "give it `run`"),
    ("steps: {a: {run: x, «command: [y]}}", "two-actions", "has `run` and `command`"),
    ("steps: {a: {run: x, «args: [y]}}", "unknown-key", "`args` belongs to `command`"),
    ("steps: {a: {run: x, «with: {y: 1}}}", "unknown-key", "`with` belongs to `uses`"),
    ("steps: {a: {command: «echo hi}}", "wrong-type", "write [echo, hi]"),
    ("steps: {a: {command: «[]}}", "wrong-type", "`command` is empty"),
    ("steps: {a: {run: x, image: «defualt}}", "unknown-image", "did you mean `default`?"),
    ("steps: {a: {run: x, image: «'python:3.12'}}", "unknown-image", "declare it in greenroom.yaml"),
    // Operators.
    ("steps: {a: {uses: «sql_exprot, with: {query: x}}}", "unknown-operator", "did you mean `sql_export`?"),
    ("steps: {a: {uses: «actions/checkout@v4}}", "unknown-operator", "operators/*.yaml"),
    (
        "steps: {a: {uses: sql_export, with: {query: x, «fromat: csv}}}",
        "unknown-input",
        "did you mean `format`?",
    ),
    (
        "steps: {a: {uses: sql_export, with: {query: x, format: «xls}}}",
        "unknown-value",
        "the values there can be: parquet",
    ),
    ("steps: {a: {uses: «load_table, with: {from: x}}}", "missing-input", "needs the input `table`"),
    ("steps: {a: {uses: «sql_export}}", "missing-input", "query or query_file"),
    ("steps: {a: {uses: «sql_export, with: {query: x, query_file: q.sql}}}", "too-many-inputs", "not both"),
    ("steps: {a: {uses: data_available, with: {table: «flights}}}", "wrong-type", "the dataset comes first"),
    ("steps: {a: {uses: data_available, with: {table: l.f, min_rows: «many}}}", "wrong-type", "of type int"),
    (
        "steps: {a: {uses: sql_table, with: {query: x, table: l.t, partition: «day}}}",
        "wrong-type",
        "a mapping or list",
    ),
    (
        "steps: {a: {uses: sql_table, with: {query: x, table: l.t, partition: «{column: day}}}}",
        "missing-key",
        "needs `value`",
    ),
    (
        "steps: {a: {uses: load_table, with: {table: l.t, from: x, columns: {a: «STRNG}}}}",
        "unknown-type",
        "did you mean `STRING`?",
    ),
    (
        "steps: {a: {uses: sql_export, with: {query_file: «sql/nope.sql}}}",
        "missing-file",
        "no file `sql/nope.sql`",
    ),
    ("steps: {a: {uses: sql_export, with: {query_file: «q.slq}}}", "missing-file", "did you mean `q.sql`?"),
    ("steps: {a: {uses: sql_export, with: {query_file: «../q.sql}}}", "path-leaves-project", "stays in it"),
    (
        "steps: {a: {uses: sql_export, with: {query_file: «/etc/passwd}}}",
        "path-leaves-project",
        "stays in it",
    ),
    (
        "steps: {a: {uses: sql_export, with: {query: x}, outputs: {«b: {path: x}}}}",
        "unknown-output",
        "there can be: a",
    ),
    // Templates.
    ("steps: {a: {run: 'echo «${{ params.day }}'}}", "template-not-allowed", "$GREENROOM_PARAM_DAY"),
    (
        "params: {day: {type: date, default: 2013-01-01}}\nsteps:\n  a:\n    run: |\n      set -e\n      echo «${{ params.day }}",
        "template-not-allowed",
        "$GREENROOM_PARAM_DAY",
    ),
    ("steps: {a: {command: [echo, '«${{ params.x }}']}}", "template-not-allowed", "GREENROOM_PARAM_X"),
    ("steps: {a: {run: x, image: '«${{ params.x }}'}}", "template-not-allowed", "must be known before"),
    (
        "steps: {a: {uses: sql_export, with: {query: 'select «${{ params.day }}'}}}",
        "template-not-allowed",
        "@day",
    ),
    (
        "steps: {a: {uses: sql_export, with: {query_file: '«${{ params.q }}'}}}",
        "template-not-allowed",
        "must be known before",
    ),
    (
        "steps: {a: {uses: data_available, with: {table: l.f, where: 'd = «${{ params.day }}'}}}",
        "template-not-allowed",
        "@day",
    ),
    (
        "steps: {a: {run: x, matrix: {m: [«'${{ params.x }}']}}}",
        "template-not-allowed",
        "must be known before",
    ),
    (
        "params: {day: {type: date, default: 2013-01-01}}\nsteps: {a: {run: x, env: {D: 'x ${{ «params.dya }}'}}}",
        "unknown-name",
        "did you mean `day`?",
    ),
    (
        "params: {day: {type: date, default: 2013-01-01}}\nsteps: {a: {run: x, env: {D: '${{ «day }}'}}}",
        "unknown-name",
        "did you mean `params.day`?",
    ),
    ("steps: {a: {run: x, env: {D: '${{ 1 }}${{ «run.tokne }}'}}}", "unknown-name", "did you mean `token`?"),
    ("steps: {a: {run: x, env: {D: '${{ «matrix.x }}'}}}", "unknown-name", "has no `matrix`"),
    ("steps: {a: {run: x, env: {D: '${{ «schedule.date }}'}}}", "unknown-name", "`schedule.params` only"),
    ("steps: {a: {run: x, env: {D: '${{ «params }}'}}}", "unknown-name", "alone has no value"),
    (
        "steps:\n  a: {run: x, outputs: {o: o}}\n  b: {run: x, inputs: {o: '${{ «steps.a.outputs.p }}'}}",
        "unknown-output",
        "has no output `p`",
    ),
    (
        "steps:\n  a: {run: x}\n  b: {run: x, inputs: {o: '${{ «steps.a.outputs.p }}'}}",
        "unknown-output",
        "add it to the step",
    ),
    (
        "steps:\n  load: {run: x}\n  b: {run: x, inputs: {o: '${{ «steps.laod.outputs.p }}'}}",
        "unknown-step",
        "did you mean `load`?",
    ),
    (
        "steps:\n  a: {run: x}\n  b: {run: x, env: {o: '${{ «steps.a.status }}'}}",
        "unknown-name",
        "in `when` only",
    ),
    ("steps: {a: {run: x, when: '«params.full'}}", "unknown-name", "no `params.full`"),
    ("steps: {a: {run: x, when: '${{« true }} and ${{ false }}'}}", "template-syntax", "one expression"),
    ("steps: {a: {run: x, env: {D: 'a ${{«  params.x'}}}", "template-syntax", "not closed"),
    ("steps: {a: {run: x, env: {D: '${{« 1 + }}'}}}", "template-syntax", "no expression"),
    ("steps: {a: {run: x, env: {D: '${{ «range(9) }}'}}}", "template-syntax", "calls nothing"),
    (
        "params: {p: {type: int, default: 1}}\nsteps: {a: {run: x, env: {D: '${{ params.p | «uper }}'}}}",
        "template-syntax",
        "did you mean `upper`?",
    ),
    ("steps: {a: {run: x, env: {D: 'on «{{ ds }}'}}}", "foreign-template", "params.day"),
    ("steps: {a: {run: x, env: {D: '«{{ var.x }}'}}}", "foreign-template", "did you mean ${{ params.x }}?"),
    ("steps: {a: {run: x, env: {D: 'a«${X}'}}}", "foreign-template", "did you mean ${{ params.x }}?"),
    ("steps: {a: {run: 'echo «{{ ds }}'}}", "foreign-template", "$GREENROOM_PARAM_DAY"),
    (
        "steps: {a: {uses: sql_export, with: {query: \"select * from «{{ ref('x') }}\"}}}",
        "foreign-template",
        "dataset.table",
    ),
    (
        "steps: {a: {uses: sql_export, with: {query: 'select «${DAY}'}}}",
        "foreign-template",
        "did you mean @day?",
    ),
    ("steps: {a: {run: x, env: {D: {«{ ds }}}}}", "yaml-syntax", "quote"),
    // Values.
    ("version: «1.0\nsteps: {a: {run: x}}", "bad-version", "write 1.0.0"),
    ("version: «2\nsteps: {a: {run: x}}", "bad-version", "write 2.0.0"),
    ("version: «v1.0.0\nsteps: {a: {run: x}}", "bad-version", "without v"),
    ("params: {p: {type: bool, default: «no}}\nsteps: {a: {run: x}}", "wrong-type", "write false"),
    ("params: {p: {type: bool, default: «on}}\nsteps: {a: {run: x}}", "wrong-type", "write true"),
    ("params: {p: {type: string, default: «1.0}}\nsteps: {a: {run: x}}", "wrong-type", "quote it"),
    ("params: {p: {type: int, default: «'1'}}\nsteps: {a: {run: x}}", "wrong-type", "without quotes"),
    ("params: {p: {type: «integer}}\nsteps: {a: {run: x}}", "unknown-type", "did you mean `int`?"),
    ("params: {p: {type: «enum}}\nsteps: {a: {run: x}}", "missing-key", "an enum needs `values`"),
    (
        "params: {p: {type: enum, values: [a, b], default: «c}}\nsteps: {a: {run: x}}",
        "unknown-value",
        "not one of a, b",
    ),
    ("params: {p: {type: date, default: «2013-02-30}}\nsteps: {a: {run: x}}", "bad-date", "no such day"),
    (
        "params: {p: {type: date, default: «yesterday}}\nsteps: {a: {run: x}}",
        "bad-date",
        "such as 2013-01-31",
    ),
    ("params: {«Day: date}\nsteps: {a: {run: x}}", "bad-name", "did you mean `day`?"),
    ("steps: {«load-data: {run: x}}", "bad-name", "did you mean `load_data`?"),
    ("steps: {a: {run: x, timeout: «10}}", "bad-duration", "10s or 10m"),
    ("steps: {a: {run: x, timeout: «1w}}", "bad-duration", "ms, s, m, h or d"),
    ("steps: {a: {run: x, timeout: «0s}}", "bad-duration", "more than nothing"),
    ("steps: {a: {run: x, retry: «3}}", "wrong-type", "{limit: 3}"),
    ("steps: {a: {run: x, retry: {limit: «-1}}}", "out-of-range", "from 0 to 100"),
    ("steps: {a: {run: x, poll: {every: 5m, for: «1m}}}", "out-of-range", "shorter than"),
    ("steps: {a: {run: x, resources: {limits: {cpu: «half}}}}", "bad-cpu", "500m"),
    ("steps: {a: {run: x, resources: {limits: {memory: «512MB}}}}", "bad-memory", "did you mean 512Mi?"),
    ("steps: {a: {run: x, resources: {limits: {memory: «5Mi}}}}", "bad-memory", "the least is 6Mi"),
    (
        "steps: {a: {run: x, resources: {requests: «{cpu: 2}, limits: {cpu: 1}}}}",
        "out-of-range",
        "more than the limit",
    ),
    ("steps: {a: {run: x, io: «url}}", "unknown-value", "did you mean `uri`?"),
    (
        "steps: {a: {run: x, matrix: «{a: [1,2,3,4,5,6,7,8,9,10], b: [1,2,3,4,5,6,7,8,9,10], c: [1,2,3,4,5,6,7,8,9,10], d: [1,2,3,4,5,6,7,8,9,10], e: [1,2,3,4,5,6,7,8,9,10], f: [1,2,3,4,5,6,7,8,9,10]}}}",
        "matrix-too-large",
        "1000000 cells",
    ),
    ("steps: {a: {run: x, matrix: {m: [a, «a]}}}", "duplicate-value", "here twice"),
    ("steps: {a: {run: x, matrix: {m: «[]}}}", "wrong-type", "no values"),
    ("steps: {a: {run: x, files: [«../x]}}", "path-leaves-project", "stays in it"),
    ("steps: {a: {run: x, files: [«'a[']}}", "bad-glob", "no glob"),
    ("steps: {a: {run: x, files: [«nope.py]}}", "missing-file", "no file `nope.py`"),
    ("steps: {a: {run: x, env: {«a b: x}}}", "bad-name", "letters, digits and _"),
    ("steps: {a: {run: x, env: {«GREENROOM_X: x}}}", "reserved-name", "own prefix"),
    // Outputs.
    ("steps: {a: {run: x, outputs: {o: {path: «/tmp/o}}}}", "bad-output-path", "is absolute"),
    ("steps: {a: {run: x, outputs: {o: {path: «a/../../o}}}}", "bad-output-path", "leaves its directory"),
    (
        "steps: {a: {run: x, outputs: {o: {path: «'../${{ run.name }}'}}}}",
        "bad-output-path",
        "leaves its directory",
    ),
    ("steps: {a: {run: x, outputs: {o: {path: x}, p: {path: «x}}}}", "duplicate-output-path", "`o` and `p`"),
    ("steps: {a: {run: x, outputs: {«o: {type: file}}}}", "missing-key", "an output needs `path`"),
    ("steps: {a: {run: x, outputs: {o: {path: x, type: «parquet}}}}", "unknown-value", "file, dir, table"),
    (
        "steps: {a: {run: x, outputs: {o: {path: x, expect: {columns: {c: «VARCHAR}}}}}}",
        "unknown-type",
        "did you mean `STRING`?",
    ),
    (
        "steps: {a: {run: x, outputs: {o: {path: x, expect: {min_rows: 2, max_rows: «1}}}}}",
        "out-of-range",
        "less than",
    ),
    // Schedules, owners, monitors.
    ("schedule: {cron: «'0 6 * *'}\nsteps: {a: {run: x}}", "bad-cron", "4 fields"),
    ("schedule: {cron: «'0 25 * * *'}\nsteps: {a: {run: x}}", "bad-cron", "no cron expression"),
    ("schedule: {cron: «'@daily'}\nsteps: {a: {run: x}}", "bad-cron", "write 0 0 * * *"),
    ("schedule: «'0 6 * * *'\nsteps: {a: {run: x}}", "wrong-type", "write schedule: {cron: \"0 6 * * *\"}"),
    (
        "schedule: {cron: '0 6 * * *', timezone: «Paris}\nsteps: {a: {run: x}}",
        "bad-timezone",
        "did you mean `Europe/Paris`?",
    ),
    (
        "schedule: {cron: '0 6 * * *', timezone: «Europe/Pairs}\nsteps: {a: {run: x}}",
        "bad-timezone",
        "did you mean `Europe/Paris`?",
    ),
    (
        "params: {day: {type: date, default: 2013-01-01}}\n«schedule: {cron: '0 6 * * *'}\nsteps: {a: {run: x}}",
        "schedule-binds-no-date",
        "params: {day: ",
    ),
    (
        "params: {n: int}\n«schedule: {cron: '0 6 * * *'}\nsteps: {a: {run: x}}",
        "unbound-parameter",
        "no default",
    ),
    (
        "schedule: {cron: '0 6 * * *', params: {«day: x}}\nsteps: {a: {run: x}}",
        "unknown-name",
        "no parameter `day`",
    ),
    (
        "params: {day: date}\nschedule: {cron: '0 6 * * *', params: {day: '${{ «params.day }}'}}\nsteps: {a: {run: x}}",
        "unknown-name",
        "not known here",
    ),
    (
        "params: {day: date}\nschedule: {cron: '0 6 * * *', params: {day: «2013-13-01}}\nsteps: {a: {run: x}}",
        "bad-date",
        "no such day",
    ),
    ("owners: [«anna]\nsteps: {a: {run: x}}", "unknown-person", "did you mean `ana`?"),
    (
        "steps: {a: {run: x, outputs: {o: x}}}\nmonitors: [{name: m, kind: freshness, output: «a.p, max_age: 1h}]",
        "unknown-output",
        "there can be: o",
    ),
    (
        "steps: {a: {run: x}}\nmonitors: [{name: m, kind: «fresh}]",
        "unknown-value",
        "did you mean `freshness`?",
    ),
    // Secrets.
    ("steps: {a: {run: x, env: {API_TOKEN: «hunter2}}}", "secret-in-clear", "secrets: [my_secret]"),
    (
        "steps: {a: {run: x, env: {X: «'postgres://ana:hunter2@db/x'}}}",
        "secret-in-clear",
        "a password in a URL",
    ),
    (
        "params: {db_password: {type: string, default: «hunter2}}\nsteps: {a: {run: x}}",
        "secret-in-clear",
        "db_password",
    ),
    ("steps: {a: {run: x, secrets: [«{token: x}]}}", "secret-in-clear", "names secrets"),
];

/// Whole files: path, content, code, a part of the message or of the help.
const FILES: &[(&str, &str, &str, &str)] = &[
    ("workflows/w.yaml", "«", "empty-file", "greenroom: 1"),
    ("workflows/w.yaml", "«# only a comment\n", "empty-file", "greenroom: 1"),
    ("workflows/w.yaml", "«- a\n- b\n", "wrong-type", "a mapping at the top, and this is a list"),
    ("workflows/w.yaml", "«just words\n", "wrong-type", "this is a text"),
    ("workflows/w.yaml", "«version: 2\nmodels: []\n", "not-a-spec", "another tool"),
    ("workflows/w.yaml", "greenroom: «2\nkind: workflow\n", "unknown-format", "write `greenroom: 1`"),
    ("workflows/w.yaml", "greenroom: «'1'\nkind: workflow\n", "unknown-format", "write `greenroom: 1`"),
    (
        "workflows/w.yaml",
        "greenroom: 1\nkind: «workflw\nname: w\nsteps: {a: {run: x}}\n",
        "unknown-kind",
        "did you mean `workflow`?",
    ),
    ("workflows/w.yaml", "greenroom: 1\nkind: «operator\n", "wrong-kind", "move the file to operators/"),
    (
        "workflows/w.yaml",
        "greenroom: 1\nkind: workflow\nname: w\nsteps: {a: {run: x}}\n«---\ngreenroom: 1\n",
        "two-documents",
        "a file of its own",
    ),
    (
        "workflows/w.yaml",
        "greenroom: 1\nkind: workflow\nname: w\nsteps:\n«\ta: {run: x}\n",
        "tab",
        "by spaces",
    ),
    ("workflows/w.yaml", "greenroom: 1\nname: a«\0b\n", "nul", "a spec is text"),
    ("workflows/w.yaml", "greenroom: 1\nname: «'a\n", "yaml-syntax", "close the quote"),
    ("workflows/w.yaml", "greenroom: 1\nname: «*x\n", "yaml-syntax", "alias"),
    (
        "workflows/w.yaml",
        "greenroom: 1\nkind: workflow\nname: «!env x\nsteps: {a: {run: x}}\n",
        "unknown-tag",
        "no tags",
    ),
    (
        "greenroom.yaml",
        "greenroom: 1\nkind: project\nname: p\nimages: {default: {base: d, pip: «../r.txt}}\n",
        "path-leaves-project",
        "stays in it",
    ),
    (
        "greenroom.yaml",
        "greenroom: 1\nkind: project\nname: p\nimages: {default: {base: d, pip: «out/r.txt}}\n",
        "path-leaves-project",
        "links included",
    ),
    (
        "greenroom.yaml",
        "greenroom: 1\nkind: project\nname: p\nimages: {default: {base: d, pip: «r.txt}}\n",
        "missing-file",
        "no file `r.txt`",
    ),
    (
        "greenroom.yaml",
        "greenroom: 1\nkind: project\nname: p\nimages: {default: {base: d, apt: [«'x; rm -rf /']}}\n",
        "bad-package",
        "item of its own",
    ),
    (
        "greenroom.yaml",
        "greenroom: 1\nkind: project\nname: p\nimages: {default: {base: «'a b'}}\n",
        "bad-image",
        "debian:bookworm-slim",
    ),
    (
        "greenroom.yaml",
        "greenroom: 1\nkind: project\nname: p\nimages: {default: {base: d}}\nenvironments: {dev: {root: «/var/store}}\n",
        "path-leaves-project",
        "stays in it",
    ),
    (
        "greenroom.yaml",
        "greenroom: 1\nkind: project\nname: p\nimages: {default: {base: d}}\nenvironments: {dev: {root: «out/new}}\n",
        "path-leaves-project",
        "links included",
    ),
    (
        "greenroom.yaml",
        "greenroom: 1\nkind: project\nname: p\nimages: {default: {base: d}}\nenvironments: {dev: {warehouse: {engine: duckdb, path: «../lake}}}\n",
        "path-leaves-project",
        "stays in it",
    ),
    (
        "greenroom.yaml",
        "greenroom: 1\nkind: project\nname: p\nimages: {default: {base: d}}\nenvironments: {dev: {warehouse: {engine: «snowflake}}}\n",
        "unknown-value",
        "duckdb, bigquery",
    ),
    (
        "greenroom.yaml",
        "greenroom: 1\nkind: project\nname: p\nimages: {default: {base: d}}\nenvironments: {stage: {root: «'ftp://x'}}\n",
        "unknown-value",
        "gs://",
    ),
    (
        "greenroom.yaml",
        "greenroom: 1\nkind: project\nname: p\nimages: {default: {base: d}}\nenvironments: {«production: {root: x}}\n",
        "unknown-value",
        "no environment `production`",
    ),
    (
        "greenroom.yaml",
        "greenroom: 1\nkind: project\nname: p\nimages: {default: {base: d}}\npeople: {ana: {email: a@b.c, role: «boss}}\n",
        "unknown-value",
        "analyst, scientist",
    ),
    (
        "greenroom.yaml",
        "greenroom: 1\nkind: project\nname: p\nimages: {default: {base: d}}\nservices: {s: {image: «x}}\n",
        "unknown-image",
        "no image `x`",
    ),
    (
        "greenroom.yaml",
        "greenroom: 1\nkind: project\nname: p\nimages: {default: {base: d}}\nservices: {s: {image: default, port: «70000}}\n",
        "out-of-range",
        "from 1 to 65535",
    ),
    (
        "greenroom.yaml",
        "«greenroom: 1\nkind: project\nimages: {default: {base: d}}\n",
        "missing-key",
        "needs `name`",
    ),
    (
        "operators/o.yaml",
        "greenroom: 1\nkind: operator\nname: o\ncommand: [x]\ninputs: {t: «table}\n",
        "missing-key",
        "access: read",
    ),
    (
        "operators/o.yaml",
        "greenroom: 1\nkind: operator\nname: o\ncommand: [x]\ninputs: {t: {type: table, access: «rw}}\n",
        "unknown-value",
        "read, write",
    ),
    (
        "operators/o.yaml",
        "greenroom: 1\nkind: operator\nname: o\ncommand: [x]\ninputs: {t: «{type: tabel}}\n",
        "unknown-type",
        "did you mean `table`?",
    ),
    ("operators/o.yaml", "«greenroom: 1\nkind: operator\nname: o\n", "missing-key", "needs `command`"),
    (
        "operators/o.yaml",
        "greenroom: 1\nkind: operator\nname: «sql_export\ncommand: [x]\n",
        "duplicate-name",
        "built-in",
    ),
    (
        "operators/o.yaml",
        "greenroom: 1\nkind: operator\nname: o\ncommand: [x]\noutputs: {o: «'${{ params.x }}'}\n",
        "template-not-allowed",
        "write {step}",
    ),
    ("workflows/w.yml", "«", "wrong-extension", "rename it to workflows/w.yaml"),
    ("blueprints/b.yaml", "«greenroom: 1\nkind: blueprint\ncomponents: {}\n", "missing-key", "needs `name`"),
];

/// Takes the marks out; where they were, as `line:column`.
fn marked(text: &str) -> (String, Vec<String>) {
    let mut places = Vec::new();
    let (mut line, mut column) = (1, 1);
    let mut clean = String::new();
    for c in text.chars() {
        match c {
            '«' => {
                places.push(format!("{line}:{column}"));
                continue;
            }
            '\n' => (line, column) = (line + 1, 1),
            _ => column += 1,
        }
        clean.push(c);
    }
    (clean, places)
}

/// Why a case does not hold, if it does not.
fn case(file: &str, text: &str, code: &str, part: &str) -> Option<String> {
    let (clean, places) = marked(text);
    let files = Files::new().with("q.sql", "").with(file, clean);
    std::os::unix::fs::symlink("/", files.root.join("out")).unwrap();
    let told = files.problems();
    let expected = format!("{file}:{} {code}: ", places[0]);
    match told.starts_with(&expected) && told.contains(part) && told.lines().count() == places.len() {
        true => None,
        false => Some(format!(
            "{text}\n  expected: {expected} {part}\n  told: {}\n",
            told.replace('\n', "\n        ")
        )),
    }
}

#[test]
fn a_workflow_is_told_what_is_wrong_with_it_and_where() {
    let wrong: Vec<String> = WORKFLOW
        .iter()
        .filter_map(|(text, code, part)| {
            let text = format!("greenroom: 1\nkind: workflow\nname: w\n{text}\n");
            case("workflows/w.yaml", &text, code, part)
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), WORKFLOW.len(), wrong.join("\n"));
}

#[test]
fn any_file_is_told_what_is_wrong_with_it_and_where() {
    let wrong: Vec<String> =
        FILES.iter().filter_map(|(file, text, code, part)| case(file, text, code, part)).collect();
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), FILES.len(), wrong.join("\n"));
}

fn codes(files: &Files) -> Vec<String> {
    files.load().diagnostics.into_iter().map(|problem| problem.code).collect()
}

const GOOD: &str = "greenroom: 1\nkind: workflow\nname: w\nsteps: {a: {run: x}}\n";

#[test]
fn what_is_no_text_is_told() {
    let told = |content: &[u8]| Files::new().with("workflows/w.yaml", content).problems();
    assert!(told(b"greenroom: 1\nname: caf\xe9\n").starts_with("workflows/w.yaml:2:10 not-utf8"));
    assert!(told(b"\xff\xfe").starts_with("workflows/w.yaml:1:1 not-utf8"));
    assert_eq!(told(format!("\u{feff}{GOOD}").as_bytes()), "");
    assert_eq!(told(GOOD.replace('\n', "\r\n").as_bytes()), "");
}

#[test]
fn bombs_do_no_harm() {
    let told = |content: &str| Files::new().with("workflows/w.yaml", content).problems();
    let mut bomb = "greenroom: 1\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..20 {
        let of = format!("*a{}, ", level - 1).repeat(10);
        bomb += &format!("a{level}: &a{level} [{of}]\n");
    }
    assert!(told(&bomb).contains("alias-bomb"), "{}", told(&bomb));
    assert!(told("a: &a [*a]").contains("yaml-syntax"));
    for deep in ["[".repeat(100_000), "{a: ".repeat(100_000), "- ".repeat(100_000)] {
        let told = told(&format!("greenroom: 1\nname: {deep}"));
        assert!(told.contains("too-deep") || told.contains("yaml-syntax"), "{told}");
    }
    let nested: String = (0..100).map(|level| format!("{}a:\n", " ".repeat(level))).collect();
    assert!(told(&nested).contains("too-deep"), "{}", told(&nested));
    let large = format!("{GOOD}# {}\n", "x".repeat(50_000_000));
    assert!(told(&large).contains("too-large"));
    let many: String = (0..5_000).map(|n| format!("k{n}: 1\n")).collect();
    assert_eq!(told(&format!("{GOOD}{many}")).lines().count(), 201);
}

#[test]
fn what_is_no_file_is_told() {
    let files = Files::new().with("workflows/dir.yaml/x", "");
    std::os::unix::fs::symlink("/etc/hostname", files.root.join("workflows/link.yaml")).unwrap();
    std::os::unix::fs::symlink("nowhere", files.root.join("workflows/loose.yaml")).unwrap();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        files.root.join("workflows/pipe.yaml").as_std_path(),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR,
        0,
    )
    .unwrap();
    assert_eq!(codes(&files), ["unreadable", "path-leaves-project", "path-leaves-project", "unreadable"]);
    // `workflows` itself may be a file.
    assert_eq!(codes(&Files::new().with("workflows", "")), ["unreadable"]);
    let mut files = Files::new();
    std::fs::remove_file(files.root.join("greenroom.yaml")).unwrap();
    assert_eq!(codes(&files), ["unreadable"]);
    files = files.with("greenroom.yaml/x", "");
    assert_eq!(codes(&files), ["unreadable"]);
}

#[test]
fn a_name_belongs_to_one() {
    let files = Files::new().with("workflows/a.yaml", GOOD).with("workflows/b.yaml", GOOD);
    let told = files.problems();
    assert_eq!(
        told,
        "workflows/b.yaml:3:7 duplicate-name: two workflows are called `w` | the other one is workflows/a.yaml\n"
    );
    assert_eq!(files.load().workflows["w"].file, "workflows/a.yaml");
    let blueprint = "greenroom: 1\nkind: blueprint\nname: w\ncomponents: {anything: {goes: here}}\n";
    let files = files.with("blueprints/c.yaml", blueprint);
    assert!(files.problems().contains("a workflow and a blueprint are both called `w`"));
}

#[test]
fn a_problem_draws_no_others_after_it() {
    // A broken project, operator or step is told once, and not to everybody who names it.
    let files = Files::new()
        .with("greenroom.yaml", PROJECT.replace("name: p", "name: P"))
        .with("operators/o.yaml", "greenroom: 1\nkind: operator\nname: o\ncommand: [x]\nx: 1\n")
        .with(
            "workflows/w.yaml",
            "greenroom: 1\nkind: workflow\nname: w\nowners: [zoe]\nsteps:
  a: {uses: o, image: special, outputs: {x: x}}
  b: {run: x, needs: [a, c]}
  c: {rum: x}
",
        );
    assert_eq!(codes(&files), ["bad-name", "unknown-key", "broken-operator", "no-action", "unknown-key"]);
}

#[test]
fn what_uses_a_broken_operator_is_not_run() {
    let files = Files::new()
        .with("operators/o.yaml", "greenroom: 1\nkind: operator\nname: mine\ncommand: [x]\nx: 1\n")
        .with("workflows/w.yaml", GOOD.replace("run: x", "uses: mine"));
    let specs = files.load();
    assert!(specs.workflows.is_empty());
    assert_eq!(specs.broken["w"], "workflows/w.yaml");
    assert_eq!(specs.diagnostics[1].help, "see operators/o.yaml");
}

#[test]
fn all_problems_of_a_file_are_told_at_once() {
    let files = Files::new().with(
        "workflows/w.yaml",
        "greenroom: 1
kind: workflow
name: Daily Delays
params: {day: {type: date, default: 2013-02-30}}
steps:
  load: {uses: load_tabel, timeout: 10}
  load: {run: x}
  show: {run: x, needs: [laod], retries: 2}
",
    );
    insta::assert_snapshot!(files.problems(), @"
    workflows/w.yaml:3:7 bad-name: the workflow's name: `Daily Delays` has a character a name may not have: 'D' | did you mean `daily_delays`?
    workflows/w.yaml:4:37 bad-date: `default`: `2013-02-30` is not a date such as 2013-01-31 | there is no such day in the calendar
    workflows/w.yaml:6:16 unknown-operator: there is no operator `load_tabel` | did you mean `load_table`?
    workflows/w.yaml:6:37 bad-duration: `timeout`: `10` is not a duration; write a number and ms, s, m, h or d, such as 10s or 1h30m | with a unit: 10s or 10m
    workflows/w.yaml:7:3 duplicate-step: the step `load` is here twice | the first is on line 6
    workflows/w.yaml:8:26 unknown-step: there is no step `laod` to need | did you mean `load`?
    workflows/w.yaml:8:33 unknown-key: a step has no key `retries` | did you mean `retry: {limit: …}`?
    ");
}
