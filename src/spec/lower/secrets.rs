use super::context::Lower;
use crate::domain::{Span, secret_assigned, secret_look};
use crate::spec::yaml::{Node, Plain, Scalar, Tree};

/// Inputs whose text is SQL: there `token='x'` compares, and gives nothing away.
pub(super) const SQL: [&str; 2] = ["query", "where"];

impl<'a> Lower<'a> {
    /// Secrets anywhere in the file, known by their look or by what they are assigned to.
    pub(super) fn check_secrets(&mut self, node: &Node) {
        let mut open = vec![(node, false)];
        while let Some((node, sql)) = open.pop() {
            match &node.tree {
                Tree::Map(map) => {
                    open.extend(map.iter().map(|entry| (&entry.value, SQL.contains(&entry.key.as_str()))));
                }
                Tree::List(items) => open.extend(items.iter().map(|item| (item, sql))),
                Tree::Scalar(scalar) => self.check_text(node, scalar, sql),
            }
        }
    }

    fn check_text(&mut self, node: &Node, scalar: &Scalar, sql: bool) {
        let mut found = secret_look::in_text(&scalar.text);
        if !sql {
            found.extend(secret_assigned::in_command(&scalar.text));
        }
        for secret in found {
            let span = self.place_of(scalar, node.span, secret.text);
            self.tell_secret(span, &format!("{} stands here in clear text", secret.what));
        }
    }

    /// Tells a value that must be a secret, going by what it is called.
    pub(super) fn secret_by_name(&mut self, name: &str, node: &Node) {
        let Some(scalar) = node.as_scalar() else { return };
        let literal = scalar.typed() == Plain::Text
            && !secret_look::is_sample(&scalar.text)
            && !scalar.text.contains("${{");
        // Many tools are told the file that a secret stands in, and there it is in a container.
        let file = scalar.text.starts_with("/run/secrets/");
        if literal && !file && secret_look::by_name(name) && secret_look::in_text(&scalar.text).is_empty() {
            self.tell_secret(node.span, &format!("the value of `{name}` stands here in clear text"));
        }
    }

    pub(super) fn tell_secret(&mut self, span: Span, message: &str) {
        self.problems.error("secret-in-clear", span, message).help =
            "put it into .greenroom/secrets.env, and name it: secrets: [my_secret]".into();
    }
}
