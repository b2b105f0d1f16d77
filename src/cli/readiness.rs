//! What this machine needs for Greenroom: looked at, shown, put right after asking.

use camino::{Utf8Path, Utf8PathBuf};

use super::prompt::{Answer, confirm};
use super::report::{Building, Progress};
use super::track::signing;
use super::{Exit, Invocation, UserError};
use crate::domain::{self, Health, Project};
use crate::git::{self, GitError};
use crate::local::LocalError;
use crate::local::doctor::{self, Finding, Host, Remedy};

/// An engine that was just installed may show what else is missing.
const ROUNDS: usize = 3;

/// Looks at everything. `dir`: the project's folder, or where one is going to be.
pub async fn examine(project: Option<&Project>, dir: &Utf8Path) -> Vec<Finding> {
    let _shown = Progress::start("looking at this machine");
    look_at(project, dir).await
}

/// The same, without a word.
pub async fn look_at(project: Option<&Project>, dir: &Utf8Path) -> Vec<Finding> {
    let host = Host::read();
    let mut findings = doctor::findings(&host, project, dir).await;
    findings.push(git_finding(&host, dir));
    findings.extend(signing(project, dir));
    findings
}

/// Does what can be done about what fits `wanted`, asking before each unless `yes`; answers how things stand then.
pub async fn put_right(
    mut findings: Vec<Finding>,
    project: Option<&Project>,
    dir: &Utf8Path,
    wanted: impl Fn(&Finding) -> bool,
    yes: bool,
    again: &str,
) -> Result<Vec<Finding>, UserError> {
    // Asked once, done once: what did not help does not help the second time.
    let mut settled = Vec::new();
    for _ in 0..ROUNDS {
        let mut agreed = Vec::new();
        for finding in findings.iter().filter(|finding| wanted(finding)) {
            let Some(remedy) = finding.remedy.clone().filter(|remedy| !settled.contains(remedy)) else {
                continue;
            };
            settled.push(remedy.clone());
            if yes || agrees(&remedy, again)? {
                agreed.push(remedy);
            }
        }
        if agreed.is_empty() {
            break;
        }
        doctor::fix(&agreed, &Building::default()).await.map_err(|error| not_fixed(&error))?;
        findings = examine(project, dir).await;
    }
    Ok(findings)
}

/// With the last lines of what was tried.
pub fn not_fixed(error: &LocalError) -> UserError {
    let text = error.to_string();
    let mut lines = text.lines();
    let told = UserError::not_ready(lines.next().unwrap_or_default());
    lines.fold(told, |told, line| told.because(line.trim_end()))
}

fn agrees(remedy: &Remedy, again: &str) -> Result<bool, UserError> {
    let answer = confirm(&remedy.question())
        .map_err(|error| UserError::from_error(Exit::NotReady, "the terminal cannot be read", &error))?;
    match answer {
        Answer::Yes => Ok(true),
        Answer::No => Ok(false),
        Answer::Nobody => Err(UserError::not_ready(
            "something is missing, and there is no terminal to ask whether to install it",
        )
        .because(remedy.question())
        .to_do(again)),
    }
}

/// Something without which nothing runs is missing.
pub fn lacking(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.health == Health::Missing)
}

pub fn shown(findings: &[Finding]) -> Vec<domain::Finding> {
    findings
        .iter()
        .map(|finding| domain::Finding {
            health: finding.health,
            what: finding.what.to_owned(),
            found: finding.found.clone(),
            fix: finding.fix.clone(),
            fixable: finding.remedy.is_some(),
            question: finding.remedy.as_ref().map(Remedy::question),
        })
        .collect()
}

fn git_finding(host: &Host, dir: &Utf8Path) -> Finding {
    const WHAT: &str = "git";
    // Where the folder is yet to be made, what holds above it holds there.
    let there =
        dir.ancestors().find(|dir| dir.is_dir()).map_or_else(|| Utf8PathBuf::from("/"), Utf8Path::to_owned);
    match git::version() {
        Ok(version) => match git::user(&there).filter(|user| user.contains('@')) {
            Some(user) => Finding::new(Health::Ok, WHAT, format!("{version}, as {user}")),
            None => Finding::new(Health::Warn, WHAT, format!("{version}; it does not know who you are"))
                .to_fix([
                    "git config --global user.name \"YOUR NAME\"",
                    "git config --global user.email YOU@EXAMPLE.COM",
                ]),
        },
        Err(GitError::Missing) => Finding::new(Health::Missing, WHAT, "is not installed")
            .to_fix(host.install("git"))
            .remedy(host.installs().then_some(Remedy::Install("git"))),
        Err(error) => Finding::new(Health::Missing, WHAT, error.to_string()),
    }
}

/// Of a command that names no project: the current directory.
pub fn here() -> Result<Utf8PathBuf, UserError> {
    let wrong = |error: &std::io::Error| {
        UserError::from_error(Exit::Wrong, "the current directory cannot be used", error)
    };
    let dir = std::env::current_dir().map_err(|error| wrong(&error))?;
    Utf8PathBuf::from_path_buf(dir).map_err(|_| wrong(&std::io::ErrorKind::InvalidFilename.into()))
}

/// The command that would not ask.
pub fn without_asking(invocation: &Invocation, command: &[&str]) -> String {
    invocation.command(&[command, &["--yes"]].concat())
}
