use std::collections::HashMap;
use std::os::unix::fs::MetadataExt;

use camino::Utf8Path;
use walkdir::WalkDir;

/// What files take on the disk, those that have several names only once.
#[derive(Default)]
pub(super) struct Measure {
    /// Device and inode → names that would be left, and bytes.
    shared: HashMap<(u64, u64), (u64, u64)>,
    own: u64,
}

impl Measure {
    /// Takes in all below a folder; answers the bytes that nothing else has a name for, as far as is known by now.
    pub fn add(&mut self, dir: &Utf8Path) -> u64 {
        let before = self.freed();
        for entry in WalkDir::new(dir).into_iter().flatten() {
            let Ok(facts) = entry.metadata() else { continue };
            let bytes = facts.blocks() * 512;
            if facts.is_dir() || facts.nlink() == 1 {
                self.own += bytes;
                continue;
            }
            let left = self.shared.entry((facts.dev(), facts.ino())).or_insert((facts.nlink(), bytes));
            left.0 = left.0.saturating_sub(1);
        }
        self.freed() - before
    }

    /// The bytes that would be free if all that was taken in went.
    pub fn freed(&self) -> u64 {
        let gone = self.shared.values().filter(|(left, _)| *left == 0);
        self.own + gone.map(|(_, bytes)| bytes).sum::<u64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::temp;

    #[test]
    fn what_somebody_else_still_has_frees_nothing() {
        let (_dir, root) = temp();
        for dir in ["a", "b", "c"] {
            fs_err::create_dir(root.join(dir)).unwrap();
        }
        fs_err::write(root.join("a/x"), vec![7; 100_000]).unwrap();
        for other in ["b", "c"] {
            fs_err::hard_link(root.join("a/x"), root.join(other).join("x")).unwrap();
        }
        let mut measure = Measure::default();
        assert!(measure.add(&root.join("a")) < 50_000);
        assert!(measure.add(&root.join("b")) < 50_000);
        assert!(measure.add(&root.join("c")) >= 100_000);
        assert!(measure.freed() >= 100_000 && measure.freed() < 150_000);
    }
}
