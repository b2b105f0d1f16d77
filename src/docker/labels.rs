//! What Greenroom's images, networks and containers carry, so that they are found again and told from others'.

pub const PROJECT: &str = "greenroom.project";
pub const IMAGE: &str = "greenroom.image";
/// The content key an image or service was made from.
pub const KEY: &str = "greenroom.key";
/// The key of an image without its pip layer, and that layer's requirements: what a new line may be added to.
pub const LAYERS: &str = "greenroom.layers";
pub const PIP: &str = "greenroom.pip";
/// `bash` or `sh`.
pub const SHELL: &str = "greenroom.shell";
/// `pulled` or `bootstrapped`.
pub const BASE: &str = "greenroom.base";
pub const SERVICE: &str = "greenroom.service";
/// The directory of the project that started a service: two may have one name, and so the same containers.
pub const FOLDER: &str = "greenroom.folder";
pub const VOLUME: &str = "greenroom.volume";
pub const RUN: &str = "greenroom.run";
/// `Setting::place`
pub const PLACE: &str = "greenroom.place";
pub const STEP: &str = "greenroom.step";
pub const ATTEMPT: &str = "greenroom.attempt";
/// A container that only tries something out: the process that waits for it.
pub const TRIAL: &str = "greenroom.trial";
