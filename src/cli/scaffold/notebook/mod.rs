//! A notebook becomes a blueprint: its cells by their tags, its names by Python's own grammar, in a container. Nothing
//! of it is run.

mod blueprint;
mod cells;
mod image;
mod packages;
mod split;

pub use blueprint::draft;
pub use cells::{Cell, read_notebook};
pub use image::{Fitting, fitting_image, taken};
pub use packages::with_package;
pub use split::{Note, Split, Splitter};
