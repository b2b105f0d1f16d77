use std::collections::HashSet;

use super::UserError;
use crate::domain::text::shell_word;
use crate::domain::{Name, ParamType, Workflow};

/// Runs of one call that differ in their parameters: one for each combination of the values that are given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sweep {
    /// What has more than one value.
    pub varied: Vec<Name>,
    /// The parameters of each run, as they are typed.
    pub runs: Vec<Vec<(Name, String)>>,
}

/// More would hardly be meant.
const MOST: usize = 256;

impl Sweep {
    /// None where each parameter has one value. A parameter has more where it is given more than once, or as a list with
    /// commas that is no value itself.
    pub fn of(workflow: &Workflow, given: &[(Name, String)]) -> Result<Option<Self>, UserError> {
        let mut values: Vec<(Name, Vec<String>)> = Vec::new();
        for (name, text) in given {
            let texts = values_in(workflow.params.get(name).map(|param| &param.kind), text);
            match values.iter_mut().find(|(known, _)| known == name) {
                Some((_, known)) => known.extend(texts),
                None => values.push((name.clone(), texts)),
            }
        }
        for (name, texts) in &values {
            // By what they mean: 1.0 and 1.00 are one value.
            let kind = workflow.params.get(name).map(|param| &param.kind);
            let meant = |text: &String| {
                let value = kind.and_then(|kind| kind.parse(text).ok());
                value.map_or_else(|| text.clone(), |value| value.to_json().to_string())
            };
            let mut seen = HashSet::new();
            if let Some(twice) = texts.iter().find(|text| !seen.insert(meant(text))) {
                return Err(UserError::wrong(format!("the parameter `{name}` is given twice as `{twice}`")));
            }
        }
        let count = values.iter().map(|(_, texts)| texts.len()).try_fold(1_usize, usize::checked_mul);
        if count.is_none_or(|count| count > MOST) {
            return Err(UserError::wrong(format!("a sweep has at most {MOST} runs"))
                .to_do("give fewer values, or sweep one parameter after the other"));
        }
        let varied: Vec<Name> =
            values.iter().filter(|(_, texts)| texts.len() > 1).map(|(name, _)| name.clone()).collect();
        if varied.is_empty() {
            return Ok(None);
        }
        let mut runs: Vec<Vec<(Name, String)>> = vec![Vec::new()];
        for (name, texts) in &values {
            let with = |run: &Vec<(Name, String)>| -> Vec<Vec<(Name, String)>> {
                texts.iter().map(|text| [run.as_slice(), &[(name.clone(), text.clone())]].concat()).collect()
            };
            runs = runs.iter().flat_map(with).collect();
        }
        Ok(Some(Self { varied, runs }))
    }
}

/// What is a value as it stands is one: a text may have commas.
fn values_in(kind: Option<&ParamType>, text: &str) -> Vec<String> {
    match kind {
        Some(kind) if kind.parse(text).is_err() && text.contains(',') => {
            text.split(',').map(|part| part.trim().to_owned()).collect()
        }
        _ => vec![text.to_owned()],
    }
}

/// What was typed like a list, of parameters for which it is one text: nobody is to wait for runs that do not come.
pub fn lists_taken_as_texts(workflow: &Workflow, given: &[(Name, String)]) -> Vec<String> {
    let once = |name: &Name| given.iter().filter(|(other, _)| other == name).count() == 1;
    let told = given.iter().filter(|(name, _)| once(name)).filter_map(|(name, text)| {
        let is_text = workflow.params.get(name).is_some_and(|param| param.kind == ParamType::String);
        let parts: Vec<&str> = text.split(',').collect();
        let is_word = |part: &&str| !part.is_empty() && !part.contains(char::is_whitespace);
        // What is JSON is no list of texts.
        let is_json =
            text.starts_with(['{', '[']) && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
        if !is_text || is_json || parts.len() < 2 || !parts.iter().all(is_word) {
            return None;
        }
        let each = |part: &&str| format!("--param {}", shell_word(&format!("{name}={part}")));
        let each: Vec<String> = parts.iter().map(each).collect();
        Some(format!("{name} is a text, and `{text}` one value of it; a run for each: {}", each.join(" ")))
    });
    told.collect()
}

