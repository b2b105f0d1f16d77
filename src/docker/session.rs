use std::pin::Pin;

use bollard::container::LogOutput;
use bollard::errors::Error;
use bollard::models::{ContainerCreateBody, HostConfig};
use bollard::query_parameters::CreateContainerOptionsBuilder;
use futures_util::{Stream, StreamExt};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::runtime::Handle;

use super::Engine;
use super::attach::spoken_with;
use super::error::DockerError;
use super::once::{OnceSpec, body};
use crate::engine::{ContainerId, ContainerState};

/// Of what it complains about, the last this many bytes are kept.
const KEPT: usize = 16 * 1024;
/// A longer line is none of an answer.
const LONGEST: usize = 1024 * 1024;

/// A container that is spoken with in lines, over its standard input and output. It ends with its input, so that it
/// does not outlive this process, and is removed when this is dropped.
pub struct Session {
    engine: Engine,
    id: ContainerId,
    input: Pin<Box<dyn AsyncWrite + Send>>,
    output: Pin<Box<dyn Stream<Item = Result<LogOutput, Error>> + Send>>,
    /// Of a line that has not ended yet.
    unread: Vec<u8>,
    complaints: Vec<u8>,
    /// Whoever said the last line went away before it was said: it may end anywhere.
    cut: bool,
    closed: bool,
}

/// What was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    Line(String),
    /// It has ended; the last it complained about.
    Ended {
        code: i64,
        complaints: String,
    },
}

impl Engine {
    /// Starts one, of a name that no other has.
    pub async fn session(&self, name: &str, spec: &OnceSpec) -> Result<Session, DockerError> {
        let refused = |error| DockerError::of("start a container", error);
        let once = body(spec);
        let host = HostConfig { auto_remove: Some(true), ..once.host_config.unwrap_or_default() };
        let body = ContainerCreateBody {
            open_stdin: Some(true),
            stdin_once: Some(true),
            attach_stdin: Some(true),
            host_config: Some(host),
            ..once
        };
        let named = CreateContainerOptionsBuilder::default().name(name).build();
        let made = self.docker.create_container(Some(named), body).await;
        let id = ContainerId(made.map_err(refused)?.id);
        let begun = self.begin(&id).await;
        if begun.is_err() {
            self.remove(&id).await.ok();
        }
        let (input, output) = begun?;
        Ok(Session {
            engine: self.clone(),
            id,
            input,
            output,
            unread: Vec::new(),
            complaints: Vec::new(),
            cut: false,
            closed: false,
        })
    }

    async fn begin(
        &self,
        id: &ContainerId,
    ) -> Result<
        (Pin<Box<dyn AsyncWrite + Send>>, Pin<Box<dyn Stream<Item = Result<LogOutput, Error>> + Send>>),
        DockerError,
    > {
        let refused = |error| DockerError::of("start a container", error);
        let options = spoken_with();
        let attached = self.docker.attach_container(&id.0, Some(options)).await.map_err(refused)?;
        self.docker.start_container(&id.0, None).await.map_err(refused)?;
        Ok((attached.input, attached.output))
    }
}

impl Session {
    /// May be dropped while it waits: what was said of the line is then a line of its own, which says nothing.
    pub async fn say(&mut self, line: &str) -> Result<(), DockerError> {
        let end = if std::mem::replace(&mut self.cut, true) { "\n" } else { "" };
        let text = format!("{end}{line}\n");
        let said = async {
            self.input.write_all(text.as_bytes()).await?;
            self.input.flush().await
        };
        said.await
            .map_err(|source| DockerError::Io { what: "the container does not listen".to_owned(), source })?;
        self.cut = false;
        Ok(())
    }

    /// The next line that it says, or its end. May be dropped while it waits: nothing of a line is lost.
    pub async fn hear(&mut self) -> Result<Heard, DockerError> {
        let refused = |error| DockerError::of("listen to a container", error);
        loop {
            if let Some(end) = self.unread.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.unread.drain(..=end).collect();
                return Ok(Heard::Line(String::from_utf8_lossy(&line[..end]).into_owned()));
            }
            match self.output.next().await.transpose().map_err(refused)? {
                Some(LogOutput::StdOut { message }) if self.unread.len() + message.len() <= LONGEST => {
                    self.unread.extend_from_slice(&message);
                }
                Some(LogOutput::StdErr { message }) => {
                    self.complaints.extend_from_slice(&message);
                    self.complaints.drain(..self.complaints.len().saturating_sub(KEPT));
                }
                Some(_) => {
                    return Err(DockerError::Unreachable("the container speaks in no lines".to_owned()));
                }
                None => return self.end().await,
            }
        }
    }

    async fn end(&self) -> Result<Heard, DockerError> {
        let code = match self.engine.wait(&self.id).await {
            Ok(ContainerState::Exited(exit)) => exit.code,
            // Removed by the engine already, with its exit code.
            _ => -1,
        };
        let complaints = String::from_utf8_lossy(&self.complaints).into_owned();
        Ok(Heard::Ended { code, complaints })
    }

    /// Removes it, with whatever it is at.
    pub async fn close(mut self) {
        self.input.shutdown().await.ok();
        self.closed = self.engine.remove(&self.id).await.is_ok();
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if self.closed {
            return;
        }
        // Where nobody carries this out, the end of its input ends it.
        if let Ok(runtime) = Handle::try_current() {
            let (engine, id) = (self.engine.clone(), self.id.clone());
            runtime.spawn(async move { engine.remove(&id).await.ok() });
        }
    }
}
