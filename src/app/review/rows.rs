use super::{CodeFile, ReviewLook};
use crate::domain::track::Remark;

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

/// All of the code diff, with what was said of lines below them.
pub fn code_rows(look: &ReviewLook) -> Vec<CodeRow> {
    let mut rows = Vec::new();
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
                let said = look.card.remarks.iter().enumerate();
                for (remark, said) in said.filter(|(_, said)| is_on(look, of, line, said)) {
                    // Who it is comes first.
                    let lines = 1 + said.text.lines().count();
                    rows.extend((0..lines).map(|line| CodeRow::Remark { remark, line }));
                }
            }
        }
    }
    rows
}

fn is_on(look: &ReviewLook, file: &CodeFile, line: Option<u64>, remark: &Remark) -> bool {
    let Some((place, line)) = remark.place.as_ref().zip(line) else { return false };
    let head = look.card.sealed.as_ref().map(|sealed| &sealed.head);
    place.line == line && place.path == file.change.path && head == Some(&remark.head)
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
        // What was said of another commit may have been about another line.
        look.card.remarks[0].head = scene::commit('f');
        assert!(!code_rows(&look).iter().any(|row| matches!(row, CodeRow::Remark { .. })));
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