/// In which of their values two runs of a sweep differ.
pub fn differing(one: &[(Name, String)], other: &[(Name, String)]) -> Vec<Name> {
    let value = |of: &[(Name, String)], name: &Name| {
        of.iter().find(|(known, _)| known == name).map(|(_, text)| text.clone())
    };
    one.iter()
        .filter(|(name, text)| value(other, name).as_ref() != Some(text))
        .map(|(name, _)| name.clone())
        .collect()
}

#[cfg(test)]
pub use tests::workflow;

#[cfg(test)]
mod tests {
    use indexmap::IndexMap;

    use super::*;
    use crate::domain::{Kind, Param, Version};

    pub fn workflow() -> Workflow {
        let param = |kind: ParamType| Param { kind, default: None, description: String::new() };
        let params = IndexMap::from([
            (name("depth"), param(ParamType::Int)),
            (name("rate"), param(ParamType::Float)),
            (name("words"), param(ParamType::String)),
        ]);
        Workflow {
            kind: Kind::Workflow,
            name: name("w"),
            version: Version::INITIAL,
            description: String::new(),
            owners: vec![],
            params,
            schedule: None,
            steps: IndexMap::new(),
            monitors: vec![],
            blueprint: None,
            file: "workflows/w.yaml".into(),
        }
    }

    fn name(text: &str) -> Name {
        Name::new(text).unwrap()
    }

    fn sweep(given: &[(&str, &str)]) -> Result<Option<Vec<String>>, String> {
        let given: Vec<_> = given.iter().map(|(key, value)| (name(key), (*value).to_owned())).collect();
        let told = |run: &Vec<(Name, String)>| {
            run.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
        };
        let found = Sweep::of(&workflow(), &given).map_err(|error| error.what)?;
        Ok(found.map(|sweep| sweep.runs.iter().map(told).collect()))
    }

    #[test]
    fn each_combination_is_a_run() {
        let runs = sweep(&[("depth", "3,6"), ("words", "a,b"), ("rate", "0.01, 0.1")]).unwrap().unwrap();
        assert_eq!(
            runs,
            [
                "depth=3 words=a,b rate=0.01",
                "depth=3 words=a,b rate=0.1",
                "depth=6 words=a,b rate=0.01",
                "depth=6 words=a,b rate=0.1"
            ]
        );
        assert_eq!(sweep(&[("words", "a"), ("words", "b,c")]).unwrap().unwrap(), ["words=a", "words=b,c"]);
        assert_eq!(sweep(&[("depth", "3"), ("words", "a,b")]), Ok(None));
    }

    #[test]
    fn a_text_that_looks_like_a_list_is_told_to_be_one_value() {
        let told = |given: &[(&str, &str)]| {
            let given: Vec<_> = given.iter().map(|(key, value)| (name(key), (*value).to_owned())).collect();
            lists_taken_as_texts(&workflow(), &given).join("\n")
        };
        assert_eq!(
            told(&[("depth", "3,6"), ("words", "a,b c")])
                + &told(&[("words", "a"), ("words", "b,c")])
                + &told(&[("words", "{\"a\":1,\"b\":2}")])
                + &told(&[("words", "[1,2]")]),
            ""
        );
        assert_eq!(
            told(&[("depth", "3,6"), ("words", "a,b")]),
            "words is a text, and `a,b` one value of it; a run for each: --param words=a --param words=b"
        );
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        assert!(sweep(&[("depth", "3,3")]).unwrap_err().contains("given twice as `3`"));
        assert!(sweep(&[("rate", "0.1,0.10")]).unwrap_err().contains("given twice as `0.10`"));
        let many = (0..300).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
        assert!(sweep(&[("depth", &many)]).unwrap_err().contains("at most 256 runs"));
        assert!(sweep(&[("nobody", "1,2")]).unwrap().is_none(), "that there is none is told of the run");
    }
}
