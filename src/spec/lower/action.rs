use indexmap::IndexMap;

use super::context::Lower;
use super::fields::Fields;
use super::texts::Program;
use crate::domain::nearest::did_you_mean;
use crate::domain::{Action, Name, Operator, Span};
use crate::spec::yaml::Node;

impl<'a> Lower<'a> {
    /// What the step does, the operator it uses, and the line of its inline query.
    pub(super) fn action(
        &mut self,
        fields: &Fields<'a>,
        at: Span,
        step: &'a str,
    ) -> (Option<Action>, Option<&'a Operator>, Option<usize>) {
        let given: Vec<&str> = ["run", "command", "uses"].into_iter().filter(|key| fields.has(key)).collect();
        match given.as_slice() {
            // A key that is near one of them has been told already.
            [] if ["run", "command", "uses"].iter().any(|key| fields.meant(key)) => {}
            [] => {
                self.problems.error("no-action", at, format!("the step `{step}` does nothing")).help =
                    "give it `run` (a shell script), `command` (an argv) or `uses` (an operator)".into();
            }
            [_] => {}
            [first, second, ..] => {
                let span = fields.key(second).unwrap_or(at);
                let message =
                    format!("the step `{step}` has `{first}` and `{second}`; one of them is what it does");
                self.problems.error("two-actions", span, message).help =
                    "split it into two steps, or remove one".into();
            }
        }
        if let (Some(span), false) = (fields.key("args"), fields.has("command")) {
            self.problems.error("unknown-key", span, "`args` belongs to `command`");
        }
        if let (Some(span), false) = (fields.key("with"), fields.has("uses")) {
            self.problems.error("unknown-key", span, "`with` belongs to `uses`").help =
                "name the operator: uses: sql_export".into();
        }
        let run = fields.get("run").and_then(|node| self.script(node)).map(Action::Run);
        let command = fields.get("command").map(|node| {
            let mut argv = self.argv(node, "`command`");
            argv.extend(fields.get("args").map(|node| self.argv(node, "`args`")).unwrap_or_default());
            Action::Command(argv)
        });
        let mut operator = None;
        let mut query_line = None;
        let uses = fields.get("uses").and_then(|node| {
            let Some(found) = self.operator_named(node, step) else {
                self.with_of_unknown(fields.get("with"), step);
                return None;
            };
            operator = Some(found);
            let (with, line) = self.with(fields.get("with"), node.span, found, step);
            query_line = line;
            Some(Action::Uses { operator: found.name.clone(), with })
        });
        (run.or(command).or(uses), operator, query_line)
    }

    fn script(&mut self, node: &'a Node) -> Option<String> {
        let text = self.text(node, "`run`")?;
        self.blank(text, node, "`run`");
        if let Some(scalar) = node.as_scalar() {
            self.program(scalar, node, "`run`", Program::Script);
        }
        if text.contains('\0') {
            self.problems.error("nul", node.span, "a script cannot hold the character NUL");
        }
        Some(text.to_owned())
    }

    /// Tells a program that has nothing in it.
    pub(super) fn blank(&mut self, text: &str, node: &Node, what: &str) {
        if text.trim().is_empty() {
            self.problems.error("wrong-type", node.span, format!("{what} is empty"));
        }
    }

    pub(super) fn argv(&mut self, node: &'a Node, what: &str) -> Vec<String> {
        let words = self.words(Some(node), what);
        if words.is_empty() && what == "`command`" && node.as_list().is_some_and(<[Node]>::is_empty) {
            self.problems.error("wrong-type", node.span, "`command` is empty");
        }
        for item in node.as_list().unwrap_or_default() {
            if let Some(scalar) = item.as_scalar() {
                self.program(scalar, item, what, Program::Argv);
            }
        }
        words
    }

    fn operator_named(&mut self, node: &'a Node, step: &'a str) -> Option<&'a Operator> {
        let scalar = self.scalar(node, "`uses`")?;
        let operators: &'a IndexMap<Name, Operator> = self.around.operators;
        let found = operators.get(scalar.text.as_str());
        if found.is_none() {
            self.unclear.insert(step);
            let broken = self.around.broken_operators.get(&scalar.text);
            let (code, message) = match broken {
                Some(_) => ("broken-operator", format!("the operator `{}` has errors itself", scalar.text)),
                None => ("unknown-operator", format!("there is no operator `{}`", scalar.text)),
            };
            let known = operators.keys().map(Name::as_str);
            let help = match broken {
                Some(file) => format!("see {file}"),
                None if scalar.text.contains(['/', '@']) => {
                    "operators are the built-in ones and those of operators/*.yaml".to_owned()
                }
                None => did_you_mean(&scalar.text, "operators", known),
            };
            self.problems.error(code, node.span, message).help = help;
        }
        found
    }
}
