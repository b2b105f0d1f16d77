//! Domain, parameters and history → Plan: order, paths, images, what is taken over and why.

mod build;
mod cells;
mod closure;
mod conflicts;
mod named_params;
mod node;
mod order;
mod outputs;
mod outside;
mod request;
mod scope;
mod selection;
mod with;

pub use build::{build, needs, reaching, unread, untouched};
pub use outside::outside;
pub use request::{Earlier, NoSource, PlanError, Request, Selection, Source, UseCase};
