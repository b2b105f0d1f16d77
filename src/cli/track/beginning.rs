use super::remote::remote;
use crate::domain::Project;
use crate::domain::text::shell_word;
use crate::domain::track::RefName;
use crate::git::Repository;

const STAGE: &str = "stage";
/// How git gets a key to sign with.
pub(super) const KEY: [&str; 3] = [
    "if you have none: ssh-keygen -t ed25519",
    "git config --global gpg.format ssh",
    "git config --global user.signingKey ~/.ssh/id_ed25519.pub",
];

/// What a project that names no people still needs for reviews, in the order in which it is done.
pub(super) fn beginning(project: &Project, repository: &Repository, has_key: bool) -> Vec<String> {
    let key = KEY.iter().filter(|_| !has_key).map(|step| (*step).to_owned());
    let mut steps: Vec<String> = key.collect();
    if repository.remotes().is_ok_and(|remotes| remotes.is_empty()) {
        steps.push("git remote add origin URL".to_owned());
    }
    steps.push("greenroom track setup --role analyst, and an engineer in a clone of theirs".to_owned());
    if branch_of_stage(project).is_none() {
        steps.push("environments: {stage: {root: …, branch: stage}} in greenroom.yaml".to_owned());
    }
    steps.push("git add greenroom.yaml .greenroom-signers && git commit".to_owned());
    let remote = remote(repository).unwrap_or_else(|_| "origin".to_owned());
    let main = here(repository);
    steps.push(format!("git push {} {}", shell_word(&remote), shell_word(&main)));
    if let Some(made) = unmade(project, repository) {
        steps.push(made);
    }
    steps
}

/// The command that makes the branch of stage on the remote, where this clone has not seen one there.
pub(super) fn unmade(project: &Project, repository: &Repository) -> Option<String> {
    let stage = branch_of_stage(project).unwrap_or(STAGE);
    let branch = RefName::branch(stage).ok()?;
    let remote = remote(repository).unwrap_or_else(|_| "origin".to_owned());
    let tracked: Option<RefName> = format!("refs/remotes/{remote}/{stage}").parse().ok();
    let tracked = tracked.and_then(|name| repository.tip(&name).ok().flatten());
    let fetched = || repository.branch_tip(&remote, &branch).ok().flatten();
    match tracked.or_else(fetched) {
        Some(_) => None,
        None => {
            let to = format!("{}:{stage}", here(repository));
            Some(format!("git push {} {}", shell_word(&remote), shell_word(&to)))
        }
    }
}

fn branch_of_stage(project: &Project) -> Option<&str> {
    project.environments.get(STAGE)?.branch.as_deref()
}

/// The branch that is checked out.
fn here(repository: &Repository) -> String {
    let branch = repository.head().ok().and_then(|head| head.branch);
    branch.map_or_else(|| "main".to_owned(), |branch| branch.short().to_owned())
}
