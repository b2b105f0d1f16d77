//! The local dockerized environment: images, services, build, up, down, doctor.

mod apt_sources;
mod base;
mod bootstrap;
mod build;
mod certificates;
mod command;
mod dockerfile;
pub mod doctor;
mod down;
mod error;
mod identity;
mod image;
mod keys;
mod last_lines;
mod notebook;
mod port_holder;
mod ports;
mod probe;
mod progress;
mod requirements;
mod restart;
mod service;
mod service_log;
mod shell;
mod status;
mod suite;
mod up;

pub use build::build;
pub use certificates::Bundle;
pub use down::{Downed, down};
pub use error::LocalError;
pub use identity::{Identity, passwd};
pub use image::{BuiltImage, ImageState, folder_tag, image_state, image_tag, network_name};
pub use notebook::{Server, notebook_image};
pub use ports::startable;
pub use progress::{Event, Progress};
pub use restart::restart;
pub use service::service_container;
pub use service_log::service_log;
pub use shell::shell;
pub use status::{ServiceLook, ServiceState, Status, VolumeLook, status};
pub use up::{READY_WITHIN, Upped, up, up_missing, up_within};

use camino::Utf8Path;

use crate::docker::Engine;
use crate::domain::Project;

/// A project on this machine and the engine it uses.
#[derive(Clone, Copy)]
pub struct Site<'a> {
    pub engine: &'a Engine,
    pub project: &'a Project,
    /// The project's directory, absolute.
    pub root: &'a Utf8Path,
    /// The host's certificates, where containers need them.
    pub certificates: Option<&'a Bundle>,
}
