use std::io::{Read, Write, stdin, stdout};
use std::os::fd::{AsFd, OwnedFd};
use std::thread;

use bollard::models::{ContainerCreateBody, HostConfig};
use bollard::query_parameters::{
    CreateContainerOptions, CreateContainerOptionsBuilder, ResizeContainerTTYOptionsBuilder,
};
use bytes::Bytes;
use futures_util::StreamExt;
use rustix::termios::{OptionalActions, Termios, isatty, tcgetattr, tcgetwinsize, tcsetattr};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

use super::attach::spoken_with;
use super::create::{assignments, bind, confined};
use super::error::DockerError;
use super::{EndSignals, Engine, EngineContainers, HostCertificates, labels, waiter};
use crate::engine::{ContainerId, ContainerSpec, ContainerState, Mount};

/// A container somebody types into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShellSpec {
    pub image: String,
    pub argv: Vec<String>,
    pub env: Vec<(String, String)>,
    pub working_dir: String,
    /// `uid:gid`.
    pub user: String,
    pub mounts: Vec<Mount>,
    pub labels: Vec<(String, String)>,
    pub network: Option<String>,
    pub certificates: Option<HostCertificates>,
}

impl Engine {
    /// Runs it on this process's terminal, or on its plain streams where there is none, removes it, and answers
    /// its exit code.
    pub async fn shell(&self, spec: &ShellSpec) -> Result<i64, DockerError> {
        let mut signals = EndSignals::listen()
            .map_err(|source| DockerError::Io { what: "cannot listen for Ctrl-C".to_owned(), source })?;
        self.on_terminal(None, body(spec), &mut signals).await
    }

    async fn on_terminal(
        &self,
        name: Option<CreateContainerOptions>,
        body: ContainerCreateBody,
        signals: &mut EndSignals,
    ) -> Result<i64, DockerError> {
        let terminal = isatty(stdin()) && isatty(stdout());
        let refused = |error| DockerError::of("open a shell", error);
        let made = self.docker.create_container(name, typed_into(body, terminal)).await;
        let id = ContainerId(made.map_err(refused)?.id);
        let code = tokio::select! {
            code = self.converse(&id, terminal) => code,
            // The terminal was closed, or somebody ends this process: nobody is left to type. A Ctrl-C that is typed on a
            // terminal is the shell's own affair.
            code = signals.next() => Ok(code),
        };
        let removed = self.remove(&id).await;
        let code = code?;
        removed.map_err(|error| DockerError::Unreachable(error.to_string()))?;
        Ok(code)
    }

    async fn converse(&self, id: &ContainerId, terminal: bool) -> Result<i64, DockerError> {
        let refused = |error| DockerError::of("open a shell", error);
        let options = spoken_with();
        let mut attached = self.docker.attach_container(&id.0, Some(options)).await.map_err(refused)?;
        self.docker.start_container(&id.0, None).await.map_err(refused)?;
        let _raw = terminal
            .then(RawTerminal::enter)
            .transpose()
            .map_err(|source| DockerError::Io { what: "cannot set up the terminal".to_owned(), source })?;
        let typing = tokio::spawn(feed(attached.input, keys()));
        let resizing = terminal.then(|| tokio::spawn(follow_size(self.clone(), id.clone())));
        while let Some(piece) = attached.output.next().await {
            let piece = piece.map_err(refused)?;
            let mut out = stdout().lock();
            let written = out.write_all(piece.as_ref()).and_then(|()| out.flush());
            written.map_err(|source| DockerError::Io {
                what: "cannot write to the terminal".to_owned(),
                source,
            })?;
        }
        typing.abort();
        if let Some(resizing) = resizing {
            resizing.abort();
        }
        match self.wait(id).await {
            Ok(ContainerState::Exited(exit)) => Ok(exit.code),
            Ok(_) => Err(DockerError::NotFound("such container any more".to_owned())),
            Err(error) => Err(DockerError::Unreachable(error.to_string())),
        }
    }
}

