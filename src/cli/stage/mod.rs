//! The rooms put together for a run.

mod clock;
mod earlier;
mod environment;
mod follow;
mod prepare;
mod records;
mod rooms;
mod secrets;
mod snapshots;

pub use clock::SystemClock;
pub use environment::{Ground, images_of};
pub use follow::{Following, follow};
pub use prepare::{Prepared, prepare};
pub use records::{close_record, drive, open_record};
pub use rooms::{Composed, compose};
pub use secrets::{forget_secrets, secrets_of};
