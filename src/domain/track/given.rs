use std::fmt;

use serde::Serialize;
use serde_json::Value;

use super::RunReport;

/// What one of two runs was given and the other was not, or otherwise.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GivenChange {
    /// A parameter's, or `use case`.
    pub name: String,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

/// By name; the use case first.
pub fn given(before: &RunReport, after: &RunReport) -> Vec<GivenChange> {
    let case = |run: &RunReport| run.use_case.as_ref().map(|case| Value::from(case.as_str()));
    let cases = [("use case".to_owned(), case(before), case(after))];
    let new = after.params.keys().filter(|name| !before.params.contains_key(*name));
    let mut names: Vec<_> = before.params.keys().chain(new).collect();
    names.sort();
    let params = names
        .into_iter()
        .map(|name| (name.to_string(), before.params.get(name).cloned(), after.params.get(name).cloned()));
    let all = cases.into_iter().chain(params).filter(|(_, before, after)| before != after);
    all.map(|(name, before, after)| GivenChange { name, before, after }).collect()
}

/// `the target's run was of day=2013-01-01, and this one is of day=2013-01-02`
impl fmt::Display for GivenChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = |value: &Option<Value>| match value {
            None => format!("no {}", self.name),
            Some(Value::String(text)) => format!("{}={text}", self.name),
            Some(other) => format!("{}={other}", self.name),
        };
        write!(f, "the target's run was of {}, and this one is of {}", told(&self.before), told(&self.after))
    }
}
