//! What a demonstration of a review has besides the sample: who reads what, and a change that forgets them.

use std::borrow::Cow;

/// Reads a column that the change drops.
const WEEKLY: &str = "# Which airport was the windiest of a week, and what that did to its flights.
greenroom: 1
kind: workflow
name: weekly_wind
version: 1.0.0
description: Wind and late flights per airport of seven days
owners: [sam, eli]
params:
  day: {type: date, default: \"2013-01-01\"}
schedule:
  cron: \"0 7 * * 1\"
  timezone: America/New_York
  catchup: false
  params: {day: \"${{ schedule.previous_date }}\"}
defaults:
  retry: {limit: 2, delay: 10s}
  timeout: 10m
steps:
  wind:
    uses: sql_export
    with: {query_file: sql/wind.sql, format: parquet}
    outputs:
      wind: {expect: {min_rows: 1, unique: [origin]}}
monitors:
  - {name: broken, kind: failure, notify: [\"@slack-data\"]}
";

const WIND: &str = "SELECT
  origin,
  MAX(gust_mph) AS gust_mph,
  SUM(late) AS late,
  SUM(flights) AS flights
FROM lake.daily_delays
WHERE flight_date BETWEEN DATE_SUB(@day, INTERVAL 6 DAY) AND @day
GROUP BY origin
";

/// Of the sample.
pub const QUERY: &str = "sql/consolidate.sql";
const BEFORE: &str = "AS wind_mph\n";
/// What only the weekly workflow reads.
const WITH_GUSTS: &str = "AS wind_mph,\n  MAX(w.wind_gust) AS gust_mph\n";

/// The sample without services, which two clones on one machine would fight over, and with a workflow and a column more.
pub fn project(sample: Vec<(&'static str, &'static [u8])>) -> Vec<(&'static str, Cow<'static, [u8]>)> {
    let mut files: Vec<(&str, Cow<'_, [u8]>)> = sample
        .into_iter()
        .map(|(path, bytes)| match path {
            "greenroom.yaml" => (path, Cow::Owned(without_services(&String::from_utf8_lossy(bytes)))),
            QUERY => (path, Cow::Owned(with_gusts(&String::from_utf8_lossy(bytes)).into_bytes())),
            _ => (path, Cow::Borrowed(bytes)),
        })
        .collect();
    files.push(("workflows/weekly_wind.yaml", Cow::Borrowed(WEEKLY.as_bytes())));
    files.push(("sql/wind.sql", Cow::Borrowed(WIND.as_bytes())));
    files
}

fn with_gusts(query: &str) -> String {
    query.replacen(BEFORE, WITH_GUSTS, 1)
}

fn without_services(spec: &str) -> Vec<u8> {
    let mut text = String::new();
    let mut inside = false;
    for line in spec.split_inclusive('\n') {
        if !line.starts_with([' ', '#', '\n']) {
            inside = line.starts_with("services:");
        }
        if !inside {
            text += line;
        }
    }
    text.into_bytes()
}

/// What was asked for, and a column less that `nobody needs`. None: the query is another by now.
pub fn change(query: &str) -> Option<String> {
    let late =
        query.replacen("dep_delay >= 15", "dep_delay >= 30", 1).replacen("15 minutes", "30 minutes", 1);
    let dropped = late.replacen(WITH_GUSTS, BEFORE, 1);
    (dropped.len() < late.len() && late != query).then_some(dropped)
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use super::*;
    use crate::cli::Workspace;
    use crate::cli::sample;

    #[test]
    fn the_planted_project_is_right_and_its_change_is_what_it_seems() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        let files = project(sample::flights());
        for (path, bytes) in &files {
            fs_err::create_dir_all(root.join(path).parent().unwrap()).unwrap();
            fs_err::write(root.join(path), bytes).unwrap();
        }
        let workspace = Workspace::open(Some(root)).unwrap();
        assert!(workspace.project.services.is_empty() && workspace.project.images.len() == 2);
        assert!(workspace.specs.diagnostics.is_empty(), "{:?}", workspace.specs.diagnostics);
        assert!(workspace.workflow("weekly_wind").is_ok());
        let query = fs_err::read_to_string(root.join(QUERY)).unwrap();
        let changed = change(&query).unwrap();
        assert!(!changed.contains("gust") && changed.contains("dep_delay >= 30"), "{changed}");
        assert_eq!(change(&changed), None);
    }
}
