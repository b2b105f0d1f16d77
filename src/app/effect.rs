use std::ffi::OsString;
use std::path::PathBuf;

use camino::Utf8PathBuf;
use indexmap::IndexMap;

use super::{
    ArtifactsAsk, CheckText, Command, EditorAsk, LakeAsk, LoadOf, LocalAsk, LocalDeed, LogAsk, MakeStep,
    ReviewDeed, SaveFile, Slot, Touched, Wanted,
};
use crate::domain::track::TrackId;
use crate::domain::{Name, NodeId, RunQuery, Token};

/// Something that is to be done outside the model.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Answered by `Msg::Done` of the same slot and generation, and by `Msg::News` before that.
    Ask { slot: Slot, generation: u64, ask: Ask },
    /// What is asked for in this slot is not wanted any more.
    Forget(Slot),
    /// Answered by `Msg::Did` with the same job.
    Do { job: u64, deed: Deed },
    /// The terminal is given to another program, and taken back after it.
    Leave(Leave),
    /// To the clipboard of the person's own machine.
    Copy(String),
    /// The same, of a command.
    CopyCommand(Command),
    /// The theme of this name is wanted the next time too.
    Keep(String),
    /// A plain file below a root is opened as a click on it would open it, with this program.
    Open { program: String, root: Utf8PathBuf, below: PathBuf },
}

/// A question that changes nothing.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// The specs of the project.
    Project,
    /// All recorded runs.
    Runs,
    /// The same, once one of those in these directories, which are running, has ended.
    RunsOnceEnded(Vec<Utf8PathBuf>),
    /// Which of them are as their runs had them.
    Alike(Vec<Touched>),
    /// Files and runs that come, change and go: told by messages of their own.
    Watch,
    /// Engine, images, services and volumes: told as news, now and each time that they become others.
    Health,
    /// A run: its plan, its events, and more of them as long as somebody drives it.
    Run(Token),
    /// Some lines of a log.
    Log(LogAsk),
    /// How long a log is, each time it has grown.
    LogLength {
        run: Utf8PathBuf,
        node: NodeId,
        attempt: u32,
    },
    /// Where a text stands in a log, from a place on.
    LogSearch {
        run: Utf8PathBuf,
        node: NodeId,
        attempt: u32,
        wanted: Wanted,
        /// Where a line begins.
        from: u64,
    },
    /// How what a run was made of differs from what another was, or from the project's files now.
    Changes {
        then: Token,
        now: Option<Token>,
    },
    /// What of a run cannot be believed, as its files are now.
    Doubts(Token),
    /// Which of the runs that are listed are meant.
    Sought(Box<RunQuery>),
    /// Figures of one algorithm's runs, or of all: told as news as long as one of them goes on.
    Metrics(Option<String>),
    /// How two runs differ, down to the columns of what they made.
    Compare {
        old: Token,
        new: Token,
    },
    Lake(LakeAsk),
    /// What is wrong in a query or program that is being typed.
    Check(CheckText),
    /// What a container uses, as long as it is asked for.
    Load(LoadOf),
    Local(LocalAsk),
    /// `root`: where the environment's runs lie, once it is known.
    Artifacts {
        root: Option<Utf8PathBuf>,
        ask: ArtifactsAsk,
    },
    Editor(EditorAsk),
    /// Every track of the project, as the remote had them (told as news), and then as it has them.
    Tracks {
        /// Else the remote is not asked.
        fetch: bool,
    },
    /// A track and what its package changes, as it was last fetched.
    Review(TrackId),
}

/// Something that changes the world; each is a command that could have been typed, but for what an editor does.
#[derive(Clone, Debug, PartialEq)]
pub enum Deed {
    Start(StartRun),
    Resume(Token),
    Fork(ForkRun),
    Cancel(Token),
    Note(NoteRun),
    Alias { run: Token, alias: Name },
    Local(LocalDeed),
    Save(SaveFile),
    MakeStep(MakeStep),
    Review(ReviewDeed),
}

/// What `run` takes.
#[derive(Clone, Debug, PartialEq)]
pub struct StartRun {
    pub name: Name,
    /// As they are typed.
    pub params: IndexMap<Name, String>,
    /// Of a blueprint.
    pub use_case: Option<Name>,
    /// The run that gives what is not made anew; None: which one does is found out.
    pub inputs_from: Option<Token>,
    pub from: Option<Name>,
    pub only: Option<Name>,
}

/// What `fork` takes.
#[derive(Clone, Debug, PartialEq)]
pub struct ForkRun {
    pub run: Token,
    /// What it is a run of.
    pub name: Name,
    /// Those that change, as they are typed.
    pub params: IndexMap<Name, String>,
}

/// What `note` takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteRun {
    pub run: Token,
    pub text: Option<String>,
    pub pinned: Option<bool>,
}

/// Who gets the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leave {
    /// `$EDITOR` at a line, from 1, of a file, relative to the project.
    Edit { file: Utf8PathBuf, line: usize },
    /// A command of the person's own, with what is selected in its environment.
    Own { title: String, script: String, variables: Vec<(String, OsString)> },
    /// One of this program's own commands, by its words: it takes its time, and shows how far it is.
    Command(Vec<String>),
    /// A shell in a step of a run, or in one of the project's images: its command.
    Shell { inside: String, words: Vec<String> },
    /// `$PAGER` with a plain file: a path below a root, behind no link.
    Page { root: Utf8PathBuf, below: PathBuf },
    /// The shell that started the workbench, until it is called back.
    Suspend,
}

