use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::HashSet;

use serde_json::json;

use super::sweep_order::{Order, doubt, missing};
use crate::cli::args::{self, Base, Target};
use crate::cli::report::{Building, SweepRow, sweep_table};
use crate::cli::stage::{Asks, Footing, Heard, idle, use_case, watch};
use crate::cli::sweep::{Sweep, differing};
use crate::cli::{Exit, Invocation, Output, UserError, Workspace};
use crate::domain::text::safe;
use crate::domain::{EventKind, Measured, Name, NodeId, Plan, Run, RunFigures, RunLayout, Status, Workflow};
use crate::spec;
use crate::store::{Outputs, figures, read_events, recorded};

/// Runs one combination after the other; what does not depend on what differs is made once. Ends with a table, the best
/// first.
pub async fn run(
    asked: &args::Run,
    sweep: Sweep,
    workspace: &Workspace,
    (invocation, output): (&Invocation, &Output),
) -> Result<Exit, UserError> {
    let workflow = workspace.workflow(&asked.target.name)?;
    refuse(asked, &sweep, workflow)?;
    let by = asked.by.as_deref();
    let doubt = by.map(|by| doubt(by, workflow, workspace, &asked.target.env)).transpose()?.flatten();
    doubt.iter().for_each(|doubt| output.remark(doubt));
    // What may be a slip is told once, as soon as it can be known.
    let mut open = by.filter(|_| doubt.is_none());
    let (jobs, progress) = (asked.jobs.map(usize::from), Building::default());
    let mut done: Vec<Done> = Vec::new();
    let mut end = Ok(Exit::Done);
    let count = sweep.runs.len();
    // Whatever becomes of the project's files while it runs, all of it is of those that there are now.
    let first = sweep.runs.first().cloned().unwrap_or_default();
    let first = Target { params: first, ..asked.target.clone() };
    let footing = Footing::make(workspace, &first, &progress, invocation).await?;
    refuse_idle(asked, &sweep, workspace, &footing)?;
    // Between two runs nobody else hears a Ctrl-C.
    let heard = Heard::listen()?;
    let told = RefCell::new(HashSet::new());
    let warn = |warning: &str| {
        if told.borrow_mut().insert(warning.to_owned()) {
            output.warn(warning);
        }
    };
    for (index, params) in sweep.runs.iter().enumerate() {
        let values = sweep.varied.iter().filter_map(|name| params.iter().find(|(known, _)| known == name));
        let values: Vec<(Name, String)> = values.cloned().collect();
        let told = values.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ");
        // It came while the run before this one was ending: the next is not even announced.
        if heard.is_set() {
            end = Ok(Exit::Cancelled);
            break;
        }
        if !output.json {
            output.text(&format!("\nrun {} of {count}: {}\n", index + 1, safe(&told)))?;
        }
        let target = |base| Target { params: params.clone(), base, ..asked.target.clone() };
        let takes = |base: &Base| {
            let prepared = footing.prepare(workspace, &target(Some(base.clone())));
            prepared.map_or(0, |prepared| taken(&prepared.plan))
        };
        let target = target(best(bases(&done, params), takes));
        // What was made is shown, whatever comes in the way of the others.
        let launched = match footing.start(workspace, &target, jobs, &warn, &|| heard.is_set(), invocation) {
            Ok(launched) => launched,
            Err(error) => {
                end = Err(error);
                break;
            }
        };
        let (layout, plan) = (launched.layout.clone(), launched.plan.clone());
        let ended = watch(&workspace.place, launched, invocation, output).await;
        let taken = taken(&plan);
        let ran = ran(&plan, &layout);
        let record = recorded(&layout).ok().map(|found| found.run);
        let status = record.as_ref().map(|run| run.status);
        let (known, broken) = Default::default();
        let row = SweepRow { token: plan.token, values, status, ran, taken, figures: known, broken };
        let figures = figures(&layout, plan.token, Outputs::Held).unwrap_or_default();
        let run = Done { row, record, params: params.clone(), figures };
        if let Some(by) = open.filter(|_| !run.figures.values.is_empty()) {
            open = None;
            missing(by, &run).iter().for_each(|told| output.remark(told));
        }
        done.push(run);
        match ended {
            Ok(Exit::Done) => {}
            // A run that failed keeps nobody from the next; what was stopped is not gone on with.
            Ok(Exit::Failed) => end = Ok(Exit::Failed),
            other => {
                end = other;
                break;
            }
        }
    }
    let mut all: Vec<&mut RunFigures> = done.iter_mut().map(|done| &mut done.figures).collect();
    RunFigures::align(&mut all);
    if done.is_empty() {
        return end;
    }
    let order = Order::of(by, workflow, &done.iter().map(|done| &done.figures).collect::<Vec<_>>());
    let asks = Asks::of(workflow);
    let row = |Done { row, record, figures, .. }: Done| {
        let values = figures.values.clone();
        let measured = record.map(|run| Measured::new(run, figures));
        let broken = measured.iter().flat_map(|run| asks.broken(run)).map(str::to_owned).collect();
        SweepRow { figures: values, broken, ..row }
    };
    let mut rows: Vec<SweepRow> = done.into_iter().map(row).collect();
    order.sort(&mut rows);
    let left = count - rows.len();
    match output.json {
        true => {
            let last =
                json!({"event": "sweep_finished", "by": order.figure, "runs": rows, "not_started": left});
            output.line(&last)?;
        }
        false => {
            let table = sweep_table(&rows, order.figure.as_deref(), &output.look);
            let left = if left > 0 {
                format!("… {left} of {count} runs were not started\n")
            } else {
                String::new()
            };
            output.text(&(table + &left))?;
        }
    }
    // Only now it is known; all of them have run, and the table is there. One that was stopped, or failed, says why itself.
    if let Some(unknown) = order.unknown.filter(|_| matches!(end, Ok(Exit::Done))) {
        output.remark(&unknown);
    }
    end
}

