use serde::Serialize;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    Ok,
    /// Works, but not as well as it could.
    Warn,
    /// Without it nothing runs.
    Missing,
}

/// One thing of this machine that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub health: Health,
    /// `container engine`
    pub what: String,
    /// `Docker 20.10.24 at unix:///var/run/docker.sock`, or what is wrong; more about it on more lines.
    pub found: String,
    /// Exact commands that put it right.
    pub fix: Vec<String>,
    /// `doctor --fix` can do it here.
    pub fixable: bool,
    /// Whether to do that, as a person is asked.
    #[serde(skip)]
    pub question: Option<String>,
}
