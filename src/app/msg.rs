use std::collections::HashSet;
use std::sync::Arc;

use super::{
    Action, ArtifactsAnswer, ArtifactsNews, EditorAnswer, Key, LakeAnswer, LocalAnswer, LocalNews, Location,
    LogWindow, MetricsLook, PastRun, ProjectLook, ReviewLook, RunsLook, Screen, Seen, Size, Slot, Touched,
    TracksLook, Trouble,
};
use crate::domain::compare::Comparison;
use crate::domain::{Doubts, FileDiff, Plan, RunEvent, RunQuery, Token, Usage};

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Msg {
    /// An action was asked for, by a key, in the palette or by a click on the footer.
    Act(&'static Action),
    /// A key that means this on other screens, and nothing here.
    Elsewhere(Vec<&'static Action>),
    /// A command of the person's own, by its position.
    Own(usize),
    /// A key that no action has, or that goes into a text.
    Type(Key),
    Paste(String),
    /// In characters from the left upper corner.
    Click {
        column: u16,
        row: u16,
    },
    /// Rows, down is positive.
    Wheel {
        column: u16,
        row: u16,
        rows: i64,
    },
    Resized(Size),
    /// A frame was drawn, like this.
    Drawn(Seen),
    /// Time has passed, and something is shown that tells of it.
    Tick,
    /// The answer to the question of this slot and generation.
    Done {
        slot: Slot,
        generation: u64,
        answer: Result<Answer, Trouble>,
    },
    /// Before the answer: what has come so far.
    News {
        slot: Slot,
        generation: u64,
        news: News,
    },
    /// A deed is under way: a line of what it says.
    Progress {
        job: u64,
        line: String,
    },
    /// What a person should know of a deed; it stays until they do something.
    Warned(String),
    /// A deed is done.
    Did {
        job: u64,
        ended: Result<Outcome, Trouble>,
    },
    /// Files of the project have changed.
    FilesChanged,
    /// Runs have come, gone or ended.
    RunsChanged,
    /// The terminal, which another program had, is the workbench's again.
    Back,
    /// Something of the terminal's own went wrong, such as an editor that cannot be started.
    Failed(Trouble),
}

impl Msg {
    /// Somebody wants something now, whatever they wanted before.
    pub(super) fn is_a_persons(&self) -> bool {
        matches!(
            self,
            Self::Act(_)
                | Self::Elsewhere(_)
                | Self::Own(_)
                | Self::Type(_)
                | Self::Paste(_)
                | Self::Click { .. }
                | Self::Wheel { .. }
        )
    }
}

/// What came of a deed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// A run has started.
    Run(Token),
    /// Something was written there.
    Written(Location),
}

#[derive(Clone, Debug)]
pub enum Answer {
    Project(Box<ProjectLook>),
    Runs(RunsLook),
    Alike(Vec<Touched>),
    /// A followed run has come to its end, or nobody drives it.
    RunEnded,
    Log(LogWindow),
    /// Nobody writes to it any more.
    LogEnded,
    /// What is changed elsewhere is not seen from here on.
    WatchEnded,
    /// All of the log has been searched: its length then, and where its last line began, which may have grown since.
    Searched {
        length: u64,
        whole: u64,
    },
    /// `now`: None: the project's files.
    Changes {
        then: Token,
        now: Option<Token>,
        files: Vec<FileDiff>,
    },
    Doubts(Token, Arc<Doubts>),
    /// What was asked, the runs that fit, and where none does, what of it no run has.
    Sought(Box<RunQuery>, HashSet<Token>, Option<String>),
    Metrics(MetricsLook),
    /// Nobody wants to know any more.
    MetricsEnded,
    Compared(Arc<Comparison>),
    Lake(LakeAnswer),
    /// The project cannot be read, so nobody knows what its environment would be.
    HealthEnded,
    /// Nobody wants to know any more.
    LoadEnded,
    Local(LocalAnswer),
    Artifacts(ArtifactsAnswer),
    Editor(EditorAnswer),
    Tracks(TracksLook),
    Review(Box<ReviewLook>),
}

#[derive(Clone, Debug)]
pub enum News {
    /// What is followed, before its events.
    Run {
        run: PastRun,
        plan: Arc<Plan>,
    },
    Events(Vec<RunEvent>),
    /// Bytes.
    LogLength(u64),
    /// Offsets of lines that hold what is searched for.
    Found(Vec<u64>),
    /// What must be done before the lake can be asked.
    LakeProgress(Option<String>),
    Load(Usage),
    Metrics(MetricsLook),
    Local(LocalNews),
    Artifacts(ArtifactsNews),
    /// As the remote had them when it was last asked.
    Tracks(TracksLook),
}

/// What lies under the pointer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hit {
    Screen(Screen),
    /// A row of the list that is shown, from 0.
    Row(usize),
    /// A row of a table of values, from 0.
    GridRow(usize),
    /// A node of the graph, in the plan's order.
    Node(usize),
    Tab(usize),
    /// A row of a text, from 0, of which so many columns at the left are not shown.
    Text {
        row: usize,
        skipped: usize,
        /// Where on the screen it begins.
        x: u16,
    },
    /// One of what can be typed, from 0; None: the border of their list.
    Offer(Option<usize>),
    /// A pane, by its position on the screen.
    Pane(usize),
    /// Something in the footer.
    Action(&'static str),
}
