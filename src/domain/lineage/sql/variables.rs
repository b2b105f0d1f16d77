use sqlparser::ast::{Declare, DeclareAssignment, Expr, ObjectName, Set};

use super::columns::Reading;
use super::from::parts;
use super::lookup::Found;
use super::scope::Scope;
use super::types::of_name;

impl Reading<'_> {
    /// `DECLARE x, y INT64 DEFAULT …`
    pub(super) fn declare(&mut self, all: &[Declare]) {
        for declared in all {
            let mut found = match &declared.assignment {
                Some(
                    DeclareAssignment::Default(value)
                    | DeclareAssignment::Expr(value)
                    | DeclareAssignment::For(value)
                    | DeclareAssignment::DuckAssignment(value)
                    | DeclareAssignment::MsSqlAssignment(value),
                ) => self.expr(value, &Scope::default()),
                None => Found::default(),
            };
            if let Some(kind) = &declared.data_type {
                found.kind = of_name(kind);
            }
            for name in &declared.names {
                self.variables.insert(name.value.to_ascii_lowercase(), found.clone());
            }
        }
    }

    /// `SET x = …`, `SET (x, y) = (…, …)`
    pub(super) fn set(&mut self, set: &Set) {
        match set {
            Set::SingleAssignment { variable, values, .. } => self.assign(&[variable], values),
            Set::ParenthesizedAssignments { variables, values } => {
                if variables.len() == values.len() {
                    for (variable, value) in variables.iter().zip(values) {
                        self.assign(&[variable], std::slice::from_ref(value));
                    }
                } else {
                    self.assign(&variables.iter().collect::<Vec<_>>(), values);
                }
            }
            Set::MultipleAssignments { assignments } => {
                for one in assignments {
                    self.assign(&[&one.name], std::slice::from_ref(&one.value));
                }
            }
            _ => {}
        }
    }

    fn assign(&mut self, variables: &[&ObjectName], values: &[Expr]) {
        for value in values {
            let found = self.expr(value, &Scope::default());
            for name in variables.iter().filter_map(|name| parts(name).pop()) {
                if let Some(variable) = self.variables.get_mut(&name.to_ascii_lowercase()) {
                    variable.add(found.clone());
                }
            }
        }
    }

    /// A variable of this name, unless a column is called so: that goes first.
    pub(super) fn variable(&self, name: &str, scope: &Scope<'_>) -> Option<Found> {
        let found = self.variables.get(&name.to_ascii_lowercase())?;
        let mut at = Some(scope);
        while let Some(scope) = at {
            let has = scope.relations.iter().any(|relation| relation.columns.get(name).is_some());
            if has || scope.own.get(name).is_some() {
                return None;
            }
            at = scope.outer;
        }
        Some(found.clone())
    }
}
