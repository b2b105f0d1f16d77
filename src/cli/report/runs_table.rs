use jiff::Timestamp;

use super::RunRow;
use super::step_line::symbol;
use super::table::{Cell, Table, left, right, yielding};
use crate::cli::{Ink, Invocation, Look};
use crate::domain::figures::{ago, number};
use crate::domain::show_duration;
use crate::domain::text::{safe, truncate};

/// Columns of a note, which `show` tells as a whole.
const NOTE: usize = 24;

/// Runs, one a line, in the order given. `figures`: those that have a column.
pub fn runs_table(
    runs: &[RunRow],
    figures: &[String],
    now: Timestamp,
    invocation: &Invocation,
    look: &Look,
) -> String {
    if runs.is_empty() {
        let command = look.paint(Ink::Accent, invocation.command(&["run", "NAME"]));
        return format!("No runs yet. Start one: {command}\n");
    }
    let titles: Vec<String> = figures.iter().map(|name| safe(name).into_owned()).collect();
    let noted = runs.iter().any(|row| !row.notes.0.is_empty() || !row.called.is_empty());
    let mut columns = vec![
        left(""),
        left("run"),
        left("name"),
        left("version"),
        left("status"),
        left("started"),
        right("took"),
    ];
    columns.extend(titles.into_iter().map(right));
    columns.extend(noted.then(|| left("note")));
    columns.push(yielding("parameters"));
    let mut table = Table::new(columns);
    for row in runs {
        let (sign, ink) = symbol(Some(row.status));
        let run = &row.run;
        let took = run.took(now).map(show_duration);
        let mut cells: Vec<Cell> = vec![
            Cell::inked(sign, ink),
            Cell::inked(run.token.short(), Ink::Accent),
            run.title().into(),
            run.version.to_string().into(),
            Cell::inked(row.status.as_str(), ink),
            ago(run.started_at, now).into(),
            took.unwrap_or_default().into(),
        ];
        cells.extend(
            figures
                .iter()
                .map(|name| row.figures.get(name).map(|value| number(*value)).unwrap_or_default().into()),
        );
        cells.extend(noted.then(|| truncate(&safe(&row.said()), NOTE).into_owned().into()));
        cells.push(((if row.foreign { "foreign  " } else { "" }).to_owned() + &row.params()).into());
        table.row(cells);
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
        insta::assert_snapshot!(runs_table(&rows, &[], scene::at(150.0), &Invocation::default(), &look), @r#"
           run   name          version  status       started      took  parameters
        ›  3f2a  daily_delays  1.0.0    running      2 min ago  2m 30s  day=2013-01-01
        ✓  3f2a  daily_delays  1.0.0    succeeded    2 min ago     15s  day=2013-01-01
        !  3f2a  daily_delays  1.0.0    interrupted  2 min ago     15s  day=2013-01-01
        "#);
        insta::assert_snapshot!(runs_table(&[], &[], scene::at(0.0), &Invocation::default(), &look), @"No runs yet. Start one: greenroom run NAME");
    }

    #[test]
    fn a_run_that_is_relied_on_is_marked() {
        let rows = [scene::run_row(Status::Succeeded), scene::run_row(Status::Succeeded)];
        let mut rows = rows.to_vec();
        rows[1].called = vec![scene::name("champion")];
        let text = runs_table(&rows, &[], scene::at(1.0), &Invocation::default(), &Look::PLAIN);
        let marked: Vec<bool> = text.lines().map(|line| line.contains("champion")).collect();
        assert_eq!(marked, [false, false, true], "{text}");
    }

    #[test]
    fn parameters_cannot_draw_on_the_terminal() {
        let mut row = scene::run_row(Status::Succeeded);
        row.run.params.insert(scene::name("title"), "\x1b]52;c;x\x07".into());
        let text = runs_table(&[row], &[], scene::at(1.0), &Invocation::default(), &Look::PLAIN);
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
