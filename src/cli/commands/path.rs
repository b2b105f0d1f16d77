use std::io::{self, IsTerminal, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::cli::args::OutputPath;
use crate::cli::nearest::nearest;
use crate::cli::output::tolerate_gone_reader;
use crate::cli::stage::{damaged, fetch_output, look_up};
use crate::cli::{Exit, Invocation, Output, UserError};
use crate::disk::is_plain;
use crate::domain::text::safe;
use crate::domain::{Name, NodeId, Plan, RunLayout, Status};
use crate::store::{self, Recorded};

/// Prints where an output lies on this machine.
pub fn run(asked: &OutputPath, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let recorded = look_up(invocation, &asked.env, &asked.run)?;
    let layout = RunLayout::at(&recorded.path);
    let plan = store::read_plan(&layout)
        .map_err(|error| damaged(&layout, recorded.run.token, "looked into", &error))?;
    let wanted = Wanted::parse(&asked.output, &plan)?;
    let path = wanted.find(&plan, &recorded, invocation)?;
    if std::fs::symlink_metadata(&path).is_err() {
        return Err(UserError::new(Exit::Failed, format!("{} is not there any more", path.display()))
            .because(format!("the manifest of step {} tells of it; somebody removed it", wanted.nodes[0])));
    }
    let below = path.strip_prefix(recorded.path.as_std_path()).unwrap_or(&path);
    if !is_plain(recorded.path.as_std_path(), below).unwrap_or(false) {
        return Err(UserError::new(
            Exit::Failed,
            format!("{} is a link, or lies behind one", path.display()),
        )
        .because("a step leaves no links: somebody put it there, and it may lead anywhere"));
    }
    if let Ok(events) = store::read_events(&layout, plan.token) {
        for (node, why) in store::altered(&layout, plan.token, &events) {
            if wanted.nodes.contains(&node) {
                output.warn(&format!("what step {node} made is not what there is now: {why}"));
            }
        }
    }
    if output.json {
        let NodeId { step, cell } = &wanted.nodes[0];
        let cell = if wanted.whole { None } else { cell.as_ref() };
        output.document(&json!({
            "step": step, "cell": cell, "output": wanted.output, "path": path.to_string_lossy(),
        }))?;
        return Ok(Exit::Done);
    }
    print(&path)?;
    Ok(Exit::Done)
}

/// A script gets the very bytes; a terminal nothing that moves its cursor.
fn print(path: &Path) -> Result<(), UserError> {
    let mut stdout = io::stdout().lock();
    let text = match stdout.is_terminal() {
        true => safe(&path.to_string_lossy()).into_owned().into_bytes(),
        false => path.as_os_str().as_bytes().to_vec(),
    };
    tolerate_gone_reader(stdout.write_all(&text).and_then(|()| stdout.write_all(b"\n")))
}

/// `STEP.OUTPUT` or `STEP.CELL.OUTPUT`, of a plan.
struct Wanted {
    /// One, or all cells of a step: then the directory that holds them is meant.
    nodes: Vec<NodeId>,
    whole: bool,
    output: Name,
}

impl Wanted {
    fn parse(text: &str, plan: &Plan) -> Result<Self, UserError> {
        let form = || {
            UserError::wrong(format!("`{text}` names no output"))
                .to_do("write STEP.OUTPUT, or STEP.CELL.OUTPUT for one cell of a matrix")
        };
        let (node, output) = text.rsplit_once('.').ok_or_else(form)?;
        let (node, output): (NodeId, _) =
            (node.parse().map_err(|_| form())?, Name::new(output).map_err(|_| form())?);
        let of_step: Vec<NodeId> =
            plan.nodes.iter().map(|node| &node.id).filter(|id| id.step == node.step).cloned().collect();
        let cells = of_step.iter().any(|id| id.cell.is_some());
        let nodes = match node.cell {
            None => of_step,
            Some(_) => of_step.into_iter().filter(|id| *id == node).collect(),
        };
        if nodes.is_empty() {
            return Err(no_step(&node, plan));
        }
        let known = plan.node(&nodes[0]).map(|node| node.outputs.keys().map(Name::as_str).collect());
        let known: Vec<&str> = known.unwrap_or_default();
        if !known.contains(&output.as_str()) {
            let error = UserError::wrong(format!("step `{node}` has no output `{output}`"));
            return Err(match nearest(output.as_str(), known.iter().copied()) {
                Some(near) => error.to_do(format!("did you mean {node}.{near}?")),
                None if known.is_empty() => error.because("it has none at all"),
                None => error.to_do(format!("it has {}", known.join(", "))),
            });
        }
        Ok(Self { nodes, whole: node.cell.is_none() && cells, output })
    }

    fn find(&self, plan: &Plan, recorded: &Recorded, invocation: &Invocation) -> Result<PathBuf, UserError> {
        let layout = RunLayout::at(&recorded.path);
        let mut path = None;
        for node in &self.nodes {
            let manifest = store::manifest(&layout, plan.token, node).map_err(|error| {
                let what = format!("it cannot be told whether step {node} succeeded");
                UserError::from_error(Exit::NotReady, what, &error)
            })?;
            let Some(manifest) = manifest else {
                let gone = gone(node, recorded, invocation);
                return Err(gone.unwrap_or_else(|| not_there(node, recorded, invocation)));
            };
            let produced = manifest.outputs.get(&self.output);
            fetch_output(&layout, plan.token, node, &self.output)?;
            path = produced.and_then(|produced| store::kept_path(&layout, &produced.path));
            if path.is_none() {
                let what = format!("the manifest of step {node} has no usable path for `{}`", self.output);
                return Err(UserError::not_ready(what).because(layout.manifest(node)));
            }
        }
        match (self.whole, path) {
            (false, Some(path)) => Ok(path),
            _ => Ok(layout.dir().join(self.nodes[0].step.as_str()).into()),
        }
    }
}

/// The step is not part of the run.
pub fn no_step(node: &NodeId, plan: &Plan) -> UserError {
    let ids: Vec<String> = plan.nodes.iter().map(|node| node.id.to_string()).collect();
    let error = UserError::wrong(format!("this run of {} has no step `{node}`", plan.name));
    match nearest(&node.to_string(), ids.iter().map(String::as_str)) {
        Some(near) => error.to_do(format!("did you mean {near}?")),
        None => error.to_do(format!("it has {}", ids.join(", "))),
    }
}

/// It has succeeded, as its events tell, and somebody removed the record of it.
fn gone(node: &NodeId, recorded: &Recorded, invocation: &Invocation) -> Option<UserError> {
    let (layout, token) = (RunLayout::at(&recorded.path), recorded.run.token);
    let events = store::read_events(&layout, token).ok()?;
    let (_, why) = store::altered(&layout, token, &events).into_iter().find(|(id, _)| id == node)?;
    let what = format!("what step {node} of run {} made is not known any more", token.short());
    let again = invocation.command(&["fork", &token.short(), "--only", node.step.as_str()]);
    Some(UserError::new(Exit::Failed, what).because(why).to_do(format!("make it again: {again}")))
}

fn not_there(node: &NodeId, recorded: &Recorded, invocation: &Invocation) -> UserError {
    let (run, short) = (&recorded.run, recorded.run.token.short());
    let what = format!("step {node} of run {short} has left nothing: it has not succeeded");
    let error = UserError::new(Exit::Failed, what).because(format!("the run: {}", run.status.as_str()));
    match run.status {
        Status::Running => {
            error.to_do(format!("see how far it is: {}", invocation.command(&["show", &short])))
        }
        _ => error.to_do(format!("see why: {}", invocation.command(&["show", &short]))),
    }
}
