use super::desk::Desk;
use super::wrong::of_git;
use crate::cli::UserError;
use crate::cli::lineage::{catalog, lineage_with};
use crate::domain::lineage::{self, ColumnChange, DataDiff, Lineage};
use crate::domain::track::{ColumnBreak, CommitId};
use crate::git::Outline;
use crate::operators;
use crate::review::{StepDiff, step_diff};
use crate::spec::{self, Specs};

/// A project as two commits have it.
pub(super) struct Versions {
    before: Version,
    after: Version,
}

struct Version {
    specs: Specs,
    lineage: Lineage,
}

impl Versions {
    /// Tables that no step makes have the columns of the lake of this machine.
    pub fn of(desk: &Desk, before: &CommitId, after: &CommitId) -> Result<Self, UserError> {
        let workspace = &desk.workspace;
        let lake = catalog(&workspace.place, &workspace.specs, "dev");
        let version = |commit: &CommitId| {
            let outline = Outline::of(&desk.repository, commit).map_err(|error| of_git(&error))?;
            let specs = spec::load(outline.path(), operators::builtin());
            let lineage = lineage_with(&lake, &specs);
            Ok::<_, UserError>(Version { specs, lineage })
        };
        Ok(Self { before: version(before)?, after: version(after)? })
    }

    /// What became of the steps of every workflow.
    pub fn steps(&self) -> Vec<StepDiff> {
        let (before, after) = (&self.before.specs.workflows, &self.after.specs.workflows);
        let gone = before.keys().filter(|name| !after.contains_key(*name));
        after.keys().chain(gone).flat_map(|name| step_diff(before.get(name), after.get(name))).collect()
    }

    pub fn lineage(&self) -> Vec<DataDiff> {
        lineage::diff(&self.before.lineage, &self.after.lineage)
    }

    /// Columns that are gone, or are of another type, with those who read them.
    pub fn breaks(&self) -> Vec<ColumnBreak> {
        let mut found = Vec::new();
        for data in self.lineage() {
            for column in &data.columns {
                let retyped = match &column.change {
                    ColumnChange::Dropped => None,
                    ColumnChange::Retyped { from, to } => Some((from.to_string(), to.to_string())),
                    ColumnChange::Added { .. } | ColumnChange::Remade => continue,
                };
                found.push(ColumnBreak {
                    data: data.dataset.to_string(),
                    column: column.column.clone(),
                    retyped,
                    readers: column.readers.iter().map(|reader| reader.step.to_string()).collect(),
                });
            }
        }
        found
    }
}
