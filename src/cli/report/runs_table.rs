use jiff::Timestamp;

use super::RunRow;
use super::step_line::symbol;
use super::table::{Cell, Table, left, right, yielding};
use crate::cli::{Ink, Invocation, Look};
use crate::domain::figures::ago;
use crate::domain::show_duration;

/// Runs, one a line, in the order given.
pub fn runs_table(runs: &[RunRow], now: Timestamp, invocation: &Invocation, look: &Look) -> String {
    if runs.is_empty() {
        let command = look.paint(Ink::Accent, invocation.command(&["run", "NAME"]));
        return format!("No runs yet. Start one: {command}\n");
    }
    let mut table = Table::new([
        left(""),
        left("run"),
        left("name"),
        left("version"),
        left("status"),
        left("started"),
        right("took"),
        yielding("parameters"),
    ]);
    for row in runs {
        let (sign, ink) = symbol(Some(row.status));
        let run = &row.run;
        let took = run.took(now).map(show_duration);
        table.row([
            Cell::inked(sign, ink),
            Cell::inked(run.token.short(), Ink::Accent),
            run.title().into(),
            run.version.to_string().into(),
            Cell::inked(row.status.as_str(), ink),
            ago(run.started_at, now).into(),
            took.unwrap_or_default().into(),
            (if row.foreign { "foreign  " } else { "" }.to_owned() + &row.params()).into(),
        ]);
    }
    table.render(look)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::report::scene;
    use crate::domain::Status;

    #[test]
    fn runs_are_told_apart_at_a_glance() {
        let mut running = scene::run_row(Status::Running);
        running.run.finished_at = None;
        running.run.commit = None;
        let rows = [running, scene::run_row(Status::Succeeded), scene::run_row(Status::Interrupted)];
        let look = Look { width: 80, colour: false };
        insta::assert_snapshot!(runs_table(&rows, scene::at(150.0), &Invocation::default(), &look), @r#"
           run   name          version  status       started      took  parameters
        ›  3f2a  daily_delays  1.0.0    running      2 min ago  2m 30s  day=2013-01-01
        ✓  3f2a  daily_delays  1.0.0    succeeded    2 min ago     15s  day=2013-01-01
        !  3f2a  daily_delays  1.0.0    interrupted  2 min ago     15s  day=2013-01-01
        "#);
        insta::assert_snapshot!(runs_table(&[], scene::at(0.0), &Invocation::default(), &look), @"No runs yet. Start one: greenroom run NAME");
    }

    #[test]
    fn parameters_cannot_draw_on_the_terminal() {
        let mut row = scene::run_row(Status::Succeeded);
        row.run.params.insert(scene::name("title"), "\x1b]52;c;x\x07".into());
        let text = runs_table(&[row], scene::at(1.0), &Invocation::default(), &Look::PLAIN);
        assert!(text.contains("title=␛]52;c;x␇") && !text.contains('\x1b'), "{text}");
    }

    #[test]
    fn machines_get_the_documented_keys() {
        let json = serde_json::to_value(scene::run_row(Status::Succeeded).document()).unwrap();
        let keys: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
        let documented = "token name version kind use_case status params started_at finished_at commit branch \
                          dirty user inputs_from forked_from foreign path supervisor_pid";
        assert_eq!(keys.join(" "), documented);
        assert_eq!(json["supervisor_pid"], serde_json::Value::Null);
        assert_eq!(json["params"]["day"], "2013-01-01");
    }
}
