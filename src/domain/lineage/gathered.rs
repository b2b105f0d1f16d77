use super::draft::Draft;
use super::sql::{Fit, Written};
use super::{Columns, Dataset};

/// The columns of something by all who make it: where several do, only what they agree on.
pub(super) fn gathered<'d>(
    dataset: &Dataset,
    makers: impl Iterator<Item = &'d Draft>,
    warehouse: &dyn Fn(&str) -> Option<Columns>,
) -> Columns {
    let mut made: Option<Columns> = None;
    // What is put into a table that is there already does not say which columns it has.
    let mut filled: Vec<(&Written, Option<&Columns>)> = Vec::new();
    for draft in makers {
        let declared = draft.declared.get(dataset);
        let given = match draft.written.get(dataset) {
            Some(written) if written.fit != Fit::Makes => {
                filled.push((written, declared));
                continue;
            }
            Some(written) => Some(&written.columns),
            None => draft.lineage.columns.as_ref(),
        };
        let columns = match (given.cloned(), declared) {
            (Some(given), Some(declared)) => overlaid(given, declared),
            (Some(given), None) => given,
            (None, Some(declared)) => declared.clone(),
            (None, None) => Columns::unknown("its program alone knows"),
        };
        match &mut made {
            None => made = Some(columns),
            Some(before) if before.agrees(&columns) => before.add_sources(&columns),
            Some(before) => *before = Columns::unknown("those who make it do not agree"),
        }
    }
    let there = || match dataset {
        Dataset::Table { name } => warehouse(name),
        _ => None,
    };
    match made.or_else(there) {
        Some(mut columns) => {
            filled.into_iter().for_each(|(written, _)| written.clone().into_table(&mut columns));
            columns
        }
        None => only_filled(&filled),
    }
}

/// Of a table that nobody declares: what is put into it.
fn only_filled(filled: &[(&Written, Option<&Columns>)]) -> Columns {
    let mut all: Option<Written> = None;
    for (written, _) in filled {
        match &mut all {
            None => all = Some((*written).clone()),
            Some(all) => all.add((*written).clone()),
        }
    }
    let mut columns = all.map(|all| all.columns).unwrap_or_default();
    columns.known.retain(|column| !column.name.is_empty());
    columns.rest.get_or_insert_with(|| "those who write into it do not say which it has".to_owned());
    for declared in filled.iter().filter_map(|(_, declared)| *declared) {
        columns = overlaid(columns, declared);
    }
    columns
}

/// What is declared says the types of what a query gives.
fn overlaid(mut given: Columns, declared: &Columns) -> Columns {
    for column in &declared.known {
        match given.known.iter_mut().find(|known| known.is(&column.name)) {
            Some(known) => known.kind = column.kind.or(known.kind),
            None if given.rest.is_some() => given.known.push(column.clone()),
            // A run fails by that; here it is what the query says.
            None => {}
        }
    }
    given
}
