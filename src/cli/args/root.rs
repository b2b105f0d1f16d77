use camino::Utf8PathBuf;
use clap::{Parser, ValueHint};

use super::Command;
use super::param::parse_path;

/// The room a data workflow waits in before it goes on stage; alone, in a project, it opens the workbench
#[derive(Debug, Parser)]
#[command(name = "greenroom", version, propagate_version = false)]
pub struct Args {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What every command takes.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Everywhere")]
pub struct Global {
    /// Answer with JSON documents, or JSON Lines where events stream
    #[arg(long, global = true)]
    pub json: bool,
    /// The project: its directory or one below it [default: found from here upwards]
    #[arg(long, global = true, value_name = "DIR", value_parser = parse_path, value_hint = ValueHint::DirPath)]
    pub project: Option<Utf8PathBuf>,
}
