use super::args::{Args, Command};
use super::invocation::DEFAULT_ENV;
use super::{Exit, Invocation, Output, UserError, commands, workbench};

/// Does what the command line asks, and tells what went wrong.
pub async fn run(args: Args) -> Exit {
    let output = Output::new(args.global.json);
    dispatch(args, &output).await.unwrap_or_else(|error| output.error(&error))
}

async fn dispatch(args: Args, output: &Output) -> Result<Exit, UserError> {
    let project = args.global.project.as_deref();
    let env = args.command.as_ref().and_then(Command::env);
    let invocation = Invocation::of_this_process(project).in_env(env).for_machines(output.json);
    match args.command {
        None if !output.json && workbench::fits(&invocation) => {
            workbench::open(DEFAULT_ENV, &invocation).await
        }
        None => commands::overview::run(project, output),
        Some(Command::Init(asked)) => commands::init::run(&asked, output),
        Some(Command::New(asked)) => match &asked.from_notebook {
            Some(notebook) => commands::from_notebook::run(&asked, notebook, &invocation, output).await,
            None => commands::new::run(&asked, &invocation, output),
        },
        Some(Command::Operators(asked)) => commands::operators::run(&asked, &invocation, output),
        Some(Command::Lineage(asked)) => commands::lineage::run(&asked, &invocation, output),
        Some(Command::Schema(asked)) => commands::schema::run(&asked, output),
        Some(Command::Demo(asked)) => commands::demo::run(&asked, output).await,
        Some(Command::Doctor(asked)) => commands::doctor::run(&asked, &invocation, output).await,
        Some(Command::Local(asked)) => commands::local::run(&asked, &invocation, output).await,
        Some(Command::Plan(asked)) => commands::plan::run(&asked, &invocation, output).await,
        Some(Command::Run(asked)) => commands::run::run(&asked, &invocation, output).await,
        Some(Command::Resume(asked)) => commands::resume::run(&asked, &invocation, output).await,
        Some(Command::Fork(asked)) => commands::fork::run(&asked, &invocation, output).await,
        Some(Command::Cancel(asked)) => commands::cancel::run(&asked, &invocation, output).await,
        Some(Command::Supervise(asked)) => commands::supervise::run(&asked, &invocation).await,
        Some(Command::Check(asked)) => commands::check::run(&asked, project, output),
        Some(Command::Sql(asked)) => commands::sql::run(&asked, &invocation, output).await,
        Some(Command::Runs(asked)) => commands::runs::run(&asked, &invocation, output),
        Some(Command::Show(asked)) => commands::show::run(&asked, &invocation, output),
        Some(Command::Logs(asked)) => commands::logs::run(&asked, &invocation, output).await,
        Some(Command::Artifacts(asked)) => commands::artifacts::run(&asked, &invocation, output),
        Some(Command::Path(asked)) => commands::path::run(&asked, &invocation, output),
        Some(Command::Preview(asked)) => commands::preview::run(&asked, output),
        Some(Command::Diff(asked)) => commands::diff::run(&asked, &invocation, output),
        Some(Command::Shell(asked)) => commands::shell::run(&asked, &invocation, output).await,
        Some(Command::Notebook(asked)) => commands::notebook::run(&asked, &invocation, output).await,
        Some(Command::Alias(asked)) => commands::alias::run(&asked, &invocation, output),
        Some(Command::Metrics(asked)) => commands::metrics::run(&asked, &invocation, output),
        Some(Command::Gc(asked)) => commands::gc::run(&asked, &invocation, output),
        Some(Command::Note(asked)) => commands::note::run(&asked, &invocation, output),
        Some(Command::ExportRun(asked)) => commands::export_run::run(&asked, &invocation, output),
        Some(Command::ImportRun(asked)) => commands::import_run::run(&asked, &invocation, output),
        Some(Command::Track(asked)) => commands::track::run(&asked, &invocation, output),
        Some(Command::Package(asked)) => commands::package::run(&asked, &invocation, output).await,
        Some(Command::Review(asked)) => commands::review::run(&asked, &invocation, output).await,
        Some(Command::Approve(asked)) => commands::approve::run(&asked, &invocation, output),
        Some(Command::RequestChanges(asked)) => commands::request_changes::run(&asked, &invocation, output),
        Some(Command::Comment(asked)) => commands::comment::run(&asked, &invocation, output),
        Some(Command::Promote(asked)) => commands::promote::run(&asked, &invocation, output),
        Some(Command::Completions(asked)) => commands::completions::run(&asked, &invocation, output),
    }
}
