//! A model for tests, without a project on disk.

use jiff::tz::TimeZone;

use super::{Model, Size};
use crate::domain::scene;

/// Empty, as before anything was read.
pub fn model() -> Model {
    let size = Size { columns: 80, rows: 24 };
    Model::new("dev", "dark", size, scene::at(150.0), TimeZone::UTC)
}
