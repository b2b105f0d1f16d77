use std::env;

use camino::{Utf8Path, Utf8PathBuf};
use walkdir::WalkDir;

use super::{Exit, Invocation, UserError, state_folder};
use crate::disk::refuse_links;
use crate::domain::{Environment, Name, Warehouse};
use crate::spec;
use crate::store::{Address, mirror_folder, own_name};

/// A project's folder on this machine, without its specs: enough to look at runs, or to go on with one whose specs
/// have changed since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Absolute, links resolved.
    pub root: Utf8PathBuf,
}

impl Place {
    /// The project at or above a directory; the current one if none is named.
    pub fn find(named: Option<&Utf8Path>) -> Result<Self, UserError> {
        let start = match named {
            Some(dir) => resolve(dir)?,
            None => {
                let here = env::current_dir().map_err(|error| {
                    UserError::from_error(Exit::Wrong, "the current directory cannot be read", &error)
                })?;
                utf8(here)?
            }
        };
        let root = spec::find_root(&start).ok_or_else(|| {
            let invocation = Invocation::default();
            UserError::wrong(format!("there is no greenroom.yaml in {start} or above it"))
                .to_do("go to a project's folder, or name it with --project DIR")
                .to_do(format!("start one: {}", invocation.command(&["init"])))
                .to_do(format!("see one at work: {}", invocation.command(&["demo"])))
        })?;
        Ok(Self { root: resolve(&root)? })
    }

    /// Where the project's frozen files are kept: by a name that no clone can have brought along.
    pub fn snapshots(&self) -> Result<Utf8PathBuf, UserError> {
        let folder = self.state("snapshots", 0)?;
        let name = own_name(&self.root.join(state_folder::NAME)).map_err(|error| {
            UserError::from_error(Exit::NotReady, "this project's own folders cannot be named", &error)
        })?;
        Ok(folder.join(name))
    }

    /// Where commits are run that are reviewed.
    pub fn reviews(&self) -> Result<Utf8PathBuf, UserError> {
        let folder = self.state("review", 0)?;
        fs_err::create_dir_all(&folder).map_err(|error| {
            UserError::from_error(Exit::NotReady, "there is no place for what is reviewed", &error)
        })?;
        Ok(folder)
    }

    /// Where named caches are: what is in one is its steps' own.
    pub fn caches(&self) -> Result<Utf8PathBuf, UserError> {
        self.state("cache", CACHES)
    }

    /// What people who go into steps leave there: a folder a run, one a step below it.
    pub fn scratch(&self) -> Result<Utf8PathBuf, UserError> {
        self.state("scratch", 2)
    }

    fn state(&self, name: &str, levels: usize) -> Result<Utf8PathBuf, UserError> {
        // Where it cannot be made, who writes to it says so, with a better reason.
        state_folder::make(&self.root).ok();
        let folder = self.root.join(state_folder::NAME);
        plain(&folder, 0)?;
        let folder = folder.join(name);
        plain(&folder, levels)?;
        Ok(folder)
    }

    fn make(&self, dir: &Utf8Path) -> std::io::Result<()> {
        if dir.starts_with(self.root.join(state_folder::NAME)) {
            state_folder::make(&self.root)?;
        }
        fs_err::create_dir_all(dir)
    }

    /// The folder that stands for a bucket.
    fn mirror(&self, name: &Name, root: &str) -> Result<Utf8PathBuf, UserError> {
        let address = Address::parse(root).ok_or_else(|| {
            UserError::wrong(format!("the root of `{name}`, {root}, is no bucket's address"))
                .to_do("write gs://bucket/prefix or s3://bucket/prefix; a bucket's name has small letters, digits, - and .")
        })?;
        self.state("remote", 2)?;
        let root = mirror_folder(&self.root.join(state_folder::NAME), name, &address).map_err(|error| {
            UserError::from_error(Exit::NotReady, format!("the runs of `{name}` cannot be kept here"), &error)
        })?;
        plain(&root, RUNS)?;
        Ok(root)
    }

    /// Where an environment's runs lie on this machine: where its root is a bucket, in a mirror of that.
    pub fn store_root(&self, name: &Name, environment: &Environment) -> Result<Utf8PathBuf, UserError> {
        if environment.root.contains("://") {
            return self.mirror(name, &environment.root);
        }
        let root = self.inside(&environment.root)?;
        // It may not be there before the first run.
        self.make(&root).map_err(|error| {
            UserError::from_error(Exit::NotReady, format!("the root of `{name}` cannot be made"), &error)
        })?;
        plain(&root, RUNS)?;
        self.holds_no_project(&root, RUNS)?;
        Ok(root)
    }

    /// The embedded warehouse's folder, made where it is missing; None where the warehouse is another one.
    pub fn lake(&self, warehouse: Option<&Warehouse>) -> Result<Option<Utf8PathBuf>, UserError> {
        let Some(Warehouse::Duckdb { path }) = warehouse else { return Ok(None) };
        let lake = self.inside(path.as_str())?;
        self.make(&lake)
            .map_err(|error| UserError::from_error(Exit::NotReady, "the lake cannot be made", &error))?;
        plain(&lake, TABLES)?;
        self.holds_no_project(&lake, usize::MAX)?;
        Ok(Some(lake))
    }

