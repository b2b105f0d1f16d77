use super::Remedy;
use super::start::start_engine;
use crate::local::command::run_command;
use crate::local::{Event, LocalError, Progress};

/// Never asks: neither the package's configuration nor a restart of services.
const QUIETLY: [(&str, &str); 3] =
    [("DEBIAN_FRONTEND", "noninteractive"), ("NEEDRESTART_MODE", "l"), ("LC_ALL", "C")];

/// Does what was decided on: the packages first, all at once, then the engine.
pub async fn fix(remedies: &[Remedy], progress: &dyn Progress) -> Result<(), LocalError> {
    let packages: Vec<&str> = remedies.iter().filter_map(package).collect();
    if !packages.is_empty() {
        progress.report(Event::Started { what: format!("installing {}", packages.join(", ")) });
        run(&["apt-get", "update"], progress).await?;
        let install = ["apt-get", "install", "-y", "-o", "Dpkg::Use-Pty=0"];
        run(&[install.as_slice(), packages.as_slice()].concat(), progress).await?;
        progress.report(Event::Done);
    }
    if remedies.iter().any(|remedy| matches!(remedy, Remedy::InstallEngine | Remedy::StartEngine)) {
        progress.report(Event::Started { what: "starting the container engine".to_owned() });
        start_engine(progress).await?;
        progress.report(Event::Done);
    }
    Ok(())
}

fn package(remedy: &Remedy) -> Option<&'static str> {
    match remedy {
        Remedy::Install(package) => Some(package),
        Remedy::InstallEngine => Some("docker.io"),
        Remedy::StartEngine => None,
    }
}

async fn run(argv: &[&str], progress: &dyn Progress) -> Result<(), LocalError> {
    let argv: Vec<String> = argv.iter().map(|word| (*word).to_owned()).collect();
    run_command(&argv, &QUIETLY, progress).await.map_err(|failure| LocalError::FixFailed {
        command: argv.join(" "),
        how: failure.how,
        last_lines: failure.last_lines,
    })
}
