use camino::Utf8Path;
use serde::Serialize;

/// Of a file whose mistakes are found without running it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    Sql,
    Python,
}

impl Language {
    /// By its name.
    pub fn of(file: &Utf8Path) -> Option<Self> {
        match file.extension() {
            Some("sql") => Some(Self::Sql),
            Some("py") => Some(Self::Python),
            _ => None,
        }
    }
}