    /// A folder that the spec's author chose may hold another project, whose secrets steps would see.
    fn holds_no_project(&self, dir: &Utf8Path, levels: usize) -> Result<(), UserError> {
        if dir.starts_with(self.root.join(state_folder::NAME)) {
            return Ok(());
        }
        // The partitions of a table Greenroom has made, of which there are many.
        let is_partition = |entry: &walkdir::DirEntry| {
            let table = entry.path().parent().is_some_and(|table| table.join("_table.json").exists());
            entry.depth() == TABLES && table && entry.file_name().to_string_lossy().contains('=')
        };
        let folders = WalkDir::new(dir).max_depth(levels).into_iter();
        for folder in
            folders.filter_entry(|entry| entry.file_type().is_dir() && !is_partition(entry)).flatten()
        {
            for private in [".git", ".greenroom/secrets.env"] {
                let found = folder.path().join(private);
                if found.symlink_metadata().is_ok() {
                    let what = format!("{dir} holds another project: {}", found.display());
                    return Err(UserError::wrong(what).to_do(
                        "name a folder of its own in greenroom.yaml, such as .greenroom/store or .greenroom/lake",
                    ));
                }
            }
        }
        Ok(())
    }

    /// A path of `greenroom.yaml`: it resolves, links included, inside the project, and holds nothing that this machine
    /// keeps to itself, or its user would mount what the spec's author wants.
    fn inside(&self, path: &str) -> Result<Utf8PathBuf, UserError> {
        let path = self.root.join(path);
        let there = path.ancestors().find(|part| part.exists()).unwrap_or(&self.root);
        let missing = path.strip_prefix(there).unwrap_or_else(|_| Utf8Path::new(""));
        let climbs = missing.components().any(|part| part.as_str() == "..");
        let real = resolve(there)?.join(missing);
        if !real.starts_with(&self.root) || climbs {
            return Err(UserError::wrong(format!("{path} leads out of the project"))
                .to_do("name a path below the folder of greenroom.yaml there"));
        }
        if spec::is_private(&self.root, &real) {
            return Err(UserError::wrong(format!(
                "{path} holds what this machine keeps to itself, its secrets"
            ))
            .to_do(
                "name a folder of its own in greenroom.yaml, such as .greenroom/store or .greenroom/lake",
            ));
        }
        // A trailing slash would stay where nothing is missing.
        Ok(real.components().collect())
    }
}

/// Levels below them on which Greenroom goes into folders by their names: of caches, down to what is mounted; of a store,
/// down to the runs; of a lake, down to the partitions.
const CACHES: usize = 1;
const RUNS: usize = 4;
const TABLES: usize = 3;

/// A project may have come with links where Greenroom keeps its own.
fn plain(folder: &Utf8Path, levels: usize) -> Result<(), UserError> {
    refuse_links(folder, levels).map_err(|error| {
        UserError::from_error(Exit::Wrong, "this project's own folders lead elsewhere", &error)
            .to_do("remove the link: it came with the project, or somebody put it there")
    })
}

fn resolve(dir: &Utf8Path) -> Result<Utf8PathBuf, UserError> {
    let real = dir.canonicalize().map_err(|error| {
        UserError::from_error(Exit::Wrong, format!("{dir} cannot be used as a directory"), &error)
    })?;
    utf8(real)
}

fn utf8(path: std::path::PathBuf) -> Result<Utf8PathBuf, UserError> {
    Utf8PathBuf::from_path_buf(path).map_err(|path| {
        UserError::wrong(format!("the path {} is not UTF-8", path.display()))
            .to_do("move the project to a folder whose name is")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> (tempfile::TempDir, Place) {
        let dir = tempfile::tempdir().unwrap();
        fs_err::write(dir.path().join("greenroom.yaml"), "greenroom: 1\n").unwrap();
        fs_err::create_dir(dir.path().join("workflows")).unwrap();
        let start = Utf8Path::from_path(dir.path()).unwrap().join("workflows");
        let place = Place::find(Some(&start)).unwrap();
        (dir, place)
    }

    #[test]
    fn a_project_is_found_from_below() {
        let (dir, place) = place();
        assert_eq!(place.root, dir.path().canonicalize().unwrap());
        let error = Place::find(Some(Utf8Path::new("/"))).unwrap_err();
        assert!(error.exit == Exit::Wrong && error.what.contains("greenroom.yaml"), "{error:?}");
    }

    #[test]
    fn whatever_comes_first_into_the_local_state_git_leaves_it_alone() {
        let (_dir, place) = self::place();
        place.snapshots().unwrap();
        assert!(place.root.join(".greenroom/.gitignore").exists());

        let (_dir, place) = self::place();
        place.lake(Some(&Warehouse::Duckdb { path: ".greenroom/lake".into() })).unwrap();
        assert!(place.root.join(".greenroom/.gitignore").exists());
    }

    #[test]
    fn no_path_of_a_spec_leads_out() {
        let (dir, place) = place();
        std::os::unix::fs::symlink("/etc", dir.path().join("out")).unwrap();
        let private = [
            ".",
            ".greenroom",
            ".greenroom/cache",
            ".greenroom/scratch",
            ".greenroom/snapshots/trees",
            "workflows/..",
        ];
        for bad in ["..", "/etc", "out", "out/new", "missing/../../x", "../x"].iter().chain(&private) {
            assert!(place.inside(bad).is_err(), "{bad}");
        }
        for good in [".greenroom/store", "store/", ".greenroom/stage", "workflows/../store"] {
            assert!(place.inside(good).is_ok(), "{good}");
        }
    }
}
