use std::env;

use camino::{Utf8Path, Utf8PathBuf};

use super::apt_sources::host_sources;
use super::command::run_command;
use super::suite::Suite;
use super::{LocalError, Progress};

/// What makes a root file system from a Debian archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tool {
    /// Needs no root where user namespaces are allowed, and is faster.
    Mmdebstrap,
    Debootstrap,
}

impl Tool {
    pub fn name(self) -> &'static str {
        match self {
            Self::Mmdebstrap => "mmdebstrap",
            Self::Debootstrap => "debootstrap",
        }
    }
}

pub(super) fn tool() -> Option<Tool> {
    [Tool::Mmdebstrap, Tool::Debootstrap].into_iter().find(|tool| on_path(tool.name()))
}

/// Also where root's tools are and the caller's `PATH` may not lead.
pub(super) fn on_path(name: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).chain(["/usr/sbin".into(), "/sbin".into()]).any(|dir| dir.join(name).is_file())
}

/// Makes `<dir>/base.tar`: the release's smallest system that has apt, and the certificates that apt and pip need.
pub(super) async fn bootstrap(
    base: &str,
    suite: &Suite,
    tool: Tool,
    dir: &Utf8Path,
    progress: &dyn Progress,
) -> Result<Utf8PathBuf, LocalError> {
    let tarball = dir.join("base.tar");
    let sources = host_sources(suite);
    match tool {
        Tool::Mmdebstrap => {
            let mut argv = words(&["mmdebstrap", "--variant=minbase", "--include=ca-certificates"]);
            argv.extend([suite.codename.clone(), tarball.to_string()]);
            argv.extend(sources);
            run(base, &argv, progress).await?;
        }
        Tool::Debootstrap => {
            let root = dir.join("root");
            let mut argv = words(&["debootstrap", "--variant=minbase", "--include=ca-certificates"]);
            argv.extend([suite.codename.clone(), root.to_string()]);
            argv.extend(sources.iter().find_map(|line| line.split_whitespace().nth(1).map(str::to_owned)));
            run(base, &argv, progress).await?;
            if !sources.is_empty() {
                let list = root.join("etc/apt/sources.list");
                fs_err::write(list, sources.join("\n") + "\n")
                    .map_err(LocalError::io("cannot name the archive"))?;
            }
            let tar = ["tar", "--numeric-owner", "-C", root.as_str(), "-cf", tarball.as_str(), "."];
            run(base, &words(&tar), progress).await?;
        }
    }
    Ok(tarball)
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

async fn run(base: &str, argv: &[String], progress: &dyn Progress) -> Result<(), LocalError> {
    run_command(argv, &[], progress).await.map_err(|failure| LocalError::BootstrapFailed {
        base: base.to_owned(),
        command: argv.join(" "),
        last_lines: failure.last_lines,
    })
}
