//! Whatever is written between `${{` and `}}`: no panic, bounded, and nothing reached but what is given.

use indexmap::IndexMap;
use proptest::prelude::*;

use super::split::{Part, split};
use super::{Fault, Minijinja, check, check_condition};
use crate::domain::{
    Name, RunScope, Scope, Span, Status, StepScope, Template, Templates, Token, Value, Version,
};

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn scope() -> Scope {
    let params = [
        ("day", Value::Date("2013-01-31".parse().unwrap())),
        ("n", Value::Int(i64::MAX)),
        ("x", Value::Float(-1e300)),
        ("full", Value::Bool(true)),
        ("text", Value::String("a é,b ".repeat(500))),
    ];
    let outputs = IndexMap::from([(name("out"), "/store/p/dev/w/load/out".to_owned())]);
    Scope {
        params: params.into_iter().map(|(text, value)| (name(text), value)).collect(),
        run: Some(RunScope {
            project: name("p"),
            env: name("dev"),
            name: name("w"),
            version: Version::INITIAL,
            token: Token::generate(),
        }),
        steps: IndexMap::from([(name("load"), StepScope { outputs, status: Some(Status::Failed) })]),
        matrix: IndexMap::from([(name("origin"), Value::String("ewr".into()))]),
        schedule: None,
    }
}

fn word(words: &[&'static str]) -> impl Strategy<Value = String> + Clone + use<> {
    prop::sample::select(words.to_vec()).prop_map(str::to_owned)
}

const GIVEN: [&str; 9] = [
    "params.n",
    "params.text",
    "params['x']",
    "params.day",
    "params.full",
    "run.token",
    "matrix.origin",
    "steps.load.outputs.out",
    "steps.load.status",
];
const NOT_GIVEN: [&str; 15] = [
    "params",
    "steps.load",
    "steps.gone.status",
    "params.text.__class__",
    "params.n.real",
    "self",
    "loop",
    "config",
    "env",
    "__builtins__",
    "range",
    "schedule.date",
    "''.__class__",
    "[].append",
    "{}.items",
];
const NUMBERS: [&str; 12] = [
    "0",
    "1",
    "-1",
    "3",
    "1000",
    "10**9",
    "2**127",
    "1e308",
    "1.5",
    "9223372036854775807",
    "170141183460469231731687303715884105727",
    "99999999999999999999999999999999999999999999",
];
const OTHERS: [&str; 9] =
    ["''", "'a'", "\"é\"", "'a,b'", "'xxxxxxxxxxxxxxxxxxxxxxxx'", "true", "none", "[]", "{}"];

fn leaf() -> impl Strategy<Value = String> {
    prop_oneof![6 => word(&GIVEN), 1 => word(&NOT_GIVEN), 2 => word(&NUMBERS), 2 => word(&OTHERS)]
}

fn expression() -> impl Strategy<Value = String> {
    let operator = word(&[
        "+", "-", "*", "*", "/", "//", "%", "**", "~", "~", "and", "or", "==", "!=", "<", ">=", "in",
        "not in",
    ]);
    let filter = word(&super::minijinja::FILTERS);
    let test = word(&["startingwith", "endingwith", "defined", "mapping"]);
    leaf().prop_recursive(6, 48, 4, move |inner| {
        let many = prop::collection::vec(inner.clone(), 0..4).prop_map(|items| items.join(", "));
        let (one, two) = (inner.clone(), (inner.clone(), inner.clone()));
        let three = (inner.clone(), inner.clone(), inner.clone());
        prop_oneof![
            4 => (two.clone(), operator.clone()).prop_map(|((a, b), op)| format!("({a} {op} {b})")),
            4 => (one.clone(), filter.clone(), many.clone()).prop_map(|(a, f, b)| format!("{a} | {f}({b})")),
            2 => (one.clone(), filter.clone()).prop_map(|(a, f)| format!("({a}) | {f}")),
            1 => (two.clone(), test.clone()).prop_map(|((a, b), t)| format!("({a} is {t}({b}))")),
            1 => three.clone().prop_map(|(a, b, c)| format!("({a} if {b} else {c})")),
            1 => three.prop_map(|(a, b, c)| format!("({a})[{b}:{c}]")),
            1 => many.clone().prop_map(|items| format!("[{items}]")),
            1 => two.clone().prop_map(|(k, v)| format!("{{{k}: {v}}}")),
            1 => two.prop_map(|(a, b)| format!("({a})[{b}]")),
            1 => (one.clone(), many).prop_map(|(a, args)| format!("({a})({args})")),
            1 => (word(&["-", "not ", "--", "not not "]), one).prop_map(|(op, a)| format!("{op}{a}")),
        ]
    })
}

/// The same thing done to the last again and again: what grows, grows so fastest.
fn tower() -> impl Strategy<Value = String> {
    let floors = word(&[
        "(_) * 100000",
        "(_) | replace('a', 'aaaaaaaaaaaaaaaaaaaa')",
        "(_) | replace('', 'aaaaaaaa')",
        "(_) | join('aaaaaaaaaaaaaaaaaaaa')",
        "(_) | split('a') | join('bbbbbbbbbbbb')",
        "(_) | split('')",
        "[_, _]",
        "((_) ~ (_))",
        "(_) ** 99",
        "(_)",
        "-_",
        "{'a': _}",
        "[_] * 1000",
        "(_) | string",
        "(_) | length",
        "(_) + (_)",
        "(_) if (_) else (_)",
        "(_) in (_)",
        "(_) | upper | lower",
        "(_)[::-1]",
    ]);
    (leaf(), floors.clone(), floors, prop_oneof![3 => 0usize..40, 1 => 40usize..1000]).prop_map(
        |(leaf, a, b, height)| {
            let mut text = leaf;
            for floor in [a, b].iter().cycle().take(height) {
                let next = floor.replace('_', &text);
                if next.len() > 1000 {
                    break;
                }
                text = next;
            }
            text
        },
    )
}

/// Pieces that mean something to a parser, and some that do not.
fn rubbish() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        word(&[
            "${{", "$${{", "}}", "{{", "{%", "%}", "{#", "'", "\"", "\\", "(", ")", "[", "]", "{", "}", "|",
            ".", ":", ",", "~", "=", "**", "//", " if ", " else ", " is ", " not ", " in ", "params", ".n",
            "\\u0000", "\n", "\0", "é", "1", "1_0", "0b2", "1e9", "\u{2028}", "\u{feff}", "_", "loop",
            "caller()", "| join",
        ]),
        ".{0,3}",
    ];
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

