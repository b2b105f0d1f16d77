use crate::domain::text::shell_word;

/// The commands that would have done what was done here, oldest first.
#[derive(Clone, Debug, Default)]
pub struct CommandLog {
    commands: Vec<Command>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// The words behind the program's name.
    Words(Vec<String>),
    /// The same, with this text as its standard input.
    Reads(String, Vec<String>),
    /// What no command does, as a comment of the shell.
    Note(String),
}

impl Command {
    /// As a shell takes it. `command`: what runs the words.
    pub fn line(&self, command: impl FnOnce(&[&str]) -> String) -> String {
        let words = |words: &[String]| command(&words.iter().map(String::as_str).collect::<Vec<_>>());
        match self {
            Self::Words(all) => words(all),
            Self::Reads(text, all) => format!("printf %s {} | {}", shell_word(text), words(all)),
            Self::Note(note) => format!("# {note}"),
        }
    }
}

/// More than anybody copies from.
const MOST: usize = 500;

impl CommandLog {
    /// One without words, which does nothing, is none; nor is the same once more.
    pub fn add(&mut self, command: Command) {
        if command == Command::Words(Vec::new()) || self.commands.last() == Some(&command) {
            return;
        }
        self.commands.push(command);
        let spare = self.commands.len().saturating_sub(MOST);
        self.commands.drain(..spare);
    }

    pub fn commands(&self) -> &[Command] {
        &self.commands
    }
}
