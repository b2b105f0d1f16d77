use camino::Utf8Path;
use serde_json::json;

use super::new::{next, refuse_taken};
use crate::cli::args::{New, NewKind};
use crate::cli::query::{built_image, default_image};
use crate::cli::report::Building;
use crate::cli::scaffold::notebook::{Splitter, draft, fitting_image, read_notebook};
use crate::cli::{Exit, Ink, Invocation, Machine, Output, UserError, Workspace};
use crate::domain::text::safe;
use crate::spec;

/// Adds a blueprint whose components are the tagged cells of a notebook.
pub async fn run(
    asked: &New,
    notebook: &Utf8Path,
    invocation: &Invocation,
    output: &Output,
) -> Result<Exit, UserError> {
    if asked.kind != NewKind::Blueprint {
        return Err(UserError::wrong("only a blueprint can be made of a notebook").to_do(
            invocation.command(&[
                "new",
                "blueprint",
                asked.name.as_str(),
                "--from-notebook",
                notebook.as_str(),
            ]),
        ));
    }
    let cells = read_notebook(notebook.as_std_path())?;
    let workspace = Workspace::open(invocation.project())?;
    refuse_taken(asked, &workspace.specs)?;
    let machine = Machine::connect(invocation).await?;
    // It is the image that reads notebooks.
    if built_image(&workspace, &machine).await.is_err() {
        output.warn(
            "the project's image is not built yet: that is done first, and takes about two minutes, once",
        );
    }
    let default = default_image(&workspace, &machine, &Building::default(), invocation).await?;
    let splitter = Splitter { workspace: &workspace, machine: &machine };
    let file = notebook
        .file_name()
        .unwrap_or("notebook.ipynb")
        .replace(|c: char| c.is_control() || c == '"' || c == '\\', "_");
    let mut split = splitter.split(&default, &asked.name, &file, &cells).await?;
    // Those of the project are no image's.
    let root = workspace.root();
    let own = |module: &String| root.join(module).is_dir() || root.join(format!("{module}.py")).is_file();
    let foreign: Vec<String> = split.modules.iter().filter(|module| !own(module)).cloned().collect();
    let (image, lacks) = fitting_image(&splitter, &default, &foreign).await?;
    let named = image.as_ref().filter(|image| image.as_str() != "default");
    let folder = notebook.parent().and_then(|folder| {
        let folder = if folder.as_str().is_empty() { Utf8Path::new(".") } else { folder };
        folder.canonicalize_utf8().ok()?.strip_prefix(root).ok().map(Utf8Path::to_owned)
    });
    let draft = draft(&mut split, &asked.name, &file, named, (root, folder.as_deref()));
    draft.write(root)?;
    let files: Vec<&Utf8Path> = draft.paths().collect();
    let document = json!({"files": files, "image": image, "lacks": lacks, "notes": split.notes});
    output.either(&document, |look| {
        let mut text = format!("{} is there now:\n", look.paint(Ink::Strong, &asked.name));
        for path in &files {
            text += &format!("  {}\n", safe(path.as_str()));
        }
        let mut told: Vec<String> = Vec::new();
        for note in &split.notes {
            let cell = if note.cell == 0 { String::new() } else { format!("cell {}: ", note.cell) };
            told.push(format!("{cell}{}", note.message));
        }
        if image.is_none() {
            told.push(format!(
                "no image has {}: add them to the requirements of an image in greenroom.yaml, and name that in \
                 `defaults:`",
                lacks.join(", ")
            ));
        }
        if !told.is_empty() {
            text += "\nNot as it was in the notebook:\n";
            text.extend(told.iter().map(|line| format!("  {} {}\n", look.paint(Ink::Warn, "!"), safe(line))));
        }
        text + &next(asked, image.is_some(), invocation, look)
    })?;
    // What was written is right, or this program is wrong.
    let specs = spec::load(root, crate::operators::builtin());
    if specs.broken.contains_key(asked.name.as_str()) {
        output.warn(&format!("see what is to be mended: {}", invocation.command(&["check"])));
    }
    Ok(Exit::Done)
}
