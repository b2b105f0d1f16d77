//! A person inside of a step's container, after the fact: which step, in which image, with what around it.

mod chosen;
mod entered;
mod greeting;
mod image;
mod notebook;
mod scratch;

pub use chosen::{Chosen, choose};
pub use entered::Entered;
pub use greeting::greeting;
pub use notebook::first_notebook;
pub use scratch::Scratch;
