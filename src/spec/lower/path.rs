use camino::{Utf8Path, Utf8PathBuf};

use super::context::Lower;
use super::texts::Program;
use crate::domain::nearest::nearest;
use crate::spec::files::Found;
use crate::spec::yaml::Node;

impl<'a> Lower<'a> {
    /// A file of the project, which must be there.
    pub(super) fn project_file(&mut self, node: &'a Node, what: &str) -> Option<Utf8PathBuf> {
        let text = self.text(node, what)?;
        if let Some(scalar) = node.as_scalar() {
            let before = self.problems.errors();
            self.program(scalar, node, what, Program::Fixed);
            if self.problems.errors() > before {
                return None;
            }
        }
        match self.around.files.look(text) {
            Found::File => return Some(Utf8PathBuf::from(text)),
            Found::Outside => self.outside(node, what, text),
            Found::Dir => {
                self.problems.error("not-a-file", node.span, format!("{what}: `{text}` is a directory"));
            }
            Found::Odd => {
                self.problems.error(
                    "not-a-file",
                    node.span,
                    format!("{what}: `{text}` is not an ordinary file"),
                );
            }
            Found::Missing => self.missing_file(node, what, text),
        }
        None
    }

    pub(super) fn missing_file(&mut self, node: &Node, what: &str, text: &str) {
        let help = self.near_file(text);
        self.problems.error("missing-file", node.span, format!("{what}: there is no file `{text}`")).help =
            help;
    }

    /// A folder that may not be there yet, and must stay in the project.
    pub(super) fn project_path(&mut self, node: &'a Node, what: &str) -> Option<Utf8PathBuf> {
        let text = self.written_out(node, what)?;
        if text.is_empty() {
            self.problems.error("empty-path", node.span, format!("{what} is empty")).help =
                "name a folder of its own, such as .greenroom/store or .greenroom/lake".into();
            return None;
        }
        match self.around.files.look(text) {
            Found::Outside => {
                self.outside(node, what, text);
                None
            }
            _ if self.around.files.is_private(text) => {
                let message =
                    format!("{what}: `{text}` holds what this machine keeps to itself, its secrets");
                self.problems.error("private-path", node.span, message).help =
                    "name a folder of its own, such as .greenroom/store or .greenroom/lake".into();
                None
            }
            _ => Some(Utf8PathBuf::from(text)),
        }
    }

    /// A path in which nothing waits to be filled in: no shell ever reads it.
    pub(super) fn written_out(&mut self, node: &'a Node, what: &str) -> Option<&'a str> {
        let text = self.text(node, what)?;
        if text.starts_with('~') || text.contains('$') {
            let message = format!("{what}: `{text}` would be a folder of just that name");
            self.problems.error("not-written-out", node.span, message).help =
                "neither ~ nor $ stands for anything here: write the path out".into();
            return None;
        }
        Some(text)
    }

    pub(super) fn outside(&mut self, node: &Node, what: &str, text: &str) {
        let message = format!("{what}: `{text}` leaves the project");
        self.problems.error("path-leaves-project", node.span, message).help =
            "write a path relative to the project's root that stays in it, links included; the files in .greenroom are \
             none of its own"
                .into();
    }

    /// What was meant, if a file of a similar name is beside it.
    fn near_file(&self, text: &str) -> String {
        let path = Utf8Path::new(text);
        let (Some(name), parent) = (path.file_name(), path.parent().unwrap_or(Utf8Path::new(""))) else {
            return String::new();
        };
        let names = self.around.files.names(parent);
        match nearest(name, names.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{}`?", parent.join(near)),
            None => "a path is relative to the project's root".into(),
        }
    }
}
