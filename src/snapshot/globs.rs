use std::collections::BTreeSet;
use std::path::Path;

use globset::{GlobBuilder, GlobMatcher};
use sha2::{Digest as _, Sha256};

use super::error::SnapshotError;
use super::frozen::{FileKind, Frozen, FrozenFile, below, bytes, find};
use super::{links, listing};
use crate::domain::Digest;

/// What `files:` names, of any list of files; what a link leads to is not looked for.
#[derive(Default)]
pub struct Globs(Vec<GlobMatcher>);

impl Globs {
    /// # Errors
    /// A pattern that is none.
    pub fn add(&mut self, pattern: &str) -> Result<(), SnapshotError> {
        self.0.extend([matcher(pattern, "")?, matcher(pattern, "/**")?]);
        Ok(())
    }

    pub fn has(&self, path: &Path) -> bool {
        self.0.iter().any(|glob| glob.is_match(path))
    }
}

impl Frozen {
    /// The files that patterns name, in order of path.
    pub fn matched(&self, patterns: &[String]) -> Result<Vec<&FrozenFile>, SnapshotError> {
        select(self, patterns)
    }

    /// Over what a step with these `files:` sees.
    pub fn digest_of(&self, patterns: &[String]) -> Result<Digest, SnapshotError> {
        let files: Vec<FrozenFile> = select(self, patterns)?.into_iter().cloned().collect();
        Ok(Digest::from_sha256(&Sha256::digest(listing::write(&files))))
    }
}

/// The files that patterns name, in order of path: `*` stays within a folder, `**` does not, and a folder's name
/// means all in it. What a matched link leads to comes with it: alone it would lead nowhere.
pub(super) fn select<'a>(
    frozen: &'a Frozen,
    patterns: &[String],
) -> Result<Vec<&'a FrozenFile>, SnapshotError> {
    let mut chosen: BTreeSet<&[u8]> = BTreeSet::new();
    let mut links = Vec::new();
    for pattern in patterns {
        let (file, folder) = (matcher(pattern, "")?, matcher(pattern, "/**")?);
        let matched = frozen.files.iter().filter(|f| file.is_match(&f.path) || folder.is_match(&f.path));
        let before = links.len();
        links.extend(matched);
        if links.len() == before {
            return Err(SnapshotError::NoMatch(pattern.clone()));
        }
    }
    while let Some(file) = links.pop() {
        if !chosen.insert(bytes(&file.path)) || !matches!(file.kind, FileKind::Link { .. }) {
            continue;
        }
        let Some(target) = links::resolve(&frozen.files, &file.path) else { continue };
        links.extend(find(&frozen.files, bytes(&target)));
        links.extend(below(&frozen.files, bytes(&target)));
        links.extend(hops(frozen, file));
    }
    Ok(chosen.into_iter().filter_map(|path| find(&frozen.files, path)).collect())
}

/// The links that a link goes through on its way.
fn hops<'a>(frozen: &'a Frozen, link: &FrozenFile) -> Vec<&'a FrozenFile> {
    let FileKind::Link { to } = &link.kind else { return Vec::new() };
    let from = link.path.parent().unwrap_or(&link.path);
    let way: Vec<_> = to.ancestors().filter(|above| !bytes(above).is_empty()).collect();
    way.into_iter()
        .filter_map(|part| {
            let parent = links::resolve(&frozen.files, &from.join(part.parent()?))?;
            find(&frozen.files, bytes(&parent.join(part.file_name()?)))
        })
        .collect()
}

fn matcher(pattern: &str, tail: &str) -> Result<GlobMatcher, SnapshotError> {
    let plain = pattern.strip_prefix("./").unwrap_or(pattern).trim_end_matches('/');
    let bad = |why: String| SnapshotError::BadGlob { glob: pattern.to_owned(), why };
    if plain.is_empty() {
        return Err(bad("it is empty".into()));
    }
    let text = if plain == "." { format!("**{tail}") } else { format!("{plain}{tail}") };
    let glob = GlobBuilder::new(&text).literal_separator(true).build();
    Ok(glob.map_err(|error| bad(error.kind().to_string()))?.compile_matcher())
}
