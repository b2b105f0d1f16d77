use std::collections::HashSet;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};

use jiff::Timestamp;

use crate::cli::Workspace;
use crate::domain::{Action, Project, Scalar, Step, Value, Workflow};
use crate::git;
use crate::snapshot::Globs;

/// Folders of specs: a script may read them like all else, but nearly none does, and each change of any would be one of all.
const SPECS: [&str; 3] = ["workflows", "blueprints", "operators"];

/// The project's settings: each workflow stands on some of them, and is no other for the rest.
pub const SETTINGS: &str = "greenroom.yaml";

/// Which of the project's files a workflow is made of.
pub struct Reads {
    named: HashSet<PathBuf>,
    globs: Globs,
    /// The images that its steps run in.
    images: HashSet<String>,
    operators: bool,
    /// A step names no `files:`, and so sees all of them.
    all: bool,
}

impl Reads {
    pub fn of(workflow: &Workflow, workspace: &Workspace) -> Self {
        let named = HashSet::from([workflow.file.clone().into_std_path_buf()]);
        let mut reads =
            Self { named, globs: Globs::default(), images: HashSet::new(), operators: false, all: false };
        workflow.steps.values().for_each(|step| reads.add(step, workspace));
        reads
    }

    fn add(&mut self, step: &Step, workspace: &Workspace) {
        let mut image = step.image.as_ref();
        match &step.action {
            Action::Uses { operator, with } => {
                let operator = workspace.specs.operators.get(operator);
                let own = operator.is_some_and(|operator| !operator.builtin);
                self.operators |= own;
                self.all |= own && step.files.is_none();
                image = image.or(operator.and_then(|operator| operator.image.as_ref()));
                self.named.extend(with.values().filter_map(|value| match value {
                    Scalar::Value(Value::String(text)) => Some(plain(text.as_ref())),
                    _ => None,
                }));
            }
            Action::Run(_) | Action::Command(_) => self.all |= step.files.is_none(),
        }
        // A pattern that is none is told of where it is checked.
        step.files.iter().flatten().for_each(|pattern| drop(self.globs.add(pattern)));
        let image = image.map_or("default", |image| image.as_str());
        let images = workspace.project.images.iter();
        let pip =
            images.filter(|(name, _)| name.as_str() == image).filter_map(|(_, image)| image.pip.as_ref());
        self.named.extend(pip.map(|file| plain(file.as_std_path())));
        self.images.insert(image.to_owned());
    }

    /// What the workflow stands on in an environment is the same in both.
    pub fn stands_alike(&self, one: &Project, other: &Project, env: &str) -> bool {
        let warehouse = |project: &Project| project.environments.get(env)?.warehouse.clone();
        let image = |name: &String| one.images.get(name.as_str()) == other.images.get(name.as_str());
        self.images.iter().all(image) && warehouse(one) == warehouse(other)
    }

    pub fn has(&self, path: &Path) -> bool {
        let folder = path.iter().next().unwrap_or_default();
        let spec = SPECS.iter().any(|specs| folder == *specs);
        self.named.contains(path)
            || self.operators && folder == "operators"
            || self.all && !spec && path != Path::new(SETTINGS)
            || self.globs.has(path)
    }

    /// A file of them may lie in a folder.
    fn reaches(&self, folder: &Path) -> bool {
        self.has(&folder.join("_")) || self.named.iter().any(|file| file.parent() == Some(folder))
    }
}

/// As it is listed: `./a` is `a`.
fn plain(path: &Path) -> PathBuf {
    path.components().filter(|part| *part != Component::CurDir).collect()
}

/// When a file became what it is. Whoever copies or moves an old one over it keeps the time at which that one was written;
/// only the inode tells when it came here.
fn changed(meta: &Metadata) -> Option<Timestamp> {
    let at = |seconds: i64, nanos: i64| Timestamp::new(seconds, i32::try_from(nanos).ok()?).ok();
    at(meta.mtime(), meta.mtime_nsec()).max(at(meta.ctime(), meta.ctime_nsec()))
}

/// The project's files, and the folders they lie in, newest first: what is removed touches its folder.
pub struct Written {
    files: HashSet<PathBuf>,
    newest: Vec<(Timestamp, PathBuf)>,
}

impl Written {
    pub fn of(workspace: &Workspace) -> Self {
        let root = workspace.root();
        let made = workspace.runs_folders();
        // Where they cannot be listed, nobody knows of a change.
        let mut files = git::project_files(root).unwrap_or_default();
        files.retain(|file| !made.iter().any(|folder| file.starts_with(folder)));
        let at = |file: &PathBuf| changed(&root.as_std_path().join(file).symlink_metadata().ok()?);
        let folders: HashSet<PathBuf> =
            files.iter().filter_map(|file| file.parent()).map(Path::to_owned).collect();
        let files: HashSet<PathBuf> = files.into_iter().collect();
        let all = files.iter().chain(&folders);
        let mut newest: Vec<_> = all.filter_map(|path| Some((at(path)?, path.clone()))).collect();
        newest.sort_unstable_by(|a, b| b.cmp(a));
        Self { files, newest }
    }

    pub fn is_there(&self, file: &Path) -> bool {
        self.files.contains(file)
    }

