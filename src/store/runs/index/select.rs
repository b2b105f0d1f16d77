use indexmap::IndexMap;
use rusqlite::types::Value;
use rusqlite::{Row as SqlRow, params_from_iter};

use super::{Index, Row, garbled, write};
use crate::domain::{Criterion, Name, Op, Run, RunFigures, RunQuery, Token, Version, typed};
use crate::store::figures::FigureFile;

/// Kinds of facts.
pub(super) const PARAM: i64 = 0;
pub(super) const FIGURE: i64 = 1;
/// It took something over from another run; without a name.
pub(super) const TAKES: i64 = 2;

/// Up to so many runs for which one criterion holds are found by it; of more, the newest are looked at one by one.
const FEW: i64 = 5_000;

/// A finished run that is asked for.
#[derive(Clone, Debug)]
pub(in super::super) struct Ended {
    id: i64,
    pub token: Token,
    /// As its folders are called.
    pub name: Name,
    pub version: Version,
}

impl Row {
    pub(super) fn read(row: &SqlRow<'_>) -> rusqlite::Result<Self> {
        let name: String = row.get(2)?;
        let version: String = row.get(3)?;
        Ok(Self {
            id: row.get(0)?,
            token: Token::from_bytes(row.get(1)?),
            name: Name::new(&name).map_err(garbled)?,
            version: version.parse().map_err(garbled)?,
        })
    }
}

/// What a statement asks, and its values in the order of their question marks.
struct Where {
    text: String,
    values: Vec<Value>,
}

impl Where {
    fn and(&mut self, text: &str, values: impl IntoIterator<Item = Value>) {
        self.text.push_str(" AND ");
        self.text.push_str(text);
        self.values.extend(values);
    }
}

impl Index {
    /// Finished runs, newest first, whatever their notes say. `most`: more are not needed.
    pub fn ended(&self, query: &RunQuery, most: usize) -> rusqlite::Result<Vec<Ended>> {
        let asked = self.asked(query)?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let text = format!(
            "SELECT id, token, name, version FROM runs WHERE {} ORDER BY token DESC LIMIT {most}",
            asked.text
        );
        let mut select = self.connection.prepare_cached(&text)?;
        let rows = select.query_map(params_from_iter(asked.values), |row| {
            let Row { id, token, name, version } = Row::read(row)?;
            Ok(Ended { id, token, name, version })
        })?;
        rows.collect()
    }

    /// Finished runs that may have something that was made with these parameters: they were run with them, or took it over
    /// from others, whatever they were run with. Newest first.
    pub fn may_have(
        &self,
        name: &Name,
        params: &IndexMap<Name, serde_json::Value>,
    ) -> rusqlite::Result<Vec<Ended>> {
        let has = format!(
            "EXISTS (SELECT 1 FROM facts WHERE facts.id = runs.id AND kind = {PARAM} AND name = ? AND text = ?)"
        );
        let all = std::iter::repeat_n(has.as_str(), params.len()).collect::<Vec<_>>().join(" AND ");
        let all = if all.is_empty() { "1" } else { &all };
        let text = format!(
            "SELECT id, token, name, version FROM runs WHERE base = ? AND name = ? AND life > 0
             AND ({all} OR EXISTS (SELECT 1 FROM facts WHERE facts.id = runs.id AND kind = {TAKES}))
             ORDER BY token DESC"
        );
        let mut values: Vec<Value> = vec![self.base.clone().into(), name.as_str().to_owned().into()];
        for (name, value) in params {
            values.extend([name.as_str().to_owned().into(), typed(value).into()]);
        }
        let mut select = self.connection.prepare_cached(&text)?;
        let rows = select.query_map(params_from_iter(values), |row| {
            let Row { id, token, name, version } = Row::read(row)?;
            Ok(Ended { id, token, name, version })
        })?;
        rows.collect()
    }

