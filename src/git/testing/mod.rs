mod daemon;

use std::path::Path;
use std::process::{Command, Output};

use camino::{Utf8Path, Utf8PathBuf};

pub use daemon::{Daemon, Network};

/// A temporary folder, in memory where there is such a place: a repository is hundreds of small files, and a disk takes
/// twice as long as all that is done with them.
pub fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap())
}

/// A real repository in a temporary folder.
pub struct Repository {
    pub root: Utf8PathBuf,
    _keep: tempfile::TempDir,
}

impl Repository {
    pub fn bare_folder() -> Self {
        let keep = folder();
        let root = Utf8Path::from_path(keep.path()).unwrap().canonicalize_utf8().unwrap();
        Self { root, _keep: keep }
    }

    /// With these files committed.
    pub fn new(files: &[(&str, &str)]) -> Self {
        let repository = Self::bare_folder();
        repository.git(&["init", "-q", "-b", "main"]);
        files.iter().for_each(|(path, content)| repository.write(path, content));
        repository.commit();
        repository
    }

    pub fn write(&self, path: impl AsRef<Path>, content: &str) {
        let path = self.root.as_std_path().join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, content).unwrap();
    }

    pub fn commit(&self) {
        self.git(&["add", "-A", "--", ".", ":!.greenroom"]);
        self.git(&["-c", "user.name=T", "-c", "user.email=t@example.com", "commit", "-q", "-m", "x"]);
    }

    pub fn try_git(&self, args: &[&str]) -> Output {
        let identity = ["GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"].map(|name| (name, "t@example.com"));
        Command::new("git").arg("-C").arg(&self.root).args(args).envs(identity).output().unwrap()
    }

    #[track_caller]
    pub fn git(&self, args: &[&str]) -> String {
        let output = self.try_git(args);
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}