/// One run of the sweep.
pub(super) struct Done {
    pub row: SweepRow,
    /// None: it cannot be read.
    pub record: Option<Run>,
    pub params: Vec<(Name, String)>,
    pub figures: RunFigures,
}

/// How many of its own steps came to an end that is theirs: what waited for one that failed did not run.
fn ran(plan: &Plan, layout: &RunLayout) -> usize {
    let ended: HashSet<NodeId> = read_events(layout, plan.token)
        .unwrap_or_default()
        .into_iter()
        .filter(|event| matches!(event.kind, EventKind::AttemptStarted { .. }))
        .filter_map(|event| event.kind.node())
        .collect();
    plan.nodes.iter().filter(|node| node.taken.is_none() && ended.contains(&node.id)).count()
}

/// A parameter that no step asks for would make all runs alike.
fn refuse_idle(
    asked: &args::Run,
    sweep: &Sweep,
    workspace: &Workspace,
    footing: &Footing,
) -> Result<(), UserError> {
    // In the one or the other each that is varied is not as it would be anyway.
    for params in sweep.runs.first().into_iter().chain(sweep.runs.last()) {
        let target = Target { params: params.clone(), ..asked.target.clone() };
        let prepared = footing.prepare(workspace, &target)?;
        if let Some(name) =
            prepared.unread.iter().chain(&prepared.plan.taken_params).find(|name| sweep.varied.contains(name))
        {
            return Err(UserError::wrong(format!("a sweep over `{name}` would make the same run again"))
                .because(idle(&prepared.plan))
                .to_do(format!("leave {name} out, or sweep over another parameter")));
        }
    }
    Ok(())
}

/// All that can be known to be wrong, before the first run.
fn refuse(asked: &args::Run, sweep: &Sweep, workflow: &Workflow) -> Result<(), UserError> {
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
    use_case(workflow, asked.target.use_case.as_ref())?;
    for params in &sweep.runs {
        spec::parameters(workflow, params).map_err(|error| {
            UserError::from_error(Exit::Wrong, format!("{} cannot run like this", workflow.name), &error)
        })?;
    }
    Ok(())
}

fn taken(plan: &Plan) -> usize {
    plan.nodes.iter().filter(|node| node.taken.is_some()).count()
}

/// Bases that are tried: each is planned with.
const TRIED: usize = 6;

/// Runs that may have most of what is to come, those first that differ from it least. Of such as differ in the same
/// parameters one that succeeded, or else the one that came farthest: what it made before it failed is as good.
fn bases(done: &[Done], params: &[(Name, String)]) -> Vec<Base> {
    let mut found: Vec<(Base, (bool, usize))> = Vec::new();
    for Done { row, params: had, .. } in done {
        let Some(status @ (Status::Succeeded | Status::Failed)) = row.status else { continue };
        let far = (status == Status::Succeeded, row.ran + row.taken);
        let base = Base { token: row.token, changed: differing(params, had) };
        match found.iter_mut().find(|(known, _)| known.changed == base.changed) {
            Some(known) if known.1 < far => *known = (base, far),
            Some(_) => {}
            None => found.push((base, far)),
        }
    }
    found.sort_by_key(|(base, _)| base.changed.len());
    found.into_iter().map(|(base, _)| base).take(TRIED).collect()
}

/// The first of those from which most is taken over.
fn best(mut bases: Vec<Base>, taken: impl Fn(&Base) -> usize) -> Option<Base> {
    match bases.len() {
        0 | 1 => bases.pop(),
        _ => bases.into_iter().min_by_key(|base| Reverse(taken(base))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Token;

    fn params(text: &str) -> Vec<(Name, String)> {
        let pairs = text.split(' ').filter_map(|pair| pair.split_once('='));
        pairs.map(|(name, value)| (Name::new(name).unwrap(), value.to_owned())).collect()
    }

    fn done(typed: &str, status: Status, ran: usize) -> Done {
        let (values, figures, broken) = Default::default();
        let token = Token::generate();
        let row = SweepRow { token, values, status: Some(status), ran, taken: 0, figures, broken };
        Done { row, record: None, params: params(typed), figures: RunFigures::default() }
    }

    #[test]
    fn what_a_failed_run_made_is_gone_on_with() {
        let all = [
            done("rate=1 mode=bad", Status::Failed, 3),
            done("rate=1 mode=ok", Status::Succeeded, 5),
            done("rate=2 mode=bad", Status::Failed, 2),
            done("rate=2 mode=worse", Status::Failed, 3),
            done("rate=2 mode=none", Status::Cancelled, 4),
        ];
        let found = |done: &[Done]| {
            let changed =
                |base: Base| base.changed.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
            let bases = bases(done, &params("rate=2 mode=ok")).into_iter();
            bases.map(|base| (base.token, changed(base))).collect::<Vec<_>>()
        };
        let [both, rate, _, mode, _] = all.each_ref().map(|done| done.row.token);
        let expected = [(rate, "rate"), (mode, "mode"), (both, "rate mode")];
        assert_eq!(found(&all), expected.map(|(token, changed)| (token, changed.to_owned())));
        assert_eq!(found(&all[..1]), [(both, "rate mode".to_owned())]);
        let chosen = |taken: fn(&Base) -> usize| best(bases(&all, &params("rate=2 mode=ok")), taken);
        assert_eq!(chosen(|base| base.changed.len()).map(|base| base.token), Some(both));
        assert_eq!(chosen(|_| 1).map(|base| base.token), Some(rate), "the nearest");
        assert!(best(Vec::new(), |_| 1).is_none());
    }
}
