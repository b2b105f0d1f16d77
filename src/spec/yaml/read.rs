use std::collections::{HashMap, HashSet};

use granit_parser::{Event, Options, Parser, ScalarStyle, ScanError, options};

use super::{Entry, Node, Scalar, Tree};
use crate::domain::Span;
use crate::spec::problems::Problems;

/// More than any spec has: 10,000 steps of ten keys are 300,000.
const NODES: usize = 3_000_000;
/// Nodes that aliases may add, however often they name one another.
const ALIASED: usize = 100_000;
const DEPTH: usize = 64;

/// The document of a file that is to be of a kind. None when it has none that could be read; then a problem says why.
pub(in crate::spec) fn read(text: &str, kind: &str, problems: &mut Problems) -> Option<Node> {
    let mut builder = Builder::default();
    for event in Parser::new_from_str_with_options(text, options()) {
        let (event, at) = match event {
            Ok(event) => event,
            Err(error) => {
                syntax(&error, text, problems);
                return None;
            }
        };
        if event.tag().is_some_and(|tag| !tag.is_yaml_core_schema()) {
            let tag = at.tag_span().unwrap_or(at);
            problems.error("unknown-tag", span(text, &tag), "a spec has no tags such as `!x`").help =
                "leave the tag out".into();
        }
        let span = span(text, &at);
        let source = at.byte_range().unwrap_or_default();
        if !builder.take(event, span, source, problems) {
            return None;
        }
    }
    if builder.root.is_none() {
        problems.error("empty-file", Span::START, "the file is empty").help =
            format!("a spec begins with `greenroom: 1` and `kind: {kind}`");
    }
    builder.root
}

fn options() -> Options {
    options! {
        emit_comments: false,
        block_nesting_limit: DEPTH,
        flow_nesting_limit: DEPTH,
    }
}

/// From where it starts to where it ends on that line.
fn span(text: &str, at: &granit_parser::Span) -> Span {
    let (start, end) = (at.start, at.end);
    let length = match (end.line() == start.line(), start.byte_offset()) {
        (true, _) => end.col().saturating_sub(start.col()),
        (false, Some(byte)) => text
            .get(byte..)
            .and_then(|rest| rest.lines().next())
            .map_or(1, |line| line.trim_end().chars().count()),
        (false, None) => 1,
    };
    Span { line: start.line(), column: start.col() + 1, length: length.max(1) }
}

fn syntax(error: &ScanError, text: &str, problems: &mut Problems) {
    use granit_parser::ErrorKind as Kind;
    let at = error.marker();
    let mut span = Span { line: at.line().max(1), column: at.col() + 1, length: 1 };
    let (code, help) = match error.kind() {
        Kind::TabNotAllowed
        | Kind::TabInBlockIndentation
        | Kind::TabInIndentation
        | Kind::TabAtBlockScalarStart => {
            let line = text.lines().nth(span.line - 1).unwrap_or_default();
            if let Some(tab) = line.find('\t') {
                span.column = line[..tab].chars().count() + 1;
            }
            ("tab", "YAML is indented by spaces")
        }
        Kind::RecursionLimitExceeded => {
            return problems.too_deep(span, DEPTH);
        }
        Kind::UnclosedQuotedScalar => ("yaml-syntax", "close the quote"),
        Kind::MappingValueNotAllowed => {
            ("yaml-syntax", "a text with `: ` in it must be quoted; or the line is indented too far")
        }
        Kind::UnknownAnchor => ("yaml-syntax", "an alias `*x` needs an anchor `&x` above it"),
        _ => ("yaml-syntax", "nothing after this could be read"),
    };
    problems.error(code, span, format!("this is not YAML: {}", error.kind())).help = help.into();
}

/// A collection that is not closed yet.
struct Open {
    span: Span,
    anchor: usize,
    tree: OpenTree,
    /// Nodes read when it was opened.
    before: usize,
}

enum OpenTree {
    List(Vec<Node>),
    Map { entries: Vec<Entry>, seen: Seen, key: Option<Key>, merges: Vec<Node> },
}

/// The keys of a mapping. Most have a few, which are looked through; thousands of steps are hashed.
#[derive(Default)]
struct Seen(HashSet<String>);

impl Seen {
    fn is_new(&mut self, key: &str, entries: &[Entry]) -> bool {
        const FEW: usize = 12;
        if entries.len() < FEW {
            return !entries.iter().any(|entry| entry.key == key);
        }
        if self.0.is_empty() {
            self.0.extend(entries.iter().map(|entry| entry.key.clone()));
        }
        self.0.insert(key.to_owned())
    }
}

struct Key {
    text: String,
    span: Span,
    plain: bool,
}

#[derive(Default)]
struct Builder {
    root: Option<Node>,
    documents: usize,
    open: Vec<Open>,
    /// What an alias may name, and how many nodes it is.
    anchors: HashMap<usize, (Node, usize)>,
    nodes: usize,
    aliased: usize,
}

