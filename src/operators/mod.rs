//! The built-in operators: what they take, and the Python that does their work in the step's container.

mod builtin;
mod files;
mod spec;

pub use builtin::builtin;
pub use files::write_files;
