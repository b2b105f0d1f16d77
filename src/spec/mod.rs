//! YAML → domain, templates, diagnostics with spans, JSON Schema.

mod secrets;

pub use secrets::{SecretsError, secrets};
