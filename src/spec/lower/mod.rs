//! The tree of a file → domain types. Each function takes a node and answers what it means, or None after it has
//! told what is wrong; so all problems of a file are found in one go.

mod action;
mod blueprint;
mod conflicts;
mod context;
mod environment;
mod expect;
mod fields;
mod graph;
mod head;
mod image;
mod inputs;
mod load_table;
mod matrix;
mod monitor;
mod operator;
mod outputs;
mod param;
mod path;
mod policy;
mod project;
mod quantities;
mod schedule;
mod scope;
mod secrets;
mod service;
mod step;
mod texts;
mod values;
mod workflow;

pub(super) use blueprint::blueprint;
pub(super) use context::{Around, Lower};
pub(super) use head::head;
pub(super) use operator::operator;
pub(super) use policy::policy;
pub(super) use project::project;
pub(super) use workflow::workflow;
