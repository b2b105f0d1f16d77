use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;

use super::super::Role;
use super::super::paint::Paint;
use super::load;
use crate::app::Model;
use crate::domain::figures::size;
use crate::domain::{Node, NodeTally, ResourceAmounts};

/// What a step may use, and what its container uses while it runs.
pub fn machine(model: &Model, node: &Node, tally: &NodeTally, paint: &mut Paint<'_>, area: Rect) {
    let look = paint.look;
    let fact = |name: &str, text: String| {
        Line::from(vec![look.span(Role::Dim, format!("{name:<9}")), look.span(Role::Text, text)])
    };
    let mut lines = vec![
        fact("image", node.image.to_string()),
        fact("requests", amounts(&node.resources.requests)),
        fact("limits", amounts(&node.resources.limits)),
    ];
    if let Some(peak) = tally.peak_memory_bytes {
        lines.push(fact("peak", format!("{} of memory", size(peak))));
    }
    let head = u16::try_from(lines.len() + 1).unwrap_or(u16::MAX);
    let [above, below] = Layout::vertical([Constraint::Length(head), Constraint::Min(0)]).areas(area);
    paint.lines(above, lines);
    let running = model.step_runs();
    // What was measured stays to be seen when it has ended.
    match model.step_load().filter(|of| running || model.load.samples(of).len() > 0) {
        Some(of) => {
            let engine = model.health.get().map(|status| status.engine.cpus as f64);
            let limits = &node.resources.limits;
            let cpus = limits.cpu.map(|cpu| cpu.0 as f64 / 1000.0).or(engine).unwrap_or(1.0);
            let memory = limits.memory.map(|memory| memory.0);
            // Two bars that fill a tall window say no more than low ones.
            let height = below.height.min(12);
            load::load(model, &of, &load::Limits { cpus, memory }, paint, Rect { height, ..below });
        }
        None => {
            let told = match tally.attempts {
                0 => "it has not started",
                _ => "it is measured while it runs",
            };
            paint.line(below, Line::from(look.span(Role::Dim, told)));
        }
    }
}

fn amounts(amounts: &ResourceAmounts) -> String {
    let told = [
        amounts.cpu.map(|cpu| format!("{cpu} cpu")),
        amounts.memory.map(|memory| format!("{memory} memory")),
        amounts.ephemeral_storage.map(|storage| format!("{storage} disk")),
    ];
    let told: Vec<String> = told.into_iter().flatten().collect();
    if told.is_empty() { "none".to_owned() } else { told.join(", ") }
}
