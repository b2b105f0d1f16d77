use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::{Name, Template};

/// When the distributed side starts the workflow; nothing here starts by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Schedule {
    /// Five fields, checked.
    pub cron: String,
    /// An IANA name, checked. `UTC` if absent.
    pub timezone: String,
    pub catchup: bool,
    /// May name `schedule.date` and `schedule.previous_date`.
    pub params: IndexMap<Name, Template>,
}
