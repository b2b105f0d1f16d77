mod planted;
mod review;

use std::net::{Ipv4Addr, TcpListener};

use camino::Utf8Path;

use crate::cli::args::{Artifacts, Demo, DemoCommand, Run, Target};
use crate::cli::local_error::local_error;
use crate::cli::readiness::{examine, here, lacking, put_right, shown};
use crate::cli::report::{Building, doctor_view};
use crate::cli::sample::{self, Number, Put, SampleError};
use crate::cli::{Exit, Ink, Invocation, Look, Machine, Output, UserError, Workspace, commands};
use crate::domain::text::safe;
use crate::domain::{Action, Health, Scalar, TableName, Value, Workflow};
use crate::store::Lake;
use crate::{git, local};

const LOAD: &str = "load_lake";
const REPORT: &str = "daily_delays";

/// From nothing to a finished run whose artifacts can be opened.
pub async fn run(asked: &Demo, output: &Output) -> Result<Exit, UserError> {
    if let Some(DemoCommand::Review(asked)) = &asked.command {
        return review::run(asked, output).await;
    }
    let dir = &asked.dir;
    let invocation = Invocation::of_this_process(Some(dir));
    ready_machine(dir, asked.yes, &["demo"], output).await?;
    let machine = Machine::connect(&invocation).await?;
    let number = match Number::of(dir) {
        Some(number) => number,
        None => free_number(&machine).await,
    };
    let files = number.apply(&sample::flights());
    let files: Vec<sample::File<'_>> = files.iter().map(|(path, bytes)| (*path, &**bytes)).collect();
    let put = sample::put(dir, &files).map_err(|error| refused(&error, asked))?;
    let told = |error: &git::GitError| {
        UserError::from_error(Exit::NotReady, format!("{dir} cannot be made a git repository"), error)
    };
    let committed = git::init_with_commit(dir, "The flights sample of Greenroom").map_err(|e| told(&e))?;
    if !output.json {
        output.text(&project_view(dir, &put, committed, &output.look))?;
    }
    let workspace = Workspace::open(Some(dir))?;
    let site = machine.site(&workspace.project, workspace.root());
    let progress = Building::default();
    let not_ready = |error| local_error(&error, &workspace.project, &invocation);
    local::startable(site).await.map_err(not_ready)?;
    local::build(site, &[], &progress).await.map_err(not_ready)?;
    local::up(site, &progress).await.map_err(not_ready)?;

    if !is_loaded(&workspace)? {
        let exit = start(LOAD, &invocation, output).await?;
        if exit != Exit::Done {
            return Ok(exit);
        }
    }
    let exit = start(REPORT, &invocation, output).await?;
    if exit != Exit::Done || output.json {
        return Ok(exit);
    }
    let run = format!("{REPORT}@last");
    commands::artifacts::run(&Artifacts { run, fetch: false, env: "dev".to_owned() }, &invocation, output)?;
    output.text(&next(dir, &invocation, &output.look))?;
    Ok(Exit::Done)
}

/// The first whose services and port are nobody's on this machine, so that another demo of the person's goes on.
async fn free_number(machine: &Machine) -> Number {
    for number in Number::all() {
        // An engine that does not answer any more is told by what is done next.
        let services = machine.engine.services(&number.project()).await.unwrap_or_default();
        if services.is_empty() && TcpListener::bind((Ipv4Addr::LOCALHOST, number.port())).is_ok() {
            return number;
        }
    }
    Number::FIRST
}

/// `words`: the command, without `--yes`.
async fn ready_machine(dir: &Utf8Path, yes: bool, words: &[&str], output: &Output) -> Result<(), UserError> {
    let invocation = Invocation::of_this_process(None);
    let dir = here()?.join(dir);
    let findings = examine(None, &dir).await;
    if !lacking(&findings) {
        return Ok(());
    }
    let again = invocation.command(&[words, &["--yes"]].concat());
    let missing = |finding: &local::doctor::Finding| finding.health == Health::Missing;
    let findings = put_right(findings, None, &dir, missing, yes, &again).await?;
    if !lacking(&findings) {
        return Ok(());
    }
    if !output.json {
        output.text(&doctor_view(&shown(&findings), &invocation, &output.look))?;
    }
    let missing = findings.iter().filter(|finding| finding.health == Health::Missing);
    let told = UserError::not_ready("this machine lacks what the demo needs");
    let told = missing.fold(told, |told, finding| {
        let first = finding.found.lines().next().unwrap_or_default();
        finding
            .fix
            .iter()
            .fold(told.because(format!("{}: {first}", finding.what)), |told, fix| told.to_do(fix))
    });
    Err(told.to_do(invocation.command(words)))
}

