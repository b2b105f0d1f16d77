use clap::Subcommand;
use clap_complete::ArgValueCandidates;

use super::param::parse_name;
use crate::cli::complete::candidates;
use crate::domain::Name;

#[derive(Debug, Subcommand)]
pub enum LocalCommand {
    /// Build the project's images; only what changed is built again
    Build(LocalBuild),
    /// Build what is needed, start the services, wait until they answer
    #[command(after_help = "Examples:\n  greenroom local up")]
    Up,
    /// Make a service anew, and wait until it answers
    Restart(LocalRestart),
    /// Stop and remove the services
    Down(LocalDown),
    /// Images, services, ports, and whether they are up
    #[command(after_help = "Examples:\n  greenroom local status\n  greenroom local status --json")]
    Status,
    /// What a service wrote
    Logs(LocalLogs),
    /// A shell in an image, with the project mounted
    Shell(LocalShell),
}

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom local build
  greenroom local build default")]
pub struct LocalBuild {
    /// Which of the project's images [default: all]
    #[arg(value_name = "IMAGE", value_parser = parse_name, add = ArgValueCandidates::new(candidates::images))]
    pub images: Vec<Name>,
}

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom local down
  greenroom local down --volumes")]
pub struct LocalDown {
    /// Their data too
    #[arg(long)]
    pub volumes: bool,
}

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  greenroom local restart storage")]
pub struct LocalRestart {
    /// One of the project's services
    #[arg(value_parser = parse_name, add = ArgValueCandidates::new(candidates::services))]
    pub service: Name,
}

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom local logs storage
  greenroom local logs storage -f")]
pub struct LocalLogs {
    /// One of the project's services
    #[arg(value_parser = parse_name, add = ArgValueCandidates::new(candidates::services))]
    pub service: Name,
    /// Go on until Ctrl-C
    #[arg(long, short)]
    pub follow: bool,
}

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom local shell
  greenroom local shell default")]
pub struct LocalShell {
    /// One of the project's images
    #[arg(default_value = "default", value_parser = parse_name, add = ArgValueCandidates::new(candidates::images))]
    pub image: Name,
}
