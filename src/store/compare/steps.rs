use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::artifacts::Asked;
use super::maker::{MakerRun, taken_over};
use super::side::Side;
use crate::domain::compare::{ArtifactDifference, Change, CodeChanges, StepDifference};
use crate::domain::{InputSource, Launch, Manifest, Name, Node, NodeId, PlannedOutput};

/// A name and what it is, of one run.
type Named = (String, String);

impl Asked<'_> {
    /// All steps of both runs, in the order of the newer one, or of the one whose plan can be read; those that only the
    /// other one has come last.
    pub(super) fn steps(&self, code: &CodeChanges) -> Vec<StepDifference> {
        let (leading, other) = match self.old.is_planned() && !self.new.is_planned() {
            true => (self.old, self.new),
            false => (self.new, self.old),
        };
        let mut all = leading.nodes();
        let known: HashSet<NodeId> = all.iter().cloned().collect();
        all.extend(other.nodes().into_iter().filter(|id| !known.contains(id)));
        let mut artifacts: HashMap<NodeId, Vec<ArtifactDifference>> = HashMap::new();
        let mut steps = Vec::new();
        for id in all {
            // What this run was told had no part in what another made.
            let makers = [self.old, self.new].map(|side| side.makers.of_step(&id).run);
            let both = self.old.node(&id).is_some() && self.new.node(&id).is_some();
            let listed = |lists: &HashMap<NodeId, Vec<String>>| lists.get(&id).cloned().unwrap_or_default();
            let title =
                self.new.node(&id).or_else(|| self.old.node(&id)).map_or_else(|| id.to_string(), Node::title);
            let (mut old, mut new) = (self.old.outcome(&id), self.new.outcome(&id));
            // What is not known is not told as a difference.
            if let (Some(was), Some(is)) = (&mut old, &mut new) {
                match (self.old.knows(&id), self.new.knows(&id)) {
                    (false, _) => was.status = is.status,
                    (true, false) => is.status = was.status,
                    (true, true) => {}
                }
            }
            let asked = listed(&code.asked);
            steps.push(StepDifference {
                title,
                old,
                new,
                taken_over: taken_over(self.old, self.new, &id, &asked),
                spec: if both { specs(&makers, &id) } else { Vec::new() },
                params: asked,
                files: listed(&code.read),
                inputs: if both { self.inputs(&id, &artifacts) } else { Vec::new() },
                reads: if self.old.manifest(&id).is_some() && self.new.manifest(&id).is_some() {
                    self.reads(&id, &makers)
                } else {
                    Vec::new()
                },
                artifacts: self.artifacts(&id),
                node: id.clone(),
            });
            if let Some(step) = steps.last() {
                artifacts.insert(id, step.artifacts.clone());
            }
        }
        steps
    }

    /// What a step was given by others. Where that is the same by its content, it is told as the same.
    fn inputs(&self, id: &NodeId, made: &HashMap<NodeId, Vec<ArtifactDifference>>) -> Vec<Change<String>> {
        let of = |side: &Side| -> Vec<Named> {
            let inputs = side.node(id).into_iter().flat_map(|node| &node.inputs);
            let given = inputs.filter_map(|(name, input)| match &input.source {
                InputSource::Step { step, output } => Some((name.to_string(), sums(side, step, output))),
                InputSource::Value => None,
            });
            given.collect()
        };
        let mut inputs = changes(&of(self.old), &of(self.new));
        for input in inputs.iter_mut().filter(|input| !input.is_same()) {
            let given = |side: &Side| {
                let input = side.node(id)?.inputs.get(input.name.as_str())?;
                Some(input.source.clone())
            };
            // Another output is another input, whatever became of it.
            if let Some(InputSource::Step { step, output }) = &given(self.new)
                && given(self.old) == given(self.new)
                && self.is_same_by_content(step, output, made)
            {
                input.old.clone_from(&input.new);
            }
        }
        inputs
    }

    /// What it has besides: tables of the lake, and plain values.
    fn reads(&self, id: &NodeId, [was, is]: &[Option<Rc<MakerRun>>; 2]) -> Vec<Change<String>> {
        let of = |side: &Side, maker: Option<&MakerRun>| -> Vec<Named> {
            let inputs = maker.and_then(|maker| maker.node(id)).into_iter().flat_map(|node| &node.inputs);
            let values = inputs.filter(|(_, input)| input.source == InputSource::Value);
            let values =
                values.filter_map(|(name, input)| Some((name.to_string(), maker?.own(&input.value))));
            let reads = side.manifest(id).into_iter().flat_map(|manifest| &manifest.reads);
            let reads = reads
                .map(|read| (read.table.to_string(), format!("{} rows, {}", read.rows, read.sha256.short())));
            values.chain(reads).collect()
        };
        changes(&of(self.old, was.as_deref()), &of(self.new, is.as_deref()))
    }

    fn is_same_by_content(
        &self,
        step: &Name,
        output: &Name,
        made: &HashMap<NodeId, Vec<ArtifactDifference>>,
    ) -> bool {
        let mut manifests = self.new.manifests_of(step.as_str()).peekable();
        manifests.peek().is_some()
            && manifests.all(|manifest| {
                let below = path_of(manifest, output);
                made.get(&manifest.node).is_some_and(|artifacts| {
                    let of_output = artifacts.iter().filter(|artifact| {
                        below.is_none_or(|below| {
                            artifact.path == below || artifact.path.starts_with(&format!("{below}/"))
                        })
                    });
                    self.old.manifest(&manifest.node).is_some()
                        && of_output.into_iter().all(|artifact| artifact.same)
                })
            })
    }
}

