use super::context::Lower;
use super::fields::Fields;
use crate::domain::{Cpu, Memory, Poll, QuantityError, ResourceAmounts, Resources, Retry, Storage};
use crate::spec::yaml::Node;

impl<'a> Lower<'a> {
    /// What a step says itself, the rest from `base`.
    pub(super) fn retry(&mut self, node: &'a Node, base: &Retry) -> Option<Retry> {
        if let Some(scalar) = node.as_scalar() {
            self.wrong_type(node, "`retry`", "a mapping");
            if let Some(last) = self.problems.last() {
                last.help = format!("write retry: {{limit: {}}}", scalar.text);
            }
            return None;
        }
        let fields = Fields::of(node, "`retry`", &["limit", "delay", "backoff"], self)?;
        let limit = fields.get("limit").and_then(|node| self.count(node, "`limit`", 0, 100));
        let delay = fields.get("delay").and_then(|node| self.duration(node, "`delay`"));
        let backoff = fields.get("backoff").and_then(|node| self.count(node, "`backoff`", 1, 100));
        let small = |number: u64| u32::try_from(number).ok();
        Some(Retry {
            limit: limit.and_then(small).unwrap_or(base.limit),
            delay: delay.unwrap_or(base.delay),
            backoff: backoff.and_then(small).unwrap_or(base.backoff),
        })
    }

    pub(super) fn poll(&mut self, node: &'a Node) -> Option<Poll> {
        let fields = Fields::of(node, "`poll`", &["every", "for"], self)?;
        let every =
            fields.need("every", "`poll`", node.span, self).and_then(|n| self.some_time(n, "`every`"));
        let limit_node = fields.need("for", "`poll`", node.span, self);
        let limit = limit_node.and_then(|node| self.some_time(node, "`for`"));
        let (every, limit) = (every?, limit?);
        if limit < every {
            let at = limit_node.map_or(node.span, |node| node.span);
            self.problems.error("out-of-range", at, "`for` is shorter than `every`: it would look once only");
        }
        Some(Poll { every, limit })
    }

    pub(super) fn resources(&mut self, node: &'a Node) -> Option<Resources> {
        let fields = Fields::of(node, "`resources`", &["requests", "limits"], self)?;
        let requests = fields.get("requests").and_then(|node| self.amounts(node, "`requests`"));
        let limits = fields.get("limits").and_then(|node| self.amounts(node, "`limits`"));
        let (requests, limits) = (requests.unwrap_or_default(), limits.unwrap_or_default());
        if limits.cpu.is_some_and(|limit| limit < Cpu::LEAST_LIMIT) {
            let cpu = fields.get("limits").and_then(Node::as_map).into_iter().flatten();
            let at = cpu.filter(|entry| entry.key == "cpu").map(|entry| entry.value.span).next();
            let problem = format!("a container is limited to at least {} (0.01) of a core", Cpu::LEAST_LIMIT);
            self.problems.error("bad-cpu", at.unwrap_or(node.span), problem);
        }
        let at = fields.get("requests").map_or(node.span, |node| node.span);
        let storage = requests.ephemeral_storage.zip(limits.ephemeral_storage);
        for (over, what) in [
            (requests.cpu.zip(limits.cpu).is_some_and(|(request, limit)| request > limit), "cpu"),
            (requests.memory.zip(limits.memory).is_some_and(|(request, limit)| request > limit), "memory"),
            (storage.is_some_and(|(request, limit)| request > limit), "storage"),
        ] {
            if over {
                let problem = format!("the {what} requested is more than the limit");
                self.problems.error("out-of-range", at, problem);
            }
        }
        Some(Resources { requests, limits })
    }

    fn amounts(&mut self, node: &'a Node, what: &str) -> Option<ResourceAmounts> {
        let fields = Fields::of(node, what, &["cpu", "memory", "ephemeral-storage"], self)?;
        let cpu = fields.get("cpu").and_then(|node| {
            let text = &self.scalar(node, "`cpu`")?.text;
            Cpu::parse(text)
                .map_err(|error| self.problems.error("bad-cpu", node.span, error.to_string()))
                .ok()
        });
        let memory = fields.get("memory");
        let memory = memory.and_then(|node| self.bytes(node, "`memory`", "bad-memory", Memory::parse));
        let storage = fields.get("ephemeral-storage");
        let ephemeral_storage =
            storage.and_then(|node| self.bytes(node, "`ephemeral-storage`", "bad-storage", Storage::parse));
        Some(ResourceAmounts { cpu, memory, ephemeral_storage })
    }

    fn bytes<T>(
        &mut self,
        node: &'a Node,
        what: &str,
        code: &'static str,
        parse: fn(&str) -> Result<T, QuantityError>,
    ) -> Option<T> {
        let text = &self.scalar(node, what)?.text;
        let parsed = parse(text);
        parsed
            .map_err(|error| {
                let help = kubernetes_unit(text);
                self.problems.error(code, node.span, error.to_string()).help = help;
            })
            .ok()
    }
}

/// `512MB` and `1gb` as Kubernetes writes them.
fn kubernetes_unit(text: &str) -> String {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let unit = match unit.trim().to_ascii_lowercase().as_str() {
        "mb" | "m" | "mib" => "Mi",
        "gb" | "g" | "gib" => "Gi",
        "kb" | "k" | "kib" => "Ki",
        _ => return String::new(),
    };
    match number.is_empty() {
        true => String::new(),
        false => format!("did you mean {number}{unit}?"),
    }
}
