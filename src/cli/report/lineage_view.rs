use serde_json::{Value, json};

use super::lanes::lanes;
use super::table::{Cell, Table, left, wrapping};
use crate::cli::{Ink, Look};
use crate::domain::figures::counted;
use crate::domain::lineage::{Columns, Data, Dataset, Lineage, Node, StepId, StepLineage, Trouble};
use crate::domain::text::{safe, truncate, width};

/// All tables of a project, and the steps between them.
pub fn lineage_view(lineage: &Lineage, look: &Look) -> String {
    let tables = lineage.of_tables();
    let mut text = match tables.data.is_empty() {
        true => "no step makes or reads a table\n".to_owned(),
        false => graph(&tables, None, look),
    };
    text += &problems(&lineage.troubles(), look);
    let alone = lineage.steps.len() - tables.steps.len();
    if alone > 0 {
        let told =
            format!("{} that touch no table are not shown; --json has all", counted(alone as u64, "step"));
        text += &format!("\n{}\n", look.paint(Ink::Dim, told));
    }
    text
}

/// One table or artifact: what it comes from, what comes of it, and each of its columns.
pub fn lineage_of(lineage: &Lineage, data: &Data, look: &Look) -> String {
    let around = lineage.around(&data.dataset);
    let mut text = graph(&around, Some(&data.dataset), look);
    text += &columns(lineage, data, look);
    let unknown = around
        .steps
        .iter()
        .filter(|step| step.reads.contains(&data.dataset))
        .flat_map(|step| step.unknown.iter().map(|unknown| format!("{}: {}", step.id, safe(unknown))));
    let unknown: Vec<String> = unknown.collect();
    if !unknown.is_empty() {
        text += &format!("\n{}\n", look.paint(Ink::Dim, "not known"));
        unknown.iter().for_each(|unknown| text += &format!("  {unknown}\n"));
    }
    text + &problems(&troubles(lineage, &around), look)
}

/// Those of the whole that a part has to do with.
fn troubles(whole: &Lineage, part: &Lineage) -> Vec<Trouble> {
    let is_here = |trouble: &Trouble| match trouble {
        Trouble::NobodyMakes { table, .. } | Trouble::TwoMakers { table, .. } => {
            part.data(&Dataset::table(table)).is_some()
        }
        Trouble::Refused { step, .. } => part.step(step).is_some(),
        Trouble::Circle { steps } => steps.iter().any(|step| part.step(step).is_some()),
    };
    whole.troubles().into_iter().filter(is_here).collect()
}

/// A part of a lineage for machines, with what is not as it should be in it.
pub fn lineage_json(whole: &Lineage, part: &Lineage) -> Value {
    json!({ "data": part.data, "steps": part.steps, "troubles": troubles(whole, part) })
}

fn graph(lineage: &Lineage, chosen: Option<&Dataset>, look: &Look) -> String {
    let flow = lineage.flow();
    let mut text = String::new();
    for (rows, node) in lanes(&flow.next).into_iter().zip(&flow.nodes) {
        if let Some(join) = rows.join {
            text += &format!("{}\n", look.paint(Ink::Dim, truncate(&join, look.width)));
        }
        let (sign, name, about) = match node {
            Node::Data(data) => (sign(data), data.dataset.to_string(), about_data(data)),
            Node::Step(step) => ("○", step.id.to_string(), about_step(step)),
        };
        let lines = width(&rows.before) + 1 + width(&rows.behind);
        let name = truncate(&safe(&name), look.width.saturating_sub(lines + 1)).into_owned();
        let room = look.width.saturating_sub(lines + width(&name) + 3);
        let about = if room > 8 { truncate(&safe(&about), room).into_owned() } else { String::new() };
        let is_chosen = matches!(node, Node::Data(data) if Some(&data.dataset) == chosen);
        let ink = match node {
            _ if is_chosen => Ink::Strong,
            Node::Data(_) => Ink::Accent,
            Node::Step(_) => Ink::Dim,
        };
        let lane = |text: &str| if text.is_empty() { String::new() } else { look.paint(Ink::Dim, text) };
        let mut line = lane(&rows.before) + &look.paint(ink, sign) + &lane(&rows.behind) + " ";
        line += &if matches!(node, Node::Step(_)) { name } else { look.paint(ink, name) };
        if !about.is_empty() {
            line += &format!("  {}", look.paint(Ink::Dim, about));
        }
        text += &format!("{}\n", line.trim_end());
    }
    text
}

fn sign(data: &Data) -> &'static str {
    match data.dataset {
        Dataset::Table { .. } => "●",
        Dataset::Artifact { .. } => "◆",
        Dataset::Files { .. } => "▪",
    }
}

fn about_data(data: &Data) -> String {
    let known = &data.columns;
    let count = counted(known.known.len() as u64, "column");
    match (known.known.is_empty(), known.is_complete()) {
        (true, false) => String::new(),
        (false, false) => format!("at least {count}"),
        _ => count,
    }
}

fn about_step(step: &StepLineage) -> String {
    let by = step.operator.as_ref().map_or("a program", |operator| operator.as_str());
    match &step.query {
        Some(query) => format!("{by} {}", query.file),
        None => by.to_owned(),
    }
}

fn columns(lineage: &Lineage, data: &Data, look: &Look) -> String {
    let Columns { known, rest } = &data.columns;
    let mut text = format!("\n{}\n", look.paint(Ink::Dim, "columns"));
    let mut table = Table::new([left(""), left(""), left(""), wrapping("from"), wrapping("needed by")]);
    for column in known {
        let mut from: Vec<String> =
            column.from.iter().map(|from| format!("{}.{}", from.table, from.column)).collect();
        // What a table is loaded with comes from no other.
        from.extend(column.unknown.iter().map(|unknown| format!("not known: {unknown}")));
        let readers = lineage.steps.iter().filter(|step| step.reads.contains(&data.dataset));
        let needed = readers.filter_map(|step| match step.needs(&data.dataset, &column.name) {
            Some(true) => Some(step.id.to_string()),
            Some(false) => None,
            None => Some(format!("{}?", step.id)),
        });
        table.row([
            "".into(),
            Cell::inked(&column.name, Ink::Accent),
            column.kind.map_or("", |kind| kind.as_str()).into(),
            from.join(", ").into(),
            needed.collect::<Vec<_>>().join(", ").into(),
        ]);
    }
    if !known.is_empty() {
        text += &table.render(look);
    }
    if let Some(rest) = rest {
        text += &format!(
            "  {} {}\n",
            if known.is_empty() { "not known:" } else { "perhaps others:" },
            safe(rest)
        );
    }
    text + &who(data, look)
}

fn who(data: &Data, look: &Look) -> String {
    let list = |title: &str, steps: &[StepId]| {
        let steps: Vec<String> = steps.iter().map(StepId::to_string).collect();
        let steps = if steps.is_empty() { "no step of this project".to_owned() } else { steps.join(", ") };
        format!("{}  {steps}\n", look.paint(Ink::Dim, title))
    };
    format!("\n{}{}", list("made by", &data.made_by), list("read by", &data.read_by))
}

fn problems(troubles: &[Trouble], look: &Look) -> String {
    if troubles.is_empty() {
        return String::new();
    }
    let line = |trouble: &Trouble| format!("{} {}\n", look.paint(Ink::Warn, "!"), safe(&trouble.to_string()));
    format!("\n{}", troubles.iter().map(line).collect::<String>())
}
