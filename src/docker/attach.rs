use bollard::container::LogOutput;
use bollard::errors::Error;
use bollard::query_parameters::{AttachContainerOptions, AttachContainerOptionsBuilder};
use futures_util::StreamExt;

use super::Engine;
use super::error::looking_error;
use crate::engine::{ContainerId, ContainersError, Frame, Frames, Stream};

impl Engine {
    /// Answers when the engine has attached, so that a start afterwards loses no byte.
    pub(super) async fn attach(&self, id: &ContainerId) -> Result<Frames, ContainersError> {
        let options = AttachContainerOptionsBuilder::default()
            .stream(true)
            .logs(false)
            .stdout(true)
            .stderr(true)
            .build();
        let attached = self.docker.attach_container(&id.0, Some(options)).await.map_err(looking_error)?;
        Ok(attached.output.map(frame).boxed())
    }
}

/// Of a container that is typed or spoken into.
pub(super) fn spoken_with() -> AttachContainerOptions {
    AttachContainerOptionsBuilder::default().stream(true).stdin(true).stdout(true).stderr(true).build()
}

/// Frames of containers without a terminal. The engine heads each with its stream and length; memory grows with
/// the bytes that came, not with the length that was promised, and what is left of a cut frame is an error. Only a
/// cut right behind a frame's head leaves nothing, and so passes for an end, as a cut before the head does: that the
/// container ended later tells it.
pub(super) fn frame(output: Result<LogOutput, Error>) -> Result<Frame, ContainersError> {
    match output.map_err(looking_error)? {
        LogOutput::StdOut { message } => Ok(Frame { stream: Stream::Stdout, bytes: message }),
        LogOutput::StdErr { message } => Ok(Frame { stream: Stream::Stderr, bytes: message }),
        LogOutput::StdIn { .. } | LogOutput::Console { .. } => {
            Err(ContainersError::Unreachable("the container's output was cut off in a frame".to_owned()))
        }
    }
}
