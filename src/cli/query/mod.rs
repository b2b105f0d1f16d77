//! Queries on the lake: in a container of the project's default image, as a step would run them, which stays warm from
//! one to the next.

mod answer;
mod asker;
mod check;
mod ground;
mod question;
mod unchecked;
mod warm;

pub use asker::Asker;
pub use check::Check;
pub use ground::{built_image, default_image, lake};
pub use question::Question;
pub use unchecked::Unchecked;
pub use warm::Warm;
