use std::sync::atomic::AtomicBool;

use camino::Utf8Path;

use super::super::atomic_write::atomic_write;
use super::super::error::{bad, failed};
use super::super::place::link_or_copy_sealed;
use super::{Lake, record};
use crate::domain::escape::unescape;
use crate::engine::StoreError;

impl Lake {
    /// All tables as they are now, into a lake that is not there yet: what is written there is not seen here. Files, which
    /// nobody ever changes, are shared where the disk allows. A table whose record is broken is left out.
    pub fn copy_to(&self, root: &Utf8Path) -> Result<(), StoreError> {
        let copy = Self::new(root.to_owned());
        let going_on = AtomicBool::new(false);
        for (table, listed) in self.catalog()?.tables {
            let (from, to) = (self.folder(&table), copy.folder(&table));
            let wrong = || failed(format!("cannot copy table {table}"));
            fs_err::create_dir_all(&to).map_err(wrong())?;
            for file in listed.partitions.iter().flat_map(|partition| &partition.files) {
                let below = unescape(&file.path).unwrap_or_default();
                let path = to.as_std_path().join(&below);
                if let Some(folder) = path.parent() {
                    fs_err::create_dir_all(folder).map_err(wrong())?;
                }
                let sum = link_or_copy_sealed(from.as_std_path(), &below, &path, &going_on);
                let sum = sum.map_err(wrong())?;
                if sum != file.sha256 {
                    return bad(format!("{} of table {table} was changed after it was written", file.path));
                }
            }
            let text = serde_json::to_vec_pretty(&listed).map_err(|error| wrong()(error.into()))?;
            atomic_write(&record::path(&to), &text).map_err(wrong())?;
        }
        Ok(())
    }
}
