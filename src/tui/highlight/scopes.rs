use std::sync::LazyLock;

use syntect::parsing::Scope;

use super::Role;

/// What the names of grammars mean to a person; the first that fits counts.
const MEANINGS: [(&str, Role); 13] = [
    ("comment", Role::Comment),
    // All that is not in quotes would be one colour in YAML.
    ("string.unquoted", Role::Text),
    ("string", Role::String),
    ("constant.numeric", Role::Number),
    ("constant.character", Role::String),
    ("constant.other.database-name", Role::Name),
    ("constant.other.table-name", Role::Name),
    ("constant", Role::Keyword),
    ("keyword", Role::Keyword),
    ("storage", Role::Keyword),
    ("entity.name", Role::Name),
    ("support.function", Role::Name),
    ("variable.function", Role::Name),
];

static SCOPES: LazyLock<Vec<(Scope, Role)>> = LazyLock::new(|| {
    MEANINGS.iter().filter_map(|(name, role)| Some((Scope::new(name).ok()?, *role))).collect()
});

/// Of what a letter lies in, the innermost that means something.
pub fn role(scopes: &[Scope]) -> Role {
    let meaning = |scope: &Scope| SCOPES.iter().find(|(known, _)| known.is_prefix_of(*scope));
    scopes.iter().rev().find_map(meaning).map_or(Role::Text, |(_, role)| *role)
}
