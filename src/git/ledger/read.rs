use git2::{Odb, Oid, Tree, TreeEntry};

use super::{
    Chain, EVIDENCE, LARGEST, LARGEST_EVIDENCE, LARGEST_LEDGER, LARGEST_SIGNATURE, LONGEST, SIGNATURE,
    STATEMENT, is_name,
};
use crate::domain::text::safe;
use crate::domain::track::{CommitId, Link, Signed};
use crate::git::GitError;
use crate::git::repository::{commit_id, oid};

impl Chain<'_> {
    /// Every entry up to `tip`, oldest first. One that is not as it should be is told with why, and never left out; so
    /// is the place where a ledger breaks off, because this clone has no more of it.
    pub fn read(&self, tip: &CommitId) -> Result<Vec<Link>, GitError> {
        let git = &self.repository.git;
        let odb = git.odb().map_err(GitError::of("read the ledger"))?;
        if !odb.exists(oid(tip.as_str())?) {
            return Err(GitError::Unknown(tip.to_string()));
        }
        self.repository.complete(tip)?;
        let mut links = Vec::new();
        let mut room = LARGEST_LEDGER;
        let mut next = Some(tip.clone());
        while let Some(commit) = next.take() {
            if links.len() == LONGEST {
                let why = format!("more than {LONGEST} entries, of which the older are not read");
                links.push(Link { commit, parent: None, content: Err(why) });
                break;
            }
            // A commit's own words: where a shallow clone ends, git and its library say that nothing came before.
            let (parents, content) = match header(&odb, &commit) {
                Ok((parents, tree)) => (parents, self.content(&odb, tree, &mut room)),
                Err(why) => (Vec::new(), Err(why)),
            };
            let content = match parents.len() {
                0 | 1 => content,
                many => Err(format!("it follows {many} entries at once")),
            };
            next = parents.into_iter().next();
            links.push(Link { commit, parent: next.clone(), content });
        }
        links.reverse();
        Ok(links)
    }

    /// `room`: bytes that may still be read of this ledger.
    fn content(&self, odb: &Odb<'_>, tree: Oid, room: &mut usize) -> Result<Signed, String> {
        let tree = self.repository.git.find_tree(tree).map_err(|_| "its files are missing".to_owned())?;
        for entry in &tree {
            match (entry.name_bytes(), entry.filemode()) {
                (name, 0o100_644) if name == STATEMENT.as_bytes() || name == SIGNATURE.as_bytes() => {}
                (name, 0o040_000) if name == EVIDENCE.as_bytes() => {
                    let folder = self.repository.git.find_tree(entry.id());
                    look_at_names(odb, &folder.map_err(|_| "its evidence is missing".to_owned())?)?;
                }
                (name, _) => {
                    return Err(format!(
                        "it holds `{}`, which is no part of one",
                        safe(&String::from_utf8_lossy(name))
                    ));
                }
            }
        }
        let mut read = |name: &str, limit: usize| {
            let entry = tree.get_name(name).ok_or_else(|| format!("it has no {name}"))?;
            let bytes = bounded(odb, name, entry.id(), limit)?;
            *room = room.checked_sub(bytes).ok_or_else(|| {
                format!("newer entries have more than {} MiB, and it is not read", LARGEST_LEDGER >> 20)
            })?;
            let content = odb.read(entry.id()).map_err(|_| format!("its {name} is damaged"))?;
            Ok::<_, String>(content.data().to_owned())
        };
        Ok(Signed { statement: read(STATEMENT, LARGEST)?, signature: read(SIGNATURE, LARGEST_SIGNATURE)? })
    }
}

/// The parents and the tree that a commit names.
fn header(odb: &Odb<'_>, commit: &CommitId) -> Result<(Vec<CommitId>, Oid), String> {
    let missing = |_| "this clone does not have it: fetch the whole ledger".to_owned();
    let malformed = || "it is no commit".to_owned();
    let id = oid(commit.as_str()).map_err(|_| malformed())?;
    let (bytes, kind) = odb.read_header(id).map_err(missing)?;
    if kind != git2::ObjectType::Commit || bytes > LARGEST {
        return Err(malformed());
    }
    let object = odb.read(id).map_err(missing)?;
    let text = String::from_utf8_lossy(object.data());
    let head = text.split("\n\n").next().unwrap_or_default();
    let ids =
        |key: &'static str| head.lines().filter_map(move |line| line.strip_prefix(key)).map(Oid::from_str);
    let tree = ids("tree ").next().and_then(Result::ok).ok_or_else(malformed)?;
    let parents: Result<Vec<CommitId>, String> =
        ids("parent ").map(|id| commit_id(id.map_err(|_| malformed())?).map_err(|_| malformed())).collect();
    Ok((parents?, tree))
}

fn look_at_names(odb: &Odb<'_>, folder: &Tree<'_>) -> Result<(), String> {
    let look = |entry: TreeEntry<'_>| {
        let text = String::from_utf8_lossy(entry.name_bytes()).into_owned();
        if entry.filemode() != 0o100_644 || !is_name(&text) {
            return Err(format!("its evidence holds `{}`, which is no piece of it", safe(&text)));
        }
        bounded(odb, &text, entry.id(), LARGEST_EVIDENCE).map(drop)
    };
    folder.iter().try_for_each(look)
}

/// How many bytes it has.
fn bounded(odb: &Odb<'_>, name: &str, id: Oid, limit: usize) -> Result<usize, String> {
    let (bytes, _) = odb.read_header(id).map_err(|_| format!("its {name} is missing"))?;
    match bytes > limit {
        true => Err(format!("its {name} has {bytes} bytes, and at most {limit} are read")),
        false => Ok(bytes),
    }
}
