use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::runs_screen::RunsScreen;
use super::seen::Seen;
use super::{
    Alike, ArtifactsScreen, Ask, Board, CommandLog, Doubted, Editor, Effect, Fetched, Jobs, LakeScreen, Load,
    LocalScreen, MetricsScreen, Notices, Overlay, OwnCommand, ProjectLook, ReviewScreen, RunsLook, Screen,
    Slot, Tasks, TracksLook, Typing, WorkflowScreen,
};
use crate::domain::LocalStatus;

/// Of the terminal, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    pub columns: u16,
    pub rows: u16,
}

impl Size {
    /// In what is smaller nothing can be read.
    pub const SMALLEST: Self = Self { columns: 40, rows: 8 };

    pub fn is_too_small(self) -> bool {
        self.columns < Self::SMALLEST.columns || self.rows < Self::SMALLEST.rows
    }
}

/// All that the workbench knows.
#[derive(Clone, Debug)]
pub struct Model {
    pub size: Size,
    /// Of the last message.
    pub now: Timestamp,
    pub zone: TimeZone,
    pub env: String,
    /// The one that is shown, and all there are.
    pub theme: String,
    pub themes: Vec<String>,
    /// Commands of the person's own.
    pub own: Vec<OwnCommand>,
    pub project: Fetched<ProjectLook>,
    pub runs: Fetched<RunsLook>,
    pub alike: Alike,
    pub doubted: Doubted,
    pub health: Fetched<LocalStatus>,
    /// None where nobody has any, or there is no remote.
    pub tracks: Fetched<TracksLook>,
    pub screen: Screen,
    /// Where `esc` leads.
    pub trail: Vec<Screen>,
    pub board: Board,
    pub workflow: WorkflowScreen,
    pub history: RunsScreen,
    pub lake: LakeScreen,
    pub local: LocalScreen,
    /// What the container that is looked at uses.
    pub load: Load,
    pub artifacts: ArtifactsScreen,
    pub editor: Editor,
    pub metrics: MetricsScreen,
    pub review: ReviewScreen,
    pub overlays: Vec<Overlay>,
    pub notices: Notices,
    pub commands: CommandLog,
    pub tasks: Tasks,
    pub jobs: Jobs,
    /// The mouse is the workbench's, not the terminal's.
    pub mouse: bool,
    /// Where what was drawn.
    pub seen: Seen,
    /// Another program has the terminal, until it ends: nobody takes in what would be followed meanwhile.
    pub away: bool,
    /// It is over.
    pub done: bool,
}

impl Model {
    pub fn new(env: &str, theme: &str, size: Size, now: Timestamp, zone: TimeZone) -> Self {
        Self {
            size,
            now,
            zone,
            env: env.to_owned(),
            theme: theme.to_owned(),
            themes: Vec::new(),
            own: Vec::new(),
            project: Fetched::default(),
            runs: Fetched::default(),
            alike: Alike::default(),
            doubted: Doubted::default(),
            health: Fetched::default(),
            tracks: Fetched::default(),
            screen: Screen::Board,
            trail: Vec::new(),
            board: Board::default(),
            workflow: WorkflowScreen::default(),
            history: RunsScreen::default(),
            lake: LakeScreen::default(),
            local: LocalScreen::default(),
            load: Load::default(),
            artifacts: ArtifactsScreen::default(),
            editor: Editor::default(),
            metrics: MetricsScreen::default(),
            review: ReviewScreen::default(),
            overlays: Vec::new(),
            notices: Notices::default(),
            commands: CommandLog::default(),
            tasks: Tasks::default(),
            jobs: Jobs::default(),
            mouse: true,
            seen: Seen::default(),
            away: false,
            done: false,
        }
    }

    /// What is wanted before anybody has pressed a key.
    pub fn begin(&mut self) -> Vec<Effect> {
        let mut effects = vec![
            self.tasks.ask(Slot::Project, Ask::Project),
            self.tasks.ask(Slot::Runs, Ask::Runs),
            self.tasks.ask(Slot::Health, Ask::Health),
            self.tasks.ask(Slot::Watch, Ask::Watch),
            self.ask_tracks(true),
        ];
        if self.screen == Screen::Local {
            effects.push(self.ask_findings());
        }
        effects
    }

    /// What kind of text letters go into, if they do.
    pub fn typing(&self) -> Option<Typing> {
        match self.overlays.last() {
            Some(Overlay::Palette(_) | Overlay::Themes { .. } | Overlay::Form(_) | Overlay::Files(_)) => {
                Some(Typing::Line)
            }
            Some(Overlay::Confirm(confirm)) => confirm.name.as_ref().map(|_| Typing::Line),
            Some(_) => None,
            None => self.typing_below(),
        }
    }

    /// A question waits for its answer.
    pub fn is_asked(&self) -> bool {
        self.overlays.last().is_some_and(Overlay::is_question)
    }

    /// The same of the screen itself, whatever lies over it.
    pub fn typing_below(&self) -> Option<Typing> {
        (self.screen.manners().typing)(self)
    }

    /// Something is shown that changes by itself.
    pub fn is_moving(&self) -> bool {
        let running = self.workflow.live.as_ref().is_some_and(|live| !live.status().is_over());
        let watched = self.screen == Screen::Workflow && running && self.tasks.waits(Slot::Run);
        watched || !self.jobs.jobs.is_empty()
    }

    pub(super) fn go_into(&mut self, screen: Screen) {
        if self.screen != screen {
            self.trail.push(self.screen);
            self.screen = screen;
        }
    }

    /// Turns to a screen; what it shows may have to be read first.
    pub(super) fn show(&mut self, screen: Screen) -> Vec<Effect> {
        self.screen = screen;
        match screen {
            Screen::Lake => self.ask_lake(),
            Screen::Local => self.show_local(),
            Screen::Artifacts => self.show_artifacts(),
            Screen::Editor => self.show_editor(),
            Screen::Metrics => self.ask_metrics(),
            Screen::Review => self.show_review(),
            _ => Vec::new(),
        }
    }
}
