//! `greenroom local …`

mod build;
mod down;
mod logs;
mod restart;
mod shell;
mod status;
mod up;

pub use down::view as downed_view;

use crate::cli::args::LocalCommand;
use crate::cli::{Exit, Invocation, Machine, Output, UserError, Workspace};
use crate::local::Site;

/// What every one of them works with.
struct Local<'a> {
    site: Site<'a>,
    machine: &'a Machine,
    invocation: &'a Invocation,
    output: &'a Output,
}

pub async fn run(asked: &LocalCommand, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let workspace = Workspace::open(invocation.project())?;
    let machine = Machine::connect(invocation).await?;
    let site = machine.site(&workspace.project, workspace.root());
    let local = Local { site, machine: &machine, invocation, output };
    match asked {
        LocalCommand::Build(asked) => build::run(asked, &local).await,
        LocalCommand::Up => up::run(&local).await,
        LocalCommand::Restart(asked) => restart::run(asked, &local).await,
        LocalCommand::Down(asked) => down::run(asked, &local).await,
        LocalCommand::Status => status::run(&local).await,
        LocalCommand::Logs(asked) => logs::run(asked, &local).await,
        LocalCommand::Shell(asked) => shell::run(asked, &local).await,
    }
}
