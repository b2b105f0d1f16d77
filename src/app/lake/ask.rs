use camino::Utf8PathBuf;
use indexmap::IndexMap;

use super::LakeLook;
use crate::domain::{Diagnostic, Language, Name, Passage, Rows, TableName, Value};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LakeSlot {
    Tables,
    /// The first rows of the selected table.
    First,
    Query,
    /// What makes the next query fast.
    Warm,
    /// What is wrong in the text that is being typed.
    Check,
}

/// What is asked of the lake; nothing changes it.
#[derive(Clone, Debug, PartialEq)]
pub enum LakeAsk {
    Tables,
    First(TableName),
    /// Gets ready for a query that is being written.
    Warm,
    /// The first rows of a query.
    Query {
        /// As it is called where something is told of it.
        file: String,
        text: String,
        params: IndexMap<Name, Value>,
    },
}

/// A text in which mistakes are looked for without running it.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckText {
    /// None: the query pane.
    pub file: Option<Utf8PathBuf>,
    pub language: Language,
    /// One query each, or one program.
    pub texts: Vec<Passage>,
    /// Of those that the queries name, as far as their types are known.
    pub params: IndexMap<Name, Value>,
    /// A step runs it, so that its rows go into a table or file.
    pub kept: bool,
    /// Tables that it names and a step writes, perhaps for the first time.
    pub written: Vec<TableName>,
    /// Parameters that no workflow that runs it has, which is known already.
    pub undeclared: Vec<Diagnostic>,
}

#[derive(Clone, Debug)]
pub enum LakeAnswer {
    Tables(LakeLook),
    First(TableName, Rows),
    /// A query will be answered at once.
    Warm,
    Query {
        rows: Rows,
        seconds: f64,
    },
    Checked(Checked),
}

/// What is wrong in a text that was being typed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checked {
    /// None: it is in the query pane.
    pub file: Option<Utf8PathBuf>,
    pub problems: Vec<Diagnostic>,
    /// Why nobody has looked into it, where that is so.
    pub unchecked: Option<&'static str>,
}
