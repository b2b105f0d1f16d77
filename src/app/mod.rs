//! The workbench without a terminal: what it knows (Model), what happens to it (Msg), what it wants done (Effect).
//!
//! `update` is synchronous and total; effects are data, and whoever runs them answers with another message.

mod actions;
mod artifacts;
mod board;
mod command_log;
mod compared;
mod doubted;
mod editor;
mod effect;
mod failure;
mod fetched;
mod filter;
mod form;
mod graph;
mod indentation;
mod jobs;
mod key;
mod lake;
mod live_run;
mod load;
mod local;
mod log_level;
mod log_view;
mod manners;
mod metrics_look;
mod metrics_screen;
mod model;
mod msg;
mod next_step;
mod notices;
mod overlay;
mod own_command;
mod picker;
mod project_look;
mod review;
mod runs_look;
mod runs_screen;
mod screen;
mod seen;
mod step_file;
mod tasks;
mod text_buffer;
mod touched;
mod trouble;
mod typed;
mod undo;
mod update;
mod workflow_screen;

#[cfg(test)]
mod testing;

pub use actions::{ACTIONS, Action, Group, action, footer};
pub use artifacts::{
    ArtifactsAnswer, ArtifactsAsk, ArtifactsNews, ArtifactsPane, ArtifactsScreen, ArtifactsSlot, Desktop,
    Folder, FolderOrder, LINES_A_COLUMN, Peek, PeekTab, arrange, bytes_a_line,
};
pub use board::Board;
pub use command_log::{Command, CommandLog};
pub use compared::{Compared, ComparedRow};
pub use doubted::Doubted;
pub use editor::{
    Completion, Discard, Editor, EditorAnswer, EditorAsk, EditorSlot, FileChoice, FileText, Find, Item,
    Known, Location, OnDisk, OpenFile, Outline, Outside, Over, QueryUse, SaveFile, Table, found,
};
pub use effect::{Ask, Deed, Effect, ForkRun, Leave, NoteRun, StartRun};
pub use fetched::Fetched;
pub use filter::{Filter, LineInput};
pub use form::{Field, FieldKind, Form, Purpose};
pub use graph::{Edge, Graph, GraphNode, Spot};
pub use jobs::{Job, Jobs};
pub use key::{Code, Key, NoKey};
pub use lake::{
    Asked, CheckText, Checked, Grid, LakeAnswer, LakeAsk, LakeLook, LakePane, LakeScreen, LakeSlot, LakeTab,
    MakeStep, TableLook, TableUse,
};
pub use live_run::{LiveRun, StepState};
pub use load::{Load, LoadOf};
pub use local::{
    LocalAnswer, LocalAsk, LocalDeed, LocalItem, LocalNews, LocalOutput, LocalPane, LocalScreen, LocalSlot,
    ServiceLog, ServiceLogOf,
};
pub use log_level::{ERROR_SIGNS, Level, level};
pub use log_view::{Anchor, LogAsk, LogLine, LogView, LogWindow, MOST_FOUND, Search, Wanted};
pub use manners::Typing;
pub use metrics_look::MetricsLook;
pub use metrics_screen::{MetricsPane, MetricsScreen};
pub use model::{Model, Size};
pub use msg::{Answer, Hit, Msg, News, Outcome};
pub use next_step::{NextStep, Urgency, next_step};
pub use notices::{Notice, Notices, Weight};
pub use overlay::{Choice, Confirm, Overlay, TypedName};
pub use own_command::OwnCommand;
pub use picker::Picker;
pub use project_look::{ProjectLook, WorkflowLook};
pub use review::{
    CodeFile, CodeRow, FlowDiff, Hunk, HunkRow, ReviewDeed, ReviewLook, ReviewPane, ReviewScreen, ReviewTab,
    SpecRow, StepPair, StepSign, TracksLook,
};
#[cfg(test)]
pub use review::{code_rows, scene as review_scene};
pub use runs_look::{PastRun, RunMarks, RunsLook};
pub use runs_screen::{Order, RunsScreen};
pub use screen::Screen;
pub use seen::{Place, Seen};
pub use tasks::{Slot, Tasks};
pub use text_buffer::TextBuffer;
pub use touched::{Alike, Touched};
pub use trouble::Trouble;
pub use update::update;
pub use workflow_screen::{Pane, Tab, WorkflowScreen};
