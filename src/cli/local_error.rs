use camino::Utf8Path;

use super::{Exit, Invocation, UserError};
use crate::domain::text::{safe, shell_word};
use crate::domain::{Name, Project};
use crate::local::LocalError;

/// How apt and pip say that they cannot resolve a name.
const NAMELESS: [&str; 3] =
    ["Temporary failure in name resolution", "Temporary failure resolving", "Could not resolve"];

/// What the local environment could not do, with what helps.
pub fn local_error(error: &LocalError, project: &Project, invocation: &Invocation) -> UserError {
    let known = |kind: &str, names: Vec<&Name>| match names.as_slice() {
        [] => format!("greenroom.yaml has no {kind}"),
        names => {
            let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
            format!("there are {}", names.join(", "))
        }
    };
    let text = error.to_string();
    let mut lines = text.lines();
    let told = UserError::not_ready(lines.next().unwrap_or_default());
    let told = lines.fold(told, |told, line| told.because(line.trim_end()));
    match error {
        LocalError::UnknownImage(_) => {
            UserError { exit: Exit::Wrong, ..told }.to_do(known("images", project.images.keys().collect()))
        }
        LocalError::UnknownService(_) => UserError { exit: Exit::Wrong, ..told }
            .to_do(known("services", project.services.keys().collect())),
        LocalError::ServiceDown(_) => told.to_do(invocation.command(&["local", "up"])),
        LocalError::NotBuilt(_) => told.to_do(invocation.command(&["local", "build"])),
        LocalError::NoBootstrapTool { .. } | LocalError::Docker(_) => {
            told.to_do(invocation.command(&["doctor", "--fix"]))
        }
        LocalError::Elsewhere { folder, .. } => told
            .to_do(down_in(folder))
            .to_do("or give this project another `name:`, and its services other ports, in greenroom.yaml"),
        LocalError::PortTaken { port, folder, .. } => {
            let listen = "or let the service listen elsewhere: change its command, `port:` and `ready:`";
            let stop = folder.as_deref().map_or_else(|| format!("stop what holds {port}"), down_in);
            told.to_do(stop).to_do(format!("{listen} in greenroom.yaml"))
        }
        LocalError::NotReady { service, .. } | LocalError::ServiceEnded { service, .. } => {
            told.to_do(invocation.command(&["local", "logs", service.as_str()]))
        }
        LocalError::NoNotebook { image, lacks } => told
            .to_do(format!("add {lacks} to `apt:` of the image {image} in greenroom.yaml, and run it anew"))
            .to_do("or look around in a shell: greenroom shell RUN STEP"),
        LocalError::BuildFailed { .. } if NAMELESS.iter().any(|sign| text.contains(sign)) => told
            .to_do("containers cannot resolve names: look at the engine's network and DNS, and build again")
            .to_do(invocation.command(&["doctor"])),
        LocalError::BuildFailed { .. } => {
            told.to_do("put greenroom.yaml or the requirements right, and build again")
        }
        _ => told,
    }
}

/// What another project's services are taken down by.
fn down_in(folder: &Utf8Path) -> String {
    format!("cd {} && greenroom local down", shell_word(&safe(folder.as_str())))
}