/// An output's path within its step's directory.
fn path_of<'a>(manifest: &'a Manifest, output: &Name) -> Option<&'a str> {
    let path = manifest.outputs.get(output)?.path.as_str();
    path.strip_prefix(&manifest.node.dir())?.strip_prefix('/')
}

/// The sum of an output, of all its cells where there are several.
fn sums(side: &Side, step: &Name, output: &Name) -> String {
    let made = side.manifests_of(step.as_str()).filter_map(|manifest| manifest.outputs.get(output));
    let sums: Vec<&str> = made.map(|produced| produced.sha256.short()).collect();
    if sums.is_empty() {
        format!("{step}.{output}, not made")
    } else {
        format!("{step}.{output} {}", sums.join(" "))
    }
}

/// What a step was told by who made what it left, in each of two runs. Nothing where one of these is not known.
fn specs(makers: &[Option<Rc<MakerRun>>; 2], id: &NodeId) -> Vec<Change<String>> {
    let [old, new] = makers.each_ref().map(|maker| {
        let maker = maker.as_deref()?;
        Some(spec(maker, maker.node(id)?))
    });
    old.zip(new).map(|(old, new)| changes(&old, &new)).unwrap_or_default()
}

/// What a step was told, as planned.
fn spec(maker: &MakerRun, node: &Node) -> Vec<Named> {
    let mut parts: Vec<Named> = match &node.launch {
        Launch::Script(script) => vec![("script".to_owned(), maker.own(script))],
        Launch::Argv(words) => vec![("command".to_owned(), maker.own(&words.join(" ")))],
    };
    parts.extend(node.operator.iter().map(|operator| ("operator".to_owned(), operator.to_string())));
    parts.extend(maker.image_of(node).map(|image| ("image".to_owned(), image)));
    parts.extend(node.env.iter().map(|(name, value)| (name.clone(), maker.own(value))));
    parts.extend(node.with.iter().map(|(name, value)| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        (name.to_string(), maker.own(&text))
    }));
    parts.extend(node.when.iter().map(|when| ("when".to_owned(), when.text.clone())));
    parts.extend(
        node.outputs.iter().map(|(name, output)| (format!("output {name}"), maker.own(&expected(output)))),
    );
    let secrets: Vec<&str> = node.secrets.iter().map(Name::as_str).collect();
    parts.extend((!secrets.is_empty()).then(|| ("secrets".to_owned(), secrets.join(", "))));
    parts
}

/// Where an output lies, and what is expected of it.
fn expected(output: &PlannedOutput) -> String {
    let expect = serde_json::to_value(&output.expect).unwrap_or_default();
    let rules = expect.as_object().into_iter().flatten();
    let says = |rule: &serde_json::Value| match rule {
        serde_json::Value::Null => false,
        serde_json::Value::Array(items) => !items.is_empty(),
        serde_json::Value::Object(fields) => !fields.is_empty(),
        _ => true,
    };
    let rules = rules.filter(|(_, rule)| says(rule)).map(|(name, rule)| format!("{name} {rule}"));
    std::iter::once(output.path.clone()).chain(rules).collect::<Vec<_>>().join(", ")
}

pub(super) fn changes(old: &[Named], new: &[Named]) -> Vec<Change<String>> {
    fn pairs(side: &[Named]) -> Vec<(&str, String)> {
        side.iter().map(|(name, value)| (name.as_str(), value.clone())).collect()
    }
    Change::all(pairs(old), pairs(new))
}