fn refused(error: &SampleError, asked: &Demo) -> UserError {
    match error {
        SampleError::Io(_) => {
            UserError::from_error(Exit::NotReady, "the sample project cannot be written", error)
        }
        _ => UserError::wrong(error.to_string()).to_do(Invocation::of_this_process(None).command(&[
            "demo",
            "--dir",
            &format!("{}-2", asked.dir),
        ])),
    }
}

/// Every table that the loading workflow writes is in the lake.
fn is_loaded(workspace: &Workspace) -> Result<bool, UserError> {
    let workflow = workspace.workflow(LOAD)?;
    let (_, environment) = workspace.environment("dev")?;
    let Some(lake) = workspace.place.lake(environment.warehouse.as_ref())? else { return Ok(false) };
    let catalog = Lake::new(lake)
        .catalog()
        .map_err(|error| UserError::from_error(Exit::NotReady, "the lake cannot be read", &error))?;
    let tables = written(workflow);
    Ok(!tables.is_empty() && tables.iter().all(|table| catalog.tables.contains_key(table)))
}

fn written(workflow: &Workflow) -> Vec<TableName> {
    let tables = workflow.steps.values().filter_map(|step| match &step.action {
        Action::Uses { with, .. } => match with.get("table")? {
            Scalar::Value(Value::String(table)) => table.parse().ok(),
            _ => None,
        },
        _ => None,
    });
    tables.collect()
}

async fn start(name: &str, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let target = Target {
        name: name.to_owned(),
        params: Vec::new(),
        use_case: None,
        from: None,
        only: None,
        inputs_from: None,
        env: "dev".to_owned(),
        base: None,
    };
    commands::run::run(&Run { target, jobs: None, by: None, detach: false }, invocation, output).await
}

fn project_view(dir: &Utf8Path, put: &Put, committed: bool, look: &Look) -> String {
    let dir = look.paint(Ink::Accent, safe(dir.as_str()));
    let mut text = match (put.new, put.written.len()) {
        (true, count) => format!("{} {dir}: the sample project, {count} files", look.paint(Ink::Good, "✓")),
        (false, 0) => format!("{} {dir}: the sample project is there", look.paint(Ink::Good, "✓")),
        (false, count) => {
            format!("{} {dir}: {count} files of the sample project written", look.paint(Ink::Good, "✓"))
        }
    };
    text += if committed { ", a git repository of its own\n" } else { "\n" };
    for path in &put.kept {
        text += &format!(
            "  {} {} was changed and stays as it is\n",
            look.paint(Ink::Dim, "·"),
            safe(path.as_str())
        );
    }
    text
}

fn next(dir: &Utf8Path, invocation: &Invocation, look: &Look) -> String {
    let run = format!("{REPORT}@last");
    // A file is found from where the person is, not from the project.
    let query = dir.join("sql/delays.sql");
    let commands: [(&[&str], &str); 7] = [
        (&[], "the workbench: the runs, their steps and logs on one screen"),
        (&["path", &run, "report.report"], "where the report lies; open it in a browser"),
        (&["show", &run], "its steps, times and memory"),
        (&["logs", &run, "report"], "what a step wrote"),
        (&["run", REPORT, "--param", "day=2013-07-04"], "another day"),
        (&["sql", query.as_str(), "--param", "day=2013-01-01"], "the query behind it, on the lake"),
        (&["check"], "after you have changed something"),
    ];
    let shown: Vec<(String, &str)> =
        commands.iter().map(|(words, why)| (invocation.command(words), *why)).collect();
    let width = shown.iter().map(|(command, _)| command.chars().count()).max().unwrap_or_default();
    let mut text = format!("\n{}\n", look.paint(Ink::Strong, "Next, as printed:"));
    for (command, why) in shown {
        let filled = format!("{command:width$}");
        text +=
            &format!("  {}  {}\n", look.paint(Ink::Accent, filled), look.paint(Ink::Dim, format!("# {why}")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_changed_is_named() {
        let put = Put { new: false, written: vec!["a".into()], kept: vec!["sql/delays.sql".into()] };
        let text = project_view("greenroom-demo".into(), &put, false, &Look::PLAIN);
        assert!(text.contains("sql/delays.sql was changed and stays as it is"), "{text}");
    }

    #[test]
    fn every_command_it_ends_with_is_one() {
        use clap::Parser;
        let text = next("demo".into(), &Invocation::default(), &Look::PLAIN);
        let commands: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("  ")).collect();
        assert!(commands.len() > 4);
        for command in commands {
            let words = command.split('#').next().unwrap().split_whitespace();
            assert!(crate::cli::args::Args::try_parse_from(words).is_ok(), "{command}");
        }
    }
}
