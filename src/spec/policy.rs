use std::collections::HashMap;

use camino::Utf8Path;
use indexmap::IndexMap;

use super::files::Files;
use super::lower::{self, Around, Lower};
use super::problems::Problems;
use super::yaml;
use crate::domain::{Name, Person};

/// What of a project's spec a review goes by. It is read off a commit, where nothing else of the project is at hand, and
/// counts whatever else is wrong with the file, or newer than this.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    pub people: IndexMap<Name, Person>,
    /// Environment → the branch that it runs.
    pub branches: IndexMap<Name, String>,
}

/// # Errors
/// The first thing that is wrong with the people or the branches, with its line.
pub fn policy(text: &str) -> Result<Policy, String> {
    let mut problems = Problems::of(Utf8Path::new("greenroom.yaml"));
    let node = yaml::read(text, "project", &mut problems);
    let mut found = Policy::default();
    if let Some(node) = &node {
        let files = Files::of(Utf8Path::new(""));
        let around = Around {
            files: &files,
            project: None,
            operators: &IndexMap::new(),
            broken_operators: &HashMap::new(),
        };
        let mut lower = Lower::new(text, &around, problems);
        found = lower::policy(node, &mut lower);
        problems = lower.problems;
    }
    match problems.finish().into_iter().find(|problem| problem.severity == crate::domain::Severity::Error) {
        Some(problem) => Err(format!("line {}: {}", problem.span.line, problem.message)),
        None => Ok(found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_review_goes_by_has_to_be_right() {
        let text = "greenroom: 1
kind: project
name: NOT A NAME
newer: true
people:
  ana: {email: ana@example.com, role: analyst}
images:
  default: {base: debian, pip: nowhere.txt}
environments:
  stage: {root: \"gs://x\", branch: stage, newer: 1}
  prod: {branch: main}
  dev: {}
";
        let told = policy(text).unwrap();
        assert_eq!(told.people.keys().map(Name::as_str).collect::<Vec<_>>(), ["ana"]);
        let branches: Vec<_> = told.branches.iter().map(|(env, name)| (env.as_str(), &**name)).collect();
        assert_eq!(branches, [("stage", "stage"), ("prod", "main")]);
    }

    #[test]
    fn people_who_cannot_be_read_are_nobody() {
        for (text, why) in [
            ("people:\n  ana: {email: ana, role: analyst}\n", "line 2: `ana` is no e-mail address"),
            ("people: [ana]\n", "line 1: `people` is a mapping, not a list"),
            ("people:\n\tx", "line 2: "),
            ("environments: {stage: {branch: [a]}}\n", "line 1: `branch` is a text, not a list"),
        ] {
            let told = policy(text).unwrap_err();
            assert!(told.starts_with(why), "{text}: {told}");
        }
        assert_eq!(policy("people:\n").unwrap(), Policy::default());
    }
}
