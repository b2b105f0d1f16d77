#[cfg(test)]
mod tests;

use std::io::Read;

use camino::Utf8Path;

use crate::cli::Place;
use crate::disk::{Access, open_plain};
use crate::domain::lineage::{Column, Columns, Ground, Lineage, sql};
use crate::domain::{TableName, TableRecord, Warehouse};
use crate::spec::{Minijinja, Specs};
use crate::store::{Catalog, Lake};

/// The lineage of a project as it stands on disk; tables that no step makes have the columns of the environment's lake.
pub fn lineage(place: &Place, specs: &Specs, env: &str) -> Lineage {
    lineage_with(&catalog(place, specs, env), specs)
}

/// What the lake of an environment has; nothing where there is none to look at.
pub fn catalog(place: &Place, specs: &Specs, env: &str) -> Catalog {
    let environment = specs.project.as_ref().and_then(|project| project.environments.get(env));
    let warehouse = environment.and_then(|environment| environment.warehouse.as_ref());
    let catalog = match warehouse {
        // To look makes no folders.
        Some(Warehouse::Duckdb { path }) if place.root.join(path).is_dir() => {
            place.lake(warehouse).ok().flatten().and_then(|lake| Lake::new(lake).catalog().ok())
        }
        _ => None,
    };
    catalog.unwrap_or_default()
}

/// The lineage of specs, wherever they were read, over a lake.
pub fn lineage_with(catalog: &Catalog, specs: &Specs) -> Lineage {
    let columns = |record: &TableRecord| {
        Columns::all(record.columns.iter().map(|(name, kind)| Column::new(name, Some(*kind))).collect())
    };
    Lineage::of(&Ground {
        workflows: &specs.workflows,
        operators: &specs.operators,
        templates: &Minijinja,
        text: &|file| text(&specs.root, file),
        warehouse: &|table| catalog.tables.get(&table.parse::<TableName>().ok()?).map(columns),
    })
}

/// A file of the project, as far as it is looked into.
fn text(root: &Utf8Path, file: &Utf8Path) -> Option<String> {
    let file = open_plain(root.as_std_path(), file.as_std_path(), Access::Read).ok()?;
    let mut text = String::new();
    file.take(sql::MOST as u64 + 1).read_to_string(&mut text).ok()?;
    Some(text)
}
