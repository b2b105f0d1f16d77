use std::collections::BTreeSet;

use super::sweep::Done;
use crate::cli::report::SweepRow;
use crate::cli::stage::{Asks, KnownFigures};
use crate::cli::{UserError, Workspace};
use crate::domain::counters::only_counts;
use crate::domain::nearest::nearest;
use crate::domain::{Action, OutputType, RunFigures, Workflow};
use crate::spec::Condition;

/// By which figure the runs of a sweep are told apart.
pub(super) struct Order {
    pub figure: Option<String>,
    smallest_first: bool,
    /// No run has the one that was asked for: what they have.
    pub unknown: Option<String>,
}

impl Order {
    /// `asked`: a figure; the best first, which is the largest unless `accept` likes less of it, or with a `-` before it
    /// the other way round. Else the first that `accept` names, or any.
    pub fn of(asked: Option<&str>, workflow: &Workflow, runs: &[&RunFigures]) -> Self {
        let asks = Asks::of(workflow);
        let accept = asks.accept();
        let known: BTreeSet<&str> =
            runs.iter().flat_map(|figures| figures.values.keys().map(String::as_str)).collect();
        // Of those that cells or texts tell apart, the first.
        let as_known = |name: &str| {
            let one = |run: &&RunFigures| {
                let known = run.known_as(name).or_else(|| run.known().all(name).first().copied());
                known.map(str::to_owned)
            };
            runs.iter().find_map(one)
        };
        let named = || accept.into_iter().flat_map(Condition::names).find_map(|name| as_known(name));
        // What only counts tells no run from another by how good it is.
        let any = || known.iter().min_by_key(|name| only_counts(name)).map(|name| (*name).to_owned());
        let first = || named().or_else(any);
        let found = asked.map(|asked| as_known(figure_of(asked)));
        let unknown = asked.filter(|_| found == Some(None)).map(|asked| {
            let names: Vec<&str> = known.iter().copied().collect();
            let name = figure_of(asked);
            let what = format!("no run has the figure `{name}` to sort by");
            if names.is_empty() { what + ", or any other" } else { format!("{what}: {}", told(name, &names)) }
        });
        let figure = found.flatten().or_else(first);
        let turned = unknown.is_none() && asked.is_some_and(|asked| asked.starts_with('-'));
        let less = accept.zip(figure.as_deref()).is_some_and(|(accept, figure)| {
            let is_it = |name: &&String| as_known(name).is_some_and(|known| known == figure);
            accept.names().iter().filter(is_it).any(|name| accept.likes_less(name))
        });
        Self { figure, smallest_first: turned != less, unknown }
    }

    /// Those without the figure come last.
    pub fn sort(&self, rows: &mut [SweepRow]) {
        let Some(figure) = &self.figure else { return };
        let goodness = |row: &SweepRow| {
            let value = row.figures.get(figure).copied();
            value.map_or(f64::NEG_INFINITY, |value| if self.smallest_first { -value } else { value })
        };
        rows.sort_by(|a, b| goodness(b).total_cmp(&goodness(a)));
    }
}

/// What can be known of `--by` before the first run: who mistyped it does not wait for all of them to hear so. Answers what
/// makes it doubtful, where it may yet be right.
pub(super) fn doubt(
    by: &str,
    workflow: &Workflow,
    workspace: &Workspace,
    env: &str,
) -> Result<Option<String>, UserError> {
    let name = figure_of(by);
    let leading = Asks::of(workflow).leading();
    let named: BTreeSet<&str> = leading.iter().flatten().map(String::as_str).collect();
    let earlier = KnownFigures::of(workspace, env, &workflow.name);
    let makes_figures = workflow.steps.values().any(|step| {
        // Of an operator it is told when its outputs are known.
        matches!(step.action, Action::Uses { .. })
            || step.outputs.values().any(|output| output.kind == OutputType::Metrics)
    });
    if !makes_figures {
        let why = "no step has an output of `type: metrics`";
        return Err(UserError::wrong(format!("no run of {} can have the figure `{name}`", workflow.name))
            .because(why)
            .to_do("leave --by out, or give the step that makes it such an output"));
    }
    if named.contains(name) || earlier.has(name) {
        return Ok(None);
    }
    let known = earlier.names();
    if let Some(near) = nearest(name, known.iter().copied()) {
        return Err(UserError::wrong(format!("no run of {} has had the figure `{name}`", workflow.name))
            .to_do(format!("did you mean --by {}{near}?", sign_of(by)))
            .to_do(
                "where the runs to come are the first that have it, leave --by out: the table shows it too",
            ));
    }
    let near = nearest(name, named.iter().copied());
    Ok(match (known.as_slice(), near) {
        ([], None) => None,
        ([], Some(near)) => {
            Some(format!("--by {by}: did you mean {near}, of which {} says something?", workflow.file))
        }
        (known, _) => {
            Some(format!("no run of {} has had the figure `{name}`: {}", workflow.name, told(name, known)))
        }
    })
}

