use std::path::{Component as Part, Path};

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;

use super::split::{Component, Param};
use super::{Note, Split};
use crate::cli::scaffold::Draft;
use crate::domain::Name;

/// The spec and the components' files. `image`: None for that of every step. `folder`: that of the notebook, relative to
/// the root, from where it may have read its files. Adds to the notes.
pub fn draft(
    split: &mut Split,
    name: &Name,
    file: &str,
    image: Option<&Name>,
    (root, folder): (&Utf8Path, Option<&Utf8Path>),
) -> Draft {
    let mut text = format!(
        "# From the notebook {file}: each component is its tagged cells, and values go from one to the next in the run's \
         storage.\ngreenroom: 1\nkind: blueprint\nname: {name}\nversion: 0.1.0\ndescription: {}\n",
        quoted(&format!("From the notebook {file}"))
    );
    if !split.params.is_empty() {
        text += "params:\n";
        text.extend(split.params.iter().map(param));
    }
    if let Some(image) = image {
        text += &format!("defaults: {{image: {image}}}\n");
    }
    text += "components:\n";
    let modules = own_modules(&split.modules, root);
    for (of, component) in &split.components {
        // But for the other components, each needs what was written.
        let is_others = |path: &Utf8Path| {
            path.file_stem().is_some_and(|stem| stem != of && split.components.contains_key(stem))
        };
        let mut files: Vec<String> =
            split.files.keys().filter(|path| !is_others(path)).map(|path| path.to_string()).collect();
        files.extend(modules.iter().cloned());
        files.extend(read_files(component, root));
        text += &spec(of, component, name, &files);
    }
    let beside = folder.filter(|folder| !folder.as_str().is_empty());
    if let Some(folder) = beside {
        split.notes.extend(from_elsewhere(&split.components, root, folder));
        split.notes.extend(modules_from_elsewhere(&split.modules, root, folder));
    }
    let mut draft = Draft::default();
    draft.add(format!("blueprints/{name}.yaml"), text);
    for (path, content) in &split.files {
        draft.add(path.clone(), content.clone());
    }
    draft
}

fn param(param: &Param) -> String {
    let description = match param.description.as_str() {
        "" => String::new(),
        text => format!(", description: {}", quoted(text)),
    };
    let default = param.default.as_str().map_or_else(|| param.default.to_string(), quoted);
    format!("  {}: {{type: {}, default: {default}{description}}}\n", param.name, param.kind)
}

fn spec(of: &str, component: &Component, name: &Name, files: &[String]) -> String {
    let files: Vec<String> = files.iter().map(|file| plain_or_quoted(file)).collect();
    let mut text = format!("  {of}:\n    run: python3 -m {name}.{of}\n    files: [{}]\n", files.join(", "));
    if !component.inputs.is_empty() {
        text += "    inputs:\n";
        for (input, (giver, output)) in &component.inputs {
            text += &format!("      {input}: \"${{{{ steps.{giver}.outputs.{output} }}}}\"\n");
        }
    }
    let kind = if of == "train" { "model" } else { "dir" };
    let mut outputs: Vec<String> = component
        .outputs
        .iter()
        .map(|output| format!("      {output}: {{path: {output}, type: {kind}}}\n"))
        .collect();
    if of == "evaluate" {
        outputs.push("      metrics: {path: metrics.json, type: metrics}\n".to_owned());
    }
    if !outputs.is_empty() {
        text += &format!("    outputs:\n{}", outputs.concat());
    }
    text
}

/// JSON's strings are YAML's, too, but for what ends a line there, or may not stand in a file at all.
fn quoted(text: &str) -> String {
    let odd = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}');
    let letter = |c: char| if odd(c) { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() };
    Value::from(text).to_string().chars().map(letter).collect()
}

fn plain_or_quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
    if text.chars().all(plain) { text.to_owned() } else { quoted(text) }
}

/// What is imported from the project itself.
fn own_modules(modules: &[String], root: &Utf8Path) -> Vec<String> {
    let own = modules.iter().filter_map(|module| {
        let (file, folder) = (format!("{module}.py"), root.join(module));
        match () {
            () if root.join(&file).is_file() => Some(file),
            () if folder.join("__init__.py").is_file() => Some(format!("{module}/**")),
            () => None,
        }
    });
    own.collect()
}

