use std::io::{self, Write};
use std::path::Path;

use camino::Utf8PathBuf;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Runs;
use super::scan::folders;
use crate::disk::{is_plain, read_record};
use crate::domain::{Name, Token};
use crate::engine::StoreError;
use crate::store::error::{failed, invalid};

/// The format of what tells of a move.
const FORMAT: u32 = 1;
/// Below the folder of an algorithm, beside its versions.
pub(super) const FOLDER: &str = "_aliases";

/// An alias was given to a run. Each is a file of its own, numbered from 1, which nobody ever writes again: so it also
/// works where nothing can be renamed or locked, and the history is what is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AliasMove {
    greenroom: u32,
    pub token: Token,
    pub at: Timestamp,
    pub user: String,
    /// It was taken from the run, and none has it since.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub removed: bool,
}

impl AliasMove {
    pub fn new(token: Token, at: Timestamp, user: &str) -> Self {
        Self { greenroom: FORMAT, token, at, user: user.to_owned(), removed: false }
    }

    /// The run has it no more.
    pub fn removal(token: Token, at: Timestamp, user: &str) -> Self {
        Self { removed: true, ..Self::new(token, at, user) }
    }
}

impl Runs {
    /// Gives an alias to a run of `name`, whichever had it before, or takes it away.
    pub fn move_alias(&self, name: &Name, alias: &Name, moved: &AliasMove) -> Result<(), StoreError> {
        let write = || -> io::Result<()> {
            let folder = self.alias_folder(name, alias);
            fs_err::create_dir_all(&folder)?;
            // A project may have come with a link there, which would lead the file elsewhere.
            let below = Path::new(name.as_str()).join(FOLDER).join(alias.as_str());
            if !is_plain(self.base().as_std_path(), &below)? {
                let why = format!("{folder} is a link, or lies behind one");
                return Err(io::Error::new(io::ErrorKind::InvalidData, why));
            }
            let mut file = tempfile::NamedTempFile::new_in(&folder)?;
            file.write_all(&serde_json::to_vec(moved)?)?;
            file.as_file().sync_all()?;
            let mut number = self.newest_move(name, alias)?.map_or(1, |(number, _)| number + 1);
            // Somebody else may have been faster: then theirs comes before ours.
            while let Err(error) = file.persist_noclobber(folder.join(format!("{number:06}.json"))) {
                if error.error.kind() != io::ErrorKind::AlreadyExists {
                    return Err(error.error);
                }
                (file, number) = (error.file, number + 1);
            }
            Ok(())
        };
        write().map_err(failed("cannot move the alias"))
    }

    /// The run that has it now.
    pub fn alias(&self, name: &Name, alias: &Name) -> Result<Option<AliasMove>, StoreError> {
        let newest = self.newest_move(name, alias).map_err(failed("cannot look for an alias"))?;
        Ok(newest.map(|(_, path)| read(path)).transpose()?.filter(|moved| !moved.removed))
    }

    /// The file that says which run has it now, or the folder in which that should be.
    pub(in crate::store) fn alias_file(&self, name: &Name, alias: &Name) -> Utf8PathBuf {
        let newest = self.newest_move(name, alias).ok().flatten();
        newest.map_or_else(|| self.alias_folder(name, alias), |(_, path)| path)
    }

    /// All moves of it, the newest first; one that is damaged hides no other.
    pub fn alias_history(
        &self,
        name: &Name,
        alias: &Name,
    ) -> Result<Vec<Result<AliasMove, StoreError>>, StoreError> {
        let mut moves = self.moves(name, alias).map_err(failed("cannot look for an alias"))?;
        moves.sort_unstable_by_key(|(number, _)| std::cmp::Reverse(*number));
        Ok(moves.into_iter().map(|(_, path)| read(path)).collect())
    }

    /// The aliases there are or have been, by algorithm.
    pub fn aliases(&self) -> Vec<(Name, Name)> {
        let mut found = Vec::new();
        for name in self.names() {
            found.extend(self.aliases_of(&name).0.into_iter().map(|alias| (name.clone(), alias)));
        }
        found
    }

    /// Those of an algorithm, also behind links: whoever asks for one by its name finds it there. And links that lead nowhere.
    fn aliases_of(&self, name: &Name) -> (Vec<Name>, Vec<Utf8PathBuf>) {
        let mut links = Vec::new();
        let mut aliases = folders(&self.base().join(name.as_str()).join(FOLDER), Name::new, &mut links);
        let (there, gone): (Vec<_>, Vec<_>) = links
            .into_iter()
            .map(|link| link.path)
            .filter(|path| path.is_symlink())
            .partition(|path| path.exists());
        aliases.extend(
            there.iter().filter(|path| path.is_dir()).filter_map(|path| Name::new(path.file_name()?).ok()),
        );
        aliases.sort();
        (aliases, gone)
    }

