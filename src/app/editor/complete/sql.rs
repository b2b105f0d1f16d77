use super::{Item, Offer, fitting, last_word};
use crate::app::Known;
use crate::domain::Name;

/// Words after which a table stands.
const BEFORE_TABLE: [&str; 4] = ["FROM", "JOIN", "INTO", "TABLE"];

/// Tables, columns and parameters of a query. `before`: the text up to the cursor, from any place on.
pub fn offer(query: &str, before: &str, params: Vec<(Name, String)>, known: &Known) -> Option<Offer> {
    let word = last_word(before, "@.");
    if let Some(typed) = word.strip_prefix('@') {
        let mut params: Vec<Item> =
            params.into_iter().map(|(name, kind)| Item::word(name.as_str(), kind)).collect();
        params.dedup();
        return Some(fitting(params, typed, true));
    }
    let used = used(query, known);
    if let Some((left, typed)) = word.rsplit_once('.') {
        let of_dataset = known.tables.iter().filter_map(|(name, table)| {
            let short = name.strip_prefix(left)?.strip_prefix('.')?;
            Some(Item::word(short, told(table.columns.len())))
        });
        let named = used.iter().filter(|(name, alias)| *alias == left || *name == left);
        let columns = named.flat_map(|(name, _)| columns(known, name));
        return Some(fitting(of_dataset.chain(columns).collect(), typed, true));
    }
    let earlier = before[..before.len() - word.len()].split_whitespace().next_back().unwrap_or_default();
    let tables = known
        .tables
        .iter()
        .map(|(name, table)| Item::word(name, told(table.columns.len())))
        .collect::<Vec<_>>();
    if BEFORE_TABLE.iter().any(|keyword| earlier.eq_ignore_ascii_case(keyword)) {
        return Some(fitting(tables, word, true));
    }
    let mut items: Vec<Item> = used.iter().flat_map(|(name, _)| columns(known, name)).collect();
    items.extend(tables);
    let mut seen = std::collections::HashSet::new();
    items.retain(|item| seen.insert(item.label.clone()));
    // A keyword is typed as often as a column: two letters tell little, but more than one.
    Some(fitting(items, word, word.len() > 1))
}

fn told(columns: usize) -> String {
    match columns {
        0 => "table".to_owned(),
        columns => crate::domain::figures::counted(columns as u64, "column"),
    }
}

/// The columns of a table.
pub fn columns(known: &Known, table: &str) -> Vec<Item> {
    let table = known.tables.get(table);
    table
        .into_iter()
        .flat_map(|table| &table.columns)
        .map(|(name, kind)| Item::word(name, kind.as_str()))
        .collect()
}

/// The tables that a query names, each with the alias that follows it, which may be any word.
fn used<'a>(query: &'a str, known: &Known) -> Vec<(&'a str, &'a str)> {
    let part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let mut words = query.split(|c: char| !part(c)).filter(|word| !word.is_empty()).peekable();
    let mut used = Vec::new();
    while let Some(word) = words.next() {
        if known.tables.contains_key(word) {
            words.next_if(|next| next.eq_ignore_ascii_case("as"));
            used.push((word, words.peek().copied().unwrap_or_default()));
        }
    }
    used
}