/// What is named in its code, and is there: a step sees no other file than those it says. Globs would mean something else.
fn read_files(component: &Component, root: &Utf8Path) -> Vec<String> {
    let named = component.texts.iter().filter(|text| is_inside(text) && !text.contains(['*', '?', '[', '{']));
    let found = named.filter_map(|text| {
        let path: Utf8PathBuf = Utf8Path::new(text.as_str()).components().collect();
        match root.join(&path) {
            full if full.is_file() => Some(path.into_string()),
            // A word alone is rather one than a folder of its name.
            full if full.is_dir() && text.contains('/') => Some(format!("{path}/**")),
            _ => None,
        }
    });
    found.collect()
}

fn is_inside(text: &str) -> bool {
    let mut parts = Path::new(text).components().filter(|part| *part != Part::CurDir).peekable();
    let local = parts.peek().is_some_and(|part| !part.as_os_str().to_string_lossy().starts_with('.'));
    local && parts.all(|part| matches!(part, Part::Normal(_)))
}

/// A notebook's paths begin where it lies; a step's where the project does.
fn from_elsewhere(
    components: &indexmap::IndexMap<String, Component>,
    root: &Utf8Path,
    folder: &Utf8Path,
) -> Vec<Note> {
    let texts = components.values().flat_map(|component| &component.texts);
    let mut moved: Vec<&String> = texts
        .filter(|text| text.contains(['/', '.']) && !Path::new(text.as_str()).is_absolute())
        .filter(|text| root.join(folder).join(text).is_file() && !root.join(text).is_file())
        .collect();
    moved.sort();
    moved.dedup();
    let note = |text: &String| Note {
        cell: 0,
        message: format!(
            "`{text}` is named as from {folder}/: in a step, paths begin in the project's folder; change it, and add it to \
             `files:`"
        ),
    };
    moved.into_iter().map(note).collect()
}

/// Neither does Python look for modules there.
fn modules_from_elsewhere<'a>(
    modules: &'a [String],
    root: &'a Utf8Path,
    folder: &'a Utf8Path,
) -> impl Iterator<Item = Note> + 'a {
    let is_in = |at: &Utf8Path, module: &str| {
        at.join(format!("{module}.py")).is_file() || at.join(module).join("__init__.py").is_file()
    };
    let moved =
        modules.iter().filter(move |module| is_in(&root.join(folder), module) && !is_in(root, module));
    moved.map(move |module| Note {
        cell: 0,
        message: format!(
            "`{module}` is imported from {folder}/: in a step, Python looks in the project's folder; move it there, and add \
             it to `files:`"
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lies_in_the_project_is_a_file_of_it() {
        for (text, inside) in [
            ("data/a.csv", true),
            ("./a.csv", true),
            ("../a.csv", false),
            ("/etc/passwd", false),
            (".greenroom/secrets.env", false),
            ("", false),
            (".", false),
        ] {
            assert_eq!(is_inside(text), inside, "{text}");
        }
    }

    #[test]
    fn a_module_beside_the_notebook_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        fs_err::create_dir_all(root.join("books/both")).unwrap();
        for file in ["books/helper.py", "books/both/__init__.py", "both.py"] {
            fs_err::write(root.join(file), "").unwrap();
        }
        let modules = ["helper", "both", "numpy"].map(str::to_owned);
        let notes: Vec<Note> = modules_from_elsewhere(&modules, root, "books".into()).collect();
        assert_eq!(notes.len(), 1);
        assert!(notes[0].message.starts_with("`helper` is imported from books/"), "{notes:?}");
    }

    #[test]
    fn a_files_name_is_written_so_that_yaml_reads_it_back() {
        assert_eq!(plain_or_quoted("data/a-b.csv"), "data/a-b.csv");
        assert_eq!(plain_or_quoted("data/my \"file\", 1.csv"), r#""data/my \"file\", 1.csv""#);
        for text in ["a\u{2028}b\u{85}c\u{feff}", "\u{7f}\n\t\u{1b}[0m", "ä\u{1f600}: # \"x\" \\"] {
            let read: String = serde_yaml::from_str(&quoted(text)).unwrap();
            assert_eq!(read, text);
        }
    }
}