/// What the first run that has figures says of `--by`.
pub(super) fn missing(by: &str, done: &Done) -> Option<String> {
    let figures = &done.figures;
    if figures.values.is_empty() || !figures.known().all(figure_of(by)).is_empty() {
        return None;
    }
    let names: Vec<&str> = figures.values.keys().map(String::as_str).collect();
    let short = done.row.token.short();
    Some(format!("run {short} has no figure `{}` to sort by: {}", figure_of(by), told(figure_of(by), &names)))
}

fn figure_of(by: &str) -> &str {
    by.trim_start_matches('-')
}

fn sign_of(by: &str) -> &str {
    if by.starts_with('-') { "-" } else { "" }
}

fn told(name: &str, there: &[&str]) -> String {
    let near = nearest(name, there.iter().copied()).map(|near| format!("did you mean {near}? "));
    format!("{}there are {}", near.unwrap_or_default(), there.join(", "))
}

#[cfg(test)]
mod tests {
    use indexmap::IndexMap;

    use super::*;
    use crate::cli::sweep::workflow;
    use crate::domain::{Blueprint, Name, NodeId, OutputFigures, Status, Token};

    fn of(accept: Option<&str>) -> Workflow {
        let blueprint = Some(Blueprint {
            accept: accept.map(str::to_owned),
            use_cases: IndexMap::new(),
            inputs_from: None,
            compatible_with: None,
        });
        Workflow { blueprint, ..workflow() }
    }

    fn figures(name: &str, value: f64) -> RunFigures {
        let node: NodeId = "evaluate".parse().unwrap();
        let (output, values) = (Name::new("metrics").unwrap(), [(name.to_owned(), value)].into());
        RunFigures::named(
            &[OutputFigures { node, output, values, none: BTreeSet::new() }],
            Some("evaluate"),
            false,
        )
    }

    fn row(values: &RunFigures) -> SweepRow {
        SweepRow {
            token: Token::generate(),
            values: Vec::new(),
            status: Some(Status::Succeeded),
            ran: 1,
            taken: 0,
            figures: values.values.clone(),
            broken: BTreeSet::new(),
        }
    }

    #[test]
    fn a_minus_turns_the_order_round_whichever_that_is() {
        let runs = [2.0, 1.0, 3.0].map(|error| figures("error", error));
        let sorted = |by: &str, accept: Option<&str>| {
            let mut rows: Vec<SweepRow> = runs.iter().map(row).collect();
            Order::of(Some(by), &of(accept), &runs.iter().collect::<Vec<_>>()).sort(&mut rows);
            rows.iter().map(|row| row.figures["error"]).collect::<Vec<_>>()
        };
        let (up, down) = ([1.0, 2.0, 3.0], [3.0, 2.0, 1.0]);
        assert_eq!((sorted("error", None), sorted("-error", None)), (down.to_vec(), up.to_vec()));
        for less in ["error < 10", "evaluate.metrics.error < 10"] {
            assert_eq!(
                (sorted("error", Some(less)), sorted("-error", Some(less))),
                (up.to_vec(), down.to_vec())
            );
        }
        assert_eq!(sorted("evaluate.metrics.error", None), down);
    }

    #[test]
    fn nobody_is_ordered_by_what_only_counts() {
        let mut figures = figures("log_loss", 0.4);
        figures.values.insert("batches".to_owned(), 3.0);
        assert_eq!(Order::of(None, &of(None), &[&figures]).figure.as_deref(), Some("log_loss"));
    }

    #[test]
    fn a_figure_that_the_first_run_lacks_is_told_with_what_there_is() {
        let figures = figures("log_loss", 0.4);
        let done = Done { row: row(&figures), record: None, params: Vec::new(), figures };
        let told = |by: &str| missing(by, &done);
        assert_eq!((told("-log_loss"), told("evaluate.metrics.log_loss")), (None, None));
        let said = told("logloss").unwrap();
        assert!(
            said.contains("has no figure `logloss`") && said.contains("did you mean log_loss?"),
            "{said}"
        );
        assert!(told("auc").unwrap().ends_with("to sort by: there are log_loss"));
    }
}