impl Ask {
    /// Of which of many it asks; empty where there is but one.
    pub(super) fn subject(&self) -> String {
        match self {
            Self::Run(token) | Self::Doubts(token) => token.to_string(),
            Self::Log(LogAsk { run, node, attempt, .. })
            | Self::LogLength { run, node, attempt }
            | Self::LogSearch { run, node, attempt, .. } => format!("{run} {node} {attempt}"),
            Self::Changes { then, now } => format!("{then} {now:?}"),
            Self::Metrics(of) => of.clone().unwrap_or_default(),
            Self::Compare { old, new } => format!("{old} {new}"),
            Self::Load(of) => format!("{of:?}"),
            Self::Lake(LakeAsk::First(table)) => table.to_string(),
            Self::Local(LocalAsk::Log(service)) => service.to_string(),
            Self::Artifacts { ask, .. } => ask.place().to_string_lossy().into_owned(),
            Self::Editor(EditorAsk::Read(path) | EditorAsk::Begin(path)) => path.to_string(),
            Self::Review(track) => track.to_string(),
            _ => String::new(),
        }
    }
}

impl Deed {
    /// The words of the command line that does the same; none where there is none.
    pub fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        match self {
            Self::Start(StartRun { name, params, use_case, inputs_from, from, only }) => {
                words.extend(["run".to_owned(), name.to_string()]);
                words.extend(use_case.iter().flat_map(|case| ["--use-case".to_owned(), case.to_string()]));
                for (name, value) in params {
                    words.extend(["--param".to_owned(), format!("{name}={value}")]);
                }
                words.extend(from.iter().flat_map(|step| ["--from".to_owned(), step.to_string()]));
                words.extend(only.iter().flat_map(|step| ["--only".to_owned(), step.to_string()]));
                words.extend(inputs_from.iter().flat_map(|run| ["--inputs-from".to_owned(), run.short()]));
            }
            Self::Resume(token) => words.extend(["resume".to_owned(), token.short()]),
            Self::Fork(ForkRun { run, params, .. }) => {
                words.extend(["fork".to_owned(), run.short()]);
                for (name, value) in params {
                    words.extend(["--param".to_owned(), format!("{name}={value}")]);
                }
            }
            Self::Cancel(token) => words.extend(["cancel".to_owned(), token.short()]),
            Self::Note(NoteRun { run, text, pinned }) => {
                words.extend(["note".to_owned(), run.short()]);
                words.extend(pinned.map(|pinned| if pinned { "--pin" } else { "--unpin" }.to_owned()));
                words.extend(text.clone());
            }
            Self::Alias { run, alias } => {
                words.extend(["alias".to_owned(), run.short(), alias.to_string()]);
            }
            Self::Local(deed) => words = deed.words(),
            Self::Review(deed) => words = deed.words(),
            // What only writes into the project's files is no command.
            Self::Save(_) | Self::MakeStep(_) => {}
        }
        words
    }

    /// It would be half done if it were left: a service removed and not started again. A build leaves nothing behind, since
    /// an image gets its name last.
    pub fn is_brought_to_its_end(&self) -> bool {
        !matches!(self, Self::Local(LocalDeed::Build(_)))
    }

    /// In a few words, while it is being done.
    pub fn doing(&self) -> String {
        match self {
            Self::Start(asked) => format!("starting {}", asked.name),
            Self::Resume(token) => format!("going on with run {}", token.short()),
            Self::Fork(asked) => format!("forking run {}", asked.run.short()),
            Self::Cancel(token) => format!("stopping run {}", token.short()),
            Self::Note(asked) => format!("a note on run {}", asked.run.short()),
            Self::Alias { run, alias } => format!("calling run {} {alias}", run.short()),
            Self::Local(deed) => deed.doing(),
            Self::Review(deed) => deed.doing(),
            Self::Save(save) => format!("saving {}", save.path),
            Self::MakeStep(made) => format!("writing the step {}", made.step),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::scene::{self, name};

    #[test]
    fn what_is_asked_of_one_run_is_not_asked_of_another() {
        let (one, other) = (scene::token(), "01900000-0000-7000-8000-000000003f29".parse().unwrap());
        let log = |run: &str, above: usize| {
            let (node, anchor) = (scene::id("report"), crate::app::Anchor::End);
            Ask::Log(LogAsk { run: run.into(), node, attempt: 1, anchor, above, below: 1 }).subject()
        };
        assert_eq!(log("a", 1), log("a", 9), "it is the same log");
        assert_ne!(log("a", 1), log("b", 1));
        assert_ne!(Ask::Run(one).subject(), Ask::Run(other).subject());
        let changes = |now| Ask::Changes { then: one, now }.subject();
        assert_ne!(changes(None), changes(Some(other)));
    }

    #[test]
    fn nothing_is_left_half_done_but_what_leaves_nothing_behind() {
        let ends = |deed: LocalDeed| Deed::from(deed).is_brought_to_its_end();
        assert!(ends(LocalDeed::Up) && ends(LocalDeed::Restart(name("storage"))));
        assert!(ends(LocalDeed::Down { volumes: false }) && ends(LocalDeed::Fix("disk".to_owned())));
        assert!(!ends(LocalDeed::Build(Vec::new())));
    }
}