impl EngineContainers {
    /// The same, of a container that is made as for a step. `host`: what it calls itself. Where this process is killed,
    /// the next of its kind removes the container.
    pub async fn shell(
        &self,
        spec: &ContainerSpec,
        host: &str,
        signals: &mut EndSignals,
    ) -> Result<i64, DockerError> {
        let name = CreateContainerOptionsBuilder::default().name(&spec.name).build();
        let mut body =
            ContainerCreateBody { hostname: Some(host.to_owned()), ..self.body_on_network(spec).await? };
        self.engine.remove_abandoned().await;
        body.labels.get_or_insert_default().insert(labels::TRIAL.to_owned(), waiter::label());
        self.engine.on_terminal(Some(name), body, signals).await
    }
}

fn body(spec: &ShellSpec) -> ContainerCreateBody {
    let mut env = assignments(&spec.env);
    let mut mounts: Vec<_> = spec.mounts.iter().map(bind).collect();
    if let Some(certificates) = &spec.certificates {
        mounts.push(certificates.mount());
        env.extend(certificates.env());
    }
    let host = HostConfig { mounts: Some(mounts), network_mode: spec.network.clone(), ..confined() };
    ContainerCreateBody {
        image: Some(spec.image.clone()),
        entrypoint: Some(Vec::new()),
        cmd: Some(spec.argv.clone()),
        env: Some(env),
        working_dir: Some(spec.working_dir.clone()),
        user: Some(spec.user.clone()),
        labels: Some(spec.labels.iter().cloned().collect()),
        host_config: Some(host),
        ..Default::default()
    }
}

fn typed_into(body: ContainerCreateBody, terminal: bool) -> ContainerCreateBody {
    ContainerCreateBody {
        tty: Some(terminal),
        open_stdin: Some(true),
        stdin_once: Some(true),
        attach_stdin: Some(true),
        attach_stdout: Some(true),
        attach_stderr: Some(true),
        ..body
    }
}

/// What is typed. Read by a thread of its own: a read that waits for a key would hold the runtime up at its end.
fn keys() -> mpsc::Receiver<Bytes> {
    let (send, receive) = mpsc::channel(16);
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(read @ 1..) = stdin().read(&mut buffer) {
            if send.blocking_send(Bytes::copy_from_slice(&buffer[..read])).is_err() {
                return;
            }
        }
    });
    receive
}

async fn feed(mut input: std::pin::Pin<Box<dyn AsyncWrite + Send>>, mut keys: mpsc::Receiver<Bytes>) {
    while let Some(bytes) = keys.recv().await {
        // A shell that has ended reads no more; its end is seen on its output.
        if input.write_all(&bytes).await.is_err() || input.flush().await.is_err() {
            return;
        }
    }
    let _closed_already = input.shutdown().await;
}

async fn follow_size(engine: Engine, id: ContainerId) {
    let Ok(mut changes) = signal(SignalKind::window_change()) else { return };
    loop {
        if let Ok(size) = tcgetwinsize(stdout()) {
            let options = ResizeContainerTTYOptionsBuilder::default()
                .h(i32::from(size.ws_row))
                .w(i32::from(size.ws_col))
                .build();
            // The size is a nicety: a shell of the wrong width still works.
            let _size_as_it_was = engine.docker.resize_container_tty(&id.0, options).await;
        }
        if changes.recv().await.is_none() {
            return;
        }
    }
}

/// The terminal passes every key on, unseen, until this is dropped.
struct RawTerminal {
    terminal: OwnedFd,
    before: Termios,
}

impl RawTerminal {
    fn enter() -> std::io::Result<Self> {
        let terminal = stdin().as_fd().try_clone_to_owned()?;
        let before = tcgetattr(&terminal)?;
        let mut raw = before.clone();
        raw.make_raw();
        tcsetattr(&terminal, OptionalActions::Now, &raw)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for RawTerminal {
    fn drop(&mut self) {
        let _nothing_left_to_try = tcsetattr(&self.terminal, OptionalActions::Now, &self.before);
    }
}
