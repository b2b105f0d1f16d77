use std::time::Duration;

use camino::Utf8Path;
use indexmap::IndexMap;

use super::context::Lower;
use super::fields::Fields;
use super::step::Defaults;
use crate::domain::nearest::did_you_mean;
use crate::domain::{Blueprint, Kind, Name, Retry, Span, Step, Version, Workflow};
use crate::spec::yaml::{Node, Plain};

const KEYS: [&str; 11] = [
    "greenroom",
    "kind",
    "name",
    "version",
    "description",
    "owners",
    "params",
    "schedule",
    "defaults",
    "steps",
    "monitors",
];

/// What is answered counts only if no error was told.
pub(in crate::spec) fn workflow<'a>(
    node: &'a Node,
    file: &Utf8Path,
    lower: &mut Lower<'a>,
) -> Option<Workflow> {
    let fields = Fields::of(node, "a workflow", &KEYS, lower)?;
    let words =
        Words { kind: Kind::Workflow, what: "a workflow", name: "the workflow's name", steps: "steps" };
    body(node, file, &fields, &words, lower, |_, _| None)
}

/// How a file of this kind calls things.
pub(super) struct Words {
    pub kind: Kind,
    pub what: &'static str,
    pub name: &'static str,
    /// The key of its steps.
    pub steps: &'static str,
}

/// What workflows and blueprints share; `more` reads what only a blueprint has, once its steps are known.
pub(super) fn body<'a>(
    node: &'a Node,
    file: &Utf8Path,
    fields: &Fields<'a>,
    words: &Words,
    lower: &mut Lower<'a>,
    more: impl FnOnce(&IndexMap<Name, Step>, &mut Lower<'a>) -> Option<Blueprint>,
) -> Option<Workflow> {
    let top = fields.key("greenroom").unwrap_or(Span::START);
    let name = fields.need("name", words.what, top, lower);
    let name = name.and_then(|node| lower.name(node, words.name));
    let version = fields.get("version").map(|node| lower.version(node));
    let description = lower.string(fields.get("description"), "`description`");
    let owners = lower.list(fields.get("owners"), "`owners`", |lower, node| lower.owner(node));
    let params =
        lower.named(fields.get("params"), "`params`", "a parameter's name", |lower, name, span, node| {
            if let Some(default) =
                node.as_map().and_then(|map| map.iter().find(|entry| entry.key == "default"))
            {
                lower.secret_by_name(name.as_str(), &default.value);
            }
            lower.param(node, span, "a parameter")
        });
    let schedule = fields
        .get("schedule")
        .and_then(|node| lower.schedule(node, fields.key("schedule").unwrap_or(node.span), &params));
    let defaults = lower.defaults(fields.get("defaults"));
    let steps = lower.steps(fields, words, top, &defaults);
    let blueprint = more(&steps, lower);
    let named = lower.check_templates(&params, &steps);
    lower.check_needs(fields.get(words.steps), &steps, named);
    let monitors = lower.monitors(fields.get("monitors"), &steps);
    lower.check_secrets(node);
    Some(Workflow {
        kind: words.kind,
        name: name?,
        version: version.unwrap_or(Some(Version::INITIAL))?,
        description,
        owners,
        params,
        schedule,
        steps,
        monitors,
        blueprint,
        file: file.to_owned(),
    })
}

impl<'a> Lower<'a> {
    pub(super) fn version(&mut self, node: &'a Node) -> Option<Version> {
        let scalar = self.scalar(node, "`version`")?;
        let text = &scalar.text;
        match text.parse() {
            Ok(version) => Some(version),
            Err(error) => {
                let (message, help) = match scalar.typed() {
                    Plain::Int(_) => {
                        (format!("`{text}` is a number, not a version"), format!("write {text}.0.0"))
                    }
                    Plain::Float(_) => {
                        (format!("`{text}` is a number, not a version"), format!("write {text}.0"))
                    }
                    _ => (format!("{error}"), "major.minor.patch, without v and without -rc".to_owned()),
                };
                self.problems.error("bad-version", node.span, message).help = help;
                None
            }
        }
    }

    fn owner(&mut self, node: &'a Node) -> Option<Name> {
        let name = self.name(node, "an owner")?;
        if let Some(project) = self.around.project.filter(|project| !project.people.contains_key(&name)) {
            let people = project.people.keys().map(Name::as_str);
            let help = match project.people.is_empty() {
                true => "add them to `people` in greenroom.yaml".to_owned(),
                false => did_you_mean(name.as_str(), "people of greenroom.yaml", people),
            };
            self.problems.error("unknown-person", node.span, format!("nobody is called `{name}`")).help =
                help;
        }
        Some(name)
    }

    fn defaults(&mut self, node: Option<&'a Node>) -> Defaults {
        let mut defaults = Defaults {
            retry: Retry { limit: 0, delay: Duration::ZERO, backoff: 1 },
            timeout: None,
            image: None,
            resources: crate::domain::Resources::default(),
        };
        let Some(fields) = node.and_then(|node| {
            Fields::of(node, "`defaults`", &["retry", "timeout", "image", "resources"], self)
        }) else {
            return defaults;
        };
        if let Some(retry) = fields.get("retry").and_then(|node| self.retry(node, &defaults.retry)) {
            defaults.retry = retry;
        }
        defaults.timeout = fields.get("timeout").and_then(|node| self.some_time(node, "`timeout`"));
        defaults.image = fields.get("image").and_then(|node| self.image_of(node));
        if let Some(resources) = fields.get("resources").and_then(|node| self.resources(node)) {
            defaults.resources = resources;
        }
        defaults
    }

    fn steps(
        &mut self,
        fields: &Fields<'a>,
        words: &Words,
        top: Span,
        defaults: &Defaults,
    ) -> IndexMap<Name, Step> {
        let mut steps = IndexMap::new();
        let Some(node) = fields.need(words.steps, words.what, top, self) else { return steps };
        let Some(map) = node.as_map() else {
            let what = format!("`{}`", words.steps);
            self.wrong_type(node, &what, "a mapping from a step's name to the step");
            if node.as_list().is_some()
                && let Some(last) = self.problems.last()
            {
                last.help = match words.kind {
                    Kind::Workflow => "write the name as the key: steps: {load: {run: …}}".into(),
                    Kind::Blueprint => "write the name as the key: components: {extract: {run: …}}".into(),
                };
            }
            return steps;
        };
        if map.is_empty() && words.kind == Kind::Workflow {
            self.problems.error("missing-key", node.span, "a workflow needs at least one step");
        }
        for entry in map {
            let named = self.name_of(&entry.key, entry.span, "a step's name");
            // A wrong name hides nothing of what else is wrong with its step.
            let Some(name) = named.clone().or_else(|| Name::new("step").ok()) else { continue };
            let step = self.step(name, &entry.key, entry.span, &entry.value, defaults);
            if let Some(name) = named {
                steps.entry(name).or_insert(step);
            }
        }
        steps
    }
}