    /// The same; one that cannot be looked for is told.
    pub(in crate::store) fn known_aliases(&self) -> Result<Vec<(Name, Name)>, StoreError> {
        for name in self.names() {
            let folder = self.base().join(name.as_str()).join(FOLDER);
            let nowhere = |path: &Utf8PathBuf| {
                let why = format!(
                    "{path} is a link that leads nowhere: bring back what it led to, or remove the link"
                );
                Err(failed(format!("cannot look for the aliases of {name}"))(io::Error::other(why)))
            };
            match folder.read_dir_utf8() {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(failed(format!("cannot look for the aliases of {name}"))(error));
                }
                Err(_) if folder.is_symlink() => return nowhere(&folder),
                _ => {}
            }
            if let Some(gone) = self.aliases_of(&name).1.first() {
                return nowhere(gone);
            }
        }
        Ok(self.aliases())
    }

    fn alias_folder(&self, name: &Name, alias: &Name) -> Utf8PathBuf {
        self.base().join(name.as_str()).join(FOLDER).join(alias.as_str())
    }

    fn newest_move(&self, name: &Name, alias: &Name) -> io::Result<Option<(u64, Utf8PathBuf)>> {
        Ok(self.moves(name, alias)?.into_iter().max_by_key(|(number, _)| *number))
    }

    fn moves(&self, name: &Name, alias: &Name) -> io::Result<Vec<(u64, Utf8PathBuf)>> {
        let folder = self.alias_folder(name, alias);
        let entries = match folder.read_dir_utf8() {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        // No more digits than there can ever be moves.
        let number = |path: &Utf8PathBuf| {
            let digits = path.file_name()?.strip_suffix(".json").filter(|digits| digits.len() < 16)?;
            digits.parse().ok()
        };
        let mut moves = Vec::new();
        for entry in entries {
            let path = entry?.into_path();
            moves.extend(number(&path).map(|number| (number, path)));
        }
        Ok(moves)
    }
}

fn read(path: Utf8PathBuf) -> Result<AliasMove, StoreError> {
    let text = read_record(&path).map_err(failed("cannot read an alias"))?;
    let moved: AliasMove = serde_json::from_slice(&text)
        .map_err(|error| invalid(format!("{path} is torn or was edited"), error.to_string()))?;
    match moved.greenroom {
        FORMAT => Ok(moved),
        other => Err(invalid(path, format!("format {other} is not known here"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::{name, temp};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn an_alias_moves_and_its_history_stays() {
        let (_dir, root) = temp();
        let runs = Runs::new(&root, &name("p"), &name("dev"));
        let (model, champion) = (name("model"), name("champion"));
        assert_eq!(runs.alias(&model, &champion).unwrap(), None);
        let tokens = [Token::generate(), Token::generate(), Token::generate()];
        for (second, token) in (0..).zip(tokens) {
            runs.move_alias(&model, &champion, &AliasMove::new(token, at(second), "sam")).unwrap();
        }
        assert_eq!(runs.alias(&model, &champion).unwrap().unwrap().token, tokens[2]);
        let told = || {
            let history = runs.alias_history(&model, &champion).unwrap();
            history.into_iter().flatten().map(|moved| (moved.token, moved.at)).collect::<Vec<_>>()
        };
        assert_eq!(told(), [(tokens[2], at(2)), (tokens[1], at(1)), (tokens[0], at(0))]);
        assert_eq!(runs.aliases(), [(model.clone(), champion.clone())]);
        let folder = runs.alias_folder(&model, &champion);
        assert_eq!(fs_err::read_dir(&folder).unwrap().count(), 3, "nothing is left half-written");
        // Once taken away no run has it, and it is known who had.
        runs.move_alias(&model, &champion, &AliasMove::removal(tokens[2], at(3), "sam")).unwrap();
        assert_eq!((runs.alias(&model, &champion).unwrap(), told().len()), (None, 4));
        // An old entry that is torn hides no other; the newest does not become another's.
        fs_err::write(folder.join("000002.json"), "{").unwrap();
        assert_eq!(told(), [(tokens[2], at(3)), (tokens[2], at(2)), (tokens[0], at(0))]);
        fs_err::write(folder.join("000005.json"), "{").unwrap();
        assert!(runs.alias(&model, &champion).unwrap_err().to_string().contains("torn"));
    }

    #[test]
    fn no_link_leads_an_alias_elsewhere() {
        let (_dir, root) = temp();
        let runs = Runs::new(&root, &name("p"), &name("dev"));
        fs_err::create_dir_all(root.join("p/dev/model")).unwrap();
        fs_err::create_dir(root.join("away")).unwrap();
        std::os::unix::fs::symlink(root.join("away"), root.join("p/dev/model/_aliases")).unwrap();
        let to = AliasMove::new(Token::generate(), at(0), "sam");
        let moved = runs.move_alias(&name("model"), &name("champion"), &to);
        assert!(moved.unwrap_err().to_string().contains("lies behind one"));
        assert_eq!(
            walkdir::WalkDir::new(root.join("away"))
                .into_iter()
                .flatten()
                .filter(|e| e.path().is_file())
                .count(),
            0
        );
    }

    #[test]
    fn of_two_that_move_it_at_once_both_are_kept() {
        let (_dir, root) = temp();
        let runs = Runs::new(&root, &name("p"), &name("dev"));
        let (runs, model, champion) = (&runs, &name("model"), &name("champion"));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                let to = AliasMove::new(Token::generate(), at(0), "sam");
                scope.spawn(move || runs.move_alias(model, champion, &to).unwrap());
            }
        });
        assert_eq!(runs.alias_history(model, champion).unwrap().into_iter().flatten().count(), 8);
    }
}
