use super::closures::{below, whole};
use super::desk::Desk;
use super::version::{Version, breaks, wrong};
use super::wrong::of_git;
use crate::cli::UserError;
use crate::cli::review::failures;
use crate::domain::track::{Touch, Touched, TreeChange};
use crate::review::{Bearing, Closure, Move, PortError};

/// What tells whether the target's going on has a bearing on a package: by the files of its steps, and by what its steps
/// and those of others read of each other.
pub(super) struct OfPackage<'d> {
    pub desk: &'d Desk,
    pub workflow: String,
    pub closures: Vec<Closure>,
}

impl Bearing for OfPackage<'_> {
    fn touched(&self, step: &Move, changes: &[TreeChange]) -> Result<Vec<Touched>, PortError> {
        let why = |error: UserError| PortError(error.what);
        let changes = self.desk.parted(changes, (&step.old_tree, &step.new_tree)).map_err(why)?;
        let mut touched = self.closures.touched(step, &changes)?;
        let folder = self.desk.folder();
        touched.iter_mut().for_each(|one| one.file = whole(&one.file, &folder));
        match touched.is_empty() && !changes.is_empty() {
            true => self.together(step).map_err(why),
            false => Ok(touched),
        }
    }
}

impl OfPackage<'_> {
    /// Its own, and those that its branch changes too.
    fn workflows(&self) -> Vec<&str> {
        let named = self.closures.iter().filter_map(|closure| closure.step().split('.').next());
        let mut all: Vec<&str> = named.chain([self.workflow.as_str()]).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    fn together(&self, step: &Move) -> Result<Vec<Touched>, UserError> {
        let tree = |commit| self.desk.repository.tree(commit).map_err(|error| of_git(&error));
        let (old, new) = (self.desk.version(&step.old_tree)?, self.desk.version(&step.new_tree)?);
        let base = self.desk.version(&tree(&step.old_base)?)?;
        let target = self.desk.version(&tree(&step.new_base)?)?;
        let folder = self.desk.folder();
        let one = |reader: &String, by| Touched {
            step: reader.clone(),
            file: below(&folder, &file(&new, reader)),
            by,
        };
        let mut touched = Vec::new();
        let gone = breaks(&base, &old);
        for broken in breaks(&base, &new) {
            let before = gone.iter().find(|gone| (&gone.data, &gone.what) == (&broken.data, &broken.what));
            let Some(before) = before else { continue };
            let came = broken.readers.iter().filter(|reader| !before.readers.contains(reader));
            touched.extend(came.map(|reader| one(reader, Touch::Reads(broken.to_string()))));
        }
        for lost in breaks(&old, &new) {
            let own = |reader: &&String| self.closures.iter().any(|closure| closure.step() == **reader);
            let own = lost.readers.iter().filter(own);
            touched.extend(own.map(|reader| one(reader, Touch::Lost(lost.to_string()))));
        }
        // Another spec of that name may be the one that is run.
        let spec = |version: &Version| {
            version.specs.workflows.get(self.workflow.as_str()).map(|flow| flow.file.clone())
        };
        if let (Some(was), Some(is)) = (spec(&old), spec(&new))
            && was != is
        {
            let what = format!("`{}` is now the name of {is}, and not of {was}", self.workflow);
            touched.push(Touched {
                step: self.workflow.clone(),
                file: below(&folder, is.as_str()),
                by: Touch::Wrong(what),
            });
        }
        // What would keep it from being approved on that target, had it been sealed there.
        let workflows = self.workflows();
        let known = failures(&old.specs, &old.lineage, &workflows);
        let failed = failures(&new.specs, &new.lineage, &workflows);
        let is_known = |id: &str, what: &str| known.iter().any(|(of, told)| of == id && told.what == what);
        touched.extend(failed.into_iter().filter(|(id, told)| !is_known(id, &told.what)).map(
            |(id, told)| {
                let file = told.place.map(|place| place.file).unwrap_or_default();
                Touched {
                    step: self.workflow.clone(),
                    file: below(&folder, &file),
                    by: Touch::Wrong(format!("{} ({id} failed)", told.what)),
                }
            },
        ));
        touched.extend(wrong(&new, [&old, &target]).into_iter().map(|(file, what)| Touched {
            step: self.workflow.clone(),
            file: below(&folder, &file),
            by: Touch::Wrong(what),
        }));
        Ok(touched)
    }
}

/// Where a step reads: its query, else its spec.
fn file(version: &Version, step: &str) -> String {
    let found = version.lineage.steps.iter().find(|known| known.id.to_string() == step);
    let file = found.map(|step| step.query.as_ref().map_or(&step.file, |query| &query.file));
    file.map(ToString::to_string).unwrap_or_default()
}