    /// When one of those was written last, or perhaps removed; or the settings, whatever was changed in them.
    pub fn last(&self, reads: &Reads) -> Option<Timestamp> {
        let counts = |path: &Path| match self.is_there(path) {
            true => reads.has(path) || path == Path::new(SETTINGS),
            false => reads.reaches(path),
        };
        self.newest.iter().find(|(_, path)| counts(path)).map(|(at, _)| *at)
    }

    /// The settings were written since then.
    pub fn settings_since(&self, then: Timestamp) -> bool {
        let since = self.newest.iter().take_while(|(at, _)| *at > then);
        since.map(|(_, path)| path).any(|path| path == Path::new(SETTINGS))
    }

    pub fn since<'a>(&'a self, then: Timestamp, reads: &'a Reads) -> impl Iterator<Item = &'a Path> {
        let since = self.newest.iter().take_while(move |(at, _)| *at > then);
        since.map(|(_, path)| path.as_path()).filter(|path| self.is_there(path) && reads.has(path))
    }
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use super::*;

    const HEAD: &str = "greenroom: 1\nkind: ";

    fn of(root: &Utf8Path, name: &str) -> (Reads, Workspace) {
        let workspace = Workspace::open(Some(root)).unwrap();
        assert!(workspace.specs.diagnostics.iter().all(|problem| !problem.file.as_str().contains(name)));
        let found = workspace.specs.workflows.iter().find(|(known, _)| known.as_str() == name);
        (Reads::of(found.unwrap().1, &workspace), workspace)
    }

    #[test]
    fn a_workflow_is_made_of_all_that_its_steps_see() {
        let (_dir, root) = super::super::super::tests::project();
        let write = |path: &str, text: String| {
            fs_err::create_dir_all(root.join(path).parent().unwrap()).unwrap();
            fs_err::write(root.join(path), text).unwrap();
        };
        for file in ["sql/b.sql", "scripts/mine.sh", "scripts/other.sh", "prompt.md"] {
            write(file, "SELECT 1".to_owned());
        }
        write(
            "operators/mine.yaml",
            format!("{HEAD}operator\nname: mine\ncommand: [bash, scripts/mine.sh]\n"),
        );
        let steps = [
            ("own", "{uses: mine}"),
            ("query", "{uses: sql_table, with: {query_file: ./sql/b.sql, table: lake.x}}"),
            ("some", "{run: x, files: [scripts/mine.sh, 'sql/*']}"),
            ("script", "{run: x}"),
        ];
        for (name, step) in steps {
            write(
                &format!("workflows/{name}.yaml"),
                format!("{HEAD}workflow\nname: {name}\nsteps: {{a: {step}}}\n"),
            );
        }
        let has = |name: &str, path: &str| of(&root, name).0.has(Path::new(path));
        for (name, path, made_of_it) in [
            ("own", "scripts/mine.sh", true),
            ("own", "operators/mine.yaml", true),
            ("own", "workflows/query.yaml", false),
            ("query", "sql/b.sql", true),
            ("query", "scripts/mine.sh", false),
            ("some", "sql/b.sql", true),
            ("some", "scripts/other.sh", false),
            ("script", "prompt.md", true),
            ("script", "workflows/script.yaml", true),
            ("script", "workflows/own.yaml", false),
        ] {
            assert_eq!(has(name, path), made_of_it, "{name} of {path}");
        }
    }

    #[test]
    fn what_is_removed_touches_those_that_had_it() {
        let (_dir, root) = super::super::super::tests::project();
        fs_err::create_dir_all(root.join("sql")).unwrap();
        for file in ["sql/b.sql", "sql/c.sql"] {
            fs_err::write(root.join(file), "SELECT 1").unwrap();
        }
        let spec = "workflow\nname: query\nsteps: {a: {uses: sql_table, with: {query_file: sql/b.sql, table: lake.x}}}\n";
        fs_err::write(root.join("workflows/query.yaml"), format!("{HEAD}{spec}")).unwrap();
        let (reads, workspace) = of(&root, "query");
        let before = Written::of(&workspace);
        // A clock that ticks seldom tells the same moment for long.
        let touched = || {
            fs_err::write(root.join("sql/c.sql"), "SELECT 2").unwrap();
            fs_err::remove_file(root.join("sql/c.sql")).unwrap();
            Written::of(&workspace).last(&reads) > before.last(&reads)
        };
        assert!((0..10_000).any(|_| touched()));
        assert!(!Written::of(&workspace).is_there(Path::new("sql/c.sql")));
    }

    /// Neither what is put over another with an older time, nor what a workflow stands on, is missed.
    #[test]
    fn an_old_file_and_the_settings_are_new_where_they_come_to_be() {
        let (_dir, root) = super::super::super::tests::project();
        fs_err::write(root.join("report.py"), "new").unwrap();
        let (reads, workspace) = of(&root, "daily_delays");
        let last = || Written::of(&workspace).last(&reads);
        let old = || {
            fs_err::write(root.join("report.py"), "old").unwrap();
            let file = fs_err::File::options().write(true).open(root.join("report.py")).unwrap();
            file.file().set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
        };
        let settings =
            || fs_err::write(root.join(SETTINGS), fs_err::read(root.join(SETTINGS)).unwrap()).unwrap();
        // A clock that ticks seldom tells the same moment for long.
        for write in [&old as &dyn Fn(), &settings] {
            let before = last();
            let is_told = |_| {
                write();
                last() > before
            };
            assert!((0..10_000).any(is_told));
        }
    }
}
