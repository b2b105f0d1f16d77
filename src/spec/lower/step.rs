use std::time::Duration;

use indexmap::IndexMap;

use super::context::{Lower, Place};
use super::fields::Fields;
use crate::domain::{Action, Io, Name, Poll, Retry, Span, Step, show_duration};
use crate::spec::files::{Found, stays_inside};
use crate::spec::yaml::Node;

const KEYS: [&str; 21] = [
    "description",
    "needs",
    "run",
    "command",
    "args",
    "uses",
    "with",
    "image",
    "env",
    "matrix",
    "when",
    "retry",
    "timeout",
    "poll",
    "files",
    "inputs",
    "outputs",
    "resources",
    "secrets",
    "cache",
    "io",
];

/// What a workflow says for all its steps.
#[derive(Clone, Debug)]
pub(super) struct Defaults {
    pub retry: Retry,
    pub timeout: Option<Duration>,
    pub image: Option<Name>,
    pub resources: crate::domain::Resources,
}

impl<'a> Lower<'a> {
    /// A step is always answered, so that others who name it are not told that it does not exist.
    pub(super) fn step(
        &mut self,
        name: Name,
        key: &'a str,
        at: Span,
        node: &'a Node,
        defaults: &Defaults,
    ) -> Step {
        let mut step = Step {
            description: String::new(),
            needs: Vec::new(),
            action: Action::Run(String::new()),
            image: defaults.image.clone(),
            env: IndexMap::new(),
            matrix: IndexMap::new(),
            when: None,
            retry: defaults.retry.clone(),
            timeout: defaults.timeout,
            poll: None,
            files: None,
            inputs: IndexMap::new(),
            outputs: IndexMap::new(),
            resources: defaults.resources,
            secrets: Vec::new(),
            cache: Vec::new(),
            io: Io::Path,
            query_line: None,
            name,
        };
        if let Some(fields) = Fields::of(node, "a step", &KEYS, self) {
            self.fill(&mut step, key, at, &fields);
        }
        step
    }

    fn fill(&mut self, step: &mut Step, key: &'a str, at: Span, fields: &Fields<'a>) {
        let place = Place::Value { step: key };
        step.description = self.string(fields.get("description"), "`description`");
        let (action, operator, query_line) = self.action(fields, at, key);
        step.query_line = query_line;
        if let Some(action) = action {
            step.action = action;
        }
        match fields.get("image") {
            Some(node) => step.image = self.image_of(node).or(step.image.take()),
            None if step.image.is_none() && operator.is_none_or(|operator| operator.image.is_none()) => {
                self.default_image(at);
            }
            None => {}
        }
        // A step may need one step, or several.
        step.needs = match fields.get("needs") {
            Some(node) if node.as_scalar().is_some() => self.name(node, "`needs`").into_iter().collect(),
            needs => self.list(needs, "`needs`", |lower, node| lower.name(node, "`needs`")),
        };
        for (name, node) in self.variables(fields.get("env")) {
            if let Some(template) = self.template(node, &format!("the variable {name}"), place) {
                step.env.insert(name.to_owned(), template);
            }
        }
        if let Some(node) = fields.get("matrix") {
            step.matrix = self.matrix(node);
        }
        step.when =
            fields.get("when").and_then(|node| self.template(node, "`when`", Place::When { step: key }));
        if let Some(node) = fields.get("retry") {
            step.retry = self.retry(node, &step.retry.clone()).unwrap_or_else(|| step.retry.clone());
        }
        step.poll = fields.get("poll").and_then(|node| self.poll(node));
        step.timeout = match (fields.get("timeout"), &step.poll) {
            (Some(node), poll) => {
                let timeout = self.some_time(node, "`timeout`");
                self.fits(node, timeout, poll.as_ref());
                timeout
            }
            // All polls are one attempt; a default that knew nothing of them leaves the time to wait.
            (None, Some(poll)) => step.timeout.map(|timeout| timeout.saturating_add(poll.limit)),
            (None, None) => step.timeout,
        };
        step.files =
            fields.get("files").map(|node| self.list(Some(node), "`files`", |lower, node| lower.glob(node)));
        step.inputs =
            self.named(fields.get("inputs"), "`inputs`", "an input's name", |lower, name, _, node| {
                lower.input_template(node, &format!("the input `{name}`"), place)
            });
        step.outputs = match (operator, fields.has("uses")) {
            (Some(operator), _) => {
                self.paths_given(fields.get("with"), operator);
                self.outputs_of(fields.get("outputs"), operator, key, &step.name)
            }
            (None, true) => self.outputs_of_unknown(fields.get("outputs"), key),
            (None, false) => self.outputs(fields.get("outputs"), place),
        };
        if let Some(resources) = fields.get("resources").and_then(|node| self.resources(node)) {
            step.resources = resources;
        }
        step.secrets = self.list(fields.get("secrets"), "`secrets`", |lower, node| lower.secret(node));
        step.cache =
            self.list(fields.get("cache"), "`cache`", |lower, node| lower.name(node, "a cache's name"));
        let io = [("path", Io::Path), ("uri", Io::Uri)];
        step.io = fields.get("io").and_then(|node| self.one_of(node, "`io`", &io)).unwrap_or_default();
    }

    fn fits(&mut self, node: &'a Node, timeout: Option<Duration>, poll: Option<&Poll>) {
        let (Some(timeout), Some(poll)) = (timeout, poll) else { return };
        if timeout < poll.limit {
            let (short, long) = (show_duration(timeout), show_duration(poll.limit));
            let message = format!("`timeout` ends the step after {short}, but its `poll` waits for {long}");
            self.problems.error("out-of-range", node.span, message).help =
                "all polls are one attempt: write a `timeout` as long as `for`, or none".into();
        }
    }

    /// A secret is named; a mapping with its value beside it is how other tools do it.
    fn secret(&mut self, node: &'a Node) -> Option<Name> {
        if node.as_map().is_some() {
            self.tell_secret(node.span, "`secrets` names secrets; their values do not stand in a spec");
            return None;
        }
        let text = node.as_scalar().map_or("", |scalar| &scalar.text);
        match Name::new(&text.to_lowercase()) {
            Ok(name) if name.as_env() == text => {
                let message = format!("a secret's name: `{text}` is written as its variable");
                self.problems.error("bad-name", node.span, message).help =
                    format!("write `{name}`; the step finds it as ${text} all the same");
                None
            }
            _ => self.name(node, "a secret's name"),
        }
    }

    fn glob(&mut self, node: &'a Node) -> Option<String> {
        let text = self.text(node, "`files`")?;
        if !stays_inside(text.into()) {
            self.outside(node, "`files`", text);
            return None;
        }
        if let Err(error) = globset::Glob::new(text) {
            self.problems.error("bad-glob", node.span, format!("`{text}` is no glob: {}", error.kind()));
            return None;
        }
        let literal = !text.contains(['*', '?', '[', '{']);
        if literal {
            match self.around.files.look(text) {
                Found::Outside => self.outside(node, "`files`", text),
                Found::Missing => {
                    self.problems.error(
                        "missing-file",
                        node.span,
                        format!("`files`: there is no file `{text}`"),
                    );
                }
                _ => {}
            }
        }
        Some(text.to_owned())
    }
}
