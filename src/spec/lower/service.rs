use indexmap::IndexMap;

use super::context::Lower;
use super::fields::Fields;
use crate::domain::{Image, Name, Ready, Service, Span};
use crate::spec::yaml::Node;

const KEYS: [&str; 6] = ["image", "command", "env", "port", "ready", "volumes"];

impl<'a> Lower<'a> {
    pub(super) fn service(
        &mut self,
        node: &'a Node,
        span: Span,
        images: &IndexMap<Name, Image>,
        images_given: bool,
    ) -> Option<Service> {
        let fields = Fields::of(node, "a service", &KEYS, self)?;
        let image = fields.need("image", "a service", span, self);
        let image = image.and_then(|node| match images.is_empty() && images_given {
            // What is wrong with the images has been told.
            true => self.name(node, "`image`"),
            false => self.service_image(node, images),
        });
        let command = self.words(fields.get("command"), "`command`");
        let env = self.plain_env(fields.get("env"));
        let port = fields.get("port").and_then(|node| self.port(node, "`port`"));
        let ready = fields.get("ready").and_then(|node| self.ready(node, port));
        let volumes =
            self.named(fields.get("volumes"), "`volumes`", "a volume's name", |lower, _, _, node| {
                let text = lower.text(node, "a mount point")?;
                if !text.starts_with('/') || text.split('/').any(|part| part == "..") {
                    lower.problems.error(
                        "bad-path",
                        node.span,
                        format!("the mount point `{text}` is not absolute"),
                    );
                }
                Some(text.to_owned())
            });
        Some(Service { image: image?, command, env, port, ready, volumes })
    }

    fn port(&mut self, node: &'a Node, what: &str) -> Option<u16> {
        self.count(node, what, 1, 65_535).and_then(|port| u16::try_from(port).ok())
    }

    fn ready(&mut self, node: &'a Node, port: Option<u16>) -> Option<Ready> {
        let fields = Fields::of(node, "`ready`", &["tcp", "http", "command"], self)?;
        let given: Vec<&str> = ["tcp", "http", "command"].into_iter().filter(|key| fields.has(key)).collect();
        match given.as_slice() {
            ["tcp"] => fields.get("tcp").and_then(|node| self.port(node, "`tcp`")).map(Ready::Tcp),
            ["http"] => {
                let node = fields.get("http")?;
                let path = self.text(node, "`http`")?;
                if !path.starts_with('/') {
                    self.problems.error(
                        "bad-path",
                        node.span,
                        format!("`http` is a path such as /health, not `{path}`"),
                    );
                }
                if port.is_none() {
                    self.problems.error(
                        "missing-key",
                        node.span,
                        "`http` asks the service's `port`, and there is none",
                    );
                }
                Some(Ready::Http(path.to_owned()))
            }
            ["command"] => Some(Ready::Command(self.words(fields.get("command"), "`command`"))),
            _ => {
                self.problems.error("missing-key", node.span, "`ready` needs one of tcp, http and command");
                None
            }
        }
    }

    /// Variables without templates.
    fn plain_env(&mut self, node: Option<&'a Node>) -> IndexMap<String, String> {
        let mut env = IndexMap::new();
        for (name, node) in self.variables(node) {
            if let Some(scalar) = self.scalar(node, &format!("the variable {name}")) {
                env.insert(name.to_owned(), scalar.text.clone());
            }
        }
        env
    }

    /// The entries of an `env`, their names checked, none of them a secret in clear text.
    pub(super) fn variables(&mut self, node: Option<&'a Node>) -> Vec<(&'a str, &'a Node)> {
        let Some(node) = node else { return Vec::new() };
        let Some(map) = node.as_map() else {
            self.wrong_type(node, "`env`", "a mapping");
            return Vec::new();
        };
        let mut found = Vec::new();
        for entry in map {
            let name = entry.key.as_str();
            let good = |c: char| c.is_ascii_alphanumeric() || c == '_';
            if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) || !name.chars().all(good) {
                self.problems
                    .error("bad-name", entry.span, format!("`{name}` is no name of a variable"))
                    .help = "a variable has letters, digits and _".into();
            } else if name.starts_with("GREENROOM_") {
                self.problems.error(
                    "reserved-name",
                    entry.span,
                    format!("`{name}`: GREENROOM_ is Greenroom's own prefix"),
                );
            } else {
                self.secret_by_name(name, &entry.value);
                found.push((name, &entry.value));
            }
        }
        found
    }
}
