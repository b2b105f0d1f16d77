use std::collections::BTreeMap;

use super::ReviewLook;
use crate::domain::track::{LineNow, threads};

/// A row of the code diff; positions in what is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeRow {
    File(usize),
    /// Why no lines of it are here.
    Told(usize),
    /// Where a hunk begins.
    Hunk {
        file: usize,
        hunk: usize,
    },
    Line {
        file: usize,
        hunk: usize,
        row: usize,
    },
    /// A line of what somebody said about the line above.
    Remark {
        remark: usize,
        line: usize,
    },
    /// What a line was that somebody has spoken of, where it is another now.
    Was(usize),
    /// What follows is said of lines that are not shown here.
    Apart,
    /// Where such a line is.
    At(usize),
    Blank,
}

/// A row of what became of specs and graphs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpecRow {
    Flow(usize),
    Step { flow: usize, step: usize },
    File(usize),
    Told(usize),
    Pair { file: usize, row: usize },
    Blank,
}

/// All of the code diff, with what was said of lines below them; at the end what was said of lines that are not in it.
pub fn code_rows(look: &ReviewLook) -> Vec<CodeRow> {
    let said = &look.card.remarks;
    let mut rows = Vec::new();
    if look.package().is_none() {
        return rows;
    }
    // Only what begins a thread is of a line.
    let mut of_lines: BTreeMap<(&str, u64), Vec<Vec<usize>>> = BTreeMap::new();
    let mut apart: Vec<Vec<usize>> = Vec::new();
    for thread in threads(said) {
        let first = thread.first().and_then(|at| said.get(*at)).filter(|first| first.place.is_some());
        match first.map(|first| &first.now) {
            Some(Some(LineNow::At(place))) => {
                of_lines.entry((place.path.as_str(), place.line)).or_default().push(thread);
            }
            Some(_) => apart.push(thread),
            None => {}
        }
    }
    for (file, of) in look.files.iter().enumerate() {
        if file > 0 {
            rows.push(CodeRow::Blank);
        }
        rows.push(CodeRow::File(file));
        if of.told.is_some() {
            rows.push(CodeRow::Told(file));
        }
        for (hunk, lines) in of.hunks.iter().enumerate() {
            rows.push(CodeRow::Hunk { file, hunk });
            for row in 0..lines.rows.len() {
                rows.push(CodeRow::Line { file, hunk, row });
                let line = lines.new_line(row).filter(|_| of.at_head);
                let here = line.and_then(|line| of_lines.remove(&(of.change.path.as_str(), line)));
                here.into_iter().flatten().for_each(|thread| rows.extend(remarks(look, &thread)));
            }
        }
    }
    apart.extend(of_lines.into_values().flatten());
    apart.sort();
    if !apart.is_empty() {
        rows.extend((!rows.is_empty()).then_some(CodeRow::Blank));
        rows.push(CodeRow::Apart);
        for thread in &apart {
            let first = thread.first().copied();
            let is_there =
                |at: &usize| said.get(*at).is_some_and(|one| matches!(one.now, Some(LineNow::At(_))));
            rows.extend(first.filter(is_there).map(CodeRow::At));
            rows.extend(remarks(look, thread));
        }
    }
    rows
}

/// Who it is comes first; then the line as it was, if it is another now; then what they say.
fn remarks<'a>(look: &'a ReviewLook, thread: &'a [usize]) -> impl Iterator<Item = CodeRow> + 'a {
    thread.iter().flat_map(move |remark| {
        let (remark, said) = (*remark, look.card.remarks.get(*remark));
        let was = said.is_some_and(|said| matches!(said.now, Some(LineNow::Outdated { was: Some(_) })));
        let lines = said.map_or(0, |said| said.text.lines().count());
        let text = (1..=lines).map(move |line| CodeRow::Remark { remark, line });
        std::iter::once(CodeRow::Remark { remark, line: 0 })
            .chain(was.then_some(CodeRow::Was(remark)))
            .chain(text)
    })
}

/// Graphs first, then specs line by line.
pub fn spec_rows(look: &ReviewLook) -> Vec<SpecRow> {
    let mut rows = Vec::new();
    for (flow, of) in look.flows.iter().enumerate() {
        rows.push(SpecRow::Flow(flow));
        rows.extend((0..of.steps.len()).map(|step| SpecRow::Step { flow, step }));
        rows.push(SpecRow::Blank);
    }
    for (file, of) in look.specs.iter().enumerate() {
        rows.push(SpecRow::File(file));
        if of.told.is_some() {
            rows.push(SpecRow::Told(file));
        }
        let lines = of.hunks.first().map_or(0, |hunk| hunk.rows.len());
        rows.extend((0..lines).map(|row| SpecRow::Pair { file, row }));
        rows.push(SpecRow::Blank);
    }
    rows.pop();
    rows
}

#[cfg(test)]
mod tests {
    use super::super::scene;
    use super::*;
    use crate::domain::track::Remark;
    use crate::domain::track::bodies::Place;

    #[test]
    fn what_was_said_of_a_line_stands_below_it() {
        let mut look = scene::look();
        let rows = code_rows(&look);
        let said = rows.iter().position(|row| matches!(row, CodeRow::Remark { .. })).unwrap();
        assert_eq!(
            rows[said - 1],
            CodeRow::Line { file: 0, hunk: 0, row: 3 },
            "that came, and not what went"
        );
        assert_eq!(rows.iter().filter(|row| matches!(row, CodeRow::Remark { .. })).count(), 2);
        assert_eq!(rows.iter().filter(|row| matches!(row, CodeRow::File(_))).count(), 2);
        // Answers stand below what they answer, and not where they came.
        look.card.remarks.push(scene::remark("in all", None));
        look.card.remarks[1].entry = scene::commit('1');
        let answer = Remark { answers: Some(scene::commit('e')), ..scene::remark("they did", None) };
        look.card.remarks.push(Remark { entry: scene::commit('2'), ..answer });
        let below = &code_rows(&look)[said..said + 4];
        assert_eq!(below[2..], [0, 1].map(|line| CodeRow::Remark { remark: 2, line }), "{below:?}");
        // What was said of a line that is another now stands at the end, with what it was.
        look.card.remarks[0].now = Some(LineNow::Outdated { was: Some("old".to_owned()) });
        let rows = code_rows(&look);
        let end = &rows[rows.len() - 7..];
        assert_eq!(end[..2], [CodeRow::Blank, CodeRow::Apart]);
        assert_eq!(end[3], CodeRow::Was(0));
        // So does what was said of a line far from any change.
        look.card.remarks[0].now =
            Some(LineNow::At(Place { path: "sql/consolidate.sql".to_owned(), line: 99 }));
        let rows = code_rows(&look);
        let apart = rows.iter().position(|row| *row == CodeRow::Apart).unwrap();
        assert_eq!(rows[apart + 1..apart + 3], [CodeRow::At(0), CodeRow::Remark { remark: 0, line: 0 }]);
        look.files[0].told = Some("no text".to_owned());
        assert_eq!(code_rows(&look)[1], CodeRow::Told(0));
    }

    #[test]
    fn graphs_come_before_specs() {
        let rows = spec_rows(&scene::look());
        assert_eq!(rows[..2], [SpecRow::Flow(0), SpecRow::Step { flow: 0, step: 0 }]);
        assert_eq!(rows.last(), Some(&SpecRow::Pair { file: 0, row: 2 }));
    }
}
