use bollard::errors::Error;

use super::Attempt;
use crate::engine::ContainersError;

/// What can go wrong between Greenroom and a container engine.
#[derive(Debug, thiserror::Error)]
pub enum DockerError {
    #[error("no container engine answers{}", list(.0))]
    NoEngine(Vec<Attempt>),
    /// The connection or the answer broke; worth trying again.
    #[error("the container engine does not answer: {0}")]
    Unreachable(String),
    /// It answered that it will not.
    #[error("the container engine refused to {what}: {message}")]
    Refused { what: String, message: String },
    /// What was asked for is not there.
    #[error("the container engine has no {0}")]
    NotFound(String),
    #[error("{what}: {source}")]
    Io { what: String, source: std::io::Error },
}

fn list(attempts: &[Attempt]) -> String {
    attempts.iter().map(|a| format!("\n  {} ({}): {}", a.place, a.named_by, a.problem)).collect()
}

impl DockerError {
    /// `what` completes "refused to …" and, for a missing thing, names it.
    pub(super) fn of(what: &str, error: Error) -> Self {
        match error {
            Error::DockerResponseServerError { status_code: 404, message } => Self::NotFound(message),
            Error::DockerResponseServerError { status_code, message } if status_code != 503 => {
                Self::Refused { what: what.to_owned(), message }
            }
            Error::DockerStreamError { error } => Self::Refused { what: what.to_owned(), message: error },
            other => Self::Unreachable(chain(&other)),
        }
    }
}

/// The port's error for a call about one container.
pub(super) fn containers_error(error: Error) -> ContainersError {
    match error {
        Error::DockerResponseServerError { status_code: 404, message } => match missing_image(&message) {
            Some(image) => ContainersError::NoImage(image),
            None if message.starts_with("network ") => ContainersError::Refused(message),
            None => ContainersError::Gone,
        },
        Error::DockerResponseServerError { status_code, message } if status_code != 503 => {
            ContainersError::Refused(message)
        }
        other => ContainersError::Unreachable(chain(&other)),
    }
}

/// Of a call that only looks: where it fails within the engine, there is nothing that was refused, so it is worth
/// another try. An engine that stops says 500 before it says nothing.
pub(super) fn looking_error(error: Error) -> ContainersError {
    match error {
        Error::DockerResponseServerError { status_code: 500.., message } => {
            ContainersError::Unreachable(message)
        }
        other => containers_error(other),
    }
}

/// The status code of an answer that was not a success.
pub(super) fn status(error: &Error) -> Option<u16> {
    match error {
        Error::DockerResponseServerError { status_code, .. } => Some(*status_code),
        _ => None,
    }
}

fn missing_image(message: &str) -> Option<String> {
    let lower = message.to_ascii_lowercase();
    let at = lower.find("no such image")?;
    let name = message.get(at..)?.split_once(':').map_or("", |(_, name)| name);
    Some(name.trim().to_owned())
}

/// An error with its causes: the client's own message ("client error (Connect)") says nothing.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status_code: u16, message: &str) -> Error {
        Error::DockerResponseServerError { status_code, message: message.to_owned() }
    }

    #[test]
    fn a_missing_image_is_told_from_a_missing_container() {
        let image = containers_error(answer(404, "No such image: sha256:ab"));
        assert!(matches!(image, ContainersError::NoImage(name) if name == "sha256:ab"));
        assert!(matches!(containers_error(answer(404, "No such container: x")), ContainersError::Gone));
        let network = containers_error(answer(404, "network 4f1d not found"));
        assert!(matches!(network, ContainersError::Refused(why) if why == "network 4f1d not found"));
    }

    #[test]
    fn only_an_engine_that_does_not_answer_is_worth_another_try() {
        assert!(matches!(containers_error(answer(400, "no")), ContainersError::Refused(_)));
        assert!(matches!(containers_error(answer(503, "down")), ContainersError::Unreachable(_)));
        assert!(matches!(containers_error(Error::RequestTimeoutError), ContainersError::Unreachable(_)));
        assert!(matches!(containers_error(answer(500, "no")), ContainersError::Refused(_)));
        assert!(matches!(looking_error(answer(500, "no")), ContainersError::Unreachable(_)));
        assert!(matches!(looking_error(answer(404, "no")), ContainersError::Gone));
    }
}
