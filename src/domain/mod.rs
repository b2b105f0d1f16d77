//! The words of Greenroom as types: data and the rules that hold for it, no I/O.

mod artifact;
mod blueprint;
mod cell;
pub mod columns;
pub mod compare;
mod criterion;
mod curve;
mod diagnostic;
mod differing_params;
mod digest;
mod doubts;
mod duration;
pub mod escape;
mod event;
mod expect;
pub mod figures;
mod file_diff;
mod finding;
mod fits;
mod flow;
#[cfg(test)]
mod fuzz;
mod guessed;
mod lake;
mod language;
mod layout;
pub mod lineage;
mod listing;
mod local_status;
mod located;
mod measured;
mod mentions;
mod name;
mod natural;
pub mod nearest;
mod note;
mod operator;
mod param;
mod passage;
mod plan;
mod plot;
mod preview;
mod project;
mod quantity;
mod rows;
mod run;
mod run_figures;
mod run_query;
#[cfg(test)]
pub mod scene;
mod schedule;
mod secret;
pub mod secret_look;
pub mod sql;
mod status;
mod step;
mod tally;
mod template;
pub mod text;
mod threshold;
mod token;
mod traced;
pub mod track;
mod usage;
mod value;
mod version;
mod workflow;

pub use artifact::{Artifact, Manifest, Produced, TableRead};
pub use blueprint::{Blueprint, COMPONENTS, USE_CASES};
pub use cell::{CellId, NodeId};
pub use criterion::{Criterion, CriterionError, Op, number as as_number};
pub use curve::Curve;
pub use diagnostic::{Diagnostic, Severity, Span};
pub use differing_params::DifferingParams;
pub use digest::Digest;
pub use doubts::Doubts;
pub use duration::{DurationError, parse_duration, show_duration, write_duration};
pub use event::{EventKind, RunEvent};
pub use expect::Expect;
pub use file_diff::{DiffLine, FileDiff};
pub use finding::{Finding, Health};
pub use guessed::guessed;
pub use lake::{ColumnType, LakeFile, Partition, PartitionColumn, TableName, TableRecord};
pub use language::Language;
pub use layout::RunLayout;
pub use listing::{Entries, Entry, EntryFacts, EntryKind, Listing};
pub use local_status::{
    EngineStatus, ImageState, ImageStatus, LocalStatus, ServiceState, ServiceStatus, VolumeStatus,
};
pub use located::{gist, located};
pub use measured::{Measured, align, figure_names, figures_in_order};
pub use mentions::Mentions;
pub use name::{Name, NameError};
pub use natural::natural;
pub use note::{Note, Notes};
pub use operator::{Access, Operator, OperatorInput, OperatorInputKind};
pub use param::{Param, ParamType};
pub use passage::{Passage, passages};
pub use plan::{
    InputBinding, InputSource, Launch, Need, Node, Plan, PlannedImage, PlannedOutput, SqlOrigin, TableAccess,
    TableWrite, Taken,
};
pub use plot::{Plot, PlotLine};
pub use preview::{
    ColumnSummary, Content, DumpLine, Frequent, Pixels, Preview, PreviewColumn, PreviewTable, Shape, dump,
};
pub use project::{Airflow, Environment, Image, Person, Project, Ready, Role, Service, Warehouse};
pub use quantity::{Cpu, Memory, QuantityError, Storage};
pub use rows::{Rows, RowsColumn};
pub use run::{Run, typed};
pub use run_figures::{OutputFigures, RunFigures};
pub use run_query::RunQuery;
pub use schedule::Schedule;
pub use secret::secret_texts;
pub use status::{AttemptStatus, Status};
pub use step::{Action, Io, OutputSpec, OutputType, Poll, ResourceAmounts, Resources, Retry, Scalar, Step};
pub use tally::{Ended, NodeTally, Tally, Underway};
pub use template::{RunScope, Scope, StepScope, Template, TemplateError, Templates};
pub use threshold::{Breach, Threshold};
pub use token::Token;
pub use traced::{Traced, TracedPlace, traced};
pub use usage::Usage;
pub use value::Value;
pub use version::Version;
pub use workflow::{Kind, Monitor, Workflow};
