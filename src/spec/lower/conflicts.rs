use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use super::context::Lower;
use super::graph::Edges;
use crate::domain::{
    Access, Action, Name, Operator, OperatorInputKind, OutputType, Scalar, Span, Step, Value,
};

/// The rows that a step replaces, as written: a template in them stands for itself.
struct Write<'s> {
    step: &'s Step,
    table: &'s str,
    partition: Option<(&'s str, String)>,
}

impl Lower<'_> {
    /// Two steps that write the same rows while neither waits for the other, where that shows without the values of a
    /// run; `plan` sees the rest of them. Where both have a `when`, it may well be that only one of them ever runs.
    pub(super) fn check_writes(
        &mut self,
        steps: &IndexMap<Name, Step>,
        edges: &Edges<'_>,
        spans: &HashMap<&str, Span>,
    ) {
        let operators = self.around.operators;
        let writes: Vec<Write<'_>> = steps.values().filter_map(|step| write(step, operators)).collect();
        let mut of_table: HashMap<&str, Vec<&Write<'_>>> = HashMap::new();
        let mut back: HashMap<&str, Vec<&str>> = HashMap::new();
        for (step, needs) in edges {
            needs.iter().for_each(|(need, _)| back.entry(need).or_default().push(step));
        }
        let needs = |step: &str| edges.get(step).into_iter().flatten().map(|(need, _)| *need).collect();
        let needed_by = |step: &str| back.get(step).cloned().unwrap_or_default();
        for write in &writes {
            let earlier = of_table.entry(write.table).or_default();
            let same = earlier.iter().filter(|other| {
                write.is_of_same_rows(other) && !(write.step.when.is_some() && other.step.when.is_some())
            });
            let same: Vec<_> = same.collect();
            if !same.is_empty() {
                let mut ordered = reached(write.step.name.as_str(), needs);
                ordered.extend(reached(write.step.name.as_str(), needed_by));
                let apart = same.into_iter().find(|other| !ordered.contains(other.step.name.as_str()));
                if let Some(other) = apart {
                    self.tell_conflict(other, write, spans);
                }
            }
            earlier.push(write);
        }
    }

    fn tell_conflict(&mut self, one: &Write<'_>, two: &Write<'_>, spans: &HashMap<&str, Span>) {
        let rows = match (&one.partition, &two.partition) {
            (Some((column, value)), Some(_)) => format!("{} where {column} = {value}", one.table),
            _ => one.table.to_owned(),
        };
        let (first, second) = (&one.step.name, &two.step.name);
        let span = spans.get(second.as_str()).copied().unwrap_or(Span::START);
        let message = format!("`{first}` and `{second}` both write {rows}, and neither waits for the other");
        self.problems.error("write-conflict", span, message).help =
            format!("give each a table or partition of its own, or let one wait: needs: [{first}]");
    }
}

impl Write<'_> {
    /// A cell's own value may be another in each step.
    fn is_of_same_rows(&self, other: &Self) -> bool {
        match (&self.partition, &other.partition) {
            (Some(one), Some(two)) => one == two && !one.1.contains("matrix"),
            _ => true,
        }
    }
}

fn write<'s>(step: &'s Step, operators: &'s IndexMap<Name, Operator>) -> Option<Write<'s>> {
    let Action::Uses { operator, with } = &step.action else { return None };
    let inputs = &operators.get(operator)?.inputs;
    let (input, _) =
        inputs.iter().find(|(_, input)| input.kind == OperatorInputKind::Table(Access::Write))?;
    let Scalar::Value(Value::String(table)) = with.get(input)? else { return None };
    let makes_table = step.outputs.values().any(|output| output.kind == OutputType::Table);
    let partition = match with.get("partition") {
        Some(Scalar::Json(json)) => {
            let value = json.get("value")?;
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            Some((json.get("column")?.as_str()?, text))
        }
        _ => None,
    };
    makes_table.then_some(Write { step, table, partition })
}

/// All that lead from a step, near and far.
fn reached<'s>(from: &'s str, next: impl Fn(&str) -> Vec<&'s str>) -> HashSet<&'s str> {
    let mut found = HashSet::new();
    let mut open = next(from);
    while let Some(step) = open.pop() {
        if found.insert(step) {
            open.extend(next(step));
        }
    }
    found
}
