use std::collections::HashMap;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use indexmap::IndexMap;

use super::files::Files;
use super::lower::{self, Around, Lower};
use super::problems::Problems;
use super::specs::Specs;
use super::{read_file, yaml};
use crate::domain::{Diagnostic, Kind, Name, Operator, Project, Span};

/// Reads all of a project's files. Whatever is in them, something is answered: what was right, and what was wrong.
pub fn load(root: &Utf8Path, builtin: IndexMap<Name, Operator>) -> Specs {
    load_typed(root, builtin, HashMap::new())
}

/// The same, with some texts in the place of what is on disk; of specs that are not there yet, too.
pub fn load_typed(
    root: &Utf8Path,
    builtin: IndexMap<Name, Operator>,
    typed: HashMap<Utf8PathBuf, Arc<str>>,
) -> Specs {
    let mut loading = Loading {
        files: Files::of(root),
        typed,
        specs: Specs {
            root: root.to_owned(),
            project: None,
            workflows: IndexMap::new(),
            operators: IndexMap::new(),
            broken: IndexMap::new(),
            diagnostics: Vec::new(),
            files: Vec::new(),
            texts: HashMap::new(),
        },
        operators: builtin,
        broken_operators: HashMap::new(),
    };
    loading.project();
    loading.operators();
    loading.workflows();
    loading.finish()
}

struct Loading {
    files: Files,
    /// In the place of what is on disk.
    typed: HashMap<Utf8PathBuf, Arc<str>>,
    specs: Specs,
    operators: IndexMap<Name, Operator>,
    broken_operators: HashMap<String, Utf8PathBuf>,
}

/// Folders below one of specs that are looked into for more.
const DEEPEST: usize = 4;

/// How a file with errors is called, as far as one can see.
struct Called {
    name: Option<String>,
    /// By itself: else it is no YAML, and a line of it looks like a name.
    said: bool,
}

/// Where a name was taken.
type Taken = HashMap<Name, Utf8PathBuf>;

impl Loading {
    fn project(&mut self) {
        let file = Utf8PathBuf::from("greenroom.yaml");
        let found = self.lower(&file, "project", lower::project);
        self.specs.project = found.ok();
    }

    fn operators(&mut self) {
        let mut taken: Taken = HashMap::new();
        for file in self.folder("operators") {
            match self.lower(&file, "operator", lower::operator) {
                Ok(operator) => {
                    let builtin = self.operators.get(&operator.name).is_some_and(|other| other.builtin);
                    if builtin {
                        let message = format!("`{}` is a built-in operator", operator.name);
                        let help = "give yours another name".to_owned();
                        self.specs.diagnostics.push(at_name(&self.specs, &file, message, help));
                    } else if self.is_new(&mut taken, &operator.name, &file, "operator") {
                        self.operators.insert(operator.name.clone(), operator);
                    }
                }
                Err(called) => {
                    let stem = file.file_stem().map(str::to_owned);
                    let names = called.name.into_iter().chain(stem);
                    self.broken_operators.extend(names.map(|name| (name, file.clone())));
                }
            }
        }
    }

    /// Workflows and blueprints: what runs has a name of its own among all of them.
    fn workflows(&mut self) {
        let mut taken: Taken = HashMap::new();
        let mut guessed = Vec::new();
        for kind in [Kind::Workflow, Kind::Blueprint] {
            self.of_kind(kind, &mut taken, &mut guessed);
        }
        // A file that is no YAML takes nobody's name.
        guessed.retain(|(name, _)| !taken.contains_key(name));
        self.specs.broken.extend(guessed);
    }

    fn of_kind(&mut self, kind: Kind, taken: &mut Taken, guessed: &mut Vec<(Name, Utf8PathBuf)>) {
        let (folder, word) = match kind {
            Kind::Workflow => ("workflows", "workflow"),
            Kind::Blueprint => ("blueprints", "blueprint"),
        };
        for file in self.folder(folder) {
            let lowered = self.lower(&file, word, |node, lower| match kind {
                Kind::Workflow => lower::workflow(node, &file, lower),
                Kind::Blueprint => lower::blueprint(node, &file, lower),
            });
            match lowered {
                Ok(workflow) => {
                    if self.is_new(taken, &workflow.name, &file, word) {
                        self.specs.workflows.insert(workflow.name.clone(), workflow);
                    }
                }
                Err(Called { name, said }) => {
                    if let Some(name) = name.and_then(|name| Name::new(&name).ok()) {
                        if said {
                            self.is_new(taken, &name, &file, word);
                            self.specs.broken.insert(name, file);
                        } else {
                            guessed.push((name, file));
                        }
                    }
                }
            }
        }
    }

    /// What a file means, if it has no error; else what it is called.
    fn lower<T>(
        &mut self,
        file: &Utf8Path,
        kind: &str,
        lowering: impl for<'n> FnOnce(&'n yaml::Node, &mut Lower<'n>) -> Option<T>,
    ) -> Result<T, Called> {
        let mut problems = Problems::of(file);
        self.specs.files.push(file.to_owned());
        let text = match self.typed.get(file) {
            Some(text) => Some(text.to_string()),
            None => read_file::read(&self.files, &self.specs.root, file, &mut problems),
        };
        let node = text.as_deref().and_then(|text| yaml::read(text, kind, &mut problems));
        let mut found = None;
        if let (Some(text), Some(node)) = (&text, &node) {
            let project: Option<&Project> = self.specs.project.as_ref();
            let around = Around {
                files: &self.files,
                project,
                operators: &self.operators,
                broken_operators: &self.broken_operators,
            };
            let mut lower = Lower::new(text, &around, problems);
            if lower::head(node, kind, &mut lower) {
                found = lowering(node, &mut lower);
            }
            problems = lower.problems;
        }
        let wrong = problems.any_errors();
        self.specs.diagnostics.extend(problems.finish());
        if let Some(text) = text {
            self.specs.texts.insert(file.to_owned(), text);
        }
        let name = match &node {
            Some(node) => name_of(node),
            None => self.specs.texts.get(file).and_then(|text| name_line(text)),
        };
        found.filter(|_| !wrong).ok_or(Called { name, said: node.is_some() })
    }

