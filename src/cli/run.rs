use super::args::{Args, Command};
use super::{Exit, Output, UserError, commands};

/// Does what the command line asks, and tells what went wrong.
pub async fn run(args: Args) -> Exit {
    let output = Output::new(args.global.json);
    dispatch(args, &output).await.unwrap_or_else(|error| output.error(&error))
}

async fn dispatch(args: Args, output: &Output) -> Result<Exit, UserError> {
    let project = args.global.project.as_deref();
    match args.command {
        None => commands::overview::run(project, output),
        Some(Command::Completions(asked)) => commands::completions::run(&asked, output),
        Some(other) => Err(UserError::wrong(format!("not wired: {other:?}"))),
    }
}
