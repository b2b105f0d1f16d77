use std::io::Write;

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::json;

use crate::cli::args::Init;
use crate::cli::scaffold::{editor_settings, first_files, next_commands, project_name};
use crate::cli::{Exit, Ink, Invocation, Output, UserError};
use crate::domain::Name;
use crate::domain::text::safe;
use crate::git;

const WORKFLOW: &str = "hello";
const SETTINGS: &str = ".vscode/settings.json";

/// Starts a project in a directory, beside whatever is there.
pub fn run(asked: &Init, output: &Output) -> Result<Exit, UserError> {
    let failed = |error: std::io::Error| {
        UserError::from_error(Exit::NotReady, format!("{} cannot be made a project", asked.dir), &error)
    };
    if asked.dir.join("greenroom.yaml").symlink_metadata().is_ok() {
        return Err(UserError::wrong(format!("there is a greenroom.yaml in {} already", asked.dir))
            .to_do("add to that project: greenroom new workflow NAME")
            .to_do("or start in another directory: greenroom init DIR"));
    }
    fs_err::create_dir_all(&asked.dir).map_err(failed)?;
    let root = asked.dir.canonicalize_utf8().map_err(failed)?;
    let name = match root.file_name().and_then(project_name) {
        Some(name) => name,
        None => name_of("project")?,
    };
    let draft = first_files(&name, &name_of(WORKFLOW)?)?;
    draft.write(&root)?;
    for folder in ["operators", "sql"] {
        fs_err::create_dir_all(root.join(folder)).map_err(failed)?;
    }
    let mut written: Vec<Utf8PathBuf> = draft.paths().map(Utf8Path::to_owned).collect();
    let mut notes = Vec::new();
    if ignore_state(&root).map_err(failed)? {
        written.push(".gitignore".into());
    }
    if root.join(SETTINGS).exists() {
        notes.push(format!(
            "{SETTINGS} stays as it is; for completion in your specs add to it:\n{}",
            editor_settings()
        ));
    } else {
        fs_err::write(root.join(SETTINGS), editor_settings()).map_err(failed)?;
        written.push(SETTINGS.into());
    }
    notes.extend(into_git(&root, &name, &written));
    written.sort();
    tell(asked, &root, &name, &written, &notes, output)
}

fn name_of(text: &str) -> Result<Name, UserError> {
    Name::new(text).map_err(|error| UserError::wrong(error.to_string()))
}

/// Has git leave alone what lies in `.greenroom/`, and archives that `export-run` writes; true where that had to be
/// written.
fn ignore_state(root: &Utf8Path) -> std::io::Result<bool> {
    let path = root.join(".gitignore");
    let before = match fs_err::read_to_string(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        text => text?,
    };
    let known: [&[&str]; 2] = [
        &[".greenroom/", ".greenroom", "/.greenroom/", "/.greenroom"],
        &["*.run.tar.zst", "/*.run.tar.zst", "*.tar.zst", "*.zst"],
    ];
    let missing: Vec<&str> = known
        .into_iter()
        .filter(|known| !before.lines().any(|line| known.contains(&line.trim())))
        .filter_map(|known| known.first().copied())
        .collect();
    if missing.is_empty() {
        return Ok(false);
    }
    let gap = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
    let mut file = fs_err::OpenOptions::new().create(true).append(true).open(path)?;
    writeln!(file, "{gap}{}", missing.join("\n"))?;
    Ok(true)
}

/// Makes a repository where there is none. A project can do without; what went wrong is a note.
fn into_git(root: &Utf8Path, name: &Name, written: &[Utf8PathBuf]) -> Option<String> {
    let in_one = match git::facts(root) {
        Ok(facts) => facts.is_some(),
        Err(error) => return Some(format!("git was left alone: {error}")),
    };
    if in_one {
        return None;
    }
    let paths: Vec<&str> = written.iter().map(|path| path.as_str()).collect();
    let made = git::init_with_commit_of(root, &paths, &format!("Start the project {name}"));
    made.err().map(|error| format!("it is not in a git repository yet: {error}"))
}

fn tell(
    asked: &Init,
    root: &Utf8Path,
    name: &Name,
    written: &[Utf8PathBuf],
    notes: &[String],
    output: &Output,
) -> Result<Exit, UserError> {
    let document = json!({"project": name, "root": root, "files": written, "notes": notes});
    output.either(&document, |look| {
        let mut text =
            format!("{} is a project now, in {}\n", look.paint(Ink::Strong, name), safe(root.as_str()));
        for path in written {
            text += &format!("  {path}\n");
        }
        for note in notes {
            text += &format!("{} {note}\n", look.paint(Ink::Warn, "note:"));
        }
        let here = std::env::current_dir()
            .is_ok_and(|here| here.canonicalize().ok().as_deref() == Some(root.as_std_path()));
        let invocation = Invocation::of_this_process(if here { None } else { Some(&asked.dir) });
        let commands = [
            (invocation.command(&["check"]), "are the specs right?"),
            (invocation.command(&["local", "build"]), "build the image that steps run in"),
            (invocation.command(&["run", WORKFLOW, "--param", "who=you"]), "run the first workflow"),
            (
                invocation.command(&["new", "workflow", "my_figures", "--from", "daily_aggregation"]),
                "add your own",
            ),
        ];
        text + &next_commands(&commands, look)
    })?;
    Ok(Exit::Done)
}
