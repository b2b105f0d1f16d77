use std::collections::HashMap;

use indexmap::IndexMap;

use super::context::Lower;
use super::fields::Fields;
use crate::domain::{Name, Person, Project, Role};
use crate::spec::yaml::Node;

const KEYS: [&str; 8] =
    ["greenroom", "kind", "name", "people", "images", "services", "environments", "description"];
const ROLES: [(&str, Role); 3] =
    [("analyst", Role::Analyst), ("scientist", Role::Scientist), ("engineer", Role::Engineer)];

/// `greenroom.yaml`. What is answered counts only if no error was told.
pub(in crate::spec) fn project<'a>(node: &'a Node, lower: &mut Lower<'a>) -> Option<Project> {
    let fields = Fields::of(node, "a project", &KEYS, lower)?;
    let name = fields.need("name", "a project", fields.span, lower);
    let name = name.and_then(|node| lower.name(node, "the project's name"));
    lower.string(fields.get("description"), "`description`");
    let people = lower.people(fields.get("people"));
    let images = lower.named(fields.get("images"), "`images`", "an image's name", |lower, _, span, node| {
        lower.image(node, span)
    });
    let mut ports: HashMap<u16, Name> = HashMap::new();
    let services =
        lower.named(fields.get("services"), "`services`", "a service's name", |lower, name, span, node| {
            let service = lower.service(node, span, &images, fields.has("images"))?;
            if let Some(port) = service.port
                && let Some(other) = ports.insert(port, name.clone())
            {
                let at = node.as_map().into_iter().flatten().find(|entry| entry.key == "port");
                let at = at.map_or(span, |entry| entry.value.span);
                let told = format!("`{other}` has port {port} too, and both are published on 127.0.0.1");
                lower.problems.error("port-taken", at, told);
            }
            Some(service)
        });
    let environments = lower.environments(fields.get("environments"));
    lower.check_secrets(node);
    Some(Project { name: name?, people, images, services, environments })
}

impl<'a> Lower<'a> {
    /// `people:`
    pub(super) fn people(&mut self, node: Option<&'a Node>) -> IndexMap<Name, Person> {
        self.named(node, "`people`", "a person's name", |lower, _, span, node| person(node, span, lower))
    }
}

fn person<'a>(node: &'a Node, span: crate::domain::Span, lower: &mut Lower<'a>) -> Option<Person> {
    let fields = Fields::of(node, "a person", &["email", "role"], lower)?;
    let email = fields.need("email", "a person", span, lower);
    let email = email.and_then(|node| {
        let text = lower.text(node, "`email`")?;
        let good = text.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.'));
        if !good {
            lower.problems.error("bad-email", node.span, format!("`{text}` is no e-mail address"));
        }
        Some(text.to_owned())
    });
    let role = fields.need("role", "a person", span, lower);
    let role = role.and_then(|node| lower.one_of(node, "`role`", &ROLES));
    Some(Person { email: email?, role: role? })
}

/// The image that a key names must be one of the project's.
pub(super) fn known_image<T>(name: &Name, images: &IndexMap<Name, T>) -> bool {
    images.contains_key(name)
}
