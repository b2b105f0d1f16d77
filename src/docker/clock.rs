use super::Engine;
use super::error::DockerError;

impl Engine {
    /// How far the engine's clock is ahead of this machine's; None where it does not tell its time.
    pub async fn clock_ahead(&self) -> Result<Option<jiff::SignedDuration>, DockerError> {
        let info = self.docker.info().await.map_err(|error| DockerError::of("tell its time", error))?;
        let there = info.system_time.and_then(|text| text.parse::<jiff::Timestamp>().ok());
        Ok(there.map(|there| there.duration_since(jiff::Timestamp::now())))
    }
}
