use camino::Utf8Path;

use super::own::OwnGit;
use super::{GitError, Prompt};

/// A git command as the person would type it in a folder, with all that they have set up.
///
/// # Errors
/// It says no, in its own words; nobody is asked anything.
pub fn typed(dir: &Utf8Path, words: &[&str]) -> Result<(), GitError> {
    OwnGit { dir, prompt: Prompt::Never }.succeed("do what is shown", words, b"").map(drop)
}
