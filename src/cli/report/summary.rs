use super::RunFacts;
use super::step_line::{StepLine, made, symbol};
use super::table::{Cell, Table, left, right, yielding};
use crate::cli::invocation::near;
use crate::cli::{Ink, Invocation, Look};
use crate::domain::figures::{seconds, size};
use crate::domain::text::{safe, width};
use crate::domain::{NodeId, NodeTally, Plan, Status, Tally, show_duration};

/// Columns before what is told below a run's end.
const INDENT: usize = 9;

/// What stays on the screen after a run: its steps, how it ended, where its files lie, and what to do next.
pub fn summary(facts: &dyn RunFacts, tally: &Tally, invocation: &Invocation, look: &Look) -> String {
    let mut text = step_table(tally).render(look);
    let Some(ended) = &tally.ended else { return text };
    let plan = facts.plan();
    let took = facts.record().map(|run| format!(" after {}", show_duration(run.took_until(ended.at))));
    let (sign, ink) = symbol(Some(ended.status));
    let reason = safe(ended.reason.lines().next().unwrap_or_default());
    let reason = if reason.is_empty() { String::new() } else { format!(": {reason}") };
    text += &format!(
        "\n{} run {} of {} {} {}{}{reason}\n",
        look.paint(ink, sign),
        look.paint(Ink::Accent, plan.token.short()),
        plan.title(),
        plan.version,
        look.paint(ink, tally.told(ended.status)),
        took.unwrap_or_default(),
    );
    if invocation.is_passing() {
        return text;
    }
    if ended.status == Status::Succeeded {
        text += &came_to(facts, look);
    }
    let path = near(tally.path.as_str().into());
    let path = safe(path.as_str());
    // What a terminal breaks within the token, nobody can copy.
    let (folder, name) = match path.rsplit_once('/') {
        Some((folder, name)) if INDENT + width(&path) > look.width => (format!("{folder}/\n"), name),
        _ => (String::new(), &*path),
    };
    let indent = if folder.is_empty() { String::new() } else { " ".repeat(INDENT) };
    text += &format!("  {}  {folder}{indent}{name}\n", look.paint(Ink::Dim, "files"));
    text += &unmet(facts, INDENT, look);
    for (index, words) in next(plan, tally).iter().enumerate() {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let lead = look.paint(Ink::Dim, if index == 0 { "next " } else { "     " });
        text += &format!("  {lead}  {}\n", look.paint(Ink::Accent, invocation.command(&words)));
    }
    text
}

/// Its figures, in one line.
fn came_to(facts: &dyn RunFacts, look: &Look) -> String {
    let told = facts.figures().into_iter().map(|(name, value)| format!("{name} {value}"));
    let told = told.collect::<Vec<_>>().join(", ");
    if told.is_empty() {
        return told;
    }
    format!("  {}   {}\n", look.paint(Ink::Dim, "with"), look.hanging(INDENT, &told))
}

/// Its steps have succeeded, and that is not all that is asked of it.
/// `indent`: columns before what is told.
pub(super) fn unmet(facts: &dyn RunFacts, indent: usize, look: &Look) -> String {
    let told = facts.unmet().into_iter().map(|unmet| {
        let sign = look.paint(Ink::Warn, format!("{:<1$}", "  !", indent));
        format!("{sign}{}\n", look.hanging(indent, &unmet))
    });
    told.collect()
}

/// Commands that make sense after this run.
fn next(plan: &Plan, tally: &Tally) -> Vec<Vec<String>> {
    let token = plan.token.short();
    let command = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    if tally.ended.as_ref().is_some_and(|ended| ended.status == Status::Succeeded) {
        // The last thing made is what the run was for.
        let last =
            tally.nodes.iter().rev().find_map(|(id, node)| Some((id, node.outputs.keys().next_back()?)));
        let path = last.map(|(id, output)| command(&["path", &token, &format!("{}.{output}", id.step)]));
        return [Some(command(&["artifacts", &token])), path].into_iter().flatten().collect();
    }
    let mut next = Vec::new();
    let failed = |node: &NodeTally| node.status == Some(Status::Failed) && node.attempts > 0;
    if let Some((id, _)) = tally.nodes.iter().find(|(_, node)| failed(node)) {
        next.push(command(&["logs", &token, &id.to_string()]));
        next.push(plan.run_words_from(&id.step));
    }
    next.push(command(&["resume", &token]));
    next
}

/// One row a step; a row more for each further output.
pub fn step_table(tally: &Tally) -> Table {
    let mut table = Table::new([
        left(""),
        left("step"),
        right("attempts"),
        right("time"),
        right("memory"),
        yielding("made"),
    ]);
    for (id, node) in &tally.nodes {
        let line = StepLine::of(id, node);
        let mut cells = vec![Cell::inked(line.symbol, line.ink), id.to_string().into()];
        cells.extend(figures(node));
        let mut rows = rows(id, node, line.text).into_iter();
        cells.push(rows.next().unwrap_or_default());
        table.row(cells);
        for further in rows {
            table.row(["", "", "", "", ""].into_iter().map(Cell::from).chain([further]).collect::<Vec<_>>());
        }
    }
    table
}

fn figures(node: &NodeTally) -> [Cell; 3] {
    if node.attempts == 0 {
        return ["−", "−", "−"].map(|none| Cell::inked(none, Ink::Dim));
    }
    let unknown = if node.status.is_some_and(Status::is_over) { "?" } else { "−" };
    let memory = node.peak_memory_bytes.map_or(unknown.to_owned(), size);
    [node.attempts.to_string().into(), seconds(node.seconds).into(), memory.into()]
}

fn rows(id: &NodeId, node: &NodeTally, told: String) -> Vec<Cell> {
    let ink = match node.status {
        Some(Status::Succeeded) if node.reason.is_empty() => {
            let made = node.outputs.iter().map(|(name, output)| made(id, name, output));
            return made.map(|(what, much)| Cell::ending(what, much)).collect();
        }
        Some(Status::Failed) => Ink::Bad,
        _ => Ink::Dim,
    };
    vec![Cell::inked(told, ink)]
}
