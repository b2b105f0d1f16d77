use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;
use ratatui::widgets::{RenderDirection, Sparkline, Widget};

use super::super::Role;
use super::super::paint::Paint;
use crate::app::{LoadOf, Model};
use crate::domain::Usage;
use crate::domain::figures::size;

/// Rows that it takes at least.
pub(super) const LEAST: u16 = 4;

/// What a container may use at most.
pub(super) struct Limits {
    pub cpus: f64,
    /// Bytes; None: as much as the engine has.
    pub memory: Option<u64>,
}

/// Cores and memory of a container over time, the newest on the right.
pub(super) fn load(model: &Model, of: &LoadOf, limits: &Limits, paint: &mut Paint<'_>, area: Rect) {
    let samples: Vec<&Usage> = model.load.samples(of).rev().take(area.width.into()).collect();
    let Some(now) = samples.first() else {
        return paint.line(area, Line::from(paint.look.span(Role::Dim, "measuring …")));
    };
    let [cpu, memory] = Layout::vertical([Constraint::Fill(1), Constraint::Fill(1)]).areas(area);
    let most = samples.iter().map(|usage| usage.cores).fold(limits.cpus.min(1.0), f64::max);
    let thousandths = |cores: f64| (cores * 1000.0).round() as u64;
    let told = format!("{:.2} of {} cores", now.cores, trimmed(limits.cpus));
    let cores = samples.iter().map(|usage| thousandths(usage.cores)).collect();
    line("cpu", &told, cores, thousandths(most), paint, cpu);
    let told = match limits.memory {
        Some(limit) => format!("{} of {}", size(now.memory), size(limit)),
        None => format!("{}, no limit", size(now.memory)),
    };
    // Beside all that a machine has, what one container uses would not be seen.
    let most = samples.iter().map(|usage| usage.memory).max().unwrap_or_default();
    let bytes = samples.iter().map(|usage| usage.memory).collect();
    line("memory", &told, bytes, limits.memory.unwrap_or(most).max(most), paint, memory);
}

/// `2`, `0.5`
fn trimmed(cpus: f64) -> String {
    format!("{cpus:.2}").trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn line(name: &str, told: &str, newest_first: Vec<u64>, most: u64, paint: &mut Paint<'_>, area: Rect) {
    let [head, body] = Layout::vertical([Constraint::Length(1), Constraint::Min(0)]).areas(area);
    let look = paint.look;
    let spans = vec![look.span(Role::Dim, format!("{name:<9}")), look.span(Role::Strong, told)];
    paint.line(head, Line::from(spans));
    Sparkline::default()
        .data(newest_first)
        .max(most.max(1))
        .direction(RenderDirection::RightToLeft)
        .style(look.style(Role::Running))
        .render(body, paint.buffer);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cores_are_told_without_idle_zeros() {
        assert_eq!([2.0, 0.5, 0.25, 10.0].map(trimmed), ["2", "0.5", "0.25", "10"]);
    }
}
