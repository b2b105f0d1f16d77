use super::{Exit, Invocation, UserError};
use crate::docker::{Engine, connect};
use crate::domain::Project;
use crate::local::{Bundle, Identity, Site};

use camino::Utf8Path;

/// The engine of this machine, and who its containers run as.
pub struct Machine {
    pub engine: Engine,
    pub certificates: Option<Bundle>,
    pub identity: Identity,
}

impl Machine {
    pub async fn connect(invocation: &Invocation) -> Result<Self, UserError> {
        let engine = connect().await.map_err(|error| {
            UserError::from_error(Exit::NotReady, "a container engine is needed", &error)
                .to_do(invocation.command(&["doctor", "--fix"]))
        })?;
        Self::with(engine)
    }

    /// `engine`: the words of `handed_down`, of the process that started this one.
    pub async fn handed(engine: Option<&str>, invocation: &Invocation) -> Result<Self, UserError> {
        match engine.and_then(|words| serde_json::from_str(words).ok()).and_then(Engine::known) {
            Some(engine) => Self::with(engine),
            None => Self::connect(invocation).await,
        }
    }

    /// For a process that this one starts: it need not ask the engine again who it is.
    pub fn handed_down(&self) -> Option<String> {
        serde_json::to_string(self.engine.info()).ok()
    }

    fn with(engine: Engine) -> Result<Self, UserError> {
        let certificates = Bundle::find().map_err(|error| {
            UserError::from_error(Exit::NotReady, "the host's certificates cannot be read", &error)
        })?;
        let identity = Identity::caller(engine.info());
        Ok(Self { engine, certificates, identity })
    }

    pub fn site<'a>(&'a self, project: &'a Project, root: &'a Utf8Path) -> Site<'a> {
        Site { engine: &self.engine, project, root, certificates: self.certificates.as_ref() }
    }
}
