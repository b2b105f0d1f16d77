use std::collections::HashSet;
use std::sync::atomic::AtomicBool;

use indexmap::IndexMap;
use parquet::schema::types::TypePtr;

use super::super::expect::{DataFile, Format, JsonKind, JsonValue, Parquet};
use super::super::given_up::still_wanted;
use super::cell::{Cell, Digester};
use super::flat::{self, Flat};
use super::gathered::{Gathered, Picked, Sink};
use super::measure::Measure;
use super::nested;
use super::parquet_column;
use super::parquet_kind::kind_of;

/// Rows of a table that are compared, and columns: a few bytes of each row are in memory.
pub(super) const MOST_ROWS: u64 = 20_000_000;
const WIDEST: usize = 2_000;
/// Values of a format without columns of its own that are in memory at once.
const CELLS: u64 = 6_000_000;
/// The type of floats of half the length, whose values are others than those of whole ones.
pub(super) const SHORT_FLOAT: &str = "FLOAT32";

/// The files of a table, read column by column.
pub(super) struct Source {
    files: Vec<DataFile>,
    pub(super) columns: Vec<SourceColumn>,
    pub(super) rows: u64,
    typed: bool,
    /// A name that two columns of one file have: of them only the first could be read.
    doubled: Option<String>,
    /// Where it is one document that was laid out.
    flat: Option<Flat>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SourceColumn {
    pub(super) name: String,
    /// None: its values tell.
    pub(super) kind: Option<String>,
}

impl Source {
    /// # Errors
    /// A file cannot be read, or has more than is compared.
    pub(super) fn open(files: Vec<DataFile>, given_up: &AtomicBool) -> Result<Self, String> {
        let (mut columns, mut rows) = (IndexMap::<String, Option<String>>::new(), 0u64);
        let mut doubled = None;
        let typed = files.iter().all(|file| file.format == Format::Parquet);
        for file in &files {
            still_wanted(given_up).map_err(|error| format!("{}: {error}", file.name))?;
            let names = match file.parquet().filter(|_| typed) {
                Some(parquet) => of_parquet(&parquet?),
                None => file.named_columns(given_up)?.into_iter().map(|(name, _)| (name, None)).collect(),
            };
            let mut of_file = HashSet::new();
            for (name, kind) in names {
                if !of_file.insert(name.clone()) {
                    doubled.get_or_insert_with(|| {
                        format!("{}: two of its columns are called `{name}`", file.name)
                    });
                }
                columns.entry(name).or_insert(kind);
                if columns.len() > WIDEST {
                    return Err(format!(
                        "it has more than {WIDEST} columns, which are the most that are compared"
                    ));
                }
            }
            rows = rows.saturating_add(file.each(&[], &mut |_| (), given_up)?);
        }
        if rows > MOST_ROWS {
            return Err(format!("it has {rows} rows, and {MOST_ROWS} are the most that are compared"));
        }
        let columns = columns.into_iter().map(|(name, kind)| SourceColumn { name, kind }).collect();
        Ok(Self { files, columns, rows, typed, doubled, flat: None })
    }

    /// Without rows, a file whose rows alone tell its columns has those of the other one.
    pub(super) fn lean_on(&mut self, other: &Self) {
        // An empty CSV file has lost its header.
        let rows_tell = self.files.iter().all(|file| file.format == Format::Json);
        if rows_tell && self.columns.is_empty() && self.rows == 0 {
            self.columns.clone_from(&other.columns);
        }
    }

    /// What it says by its paths, where it is one JSON document; None where it is not, or says more than is compared.
    pub(super) fn flat(&self, given_up: &AtomicBool) -> Option<Flat> {
        let [file] = self.files.as_slice() else { return None };
        if self.rows != 1 {
            return None;
        }
        let names: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
        let (mut found, mut whole) = (Flat::new(), true);
        let mut row = |values: Vec<Option<JsonValue>>| {
            for (name, value) in names.iter().zip(values) {
                whole = whole && flat::add((*name).to_owned(), value, WIDEST, &mut found);
            }
        };
        file.json(&names, &mut row, given_up)?.ok()?;
        whole.then_some(found)
    }

    /// By these from here on.
    pub(super) fn lay(&mut self, flat: Flat) {
        let named = |name: &String| SourceColumn { name: name.clone(), kind: None };
        self.columns = flat.keys().map(named).collect();
        self.flat = Some(flat);
    }

