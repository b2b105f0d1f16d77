use serde::Serialize;

use super::{OutputReport, RunReport, StepReport};
use crate::domain::{Name, Status, TableName, Token};

/// A packaged run, and the same commit run again where other data may lie.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rerun {
    pub sealed: Token,
    pub run: Token,
    pub status: Status,
    /// In the order in which they ended where the package was sealed; what only the rerun has comes last.
    pub steps: Vec<StepAgain>,
}

/// A step of both, or of one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepAgain {
    pub step: String,
    pub came_to: CameTo,
    /// Tables that it found otherwise here.
    pub tables: Vec<TableAgain>,
    /// Outputs that are not byte for byte the same.
    pub outputs: Vec<OutputAgain>,
    pub sealed_milliseconds: Option<u64>,
    pub milliseconds: Option<u64>,
}

/// What a step did the second time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CameTo {
    /// All that it left, byte for byte.
    Same,
    /// As many rows, in other bytes: by their sums alone nobody can say more.
    SameRows,
    /// Something else, of other tables, or of what an earlier step made of those: that tells nothing of the package.
    OtherData,
    /// Something else of the same.
    Another,
    /// It did not come so far here, or is not in the package.
    Missing,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TableAgain {
    pub table: TableName,
    pub sealed_rows: u64,
    /// None: there is no such table here. As many as there were: they are others, or nobody can tell that they are not.
    pub rows: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OutputAgain {
    pub name: Name,
    pub sealed: Option<OutputReport>,
    pub here: Option<OutputReport>,
}

impl Rerun {
    /// `own`: tables that the package's steps make, each with its step: where that came before, such a table is no other
    /// data, but what the package itself has come to.
    pub fn of(sealed: &RunReport, here: &RunReport, own: &[(TableName, Name)]) -> Self {
        let mut other_data = false;
        let mut steps: Vec<StepAgain> = Vec::new();
        for old in &sealed.steps {
            let new = here.steps.iter().find(|new| new.step == old.step);
            let mut step = StepAgain::of(old, new, other_data);
            let makers = |step: &StepAgain, table: &TableName| {
                let name = step.step.split('.').next().unwrap_or_default();
                own.iter().any(|(made, by)| made == table && by.as_str() == name)
            };
            let (own, tables): (Vec<_>, Vec<_>) = std::mem::take(&mut step.tables)
                .into_iter()
                .partition(|table| steps.iter().any(|before| makers(before, &table.table)));
            step = StepAgain { tables, ..step };
            if !own.is_empty() {
                step.came_to = step.came_to_of(other_data);
                for maker in &mut steps {
                    let made =
                        |table: &&TableAgain| makers(maker, &table.table) && holds_another(table, old, new);
                    let another = own.iter().any(|table| made(&table));
                    if another && matches!(maker.came_to, CameTo::Same | CameTo::SameRows) && !other_data {
                        maker.came_to = CameTo::Another;
                    }
                }
            }
            other_data |= step.came_to == CameTo::OtherData || !step.tables.is_empty();
            steps.push(step);
        }
        let only_here = here.steps.iter().filter(|new| sealed.steps.iter().all(|old| old.step != new.step));
        steps.extend(only_here.map(|new| StepAgain {
            step: new.step.clone(),
            came_to: CameTo::Missing,
            tables: Vec::new(),
            outputs: Vec::new(),
            sealed_milliseconds: None,
            milliseconds: Some(new.milliseconds),
        }));
        Self { sealed: sealed.run, run: here.run, status: here.status, steps }
    }

    /// Nothing speaks against the package.
    pub fn holds(&self) -> bool {
        self.status == Status::Succeeded
            && self.steps.iter().all(|step| !matches!(step.came_to, CameTo::Another | CameTo::Missing))
    }

    /// What differs comes of other data.
    pub fn on_other_data(&self) -> bool {
        self.steps.iter().any(|step| step.came_to == CameTo::OtherData || !step.tables.is_empty())
    }
}

impl StepAgain {
    fn of(old: &StepReport, new: Option<&StepReport>, other_data: bool) -> Self {
        let tables = new.map(|new| tables(old, new)).unwrap_or_default();
        let outputs = new.map(|new| outputs(old, new)).unwrap_or_default();
        let mut again = Self {
            step: old.step.clone(),
            came_to: CameTo::Missing,
            tables,
            outputs,
            sealed_milliseconds: Some(old.milliseconds),
            milliseconds: new.map(|new| new.milliseconds),
        };
        again.came_to = again.came_to_of(other_data);
        again
    }

    fn came_to_of(&self, other_data: bool) -> CameTo {
        let same_rows = |output: &OutputAgain| match (&output.sealed, &output.here) {
            (Some(old), Some(new)) => old.rows.is_some() && old.rows == new.rows,
            _ => false,
        };
        match self.milliseconds {
            None => CameTo::Missing,
            Some(_) if self.outputs.is_empty() => CameTo::Same,
            Some(_) if other_data || !self.tables.is_empty() => CameTo::OtherData,
            Some(_) if self.outputs.iter().all(same_rows) => CameTo::SameRows,
            Some(_) => CameTo::Another,
        }
    }
}

/// More rows or fewer, or other ones; where only the sums over files differ nobody can tell.
fn holds_another(table: &TableAgain, old: &StepReport, new: Option<&StepReport>) -> bool {
    let content = |step: &StepReport| {
        step.reads.iter().find(|read| read.table == table.table).and_then(|read| read.content.clone())
    };
    let contents = content(old).zip(new.and_then(content));
    table.rows.is_some_and(|rows| rows != table.sealed_rows) || contents.is_some_and(|(old, new)| old != new)
}

/// The sum of a table is one over the names of its files too, which no two lakes share. Where only rows can be compared, as
/// many of them are not taken for the same.
fn tables(old: &StepReport, new: &StepReport) -> Vec<TableAgain> {
    let differs = old.reads.iter().filter_map(|read| {
        let here = new.reads.iter().find(|here| here.table == read.table);
        let same = here.is_some_and(|here| {
            here.rows == read.rows
                && (here.sha256 == read.sha256 || here.content.is_some() && here.content == read.content)
        });
        (!same).then(|| TableAgain {
            table: read.table.clone(),
            sealed_rows: read.rows,
            rows: here.map(|here| here.rows),
        })
    });
    differs.collect()
}

fn outputs(old: &StepReport, new: &StepReport) -> Vec<OutputAgain> {
    let mut names: Vec<&Name> = old.outputs.keys().chain(new.outputs.keys()).collect();
    names.sort();
    names.dedup();
    let both = names.into_iter().map(|name| OutputAgain {
        name: name.clone(),
        sealed: old.outputs.get(name).cloned(),
        here: new.outputs.get(name).cloned(),
    });
    let sum = |output: &Option<OutputReport>| output.as_ref().map(|output| output.sha256.clone());
    both.filter(|output| sum(&output.sealed) != sum(&output.here)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::Timestamp;

    use super::*;
    use crate::domain::Digest;
    use crate::domain::track::InputReport;

    fn step(name: &str, read: u64, rows: Option<u64>, text: &str) -> StepReport {
        let output = OutputReport {
            bytes: text.len() as u64,
            rows,
            sha256: Digest::of(text.as_bytes()),
            columns: None,
        };
        StepReport {
            step: name.to_owned(),
            milliseconds: 1,
            peak_memory_bytes: None,
            image: String::new(),
            taken: false,
            outputs: BTreeMap::from([(Name::new("x").unwrap(), output)]),
            reads: vec![InputReport {
                table: "raw.flights".parse().unwrap(),
                rows: read,
                sha256: Digest::of(b"files of a lake"),
                content: Some(Digest::of(b"")),
            }],
        }
    }

    fn run(steps: Vec<StepReport>) -> RunReport {
        RunReport {
            run: Token::generate(),
            name: Name::new("daily").unwrap(),
            version: "0.1.0".to_owned(),
            use_case: None,
            status: Status::Succeeded,
            started_at: Timestamp::UNIX_EPOCH,
            finished_at: None,
            commit: None,
            dirty: false,
            params: BTreeMap::new(),
            steps,
        }
    }

    fn came_to(sealed: StepReport, here: StepReport) -> CameTo {
        Rerun::of(&run(vec![sealed]), &run(vec![here]), &[]).steps[0].came_to
    }

    #[test]
    fn what_came_of_other_data_is_not_put_on_the_package() {
        let sealed = step("a", 9, Some(3), "abc");
        assert_eq!(came_to(sealed.clone(), sealed.clone()), CameTo::Same);
        assert_eq!(came_to(sealed.clone(), step("a", 9, Some(3), "abd")), CameTo::SameRows);
        assert_eq!(came_to(sealed.clone(), step("a", 9, Some(4), "abcd")), CameTo::Another);
        assert_eq!(came_to(step("a", 9, None, "abc"), step("a", 9, None, "abd")), CameTo::Another);
        assert_eq!(came_to(sealed.clone(), step("a", 8, Some(2), "ab")), CameTo::OtherData);
        assert_eq!(came_to(sealed.clone(), step("a", 8, Some(3), "abc")), CameTo::Same);
        assert_eq!(came_to(sealed.clone(), step("b", 9, Some(3), "abc")), CameTo::Missing);

        // As many rows are not the same rows.
        let mut others = step("a", 9, Some(4), "abcd");
        others.reads[0].sha256 = Digest::of(b"files of another");
        assert_eq!(came_to(sealed.clone(), others.clone()), CameTo::Another, "it holds the same");
        others.reads[0].content = Some(Digest::of(b"other rows"));
        assert_eq!(came_to(sealed.clone(), others.clone()), CameTo::OtherData);
        others.reads[0].content = None;
        assert_eq!(came_to(sealed.clone(), others), CameTo::OtherData, "nobody can tell");

        // A step that reads only what the first one made follows it.
        let old = run(vec![sealed.clone(), step("b", 9, Some(5), "x")]);
        let new = run(vec![step("a", 8, Some(2), "ab"), step("b", 9, Some(4), "y")]);
        let again = Rerun::of(&old, &new, &[]);
        assert_eq!(again.steps[1].came_to, CameTo::OtherData);
        assert!(again.holds() && again.on_other_data());
        let failed = RunReport { status: Status::Failed, ..run(vec![sealed]) };
        assert!(!Rerun::of(&old, &failed, &[]).holds());
    }

    #[test]
    fn a_table_that_the_package_makes_is_no_other_data() {
        let old = run(vec![step("a", 9, Some(3), "abc"), step("b", 9, Some(3), "x")]);
        let mut new = run(vec![step("a", 9, Some(3), "abd"), step("b", 9, Some(3), "y")]);
        let (table, name) = ("lake.made".parse::<TableName>().unwrap(), Name::new("a").unwrap());
        let reads = |content: &[u8]| InputReport {
            table: table.clone(),
            rows: 3,
            sha256: Digest::of(content),
            content: Some(Digest::of(content)),
        };
        let mut old = old;
        old.steps[1].reads = vec![reads(b"one")];
        new.steps[1].reads = vec![reads(b"another")];
        let own = [(table.clone(), name)];
        let again = Rerun::of(&old, &new, &own);
        assert_eq!(again.steps[0].came_to, CameTo::Another);
        assert!(!again.holds() && !again.on_other_data());
        // By somebody else it is.
        assert!(Rerun::of(&old, &new, &[]).on_other_data());
    }
}
