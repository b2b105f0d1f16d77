//! YAML project files → domain types, with all that is wrong with them and where; templates; parameters.

mod add_person;
mod condition;
mod files;
mod foreign;
mod load;
mod lower;
mod parameters;
mod place;
mod policy;
mod problems;
mod read_file;
mod root;
mod schema;
mod secrets;
mod specs;
mod suggest;
mod templates;
#[cfg(test)]
mod tests;
mod yaml;

pub use add_person::add_person;
pub use condition::{Condition, ConditionError};
pub use files::is_private;
pub use load::{load, load_typed};
pub use parameters::{ParametersError, parameters};
pub use place::place;
pub use policy::{Policy, policy};
pub use root::find_root;
pub use schema::{SpecKind, schema};
pub use secrets::{SecretsError, secrets};
pub use specs::Specs;
pub use templates::Minijinja;
