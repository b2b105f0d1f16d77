use indexmap::IndexSet;
use jiff::Timestamp;

use super::RunRow;
use super::step_line::symbol;
use super::table::{Cell, Table, left, pairs, right};
use crate::cli::{Ink, Invocation, Look};
use crate::domain::figures::{ago, beside};
use crate::domain::text::safe;
use crate::domain::{Criterion, DifferingParams, part_told, show_duration};

const PARAMETERS: &str = "parameters";

/// Runs, one a line, in the order given. `asked`: figures that have a column, or parameters where a run has no such figure.
/// Where there is no room for all columns, those go that tell least; a note stands below its run.
pub fn runs_table(
    runs: &[RunRow],
    asked: &[Criterion],
    now: Timestamp,
    invocation: &Invocation,
    look: &Look,
) -> String {
    if runs.is_empty() {
        let command = look.paint(Ink::Accent, invocation.command(&["run", "NAME"]));
        return format!("No runs yet. Start one: {command}\n");
    }
    // With what it ran says more of a run than the word for its sign; where both have no room, the word stays.
    let [mut table, mut without] = [2, 0].map(|status| table(runs, asked, now, status));
    if !table.let_go(look).iter().any(|gone| gone == PARAMETERS) {
        return table.render(look);
    }
    without.let_go(look);
    let told = "and their parameters, for which there is no room: --json, or greenroom show RUN";
    format!("{}… {told}\n", without.render(look))
}

fn table(runs: &[RunRow], asked: &[Criterion], now: Timestamp, status_leaves: u8) -> Table {
    let figures: IndexSet<&String> = asked.iter().map(|criterion| &criterion.name).collect();
    let titles = figures.iter().map(|name| safe(name).into_owned());
    let marked = runs.iter().any(|row| !marks(row).is_empty());
    let mut columns = vec![
        left(""),
        left("run"),
        left("name"),
        left("version").leaving(3),
        left("status").leaving(status_leaves),
        left("started"),
        right("took").leaving(4),
    ];
    columns.extend(titles.map(right));
    columns.extend(marked.then(|| left("called")));
    columns.push(pairs(PARAMETERS).leaving(1));
    let mut table = Table::new(columns);
    let differing = DifferingParams::of(runs.iter().map(|row| &row.run));
    for row in runs {
        let (sign, ink) =
            if row.damaged || row.altered { ("!", Ink::Warn) } else { symbol(Some(row.status)) };
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
        // On which side of what was asked for it lies can be seen.
        let figure = |name: &String| {
            let bounds = asked.iter().filter(|criterion| criterion.name == *name);
            row.figures.get(name).map(|value| beside(*value, bounds.filter_map(|criterion| criterion.number)))
        };
        let value = |name: &String| figure(name).or_else(|| row.param(name));
        cells.extend(figures.iter().map(|name| Cell::from(value(name).unwrap_or_default())));
        cells.extend(marked.then(|| Cell::inked(marks(row), Ink::Strong)));
        cells.push(differing.told(run).into());
        table.row(cells);
        if let Some(note) = row.notes.texts().next_back() {
            table.below(note);
        }
    }
    table
}