    /// The specs of a folder, in the order of their names.
    fn folder(&mut self, folder: &str) -> Vec<Utf8PathBuf> {
        let dir = self.specs.root.join(folder);
        let of_folder =
            |file: &&Utf8PathBuf| file.parent() == Some(folder.into()) && file.extension() == Some("yaml");
        let mut found: Vec<_> = self.typed.keys().filter(of_folder).cloned().collect();
        let entries = match dir.read_dir_utf8() {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return found,
            Err(error) => {
                self.tell(
                    Utf8Path::new(folder),
                    "unreadable",
                    format!("`{folder}` cannot be listed: {error}"),
                    "",
                );
                return found;
            }
        };
        for entry in entries.flatten() {
            let file = Utf8Path::new(folder).join(entry.file_name());
            match file.extension() {
                Some("yaml") if !entry.file_name().starts_with('.') => found.push(file),
                Some("yml") => {
                    let help = format!("rename it to {}", file.with_extension("yaml"));
                    self.not_read(&file, "wrong-extension", "a spec ends in .yaml", help);
                }
                _ if entry.file_type().is_ok_and(|kind| kind.is_dir()) => self.below(folder, &file),
                _ => {}
            }
        }
        found.sort();
        found.dedup();
        found
    }

    /// Specs deeper down, which somebody put there to have them read.
    fn below(&mut self, folder: &str, dir: &Utf8Path) {
        let walk = walkdir::WalkDir::new(self.specs.root.join(dir)).max_depth(DEEPEST).sort_by_file_name();
        let files = walk.into_iter().flatten().filter_map(|entry| {
            let file = Utf8Path::from_path(entry.path())?.strip_prefix(&self.specs.root).ok()?.to_owned();
            matches!(file.extension(), Some("yaml" | "yml")).then_some(file)
        });
        let specs: Vec<_> =
            files.filter(|file| read_file::begins_as_spec(&self.specs.root.join(file))).collect();
        for file in specs {
            let name = file.with_extension("yaml");
            let help = format!("move it to {folder}/{}", name.file_name().unwrap_or_default());
            let why = format!("specs lie in {folder}/ itself");
            self.not_read(&file, "wrong-folder", &why, help);
        }
    }

    fn not_read(&mut self, file: &Utf8Path, code: &str, why: &str, help: String) {
        let mut problems = Problems::of(file);
        problems.warn(code, Span::START, format!("this file is not read: {why}")).help = help;
        self.specs.diagnostics.extend(problems.finish());
    }

    /// Each name once; the second one is told.
    fn is_new(&mut self, taken: &mut Taken, name: &Name, file: &Utf8Path, what: &str) -> bool {
        if let Some(other) = taken.get(name) {
            let message = match other.parent() == file.parent() {
                true => format!("two {what}s are called `{name}`"),
                false => format!("a workflow and a blueprint are both called `{name}`"),
            };
            let problem = at_name(&self.specs, file, message, format!("the other one is {other}"));
            self.specs.diagnostics.push(problem);
            return false;
        }
        taken.insert(name.clone(), file.to_owned());
        true
    }

    fn tell(&mut self, file: &Utf8Path, code: &str, message: String, help: &str) {
        let mut problems = Problems::of(file);
        problems.error(code, Span::START, message).help = help.to_owned();
        self.specs.diagnostics.extend(problems.finish());
    }

    fn finish(mut self) -> Specs {
        self.specs.operators = self.operators;
        self.specs.diagnostics.sort_by(|a, b| {
            let key =
                |d: &Diagnostic| (d.file != "greenroom.yaml", d.file.clone(), d.span.line, d.span.column);
            key(a).cmp(&key(b))
        });
        self.specs
    }
}

fn name_of(node: &yaml::Node) -> Option<String> {
    let entry = node.as_map()?.iter().find(|entry| entry.key == "name")?;
    entry.value.as_scalar().map(|scalar| scalar.text.clone())
}

/// The same of what is no YAML: what a line of its own says.
fn name_line(text: &str) -> Option<String> {
    let line = text.lines().find_map(|line| line.strip_prefix("name:"))?;
    let value = line.split(" #").next().unwrap_or_default().trim();
    Some(value.trim_matches(['"', '\'']).to_owned())
}

/// A problem with what a file calls itself.
fn at_name(specs: &Specs, file: &Utf8Path, message: String, help: String) -> Diagnostic {
    let mut problems = Problems::of(file);
    let line = specs.texts.get(file).and_then(|text| {
        text.lines().position(|line| line.starts_with("name:")).map(|at| (at + 1, text.lines().nth(at)))
    });
    let span = match line {
        Some((line, Some(text))) => {
            let value = text["name:".len()..].trim();
            let column = text.find(value).map_or(1, |byte| text[..byte].chars().count() + 1);
            Span { line, column, length: value.chars().count().max(1) }
        }
        _ => Span::START,
    };
    let mut problem = problems.error("duplicate-name", span, message).clone();
    problem.help = help;
    problem
}
