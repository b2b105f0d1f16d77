use camino::Utf8Path;
use serde_json::json;

use super::new::{next, refuse_taken};
use crate::cli::args::{New, NewKind};
use crate::cli::query::{built_image, default_image};
use crate::cli::report::Building;
use crate::cli::scaffold::notebook::{
    Fitting, Splitter, draft, fitting_image, read_notebook, taken, with_package,
};
use crate::cli::{Exit, Ink, Invocation, Machine, Output, UserError, Workspace};
use crate::domain::Name;
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
    let root = workspace.root();
    let module = root.join(format!("{}.py", asked.name));
    if let Some(why) = &split.taken {
        return Err(taken(&asked.name, why));
    }
    if module.is_file() {
        let why = format!("the project has {}.py, and Python would take the components for it", asked.name);
        return Err(taken(&asked.name, &why));
    }
    let folder = notebook.parent().and_then(|folder| {
        let folder = if folder.as_str().is_empty() { Utf8Path::new(".") } else { folder };
        folder.canonicalize_utf8().ok()?.strip_prefix(root).ok().map(Utf8Path::to_owned)
    });
    // Those of the project are no image's.
    let is_own = |module: &String| {
        let folders = [root.to_owned(), root.join(folder.as_deref().unwrap_or(Utf8Path::new("")))];
        folders.iter().any(|at| at.join(module).is_dir() || at.join(format!("{module}.py")).is_file())
    };
    let foreign: Vec<String> = split.modules.iter().filter(|module| !is_own(module)).cloned().collect();
    let (fitting, lacks) = fitting_image(&splitter, &default, &foreign, &asked.name).await?;
    let image = fitting.image();
    let named = fitting.nearest().filter(|image| image.as_str() != "default");
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
        told.extend(of_images(&fitting, &lacks, invocation));
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

/// What is to be done before a run finds all that is imported.
fn of_images(fitting: &Fitting, lacks: &[String], invocation: &Invocation) -> Option<String> {
    let build = |names: &[Name]| {
        let words = ["local", "build"].into_iter().chain(names.iter().map(Name::as_str));
        invocation.command(&words.collect::<Vec<_>>())
    };
    let lacks = lacks.iter().map(|module| with_package(module)).collect::<Vec<_>>().join(", ");
    match fitting {
        Fitting::Has(_) => None,
        Fitting::Named(name) => Some(format!(
            "the image {name} is to have what is imported, as its requirements say, and is not built yet: {}",
            build(std::slice::from_ref(name))
        )),
        Fitting::Unknown(names) => {
            let listed = names.iter().map(Name::as_str).collect::<Vec<_>>().join(" or ");
            Some(format!(
                "the image default has no {lacks}; whether {listed} has is not known until it is built: {}. Then name \
                 the one that has in `defaults:`",
                build(names)
            ))
        }
        Fitting::Nearest(name) => Some(format!(
            "no image has all that is imported; {name} is without {lacks}: add that to its requirements in \
             greenroom.yaml, and build it: {}",
            build(std::slice::from_ref(name))
        )),
    }
}