/// Whose it is matters wherever it is chosen: this has room where its parameters have none.
fn marks(row: &RunRow) -> String {
    let known = [("damaged", row.damaged), ("changed", row.altered), ("foreign", row.foreign)];
    let known = known.into_iter().filter(|(_, is_so)| *is_so).map(|(mark, _)| mark.to_owned());
    let part = part_told(row.run.only.as_ref());
    let said = Some(row.marks()).filter(|marks| !marks.is_empty());
    known.chain(part).chain(said).collect::<Vec<_>>().join(", ")
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
        rows[1].altered = true;
        let text = runs_table(&rows, &[], scene::at(1.0), &Invocation::default(), &Look::PLAIN);
        assert!(text.lines().any(|line| line.starts_with('!') && line.contains("changed")), "{text}");
        rows[1].altered = false;
        rows[1].run.only = Some(scene::name("report"));
        let text = runs_table(&rows, &[], scene::at(1.0), &Invocation::default(), &Look::PLAIN);
        assert_eq!(text.matches("only report, champion").count(), 1, "{text}");
        rows[1].run.only = None;
        rows[0].foreign = true;
        rows[0].run.params.insert(scene::name("title"), "a title for which there is no room".into());
        let narrow = Look { width: 60, colour: false };
        let text = runs_table(&rows, &[], scene::at(1.0), &Invocation::default(), &narrow);
        let marked: Vec<bool> = text.lines().map(|line| line.contains("foreign")).collect();
        assert_eq!(&marked[..3], [false, true, false], "{text}");
    }

    #[test]
    fn on_80_columns_nothing_is_cut_in_the_middle_and_a_note_is_whole() {
        let mut row = scene::run_row(Status::Interrupted);
        row.run.use_case = Some(scene::name("training"));
        row.run.params.insert(scene::name("depth"), 8.into());
        row.run.params.insert(scene::name("rate"), 0.05.into());
        row.called = vec![scene::name("champion")];
        let said = |text: Option<&str>, pinned| {
            let text = text.map(str::to_owned);
            crate::domain::Note { ts: scene::at(0.0), user: "ana".to_owned(), text, pinned }
        };
        row.notes.0 = vec![
            said(None, Some(true)),
            said(Some("the baseline before the weather of the spring was added, as agreed with eli"), None),
        ];
        row.figures = [("auc".to_owned(), 0.712_8)].into();
        let mut other = row.clone();
        (other.notes, other.called) = Default::default();
        other.run.params.insert(scene::name("rate"), 0.1.into());
        let mut failed = scene::run_row(Status::Failed);
        failed.run.params = row.run.params.clone();
        let mut rows = [row, failed, other];
        let look = Look { width: 80, colour: false };
        let table = |rows: &[RunRow], figures: &[Criterion]| {
            runs_table(rows, figures, scene::at(150.0), &Invocation::default(), &look)
        };
        // What it ran with says more than the word for its sign.
        insta::assert_snapshot!(table(&rows, &["auc>0.5".parse().unwrap()]), @r"
           run   name                   started      auc  called            parameters
        !  3f2a  daily_delays training  2 min ago  0.713  champion, pinned  rate=0.05 …
           the baseline before the weather of the spring was added, as agreed with eli
        ✗  3f2a  daily_delays           2 min ago                           rate=0.05 …
        !  3f2a  daily_delays training  2 min ago  0.713                    rate=0.1 …
        ");
        rows[0].run.params.insert(scene::name("rate"), 0.051_234_567.into());
        insta::assert_snapshot!(table(&rows, &["auc>0.5".parse().unwrap()]), @r"
           run   name                   status       started      auc  called
        !  3f2a  daily_delays training  interrupted  2 min ago  0.713  champion, pinned
           the baseline before the weather of the spring was added, as agreed with eli
        ✗  3f2a  daily_delays           failed       2 min ago
        !  3f2a  daily_delays training  interrupted  2 min ago  0.713
        … and their parameters, for which there is no room: --json, or greenroom show RUN
        ");
        rows[0].run.params.insert(scene::name("rate"), 0.05.into());
        rows[0].notes.0.remove(0);
        insta::assert_snapshot!(table(&rows, &[]), @r"
           run   name                   status       started    called    parameters
        !  3f2a  daily_delays training  interrupted  2 min ago  champion  rate=0.05 …
           the baseline before the weather of the spring was added, as agreed with eli
        ✗  3f2a  daily_delays           failed       2 min ago            rate=0.05 …
        !  3f2a  daily_delays training  interrupted  2 min ago            rate=0.1 …
        ");
    }

    #[test]
    fn a_parameter_that_is_asked_for_has_a_column_as_a_figure_has() {
        let mut rows = [scene::run_row(Status::Succeeded), scene::run_row(Status::Failed)];
        rows[0].figures = [("train.fit.loss".to_owned(), 0.25)].into();
        rows[0].run.params.insert(scene::name("noise"), 1.into());
        let columns = ["train.fit.loss>0", "noise>0"].map(|asked| asked.parse().unwrap());
        let look = Look { width: 100, colour: false };
        insta::assert_snapshot!(runs_table(&rows, &columns, scene::at(1.0), &Invocation::default(), &look), @r#"
           run   name          version  status     started   took  train.fit.loss  noise  parameters
        ✓  3f2a  daily_delays  1.0.0    succeeded  just now   15s            0.25      1  noise=1 …
        ✗  3f2a  daily_delays  1.0.0    failed     just now   15s                         day=2013-01-01
        "#);
    }

    #[test]
    fn a_figure_is_seen_to_be_on_the_side_that_was_asked_for() {
        let mut row = scene::run_row(Status::Succeeded);
        row.figures = [("auc".to_owned(), 0.699_999_9)].into();
        let asked = ["auc>0.1", "auc<0.7"].map(|asked| asked.parse().unwrap());
        let text = runs_table(&[row], &asked, scene::at(1.0), &Invocation::default(), &Look::PLAIN);
        assert!(text.contains("0.6999999") && text.matches("auc").count() == 1, "{text}");
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
                          dirty user inputs_from forked_from only foreign damaged altered pinned notes aliases path supervisor_pid";
        assert_eq!(keys.join(" "), documented);
        assert_eq!(json["supervisor_pid"], serde_json::Value::Null);
        assert_eq!(json["params"]["day"], "2013-01-01");
    }
}
