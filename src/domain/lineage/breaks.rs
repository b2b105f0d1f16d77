use std::fmt;

use serde::Serialize;

use super::{ColumnChange, DataChange, DataDiff, Lineage};
use crate::domain::ColumnType;

/// What of something is not what it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Broken {
    /// No step makes it any more, or makes it by this name.
    Whole,
    Column(String),
    Retyped {
        column: String,
        from: ColumnType,
        to: ColumnType,
    },
}

/// By which whoever reads it may break.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Break {
    /// `lake.delays`
    pub data: String,
    #[serde(flatten)]
    pub what: Broken,
    /// `workflow.step` of those that read it.
    pub readers: Vec<String>,
}

/// `lake.delays`, `lake.delays.carrier`
impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.what {
            Broken::Whole => f.write_str(&self.data),
            Broken::Column(column) | Broken::Retyped { column, .. } => write!(f, "{}.{column}", self.data),
        }
    }
}

impl DataDiff {
    /// What is gone or of another type, with those who read it as the project stands now.
    pub fn breaks(&self) -> Vec<Break> {
        let one = |what, readers: &[super::Reader]| Break {
            data: self.dataset.to_string(),
            what,
            readers: readers.iter().map(|reader| reader.step.to_string()).collect(),
        };
        if self.state == DataChange::Removed {
            return vec![one(Broken::Whole, &self.readers)];
        }
        let columns = self.columns.iter().filter_map(|column| {
            let name = column.column.clone();
            let what = match &column.change {
                ColumnChange::Dropped => Broken::Column(name),
                ColumnChange::Retyped { from, to } => Broken::Retyped { column: name, from: *from, to: *to },
                ColumnChange::Added { .. } | ColumnChange::Remade => return None,
            };
            Some(one(what, &column.readers))
        });
        columns.collect()
    }
}

impl Lineage {
    /// Steps whose query cannot be followed, and why: what they read is not known.
    pub fn not_followed(&self) -> impl Iterator<Item = (String, &str)> {
        let steps =
            self.steps.iter().filter(|step| step.columns.as_ref().is_some_and(|of| of.known.is_empty()));
        steps.filter_map(|step| Some((step.id.to_string(), step.unknown.first()?.as_str())))
    }
}
