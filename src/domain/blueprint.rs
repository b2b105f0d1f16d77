use indexmap::IndexMap;
use semver::VersionReq;
use serde::{Deserialize, Serialize};

use super::{Name, Version};

/// The steps of an algorithm, in the order in which they feed each other.
pub const COMPONENTS: [&str; 5] = ["extract", "preprocess", "train", "predict", "evaluate"];

/// The use cases that every blueprint has.
pub const USE_CASES: [(&str, &[&str]); 3] = [
    ("training", &COMPONENTS),
    ("prediction", &["extract", "preprocess", "predict"]),
    ("evaluation", &["evaluate"]),
];

/// What a workflow whose steps are the five components says besides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Blueprint {
    /// Name → the components that run; the three that are known come first.
    pub use_cases: IndexMap<Name, Vec<Name>>,
    /// The alias of the run from which a use case gets what its own components do not make. None: the newest success.
    pub inputs_from: Option<Name>,
    /// What the metrics of such a run have to be, as in `auc >= 0.7`.
    pub accept: Option<String>,
    /// Versions of such a run. None: the blueprint's own.
    pub compatible_with: Option<VersionReq>,
}

impl Blueprint {
    /// May a run of `theirs` feed one of `ours`?
    pub fn fits(&self, ours: Version, theirs: Version) -> bool {
        match &self.compatible_with {
            None => ours == theirs,
            Some(wanted) => wanted.matches(&semver::Version::new(
                theirs.major.into(),
                theirs.minor.into(),
                theirs.patch.into(),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(compatible_with: Option<&str>, theirs: &str) -> bool {
        let compatible_with = compatible_with.map(|wanted| wanted.parse().unwrap());
        let blueprint =
            Blueprint { use_cases: IndexMap::new(), inputs_from: None, accept: None, compatible_with };
        blueprint.fits("1.2.0".parse().unwrap(), theirs.parse().unwrap())
    }

    #[test]
    fn a_run_of_another_version_fits_only_where_that_is_said() {
        assert!(fits(None, "1.2.0") && !fits(None, "1.2.1"));
        assert!(fits(Some("1"), "1.9.0") && fits(Some(">=1.1, <2"), "1.1.0"));
        assert!(!fits(Some("1"), "2.0.0") && !fits(Some("~1.1"), "1.2.0"));
    }
}
