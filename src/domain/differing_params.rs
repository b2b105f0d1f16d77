use std::collections::HashMap;

use super::text::width;
use super::{Name, Run};

/// Which parameters tell runs of one name apart: those of which not all of these runs have the same value.
#[derive(Clone, Debug, Default)]
pub struct DifferingParams {
    of: HashMap<Name, Vec<Name>>,
    widest: usize,
}

impl DifferingParams {
    pub fn of<'a>(runs: impl Iterator<Item = &'a Run> + Clone) -> Self {
        let mut first: HashMap<&Name, &Run> = HashMap::new();
        let mut of: HashMap<Name, Vec<Name>> = HashMap::new();
        for run in runs.clone() {
            let other = *first.entry(&run.name).or_insert(run);
            let all = run.params.keys().chain(other.params.keys());
            for name in all.filter(|name| run.params.get(*name) != other.params.get(*name)) {
                let known = of.entry(run.name.clone()).or_default();
                if !known.contains(name) {
                    known.push(name.clone());
                }
            }
        }
        let mut differing = Self { of, widest: 0 };
        differing.widest = runs.map(|run| width(&differing.told_apart(run))).max().unwrap_or(0);
        differing
    }

    /// `depth=6 day=2013-01-01`: those that tell it from the others first; not yet safe.
    pub fn told(&self, run: &Run) -> String {
        [self.texts(run, true), self.texts(run, false)].concat().join(" ")
    }

    /// Those alone; not yet safe.
    pub fn told_apart(&self, run: &Run) -> String {
        self.texts(run, true).join(" ")
    }

    /// Columns of the longest of these.
    pub fn widest(&self) -> usize {
        self.widest
    }

    fn texts(&self, run: &Run, differing: bool) -> Vec<String> {
        let known = self.of.get(&run.name).map_or(&[][..], Vec::as_slice);
        let wanted = run.typed_params().filter(|(name, _)| known.contains(name) == differing);
        wanted.map(|(name, value)| format!("{name}={value}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Status;
    use crate::domain::scene::{self, name};

    #[test]
    fn what_tells_runs_apart_is_told_first() {
        let run = |depth: i64, of: &str| {
            let mut run = Run { name: name(of), ..scene::run(Status::Succeeded) };
            run.params.insert(name("depth"), depth.into());
            run
        };
        let runs = [run(3, "late"), run(12, "late"), run(3, "early"), run(3, "early")];
        let differing = DifferingParams::of(runs.iter());
        assert_eq!(differing.told(&runs[1]), "depth=12 day=2013-01-01");
        assert_eq!((differing.told_apart(&runs[0]).as_str(), differing.widest()), ("depth=3", 8));
        assert_eq!(differing.told(&runs[2]), "day=2013-01-01 depth=3");
        let mut lacks = runs[3].clone();
        lacks.params.clear();
        let differing = DifferingParams::of([&runs[2], &lacks].into_iter());
        assert_eq!(differing.told_apart(&runs[2]), "day=2013-01-01 depth=3");
    }
}
