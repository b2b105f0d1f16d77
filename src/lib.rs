//! Greenroom: the room a data workflow waits in before it goes on stage.

pub mod app;
pub mod cli;
pub mod disk;
pub mod docker;
pub mod domain;
pub mod engine;
pub mod git;
pub mod local;
pub mod logs;
pub mod operators;
pub mod plan;
pub mod review;
pub mod snapshot;
pub mod spec;
pub mod store;
pub mod supervisor;
pub mod tui;
