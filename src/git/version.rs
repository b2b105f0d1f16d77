use camino::Utf8Path;

use super::GitError;
use super::command::{git, succeed};

/// `2.39.5`, of the git that is asked for everything here.
pub fn version() -> Result<String, GitError> {
    let told = succeed("tell its version", git(Utf8Path::new("."), ["version"])?)?;
    let text = String::from_utf8_lossy(&told).trim().to_owned();
    Ok(text.strip_prefix("git version ").map(str::to_owned).unwrap_or(text))
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_is_a_number() {
        let version = super::version().unwrap();
        assert!(version.starts_with(|c: char| c.is_ascii_digit()) && version.contains('.'), "{version}");
    }
}