    /// Its columns can be told apart by their names.
    ///
    /// # Errors
    /// Which cannot.
    pub(super) fn distinct(&self) -> Result<(), String> {
        match &self.doubled {
            Some(why) => Err(format!("{why}, which are not told apart: it is compared by its bytes")),
            None => Ok(()),
        }
    }

    pub(super) fn column(&self, name: &str) -> Option<&SourceColumn> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The type of a column; None: there is none, or its values tell.
    pub(super) fn kind(&self, name: &str) -> Option<&str> {
        self.column(name)?.kind.as_deref()
    }

    /// Columns that may be read at once, and by how many at the same time.
    pub(super) fn at_once(&self) -> (usize, usize) {
        let cells = usize::try_from(CELLS / self.rows.max(1)).unwrap_or(usize::MAX);
        if self.typed { (1, usize::MAX) } else { (cells.max(1), 1) }
    }

    pub(super) fn gather(
        &self,
        names: &[&str],
        digester: impl Fn(&str) -> Digester,
        given_up: &AtomicBool,
    ) -> Result<Vec<Gathered>, String> {
        let mut gathered: Vec<Gathered> = names.iter().map(|name| Gathered::new(digester(name))).collect();
        self.read(names, &mut gathered, given_up)?;
        gathered.iter_mut().for_each(Gathered::settle);
        for (name, column) in names.iter().zip(&gathered) {
            let has = column.digests.len() as u64;
            if has != self.rows {
                return Err(format!("column `{name}` has {has} values for {} rows", self.rows));
            }
        }
        Ok(gathered)
    }

    /// The values of some rows, which are in order. `quoted`: texts of JSON as JSON has them.
    pub(super) fn pick(
        &self,
        names: &[&str],
        rows: &[u32],
        quoted: bool,
        given_up: &AtomicBool,
    ) -> Result<Vec<Vec<Option<String>>>, String> {
        let mut picked: Vec<Picked> = names.iter().map(|_| Picked::new(rows, quoted)).collect();
        self.read(names, &mut picked, given_up)?;
        Ok(picked.into_iter().map(|column| column.texts).collect())
    }

    fn read(&self, names: &[&str], sinks: &mut [impl Sink], given_up: &AtomicBool) -> Result<(), String> {
        if let Some(flat) = &self.flat {
            for (name, sink) in names.iter().zip(sinks.iter_mut()) {
                let value = flat.get(*name).and_then(Option::as_ref);
                sink.take(value.map_or(Cell::Null, cell), Measure::Untyped);
            }
            return Ok(());
        }
        for file in &self.files {
            if let Some(parquet) = file.parquet() {
                let parquet = parquet?;
                for (name, sink) in names.iter().zip(sinks.iter_mut()) {
                    let read = parquet_column::read(&parquet, name, sink, given_up);
                    read.map_err(|why| format!("{}: {why}", file.name))?;
                }
                continue;
            }
            let mut row = |mut values: Vec<Option<JsonValue>>| {
                for value in values.iter_mut().flatten().filter(|value| value.kind == JsonKind::Nested) {
                    value.text = nested::of_json(&value.text);
                }
                for (value, sink) in values.iter().zip(sinks.iter_mut()) {
                    sink.take(value.as_ref().map_or(Cell::Null, cell), Measure::Untyped);
                }
            };
            if let Some(read) = file.json(names, &mut row, given_up) {
                read?;
                continue;
            }
            let mut row = |values: &[Option<String>]| {
                for (value, sink) in values.iter().zip(sinks.iter_mut()) {
                    sink.take(value.as_deref().map_or(Cell::Null, Cell::Untyped), Measure::Untyped);
                }
            };
            file.each(names, &mut row, given_up)?;
        }
        Ok(())
    }
}

/// The names and types of a file that tells them.
fn of_parquet(file: &Parquet) -> Vec<(String, Option<String>)> {
    let untold = file.untold();
    let named = |field: &TypePtr| {
        let name = field.name().to_owned();
        let kind = (!untold.contains(&name)).then(|| kind_of(field));
        (name, kind)
    };
    file.fields().iter().map(named).collect()
}

fn cell(value: &JsonValue) -> Cell<'_> {
    match value.kind {
        JsonKind::Text => Cell::Text(value.text.as_bytes()),
        JsonKind::Bool => Cell::Bool(value.text == "true"),
        JsonKind::Number => Cell::Untyped(&value.text),
        JsonKind::Nested => Cell::Nested(&value.text),
    }
}