impl Builder {
    /// False when reading cannot go on.
    fn take(
        &mut self,
        event: Event<'_>,
        span: Span,
        source: std::ops::Range<usize>,
        problems: &mut Problems,
    ) -> bool {
        self.nodes += 1;
        if self.nodes > NODES {
            problems.error("too-large", span, format!("the file has more than {NODES} values"));
            return false;
        }
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    problems.error("two-documents", span, "a second document begins here").help =
                        "a file holds one spec: move this one to a file of its own".into();
                    return false;
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                let text_by_tag = tag.is_some_and(|tag| tag.is_yaml_core_schema_tag("str"));
                let plain = style == ScalarStyle::Plain && !text_by_tag;
                if let Some(Open { tree: OpenTree::Map { key: key @ None, .. }, .. }) = self.open.last_mut() {
                    *key = Some(Key { text: text.into_owned(), span, plain });
                    return true;
                }
                let scalar = Scalar { text: text.into_owned(), plain, source };
                let node = Node { span, tree: Tree::Scalar(scalar) };
                if anchor != 0 {
                    self.anchors.insert(anchor, (node.clone(), 1));
                }
                return self.put(node, problems);
            }
            Event::SequenceStart(_, anchor, _) => {
                return self.start(OpenTree::List(Vec::new()), anchor, span, problems);
            }
            Event::MappingStart(_, anchor, _) => {
                let (entries, merges) = (Vec::new(), Vec::new());
                let map = OpenTree::Map { entries, seen: Seen::default(), key: None, merges };
                return self.start(map, anchor, span, problems);
            }
            Event::SequenceEnd | Event::MappingEnd => return self.end(problems),
            Event::Alias(id) => {
                let Some((node, size)) = self.anchors.get(&id) else {
                    problems.error("yaml-syntax", span, "this alias names what it is part of");
                    return false;
                };
                self.aliased += size;
                if self.aliased > ALIASED {
                    problems
                        .error("alias-bomb", span, format!("aliases add more than {ALIASED} values"))
                        .help = "write out what you mean".into();
                    return false;
                }
                self.nodes += size;
                let node = node.clone();
                return self.put(node, problems);
            }
            _ => {}
        }
        true
    }

    fn start(&mut self, tree: OpenTree, anchor: usize, span: Span, problems: &mut Problems) -> bool {
        if let Some(Open { tree: OpenTree::Map { key: None, .. }, .. }) = self.open.last() {
            problems.error("yaml-syntax", span, "a key must be a word, not a list or mapping").help =
                "quote a template: \"${{ … }}\"".into();
            return false;
        }
        if self.open.len() >= DEPTH {
            problems.too_deep(span, DEPTH);
            return false;
        }
        self.open.push(Open { span, anchor, tree, before: self.nodes });
        true
    }

    fn end(&mut self, problems: &mut Problems) -> bool {
        let Some(open) = self.open.pop() else { return true };
        let tree = match open.tree {
            OpenTree::List(items) => Tree::List(items),
            OpenTree::Map { mut entries, mut seen, merges, .. } => {
                merge(merges, &mut entries, &mut seen, problems);
                Tree::Map(entries)
            }
        };
        let node = Node { span: open.span, tree };
        if open.anchor != 0 {
            self.anchors.insert(open.anchor, (node.clone(), self.nodes - open.before + 1));
        }
        self.put(node, problems)
    }

    fn put(&mut self, node: Node, problems: &mut Problems) -> bool {
        let in_steps = self.in_steps();
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return true;
        };
        match &mut open.tree {
            OpenTree::List(items) => items.push(node),
            OpenTree::Map { entries, seen, key, merges } => {
                let Some(taken) = key.take() else {
                    problems.error("yaml-syntax", node.span, "a key must be a word");
                    return false;
                };
                if taken.text == "<<" && taken.plain {
                    merges.push(node);
                    return true;
                }
                if !seen.is_new(&taken.text, entries) {
                    duplicate(&taken, entries, in_steps, problems);
                    // What is wrong with the second step is told all the same.
                    if !in_steps {
                        return true;
                    }
                }
                entries.push(Entry { key: taken.text, span: taken.span, value: node });
            }
        }
        true
    }

    /// The open mapping is the file's `steps`.
    fn in_steps(&self) -> bool {
        match self.open.as_slice() {
            [Open { tree: OpenTree::Map { key: Some(key), .. }, .. }, _] => key.text == "steps",
            _ => false,
        }
    }
}

fn duplicate(key: &Key, entries: &[Entry], in_steps: bool, problems: &mut Problems) {
    let first = entries.iter().find(|entry| entry.key == key.text).map_or(0, |entry| entry.span.line);
    let (code, what) = if in_steps { ("duplicate-step", "step") } else { ("duplicate-key", "key") };
    problems.error(code, key.span, format!("the {what} `{}` is here twice", key.text)).help =
        format!("the first is on line {first}");
}

/// `<<: *defaults`: what the mapping does not say itself.
fn merge(merges: Vec<Node>, entries: &mut Vec<Entry>, seen: &mut Seen, problems: &mut Problems) {
    for node in merges {
        let maps = match node.tree {
            Tree::Map(map) => vec![map],
            Tree::List(items) if items.iter().all(|item| item.as_map().is_some()) => items
                .into_iter()
                .filter_map(|item| if let Tree::Map(map) = item.tree { Some(map) } else { None })
                .collect(),
            _ => {
                problems.error("wrong-type", node.span, "`<<` merges a mapping, or a list of them");
                vec![]
            }
        };
        for entry in maps.into_iter().flatten() {
            if seen.is_new(&entry.key, entries) {
                entries.push(entry);
            }
        }
    }
}
