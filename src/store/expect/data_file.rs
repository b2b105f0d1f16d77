use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use camino::Utf8Path;
use flate2::read::MultiGzDecoder;

use super::super::given_up::UntilGivenUp;
use super::parquet::Parquet;
use super::{JsonValue, csv_rows, json_rows};
use crate::domain::escape::unescape;
use crate::domain::{Artifact, ColumnType};

/// A file that holds rows, told by its name.
pub(in crate::store) struct DataFile {
    path: PathBuf,
    /// Within the step's directory, for people.
    pub name: String,
    pub format: Format,
    zipped: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Format {
    Parquet,
    Csv {
        delimiter: u8,
    },
    /// One array of objects, or an object a line.
    Json,
}

/// A column of a file, and its type where the format tells.
pub(in crate::store) type Columns = Vec<(String, Option<ColumnType>)>;

/// Gets each row: the wanted columns' values in their order as text; None is null.
pub(in crate::store) type EachRow<'a> = dyn FnMut(&[Option<String>]) + 'a;

impl DataFile {
    pub(in crate::store) fn of(at: &Utf8Path, file: &Artifact) -> Option<Self> {
        let (format, zipped) = format_of(&file.path)?;
        let path = at.as_std_path().join(unescape(&file.path)?);
        Some(Self { path, name: file.path.clone(), format, zipped })
    }

    /// One that is no artifact.
    pub(in crate::store) fn at(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_string_lossy().into_owned();
        let (format, zipped) = format_of(&name)?;
        Some(Self { path: path.to_owned(), name, format, zipped })
    }

    /// The rows of a Parquet file, from its footer; None for a format that would have to be read.
    pub(super) fn rows_in_footer(&self) -> Option<u64> {
        match self.format {
            Format::Parquet => Parquet::open(&self.path).ok().map(|file| file.rows()),
            Format::Csv { .. } | Format::Json => None,
        }
    }

    /// None where only the rows could tell.
    pub(super) fn columns(&self, given_up: &AtomicBool) -> Result<Option<Columns>, String> {
        match self.format {
            Format::Parquet => Parquet::open(&self.path).map(|file| Some(file.columns())),
            Format::Csv { delimiter } => csv_rows::columns(self.open(given_up)?, delimiter).map(Some),
            Format::Json => Ok(None),
        }
        .map_err(|why| format!("{}: {why}", self.name))
    }

    /// The same, of the rows where only they tell.
    pub(in crate::store) fn named_columns(&self, given_up: &AtomicBool) -> Result<Columns, String> {
        match self.columns(given_up)? {
            Some(columns) => Ok(columns),
            None => json_rows::names(self.open(given_up)?)
                .map(|names| names.into_iter().map(|name| (name, None)).collect())
                .map_err(|why| format!("{}: {why}", self.name)),
        }
    }

    /// None: it is of another format.
    pub(in crate::store) fn parquet(&self) -> Option<Result<Parquet, String>> {
        let open = || Parquet::open(&self.path).map_err(|why| format!("{}: {why}", self.name));
        (self.format == Format::Parquet).then(open)
    }

    /// Reads the wanted columns of every row; a column that is not there reads as null. Answers with their number.
    pub(in crate::store) fn each(
        &self,
        wanted: &[&str],
        row: &mut EachRow,
        given_up: &AtomicBool,
    ) -> Result<u64, String> {
        match self.format {
            Format::Parquet if wanted.is_empty() => Parquet::open(&self.path).map(|file| file.rows()),
            Format::Parquet => Parquet::open(&self.path).and_then(|file| file.each(wanted, row, given_up)),
            Format::Csv { delimiter } => csv_rows::each(self.open(given_up)?, delimiter, wanted, row),
            Format::Json => {
                let text = |value: Option<JsonValue>| value.map(|value| value.text);
                let mut row = |values: Vec<_>| row(&values.into_iter().map(text).collect::<Vec<_>>());
                json_rows::each(self.open(given_up)?, wanted, &mut row)
            }
        }
        .map_err(|why| format!("{}: {why}", self.name))
    }

    /// The same, with what each value is in JSON. None: it is of another format.
    pub(in crate::store) fn json(
        &self,
        wanted: &[&str],
        row: &mut dyn FnMut(Vec<Option<JsonValue>>),
        given_up: &AtomicBool,
    ) -> Option<Result<u64, String>> {
        let read = || json_rows::each(self.open(given_up)?, wanted, row);
        (self.format == Format::Json)
            .then(read)
            .map(|read| read.map_err(|why| format!("{}: {why}", self.name)))
    }

    fn open<'a>(&self, given_up: &'a AtomicBool) -> Result<Box<dyn Read + 'a>, String> {
        let file = fs_err::File::open(&self.path).map_err(|error| error.to_string())?;
        let file = UntilGivenUp { file, given_up };
        Ok(if self.zipped { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) })
    }
}

/// By its name, in whatever case; and whether it is packed.
fn format_of(name: &str) -> Option<(Format, bool)> {
    let name = name.to_ascii_lowercase();
    let (plain, zipped) = match name.strip_suffix(".gz") {
        Some(plain) => (plain, true),
        None => (name.as_str(), false),
    };
    let format = match Path::new(plain).extension()?.to_str()? {
        "parquet" if !zipped => Format::Parquet,
        "csv" => Format::Csv { delimiter: b',' },
        "tsv" => Format::Csv { delimiter: b'\t' },
        "json" | "jsonl" | "ndjson" => Format::Json,
        _ => return None,
    };
    Some((format, zipped))
}
