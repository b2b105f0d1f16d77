use serde_json::json;

use crate::cli::args::{Base, Run, Target};
use crate::cli::report::{Building, SweepRow, sweep_table};
use crate::cli::stage::{start, watch};
use crate::cli::sweep::{Sweep, differing};
use crate::cli::{Exit, Invocation, Output, UserError, Workspace};
use crate::domain::{Name, Status, Workflow};
use crate::spec;
use crate::store::{figures, recorded};

/// Runs one combination after the other; what does not depend on what differs is made once. Ends with a table, the best
/// first.
pub async fn run(
    asked: &Run,
    sweep: Sweep,
    workspace: &Workspace,
    (invocation, output): (&Invocation, &Output),
) -> Result<Exit, UserError> {
    let workflow = workspace.workflow(&asked.target.name)?;
    refuse(asked, &sweep, workflow)?;
    let (jobs, progress) = (asked.jobs.map(usize::from), Building::default());
    let mut done: Vec<(SweepRow, Vec<(Name, String)>)> = Vec::new();
    let mut exit = Exit::Done;
    let count = sweep.runs.len();
    for (index, params) in sweep.runs.iter().enumerate() {
        let values = sweep.varied.iter().filter_map(|name| params.iter().find(|(known, _)| known == name));
        let values: Vec<(Name, String)> = values.cloned().collect();
        let told = values.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ");
        if !output.json {
            output.text(&format!("\nrun {} of {count}: {told}\n", index + 1))?;
        }
        let base = nearest(&done, params);
        let target = Target { params: params.clone(), base, ..asked.target.clone() };
        let warn = |warning: &str| output.warn(warning);
        let launched = start(workspace, &target, jobs, &progress, &warn, invocation).await?;
        let (layout, plan) = (launched.layout.clone(), launched.plan.clone());
        let ended = watch(&workspace.place, launched, invocation, output).await?;
        let taken = plan.nodes.iter().filter(|node| node.taken.is_some()).count();
        let row = SweepRow {
            token: plan.token,
            values,
            status: recorded(&layout).ok().map(|found| found.run.status),
            ran: plan.nodes.len() - taken,
            taken,
            figures: figures(&layout, &plan).unwrap_or_default(),
        };
        done.push((row, params.clone()));
        match ended {
            Exit::Done => {}
            // What was stopped is not gone on with.
            Exit::Cancelled => {
                exit = ended;
                break;
            }
            other => exit = other,
        }
    }
    let mut rows: Vec<SweepRow> = done.into_iter().map(|(row, _)| row).collect();
    let order = Order::of(asked.by.as_deref(), workflow, &rows)?;
    order.sort(&mut rows);
    match output.json {
        true => output
            .text(&format!("{}\n", json!({"event": "sweep_finished", "by": order.figure, "runs": rows})))?,
        false => output.text(&sweep_table(&rows, order.figure.as_deref(), &output.look))?,
    }
    Ok(exit)
}

/// All that can be known to be wrong, before the first run.
fn refuse(asked: &Run, sweep: &Sweep, workflow: &Workflow) -> Result<(), UserError> {
    if asked.detach {
        return Err(UserError::wrong(format!(
            "{} runs one after the other cannot be left to themselves",
            sweep.runs.len()
        ))
        .to_do("leave --detach out, or start them one by one"));
    }
    if asked.target.from.is_some() || asked.target.only.is_some() {
        return Err(UserError::wrong("a sweep begins at the beginning")
            .because("which steps are taken over, it finds out by itself")
            .to_do("leave --from and --only out"));
    }
    for params in &sweep.runs {
        spec::parameters(workflow, params).map_err(|error| {
            UserError::from_error(Exit::Wrong, format!("{} cannot run like this", workflow.name), &error)
        })?;
    }
    Ok(())
}

/// The run that differs least from what is to come, of those that succeeded.
fn nearest(done: &[(SweepRow, Vec<(Name, String)>)], params: &[(Name, String)]) -> Option<Base> {
    let good = done.iter().filter(|(row, _)| row.status == Some(Status::Succeeded));
    let base = good.map(|(row, theirs)| Base { token: row.token, changed: differing(params, theirs) });
    base.min_by_key(|base| base.changed.len())
}

/// By which figure the runs of a sweep are told apart.
struct Order {
    figure: Option<String>,
    smallest_first: bool,
}

impl Order {
    /// `asked`: a figure, or with a `-` before it the smallest first. Else the first that `accept` names, or any.
    fn of(asked: Option<&str>, workflow: &Workflow, rows: &[SweepRow]) -> Result<Self, UserError> {
        let known = || rows.iter().flat_map(|row| row.figures.keys());
        if let Some(asked) = asked {
            let (figure, smallest_first) = match asked.strip_prefix('-') {
                Some(figure) => (figure, true),
                None => (asked, accepts_less(workflow, asked)),
            };
            let figure = figure.to_owned();
            if known().next().is_some() && !known().any(|name| *name == figure) {
                let mut names: Vec<&str> = known().map(String::as_str).collect();
                names.sort_unstable();
                names.dedup();
                return Err(UserError::wrong(format!("no run has the figure `{figure}` to sort by"))
                    .to_do(format!("there are {}", names.join(", "))));
            }
            return Ok(Self { figure: Some(figure), smallest_first });
        }
        let accept = workflow.blueprint.as_ref().and_then(|blueprint| blueprint.accept.as_deref());
        let named = accept.and_then(|accept| spec::Condition::new(accept).ok()?.names().first().cloned());
        let figure = named.or_else(|| known().next().cloned());
        let smallest_first = figure.as_deref().is_some_and(|figure| accepts_less(workflow, figure));
        Ok(Self { figure, smallest_first })
    }

    /// Those without the figure come last.
    fn sort(&self, rows: &mut [SweepRow]) {
        let Some(figure) = &self.figure else { return };
        let goodness = |row: &SweepRow| {
            let value = row.figures.get(figure).copied();
            value.map_or(f64::NEG_INFINITY, |value| if self.smallest_first { -value } else { value })
        };
        rows.sort_by(|a, b| goodness(b).total_cmp(&goodness(a)));
    }
}

/// `accept: log_loss < 0.5` says that less is better.
fn accepts_less(workflow: &Workflow, figure: &str) -> bool {
    let accept = workflow.blueprint.as_ref().and_then(|blueprint| blueprint.accept.as_deref());
    let after = accept.and_then(|accept| accept.split_once(figure)).map(|(_, after)| after.trim_start());
    after.is_some_and(|after| after.starts_with('<'))
}
