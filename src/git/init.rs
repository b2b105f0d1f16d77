use camino::Utf8Path;

use super::GitError;
use super::command::{git, succeed};

/// Who commits where git was not told who works here.
const NOBODY: [(&str, &str); 2] = [("user.name", "Greenroom"), ("user.email", "greenroom@localhost")];

/// Makes `dir` a repository of its own, also inside of another, with all its files in a first commit. One that is there
/// already is left as it is, false then: its configuration may name what git would run.
pub fn init_with_commit(dir: &Utf8Path, message: &str) -> Result<bool, GitError> {
    commit_all(dir, &["."], message)
}

/// The same with these paths alone, for a folder in which somebody else's files lie too; even if an ignore rule of
/// the person's own configuration covers them.
pub fn init_with_commit_of(dir: &Utf8Path, paths: &[&str], message: &str) -> Result<bool, GitError> {
    commit_all(dir, &[&["--force", "--"], paths].concat(), message)
}

fn commit_all(dir: &Utf8Path, paths: &[&str], message: &str) -> Result<bool, GitError> {
    if dir.join(".git").symlink_metadata().is_ok() {
        return Ok(false);
    }
    succeed("make a repository", git(dir, ["-c", "init.defaultBranch=main", "init", "--quiet"])?)?;
    let add = ["-c", "advice.addEmbeddedRepo=false", "add"];
    succeed("add the project's files", git(dir, add.iter().chain(paths))?)?;
    // A person's signing keys are for their own commits, and may ask for a passphrase.
    let mut commit: Vec<String> = ["-c", "commit.gpgSign=false"].map(str::to_owned).into();
    for (key, value) in NOBODY {
        if !git(dir, ["config", "--get", key])?.status.success() {
            commit.extend(["-c".to_owned(), format!("{key}={value}")]);
        }
    }
    commit.extend(["commit", "--quiet", "--no-verify", "-m", message].map(str::to_owned));
    succeed("commit the project's files", git(dir, commit)?)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::super::testing::Repository;
    use super::super::{facts, project_files};
    use super::*;

    #[test]
    fn a_new_project_becomes_a_clean_repository_even_inside_another() {
        let outer = Repository::new(&[("a", "")]);
        outer.write("demo/greenroom.yaml", "");
        outer.write("demo/.gitignore", ".greenroom/\n");
        let demo = outer.root.join("demo");
        assert!(init_with_commit(&demo, "A sample project").unwrap());
        let told = facts(&demo).unwrap().unwrap();
        assert_eq!((told.branch.as_deref(), told.dirty), (Some("main"), false));
        assert_ne!(told.commit, facts(&outer.root).unwrap().unwrap().commit);
        assert_eq!(project_files(&demo).unwrap().len(), 2);

        outer.write("demo/mine", "");
        assert!(!init_with_commit(&demo, "Again").unwrap());
        assert!(facts(&demo).unwrap().unwrap().dirty, "what somebody did since is theirs to commit");
    }

    #[test]
    fn only_what_was_named_is_committed() {
        let folder = Repository::bare_folder();
        folder.write("greenroom.yaml", "");
        folder.write("somebody's", "");
        assert!(init_with_commit_of(&folder.root, &["greenroom.yaml"], "Start").unwrap());
        assert_eq!(folder.git(&["ls-files"]), "greenroom.yaml\n");
    }

    /// In a child process of this test, because the environment is the process's.
    #[test]
    fn without_an_identity_a_hook_or_a_key_in_the_way_it_still_commits() {
        const MARK: &str = "GREENROOM_TEST_INIT_IN";
        if let Ok(dir) = std::env::var(MARK) {
            assert!(init_with_commit(dir.as_str().into(), "Start").unwrap());
            return;
        }
        let home = Repository::bare_folder();
        home.write(".gitconfig", "[commit]\n\tgpgSign = true\n[user]\n\tsigningKey = nobody\n");
        home.write("project/a", "");
        let child = std::process::Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "git::init::tests::without_an_identity_a_hook_or_a_key_in_the_way_it_still_commits",
            ])
            .env(MARK, home.root.join("project"))
            .env("HOME", &home.root)
            .env("XDG_CONFIG_HOME", home.root.join("none"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env_remove("GIT_CONFIG_GLOBAL")
            .env("GIT_DIR", "/nowhere")
            .output()
            .unwrap();
        assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
        let log = home.git(&["-C", "project", "log", "--format=%an <%ae> %s"]);
        assert_eq!(log, "Greenroom <greenroom@localhost> Start\n");
    }
}
