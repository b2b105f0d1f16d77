use std::env;
use std::path::Path;

use camino::{Utf8Path, Utf8PathBuf};
use clap::CommandFactory;

use super::Output;
use super::args::Args;
use crate::domain::text::shell_word;

/// What a command that names no environment means.
pub const DEFAULT_ENV: &str = "dev";

/// How this program was called, so that the commands it prints work as printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invocation {
    program: String,
    project: Option<Utf8PathBuf>,
    /// The environment that was named, other than the default.
    env: Option<String>,
    /// Nobody reads what is written beside its answer.
    json: bool,
    /// What it shows is gone soon after, or lies elsewhere then.
    passing: bool,
}

impl Invocation {
    /// `project` as it must be given from the current directory; None where it is found from there.
    pub fn of_this_process(project: Option<&Utf8Path>) -> Self {
        let program = match env::current_exe() {
            Ok(exe) if on_path(&exe) => "greenroom".to_owned(),
            Ok(exe) => from_here(&exe),
            Err(_) => "greenroom".to_owned(),
        };
        Self { program, project: project.map(Utf8Path::to_owned), env: None, json: false, passing: false }
    }

    pub fn in_env(mut self, env: Option<&str>) -> Self {
        self.env = env.filter(|env| *env != DEFAULT_ENV).map(str::to_owned);
        self
    }

    pub fn for_machines(mut self, json: bool) -> Self {
        self.json = json;
        self
    }

    /// For a run whose folder is not there any more once it has been told of.
    pub fn passing(mut self) -> Self {
        self.passing = true;
        self
    }

    pub fn is_passing(&self) -> bool {
        self.passing
    }

    /// Something that whoever called should know and that ends nothing, on stderr.
    pub fn warn(&self, text: &str) {
        let output = Output::new(self.json);
        match self.json {
            true => output.note(&serde_json::json!({ "note": text })),
            false => output.warn(text),
        }
    }

    /// As the shell is told it.
    pub fn program(&self) -> &str {
        &self.program
    }

    /// The project as it was named; None: it is found from the current directory.
    pub fn project(&self) -> Option<&Utf8Path> {
        self.project.as_deref()
    }

    /// The program's name where the shell finds it by that, and otherwise its absolute path: for what outlives the
    /// current directory.
    pub fn program_from_anywhere(&self) -> String {
        match env::current_exe() {
            Ok(exe) if !on_path(&exe) => exe.display().to_string(),
            _ => "greenroom".to_owned(),
        }
    }

    /// The whole command line: `greenroom show 3f2a --env stage --project demo`.
    pub fn command(&self, words: &[&str]) -> String {
        let mut parts = vec![shell_word(&self.program).into_owned()];
        parts.extend(words.iter().map(|word| shell_word(word).into_owned()));
        if let Some(env) = &self.env
            && words.first().is_some_and(|name| takes_env(name))
        {
            parts.extend(["--env".to_owned(), shell_word(env).into_owned()]);
        }
        if let Some(project) = &self.project {
            parts.extend(["--project".to_owned(), shell_word(project.as_str()).into_owned()]);
        }
        parts.join(" ")
    }
}

impl Default for Invocation {
    fn default() -> Self {
        Self { program: "greenroom".to_owned(), project: None, env: None, json: false, passing: false }
    }
}

fn takes_env(command: &str) -> bool {
    let all = Args::command();
    let found = all.find_subcommand(command);
    found.is_some_and(|command| command.get_arguments().any(|argument| argument.get_id() == "env"))
}

/// A shell that is asked for `greenroom` starts this very file.
fn on_path(exe: &Path) -> bool {
    let Some(path) = env::var_os("PATH") else { return false };
    let first = env::split_paths(&path).map(|dir| dir.join("greenroom")).find(|file| file.is_file());
    first.and_then(|file| file.canonicalize().ok()) == exe.canonicalize().ok()
}

/// A path as it is shortest from here: relative when it lies below the current directory.
pub fn near(path: &Utf8Path) -> &Utf8Path {
    let here = env::current_dir().ok().and_then(|here| Utf8PathBuf::from_path_buf(here).ok());
    here.and_then(|here| path.strip_prefix(here).ok())
        .filter(|path| !path.as_str().is_empty())
        .unwrap_or(path)
}

/// The program's file, relative to the current directory when it lies below it.
fn from_here(exe: &Path) -> String {
    let below = env::current_dir().ok().and_then(|here| exe.strip_prefix(here).ok().map(Path::to_owned));
    match below {
        // A word without a slash would be looked up in PATH.
        Some(path) if path.components().count() == 1 => format!("./{}", path.display()),
        Some(path) => path.display().to_string(),
        None => exe.display().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_stays_in_the_environment_it_was_called_for() {
        let stage = Invocation::default().in_env(Some("stage"));
        assert_eq!(stage.command(&["show", "3f2a"]), "greenroom show 3f2a --env stage");
        assert_eq!(stage.command(&["local", "up"]), "greenroom local up");
        let dev = Invocation::default().in_env(Some("dev"));
        assert_eq!(dev.command(&["show", "3f2a"]), "greenroom show 3f2a");
    }

    #[test]
    fn a_printed_command_can_be_pasted() {
        assert_eq!(Invocation::default().command(&["show", "3f2a"]), "greenroom show 3f2a");
        let elsewhere = Invocation {
            program: "target/release/greenroom".to_owned(),
            project: Some("my demo".into()),
            env: None,
            json: false,
            passing: false,
        };
        assert_eq!(
            elsewhere.command(&["sql", "select 1"]),
            "target/release/greenroom sql 'select 1' --project 'my demo'"
        );
    }

    #[test]
    fn this_test_program_is_not_called_greenroom() {
        let words = Invocation::of_this_process(None).command(&["runs"]);
        assert!(words.ends_with(" runs") && !words.starts_with("greenroom "), "{words}");
    }
}
