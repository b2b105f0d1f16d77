use super::context::{Lower, Place, Used};
use crate::domain::Template;
use crate::spec::foreign;
use crate::spec::templates::has_template;
use crate::spec::yaml::{Node, Scalar};

/// Where a template may not be, because its value would become part of a program.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Program {
    Script,
    Argv,
    Sql,
    /// A path or an image: what runs must be known before it runs.
    Fixed,
}

impl<'a> Lower<'a> {
    /// A text that may hold `${{ … }}`.
    pub(super) fn template(&mut self, node: &'a Node, what: &str, place: Place<'a>) -> Option<Template> {
        let scalar = self.scalar(node, what)?;
        self.note_template(scalar, node, place);
        Some(Template { text: scalar.text.clone(), span: node.span })
    }

    /// What an input takes: where it is an output's name without its braces, the step would get the name.
    pub(super) fn input_template(
        &mut self,
        node: &'a Node,
        what: &str,
        place: Place<'a>,
    ) -> Option<Template> {
        let template = self.template(node, what, place)?;
        let parts: Vec<&str> = template.text.trim().split('.').collect();
        if let ["steps", _, "outputs", _] = parts.as_slice() {
            let message = format!("{what} is a text here, not an output");
            self.problems.error("template-missing", node.span, message).help =
                format!("write \"${{{{ {} }}}}\"", template.text.trim());
        }
        Some(template)
    }

    /// Remembers the templates of a scalar, and tells those of other tools.
    pub(super) fn note_template(&mut self, scalar: &'a Scalar, node: &'a Node, place: Place<'a>) {
        let found = foreign::braces(&scalar.text).or_else(|| foreign::shell(&scalar.text));
        // The whole of a condition is an expression: with another tool's braces it is told once.
        let condition = matches!(place, Place::When { .. }) && found.is_none();
        if has_template(&scalar.text) || condition {
            self.templates.push(Used { scalar, span: node.span, place });
        }
        if let Some(found) = found {
            let span = self.place_of(scalar, node.span, found.text);
            let message = format!("`{}` is no template here: it would stay as it is", found.text);
            self.problems.error("foreign-template", span, message).help = found.in_value();
        }
    }

    /// A text that becomes part of a program, so no template may be in it.
    pub(super) fn program(&mut self, scalar: &Scalar, node: &Node, what: &str, kind: Program) {
        if let Some(start) = own_template(&scalar.text) {
            let shown = scalar.text[start..].lines().next().unwrap_or_default();
            let end = shown.find("}}").map_or(shown.len(), |end| end + 2);
            let shown = &shown[..end];
            let span = self.place_of(scalar, node.span, shown);
            let inner = shown.trim_matches(['$', '{', '}', ' ']);
            self.problems.error("template-not-allowed", span, format!("{what} may hold no template")).help =
                instead(inner, kind);
        }
        let found = match kind {
            Program::Sql => foreign::braces(&scalar.text).or_else(|| foreign::shell(&scalar.text)),
            Program::Script | Program::Argv => foreign::known_braces(&scalar.text),
            Program::Fixed => foreign::braces(&scalar.text),
        };
        if let Some(found) = found {
            let span = self.place_of(scalar, node.span, found.text);
            let message = format!("`{}` is no template here: it would stay as it is", found.text);
            self.problems.error("foreign-template", span, message).help = match kind {
                Program::Sql => found.in_sql(),
                Program::Script | Program::Argv => found.in_script(),
                Program::Fixed => found.in_value(),
            };
        }
    }
}

/// Where the first template of ours begins that is not escaped.
fn own_template(text: &str) -> Option<usize> {
    text.match_indices("${{").map(|(at, _)| at).find(|at| !text[..*at].ends_with('$'))
}

/// How to get the same value without pasting it in.
fn instead(inner: &str, kind: Program) -> String {
    let parts: Vec<&str> = inner.split('.').collect();
    let name = parts.last().copied().unwrap_or_default();
    let upper = name.to_ascii_uppercase();
    let variable = match parts.as_slice() {
        ["params", _] => Some(format!("GREENROOM_PARAM_{upper}")),
        ["matrix", _] => Some(format!("GREENROOM_MATRIX_{upper}")),
        ["run", _] => Some(format!("GREENROOM_{upper}")),
        _ => None,
    };
    let env = format!("set it, env: {{X: \"${{{{ {inner} }}}}\"}}");
    match (kind, variable, parts.first()) {
        (Program::Fixed, ..) => "it must be known before the run: write it out".into(),
        (Program::Sql, _, Some(&"params")) => {
            format!("write @{name}: the parameter is bound with its type, never pasted")
        }
        (Program::Sql, ..) => "bind a parameter: @name".into(),
        (Program::Script, Some(variable), _) => format!("write \"${variable}\""),
        (Program::Argv, Some(variable), _) => format!("let the program read {variable}, or use `run`"),
        (Program::Script, None, Some(&"steps")) => format!(
            "declare it, inputs: {{{name}: \"${{{{ {inner} }}}}\"}}, and write \"$GREENROOM_INPUT_{upper}\""
        ),
        (Program::Script, None, _) => format!("{env}, and write \"$X\""),
        (Program::Argv, None, _) => format!("{env}, and let the program read X, or use `run`"),
    }
}
