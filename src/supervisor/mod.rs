//! The detached process that drives one run: its lock, its control socket, how it is started and asked to stop.

mod control;
mod detach;
mod drive;
mod error;
mod lock;
mod own_folder;

pub use control::{Control, ask};
pub use detach::{Started, start};
pub use drive::{Ended, supervise};
pub use error::SupervisorError;
pub use lock::RunLock;
pub use own_folder::own_folder;