fn template() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => expression().prop_map(|text| format!("${{{{ {text} }}}}")),
        2 => tower().prop_map(|text| format!("${{{{{text}}}}}")),
        1 => (rubbish(), expression(), tower())
            .prop_map(|(a, b, c)| format!("{a}${{{{{b}}}}}-${{{{ {c} }}}}")),
        1 => expression(),
        2 => rubbish(),
        1 => rubbish().prop_map(|text| format!("${{{{{text}}}}}")),
    ]
}

/// Every fault lies in the expression that it tells of, or is the whole text.
fn lie_within(text: &str, faults: &[Fault]) -> Result<(), TestCaseError> {
    let parts = split(text).unwrap_or_default();
    for fault in faults {
        let own = parts.iter().find_map(|part| match part {
            Part::Expression { text, index, .. } if *index == fault.index => Some(*text),
            _ => None,
        });
        let own = own.unwrap_or(text);
        let lies = own.get(fault.at.clone()).is_some() || fault.at == (0..text.len());
        prop_assert!(lies, "{:?} in {}", fault, own);
    }
    Ok(())
}

proptest! {
    #[test]
    fn whatever_a_template_says_it_is_read_and_rendered_in_bounds(text in template()) {
        let scope = scope();
        let template = Template { text: text.clone(), span: Span::START };
        let checked = check(&text, &scope);
        lie_within(&text, &checked.faults)?;
        let when = check_condition(&text, &scope);
        lie_within(&text, &when.faults)?;

        match Minijinja.render(&template, &scope) {
            Ok(value) => {
                prop_assert!(value.to_string().len() <= 64 << 10);
                prop_assert!(checked.faults.is_empty(), "{:?}", checked.faults);
            }
            Err(error) => prop_assert!(error.message.len() <= 64 << 10, "{}", error.message.len()),
        }
        match Minijinja.holds(&template, &scope) {
            Ok(_) => prop_assert!(when.faults.is_empty(), "{:?}", when.faults),
            Err(error) => prop_assert!(error.message.len() <= 128 << 10, "{}", error.message.len()),
        }
        for (step, _) in Minijinja.reads(&template) {
            prop_assert!(text.contains(step.as_str()));
        }
        for step in Minijinja.names_status_of(&template) {
            prop_assert!(text.contains(step.as_str()));
        }
    }
}

#[test]
fn a_small_text_cannot_make_a_large_one() {
    let grown = |filter: &str| format!("${{{{ 'a'{} }}}}", filter.repeat(80));
    for text in [
        grown("|replace('a', 'aaaaaaaaaaaaaaaaaaaa')"),
        grown("|split('')|join('aaaaaaaaaaaaaa')"),
        "${{ 'a' * 1000000000 }}".to_owned(),
        "${{ [[1] * 100000] * 100000 }}".to_owned(),
        // What is nested takes room on the stack.
        format!("${{{{ {}1{} }}}}", "(".repeat(500), ")".repeat(500)),
        format!("${{{{ {}1 }}}}", "-".repeat(1000)),
        format!("${{{{ {}1 }}}}", "-".repeat(100_000)),
        format!("${{{{ {}1 }}}}", "not ".repeat(250)),
        format!("${{{{ 1{} }}}}", "+1".repeat(500)),
        format!("${{{{ 1{} }}}}", " ** 9".repeat(200)),
    ] {
        let template = Template { text, span: Span::START };
        let made = Minijinja.render(&template, &scope()).map(|value| value.to_string().len());
        assert!(
            made.is_err() || made.as_ref().is_ok_and(|length| *length < 10),
            "{:.60}: {made:?}",
            template.text
        );
    }
}
