use crate::domain::Health;

/// What Greenroom can do about a finding by itself, on this machine, as this user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// A package of Debian and Ubuntu.
    Install(&'static str),
    /// The engine is installed and does not run.
    StartEngine,
    InstallEngine,
}

impl Remedy {
    /// For the question whether to.
    pub fn question(&self) -> String {
        match self {
            Self::Install(package) => format!("Install {package} with apt-get?"),
            Self::StartEngine => "Start the container engine?".to_owned(),
            Self::InstallEngine => {
                "Install the container engine docker.io with apt-get, and start it?".to_owned()
            }
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub health: Health,
    /// `container engine`
    pub what: &'static str,
    /// What is there, or what is wrong; the first line is the shortest way to say it.
    pub found: String,
    /// Exact commands that put it right.
    pub fix: Vec<String>,
    pub remedy: Option<Remedy>,
}

impl Finding {
    pub fn new(health: Health, what: &'static str, found: impl Into<String>) -> Self {
        Self { health, what, found: found.into(), fix: Vec::new(), remedy: None }
    }

    pub fn to_fix(mut self, commands: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.fix.extend(commands.into_iter().map(Into::into));
        self
    }

    pub fn remedy(mut self, remedy: Option<Remedy>) -> Self {
        self.remedy = remedy;
        self
    }
}
