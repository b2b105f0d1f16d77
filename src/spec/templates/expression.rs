use std::ops::Range;

use minijinja::machinery::ast::{BinOpKind, CallArg, Expr, UnaryOpKind};
use minijinja::machinery::parse_expr;
use minijinja::value::ValueKind;

use super::check::Fault;
use super::lists::{argument, may_be_list};
use super::minijinja::{FILTERS, TESTS};
use crate::domain::nearest::did_you_mean;

/// A name with dots: `steps.delays.outputs.delays`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Path {
    pub parts: Vec<String>,
    /// Where it stands in the expression, in bytes.
    pub at: Range<usize>,
}

impl Path {
    pub fn parts(&self) -> Vec<&str> {
        self.parts.iter().map(String::as_str).collect()
    }
}

/// What an expression names, and what it may not do.
#[derive(Debug, Default)]
pub(super) struct Expression {
    pub paths: Vec<Path>,
    /// It is one name and nothing else, so that its value keeps its type.
    pub is_path: bool,
    /// What it surely gives, where that shows and is neither true nor false.
    pub gives: Option<&'static str>,
    /// Values that are written out and are no numbers, with where.
    pub no_numbers: Vec<(Range<usize>, String)>,
    pub faults: Vec<Fault>,
}

/// How a step can stand once what needs it is looked at.
const ENDS: [&str; 4] = ["succeeded", "failed", "skipped", "cancelled"];

/// So that no nesting in it is too deep: 2,000 signs in a row overflowed the stack of whoever read them.
const LONGEST: usize = 1024;

pub(super) fn parse(text: &str) -> Result<Expression, Fault> {
    let whole = 0..text.len();
    if text.len() > LONGEST {
        return Err(Fault::new(whole, format!("an expression has at most {LONGEST} characters")));
    }
    if text.trim().is_empty() {
        return Err(Fault::new(whole, "there is no expression in it"));
    }
    let parsed = parse_expr(text).map_err(|error| {
        let why = error.detail().unwrap_or("it cannot be read");
        Fault {
            code: "template-syntax",
            ..Fault::new(whole.clone(), format!("this is no expression: {why}"))
        }
    })?;
    let mut found =
        Expression { is_path: path(&parsed).is_some(), gives: gives(&parsed), ..Expression::default() };
    found.walk(&parsed);
    Ok(found)
}

fn range(expr: &Expr<'_>) -> Range<usize> {
    let span = expr.span();
    span.start_offset as usize..(span.end_offset as usize).max(span.start_offset as usize)
}

/// The names, if it is nothing but names.
fn path(expr: &Expr<'_>) -> Option<Path> {
    match expr {
        Expr::Var(var) => Some(Path { parts: vec![var.id.to_owned()], at: range(expr) }),
        Expr::GetAttr(get) => {
            let mut path = path(&get.expr)?;
            path.parts.push(get.name.to_owned());
            path.at.end = range(expr).end.max(path.at.end);
            Some(path)
        }
        Expr::GetItem(get) => {
            let Expr::Const(name) = &get.subscript_expr else { return None };
            let mut path = path(&get.expr)?;
            path.parts.push(name.value.as_str()?.to_owned());
            path.at.end = range(expr).end.max(path.at.end);
            Some(path)
        }
        _ => None,
    }
}

