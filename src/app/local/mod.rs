//! The Local screen: images, services, volumes and the engine of this machine, and what is followed of them while they
//! are looked at.

mod deed;
mod findings;
mod item;
mod messages;
mod output;
mod screen;
mod service_log;
mod status;

pub use deed::LocalDeed;
pub use item::LocalItem;
pub use messages::{LocalAnswer, LocalAsk, LocalNews, LocalSlot};
pub use output::LocalOutput;
pub use screen::{LocalPane, LocalScreen};
pub use service_log::{ServiceLog, ServiceLogOf};
