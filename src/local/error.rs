use camino::Utf8PathBuf;

use crate::docker::DockerError;
use crate::domain::Name;

#[derive(Debug, thiserror::Error)]
pub enum LocalError {
    #[error(transparent)]
    Docker(#[from] DockerError),
    #[error("there is no image `{0}` in greenroom.yaml")]
    UnknownImage(Name),
    #[error("there is no service `{0}` in greenroom.yaml")]
    UnknownService(Name),
    #[error("{what}: {source}")]
    Io { what: String, source: std::io::Error },
    #[error("the image `{image}` cannot be built: {path} cannot be read: {source}")]
    Requirements { image: Name, path: Utf8PathBuf, source: std::io::Error },
    /// No registry gave the base, and it has no archive to bootstrap it from.
    #[error(
        "the base {base} cannot be had: {problem}\nOnly Debian and Ubuntu releases can be bootstrapped without a \
         registry. Load it into the engine (docker load), or use a base such as debian:bookworm-slim"
    )]
    NoBase { base: String, problem: String },
    #[error(
        "the base {base} cannot be pulled ({problem}), and there is no tool to bootstrap it; run: apt-get install \
         mmdebstrap (or `greenroom doctor --fix`)"
    )]
    NoBootstrapTool { base: String, problem: String },
    #[error("bootstrapping {base} failed: {command}\n{}", indent(.last_lines))]
    BootstrapFailed { base: String, command: String, last_lines: Vec<String> },
    #[error("building the image `{image}` failed at: {command}\n{}", indent(.last_lines))]
    BuildFailed { image: Name, command: String, last_lines: Vec<String> },
    #[error("the image `{0}` is not built; run: greenroom local build")]
    NotBuilt(Name),
    #[error("the service `{service}` was not ready after {seconds} s: {waited_for}\n{}", indent(.last_lines))]
    NotReady { service: Name, seconds: u64, waited_for: String, last_lines: Vec<String> },
    #[error("the service `{service}` ended ({how}) instead of getting ready\n{}", indent(.last_lines))]
    ServiceEnded { service: Name, how: String, last_lines: Vec<String> },
    /// `folder`: that of the project whose service has it.
    #[error("the port {port} of the service `{service}` is taken on this machine by {holder}")]
    PortTaken { service: Name, port: u16, holder: String, folder: Option<Utf8PathBuf> },
    /// A project of the same name, in another folder, has it.
    #[error(
        "the service `{service}` is another folder's: the project in {folder} has the same name, and started it"
    )]
    Elsewhere { service: Name, folder: Utf8PathBuf },
    /// `lacks`: a package of Debian's.
    #[error("the image `{image}` has no {lacks}, which JupyterLab needs")]
    NoNotebook { image: Name, lacks: &'static str },
    #[error("JupyterLab {how}\n{}", indent(.last_lines))]
    NoAnswer { how: String, last_lines: Vec<String> },
    #[error("the service `{0}` is down")]
    ServiceDown(Name),
    #[error("{command} failed ({how})\n{}", indent(.last_lines))]
    FixFailed { command: String, how: String, last_lines: Vec<String> },
}

fn indent(lines: &[String]) -> String {
    lines.iter().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}

impl LocalError {
    pub(super) fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }
}
