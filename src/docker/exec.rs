use bollard::exec::{StartExecOptions, StartExecResults};
use bollard::models::ExecConfig;
use futures_util::StreamExt;

use super::Engine;
use super::error::DockerError;

/// Of a command's output, the last this many bytes are kept.
const KEPT: usize = 16 * 1024;

/// A command that ran in a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Executed {
    pub code: i64,
    /// The end of what it wrote, both streams.
    pub output: String,
}

impl Engine {
    /// Runs an argv in a running container, by name or id.
    pub async fn exec(&self, container: &str, argv: &[String]) -> Result<Executed, DockerError> {
        let refused = |error| DockerError::of(&format!("run a command in {container}"), error);
        let config = ExecConfig {
            cmd: Some(argv.to_vec()),
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            ..Default::default()
        };
        let id = self.docker.create_exec(container, config).await.map_err(refused)?.id;
        let mut kept = Vec::new();
        let started = self.docker.start_exec(&id, None::<StartExecOptions>).await.map_err(refused)?;
        if let StartExecResults::Attached { mut output, .. } = started {
            while let Some(piece) = output.next().await {
                kept.extend_from_slice(piece.map_err(refused)?.as_ref());
                kept.drain(..kept.len().saturating_sub(KEPT));
            }
        }
        let ended = self.docker.inspect_exec(&id).await.map_err(refused)?;
        let code = ended.exit_code.ok_or_else(|| {
            DockerError::Unreachable(format!("a command in {container} ended without an exit code"))
        })?;
        Ok(Executed { code, output: String::from_utf8_lossy(&kept).into_owned() })
    }
}
