//! `${{ … }}`: one expression of minijinja's language over what a run knows. No side effects: no calls, no loops;
//! bounded in time and size.

mod check;
mod expression;
mod figures;
#[cfg(test)]
mod fuzz;
mod known;
mod lists;
mod minijinja;
mod split;

pub(super) use check::{Fault, check, check_condition};
pub(super) use figures::{names_in, truth};
pub(super) use known::Known;
pub use minijinja::Minijinja;
pub(super) use split::has_template;
