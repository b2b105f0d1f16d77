//! YAML text → a tree in which every key and value knows its place. Only the file's own form is judged here: what
//! the keys mean is the business of the lowering.

mod node;
mod plain;
mod read;

pub(super) use node::{Entry, Node, Scalar, Tree};
pub(super) use plain::Plain;
pub(super) use read::read;