    /// How many have finished, of one name or all.
    pub fn count(&self, name: Option<&Name>) -> rusqlite::Result<usize> {
        let (of_them, values) = self.those_of(name);
        let number = |what: &str| -> rusqlite::Result<usize> {
            let text = format!("SELECT {what} WHERE {of_them}");
            let count: i64 = self
                .connection
                .prepare_cached(&text)?
                .query_row(params_from_iter(values.iter().cloned()), |row| row.get(0))?;
            Ok(usize::try_from(count).unwrap_or_default())
        };
        let all = number("coalesce(sum(runs), 0) FROM folders")?;
        // `life < 2` names the index that holds them.
        let open = number("coalesce(sum(life = 0), 0) FROM (SELECT * FROM runs WHERE life < 2)")?;
        Ok(all.saturating_sub(open))
    }

    /// What is asked of a table of runs or folders for those of one name, or all.
    pub(super) fn those_of(&self, name: Option<&Name>) -> (&'static str, Vec<Value>) {
        let base = self.base.clone().into();
        match name {
            Some(name) => ("base = ? AND name = ?", vec![base, name.as_str().to_owned().into()]),
            None => ("base = ?", vec![base]),
        }
    }

    /// Its record, the files that its figures are of, and how its events were.
    pub fn run(&self, ended: &Ended) -> rusqlite::Result<(Run, Vec<FigureFile>, write::Stamp)> {
        let mut select = self.connection.prepare_cached(
            "SELECT run, files, length, modified FROM records JOIN runs USING (id) WHERE id = ?1",
        )?;
        let (run, files, stamp): (Run, _, _) = select.query_row([ended.id], |row| {
            let run = serde_json::from_str(row.get_ref(0)?.as_str()?).map_err(garbled)?;
            let files = serde_json::from_str(row.get_ref(1)?.as_str()?).map_err(garbled)?;
            Ok((run, files, write::Stamp { length: row.get(2)?, modified: row.get(3)? }))
        })?;
        match run.token == ended.token && run.finished_at.is_some() {
            true => Ok((run, files, stamp)),
            false => Err(garbled(std::io::Error::other("of another run"))),
        }
    }

    /// It is looked at again by the next who asks. Where that cannot be noted, whoever asks finds the same.
    pub fn doubt(&self, ended: &Ended) {
        write::reopen(&self.connection, ended.id).ok();
    }

    pub fn figures(&self, ended: &Ended) -> rusqlite::Result<RunFigures> {
        let mut select = self.connection.prepare_cached(
            "SELECT name, number, output, cell FROM facts WHERE id = ?1 AND kind = ?2 AND number IS NOT NULL",
        )?;
        let mut rows = select.query((ended.id, FIGURE))?;
        let mut figures = RunFigures::default();
        while let Some(row) = rows.next()? {
            let name: String = row.get(0)?;
            if let Some(output) = row.get(2)? {
                figures.outputs.insert(name.clone(), output);
            }
            if let Some(cell) = row.get(3)? {
                figures.cells.insert(name.clone(), cell);
            }
            figures.values.insert(name, row.get(1)?);
        }
        Ok(figures)
    }

