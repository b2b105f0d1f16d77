//! The checks of the room `review`, put together with the specs and the store.

mod history;
mod places;
mod static_checks;
#[cfg(test)]
mod tests;

pub use static_checks::{failures, static_checks};