/// What is neither true nor false, whatever the names in it stand for.
fn gives(expr: &Expr<'_>) -> Option<&'static str> {
    match expr {
        Expr::Const(constant) => match constant.value.kind() {
            ValueKind::Bool => None,
            ValueKind::Number => Some("a number"),
            ValueKind::String => Some("a text"),
            _ => Some("nothing"),
        },
        Expr::BinOp(op) => match op.op {
            BinOpKind::Concat => Some("a text"),
            BinOpKind::Sub
            | BinOpKind::Mul
            | BinOpKind::Div
            | BinOpKind::FloorDiv
            | BinOpKind::Rem
            | BinOpKind::Pow => Some("a number"),
            _ => None,
        },
        Expr::UnaryOp(op) if matches!(op.op, UnaryOpKind::Neg) => Some("a number"),
        Expr::List(_) | Expr::Tuple(_) => Some("a list"),
        Expr::Map(_) => Some("a mapping"),
        _ => None,
    }
}

impl Expression {
    fn walk(&mut self, expr: &Expr<'_>) {
        if let Some(path) = path(expr) {
            self.paths.push(path);
            return;
        }
        match expr {
            Expr::GetAttr(get) => self.walk(&get.expr),
            Expr::GetItem(get) => {
                self.fault(
                    expr,
                    "a name is written out, not computed".into(),
                    "write params.x or params[\"x\"]".into(),
                );
                self.walk(&get.subscript_expr);
            }
            Expr::Slice(slice) => {
                self.walk(&slice.expr);
                [&slice.start, &slice.stop, &slice.step]
                    .into_iter()
                    .flatten()
                    .for_each(|part| self.walk(part));
            }
            Expr::UnaryOp(op) => self.walk(&op.expr),
            Expr::BinOp(op) => {
                if matches!(op.op, BinOpKind::Eq | BinOpKind::Ne | BinOpKind::In) {
                    self.statuses(&[&op.left, &op.right]);
                }
                // A list that is repeated costs nothing until it becomes a text, and then all memory.
                if matches!(op.op, BinOpKind::Mul) && (may_be_list(&op.left) || may_be_list(&op.right)) {
                    self.fault(expr, "a list is not multiplied".into(), "numbers and texts can be".into());
                }
                self.walk(&op.left);
                self.walk(&op.right);
            }
            Expr::Compare(compare) => {
                let sides: Vec<_> =
                    std::iter::once(&compare.expr).chain(compare.ops.iter().map(|op| &op.expr)).collect();
                self.statuses(&sides);
                self.walk(&compare.expr);
                compare.ops.iter().for_each(|op| self.walk(&op.expr));
            }
            Expr::IfExpr(test) => {
                self.walk(&test.test_expr);
                self.walk(&test.true_expr);
                test.false_expr.iter().for_each(|part| self.walk(part));
            }
            Expr::Filter(filter) => {
                if !FILTERS.contains(&filter.name) {
                    let help = did_you_mean(filter.name, "filters", FILTERS);
                    self.fault(expr, format!("there is no filter `{}`", filter.name), help);
                }
                filter.expr.iter().for_each(|part| self.walk(part));
                self.arguments(&filter.args);
            }
            Expr::Test(test) => {
                if !TESTS.contains(&test.name) {
                    let help = did_you_mean(test.name, "tests", TESTS);
                    self.fault(expr, format!("there is no test `is {}`", test.name), help);
                }
                self.walk(&test.expr);
                self.arguments(&test.args);
            }
            Expr::Call(_) => {
                let help = format!("there are filters: {}", FILTERS.join(", "));
                self.fault(expr, "an expression calls nothing".into(), help);
            }
            Expr::List(list) => {
                self.no_numbers.push((range(expr), "a list".to_owned()));
                list.items.iter().for_each(|part| self.walk(part));
            }
            Expr::Tuple(tuple) => {
                self.no_numbers.push((range(expr), "a list".to_owned()));
                tuple.items.iter().for_each(|part| self.walk(part));
            }
            Expr::Map(map) => {
                self.no_numbers.push((range(expr), "a mapping".to_owned()));
                map.keys.iter().chain(&map.values).for_each(|part| self.walk(part));
            }
            Expr::Const(constant) if constant.value.kind() != ValueKind::Number => {
                let written = match constant.value.kind() {
                    ValueKind::Bool => constant.value.is_true().to_string(),
                    _ => constant.value.to_string(),
                };
                self.no_numbers.push((range(expr), format!("`{written}`")));
            }
            Expr::Var(_) | Expr::Const(_) => {}
        }
    }

    /// A step's status may be compared with what a status can be.
    fn statuses(&mut self, sides: &[&Expr<'_>]) {
        let of_a_step = |path: Path| matches!(path.parts().as_slice(), ["steps", _, "status"]);
        if !sides.iter().any(|side| path(side).is_some_and(of_a_step)) {
            return;
        }
        for side in sides {
            let words = match *side {
                Expr::List(list) => list.items.as_slice(),
                Expr::Tuple(tuple) => tuple.items.as_slice(),
                one => std::slice::from_ref(one),
            };
            for word in words {
                let Expr::Const(constant) = word else { continue };
                let shown = constant.value.to_string();
                if !ENDS.contains(&shown.as_str()) {
                    let help = did_you_mean(&shown, "statuses", ENDS);
                    let told = Fault::new(range(word), format!("no step ends as `{shown}`"));
                    self.faults.push(Fault { code: "unknown-value", help, ..told });
                }
            }
        }
    }

    fn arguments(&mut self, args: &[CallArg<'_>]) {
        args.iter().map(argument).for_each(|expr| self.walk(expr));
    }

    fn fault(&mut self, expr: &Expr<'_>, message: String, help: String) {
        self.faults.push(Fault { help, code: "template-syntax", ..Fault::new(range(expr), message) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_wherever_they_are() {
        let names = |text: &str| -> Vec<String> {
            parse(text).unwrap().paths.iter().map(|path| path.parts.join(".")).collect()
        };
        assert_eq!(names("params.a"), ["params.a"]);
        assert_eq!(
            names("params['a'] == steps.x.status and not matrix.b"),
            ["params.a", "steps.x.status", "matrix.b"]
        );
        assert_eq!(
            names("params.a if run.env in ['x', params.c] else params.b | default(params.d)"),
            ["run.env", "params.c", "params.a", "params.b", "params.d"]
        );
        assert_eq!(names("'params.a'"), Vec::<String>::new());
    }

    #[test]
    fn a_place_is_that_of_the_name() {
        let text = "1 + params.day";
        let parsed = parse(text).unwrap();
        assert_eq!(&text[parsed.paths[0].at.clone()], "params.day");
    }

    #[test]
    fn nothing_is_called_or_computed() {
        for bad in
            ["range(9)", "params.a.upper()", "params[run.env]", "params.a | tojson", "params.a is mapping"]
        {
            assert!(!parse(bad).unwrap().faults.is_empty(), "{bad}");
        }
        for bad in ["", "a b", "1 +", "{% if x %}", "(", &"(".repeat(3000), &"1+".repeat(5000)] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