    fn asked(&self, query: &RunQuery) -> rusqlite::Result<Where> {
        let mut asked =
            Where { text: "base = ? AND life > 0".to_owned(), values: vec![self.base.clone().into()] };
        if let Some(name) = &query.name {
            asked.and("name = ?", [name.as_str().to_owned().into()]);
        }
        if !query.statuses.is_empty() {
            let marks = vec!["?"; query.statuses.len()].join(", ");
            let statuses = query.statuses.iter().map(|status| status.as_str().to_owned().into());
            asked.and(&format!("status IN ({marks})"), statuses);
        }
        if let Some(branch) = &query.branch {
            asked.and("branch = ?", [branch.clone().into()]);
        }
        if let Some(since) = query.since {
            asked.and("started >= ?", [since.as_microsecond().into()]);
        }
        if let Some(before) = query.before {
            asked.and("started < ?", [before.as_microsecond().into()]);
        }
        if query.measured {
            asked.and(
                &format!("EXISTS (SELECT 1 FROM facts WHERE facts.id = runs.id AND kind = {FIGURE})"),
                [],
            );
        }
        let params = query.params.iter().map(|criterion| (Some(PARAM), criterion));
        let mut few = false;
        for (kind, criterion) in params.chain(query.criteria.iter().map(|criterion| (None, criterion))) {
            let (fact, values) = fact(kind, criterion);
            // By the fact where few have it; else newest first, each asked for its fact.
            match self.is_rare(&fact, &values)? {
                true => {
                    asked.and(&format!("id IN (SELECT id FROM facts WHERE {fact})"), values);
                    few = true;
                }
                false => asked.and(
                    &format!(
                        "EXISTS (SELECT 1 FROM facts WHERE facts.id = +runs.id AND {})",
                        unindexed(&fact)
                    ),
                    values,
                ),
            }
        }
        if few {
            // Those few are sorted, instead of going through all in order for them: no index of runs is of use.
            asked.text.insert(0, '+');
        }
        Ok(asked)
    }

    fn is_rare(&self, fact: &str, values: &[Value]) -> rusqlite::Result<bool> {
        let text = format!("SELECT count(*) FROM (SELECT 1 FROM facts WHERE {fact} LIMIT {FEW})");
        let count: i64 = self
            .connection
            .prepare_cached(&text)?
            .query_row(params_from_iter(values.iter().cloned()), |row| row.get(0))?;
        Ok(count < FEW)
    }
}

/// What a criterion asks of a fact.
fn fact(kind: Option<i64>, criterion: &Criterion) -> (String, Vec<Value>) {
    let name = || Value::from(criterion.name.clone());
    let (compares, compared) = comparison(criterion);
    let mut text = format!("name = ? AND {compares}");
    let mut values: Vec<Value> = std::iter::once(name()).chain(compared.clone()).collect();
    // Of a figure also its whole name, unless the run knows another by just that.
    if let (None, Some((output, own))) = (kind, whole_name(&criterion.name)) {
        text = format!(
            "({text} OR name = ? AND kind = {FIGURE} AND output = ? AND {compares} AND NOT EXISTS
             (SELECT 1 FROM facts AS known WHERE known.id = facts.id AND known.kind = {FIGURE} AND known.name = ?))"
        );
        values.extend([own.to_owned().into(), output.to_owned().into()]);
        values.extend(compared);
        values.push(name());
    }
    match kind {
        Some(kind) => {
            text += " AND kind = ?";
            values.push(kind.into());
        }
        // Of a figure, and of a parameter only where the run has no figure of that name.
        None => {
            text += &format!(
                " AND (kind = {FIGURE} OR NOT EXISTS (SELECT 1 FROM facts AS figures
                 WHERE figures.id = facts.id AND figures.kind = {FIGURE} AND figures.name = facts.name))"
            );
        }
    }
    (text, values)
}

fn comparison(criterion: &Criterion) -> (String, Vec<Value>) {
    let (sign, written) = (criterion.op.sign(), Value::from(criterion.value.clone()));
    let texts = matches!(criterion.op, Op::Equal | Op::Unequal);
    match (criterion.number, texts) {
        (Some(number), false) => (format!("number {sign} ?"), vec![number.into()]),
        // A number against what is none compares the texts. Each of both sides is found by the index.
        (Some(number), true) => {
            (format!("(number {sign} ? OR number IS NULL AND text {sign} ?)"), vec![number.into(), written])
        }
        (None, _) => (format!("text {sign} ?"), vec![written]),
    }
}

/// `train.fit` and `loss` of `train.fit.loss`.
fn whole_name(name: &str) -> Option<(&str, &str)> {
    let (step, rest) = name.split_once('.')?;
    let (output, own) = rest.split_once('.')?;
    Some((&name[..step.len() + 1 + output.len()], own))
}

/// The same, found by its run and not by its name.
fn unindexed(fact: &str) -> String {
    format!("+{fact}")
}
