use std::io::ErrorKind;

use crate::cli::invocation::near;
use crate::cli::{Exit, UserError};
use crate::domain::{RunLayout, Token};
use crate::engine::StoreError;

/// A run of which a record cannot be read. `done`: what cannot be done with it for that.
pub fn damaged(layout: &RunLayout, token: Token, done: &str, error: &StoreError) -> UserError {
    let short = token.short();
    let is_damage = match error {
        StoreError::Io { source, .. } => {
            use ErrorKind::{InvalidData, IsADirectory, NotADirectory, NotFound};
            matches!(source.kind(), InvalidData | IsADirectory | NotADirectory | NotFound)
        }
        _ => false,
    };
    if !is_damage {
        return UserError::from_error(Exit::NotReady, format!("run {short} cannot be {done}"), error);
    }
    UserError::from_error(Exit::NotReady, format!("run {short} is damaged, and cannot be {done}"), error)
        .to_do(format!(
            "copy it whole from where it came, or see what is left of it in {}",
            near(layout.dir())
        ))
}
