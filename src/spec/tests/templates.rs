//! `${{ … }}` as plans and the engine render them.

use indexmap::IndexMap;

use crate::domain::{
    Name, RunScope, Scope, Span, Status, StepScope, Template, Templates, Token, Value, Version,
};
use crate::spec::Minijinja;

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn template(text: &str) -> Template {
    Template { text: text.to_owned(), span: Span::START }
}

fn scope() -> Scope {
    let params = [
        ("day", Value::Date("2013-01-31".parse().unwrap())),
        ("n", Value::Int(7)),
        ("x", Value::Float(0.5)),
        ("full", Value::Bool(true)),
        ("text", Value::String("a b".into())),
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

fn render(text: &str) -> Result<Value, String> {
    Minijinja.render(&template(text), &scope()).map_err(|error| format!("{error}: {}", error.help))
}

#[test]
fn a_scalar_that_is_only_a_template_keeps_its_type() {
    assert_eq!(render("${{ params.day }}"), Ok(Value::Date("2013-01-31".parse().unwrap())));
    assert_eq!(render("${{params['n']}}"), Ok(Value::Int(7)));
    assert_eq!(render("${{ params.n * 2 + 1 }}"), Ok(Value::Int(15)));
    assert_eq!(render("${{ params.n / 2 }}"), Ok(Value::Float(3.5)));
    assert_eq!(render("${{ not params.full }}"), Ok(Value::Bool(false)));
    assert_eq!(render("${{ params.day == '2013-01-31' }}"), Ok(Value::Bool(true)));
    for (text, shown) in [
        ("n=${{ params.n }}", "n=7"),
        ("${{ params.day }}-${{ matrix.origin | upper }}", "2013-01-31-EWR"),
        ("${{ 'a' if params.n > 5 else 'b' }}", "a"),
        ("${{ steps.load.outputs.out }}", "/store/p/dev/w/load/out"),
        ("${{ run.name ~ '.' ~ run.version }}", "w.0.1.0"),
        ("$${{ params.n }}", "${{ params.n }}"),
        ("{{ params.n }}", "{{ params.n }}"),
        ("${{ params.day | replace('-', '') }}", "20130131"),
        ("", ""),
    ] {
        assert_eq!(render(text), Ok(Value::String(shown.into())), "{text}");
    }
}

#[test]
fn an_unknown_name_is_an_error_with_the_nearest() {
    assert_eq!(render("${{ params.dya }}"), Err("there is no `params.dya`: did you mean `day`?".into()));
    assert_eq!(render("${{ parms.day }}"), Err("there is no `parms`: did you mean `params`?".into()));
    assert!(render("${{ steps.load.outputs.nope }}").unwrap_err().contains("out"));
    assert!(render("${{ schedule.date }}").is_err());
    // Even where the value would not be needed.
    assert!(render("${{ params.n if true else params.nope }}").is_err());
}

#[test]
fn time_and_size_are_bounded() {
    let long = "x".repeat(5_000);
    for text in [
        "${{ 'x' * 1000000000 }}",
        "${{ 2 ** 10000000 }}",
        "${{ ('x' * 60000) ~ ('x' * 60000) }}",
        "${{ [params.text] }}",
        "${{ [[['x' * 9999] * 9999] * 9999] | string | length }}",
        "${{ ((1, 2) * 99999999) ~ '' }}",
        "${{ 1 / 0 }}",
        &format!("${{{{ '{long}' }}}}"),
        &format!("${{{{ {}1{} }}}}", "(".repeat(2_000), ")".repeat(2_000)),
        &"${{ 'x' * 40000 }}".repeat(2),
    ] {
        assert!(render(text).is_err(), "{}", text.chars().take(40).collect::<String>());
    }
}

#[test]
fn when_is_a_bool_with_or_without_braces() {
    let holds = |text: &str| Minijinja.holds(&template(text), &scope()).map_err(|error| error.message);
    assert_eq!(holds("${{ params.full }}"), Ok(true));
    assert_eq!(holds(" params.n > 7 "), Ok(false));
    assert_eq!(holds("steps.load.status == 'failed'"), Ok(true));
    assert_eq!(holds("true"), Ok(true));
    for bad in ["params.n", "${{ params.text }}", "", "${{ true }} x", "yes"] {
        assert!(holds(bad).is_err(), "{bad}");
    }
}

#[test]
fn what_a_template_reads_is_known_without_rendering_it() {
    let reads = |text: &str| -> Vec<String> {
        let pairs = Minijinja.reads(&template(text));
        pairs.into_iter().map(|(step, output)| format!("{step}.{output}")).collect()
    };
    assert_eq!(
        reads("${{ steps.a.outputs.b }}/${{ steps['c'].outputs.d ~ steps.a.outputs.b }}"),
        ["a.b", "c.d"]
    );
    assert_eq!(reads("$${{ steps.a.outputs.b }} 'steps.a.outputs.b'"), Vec::<String>::new());
    let names =
        Minijinja.names_status_of(&template("steps.a.status == 'failed' or steps.b.status == 'failed'"));
    assert_eq!(names, [name("a"), name("b")]);
}
