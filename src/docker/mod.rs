//! The only room that knows bollard: connect, images, containers, services.

mod attach;
mod build;
mod clock;
mod connect;
mod containers;
mod create;
mod end_signals;
mod endpoint;
mod error;
mod events;
mod exec;
#[cfg(test)]
mod fuzz;
mod hearing;
mod images;
mod import;
pub mod labels;
mod lines;
mod networks;
mod once;
mod publishing;
mod pull;
mod registry;
mod replay;
mod services;
mod session;
mod state;
mod stats;
mod stop;
mod terminal;
mod volumes;
mod wait;
mod waiter;

pub use build::{BuildContext, BuildError, BuildRequest};
pub use connect::{Engine, EngineInfo, connect, connect_from};
pub use containers::EngineContainers;
pub use create::HostCertificates;
pub use end_signals::EndSignals;
pub use endpoint::{Attempt, Surroundings};
pub use error::DockerError;
pub use exec::Executed;
pub use hearing::Hearing;
pub use images::ImageFacts;
pub use networks::NetworkEnd;
pub use once::{Once, OnceSpec};
pub use registry::RegistryAnswer;
pub use services::{ServiceFacts, ServiceSpec};
pub use session::{Heard, Session};
pub use terminal::ShellSpec;

// Words of the ports, for rooms that know this one only.
pub use crate::engine::{ContainerId, ContainerSpec, ContainerState, Frame, Mount};
