//! The words of Greenroom as types: data and the rules that hold for it, no I/O.

mod artifact;
mod cell;
mod diagnostic;
mod digest;
mod duration;
mod event;
mod expect;
#[cfg(test)]
mod fuzz;
mod lake;
mod layout;
mod name;
mod operator;
mod param;
mod plan;
mod project;
mod quantity;
mod run;
mod schedule;
mod secret;
mod status;
mod step;
mod template;
mod token;
mod value;
mod version;
mod workflow;

pub use artifact::{Artifact, Manifest, Produced, TableRead};
pub use cell::{CellId, NodeId};
pub use diagnostic::{Diagnostic, Severity, Span};
pub use digest::Digest;
pub use duration::{DurationError, parse_duration, show_duration};
pub use event::{EventKind, RunEvent};
pub use expect::Expect;
pub use lake::{ColumnType, LakeFile, Partition, PartitionColumn, TableName, TableRecord};
pub use layout::RunLayout;
pub use name::{Name, NameError};
pub use operator::{Access, Operator, OperatorInput, OperatorInputKind};
pub use param::{Param, ParamType};
pub use plan::{
    InputBinding, InputSource, Launch, Need, Node, Plan, PlannedImage, PlannedOutput, SqlOrigin, TableAccess,
    TableWrite, Taken,
};
pub use project::{Airflow, Environment, Image, Person, Project, Ready, Role, Service, Warehouse};
pub use quantity::{Cpu, Memory, QuantityError, Storage};
pub use run::Run;
pub use schedule::Schedule;
pub use secret::secret_texts;
pub use status::{AttemptStatus, Status};
pub use step::{Action, Io, OutputSpec, OutputType, Poll, ResourceAmounts, Resources, Retry, Scalar, Step};
pub use template::{RunScope, Scope, StepScope, Template, TemplateError, Templates};
pub use token::Token;
pub use value::Value;
pub use version::Version;
pub use workflow::{Kind, Monitor, Workflow};
