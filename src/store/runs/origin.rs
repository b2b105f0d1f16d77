use camino::Utf8Path;

use super::Runs;
use crate::domain::{Plan, RunLayout};
use crate::engine::StoreError;
use crate::store::{Origin, OwnRuns, Recorded};

impl Runs {
    /// The plan of a run and where it comes from. Only one that lies where this environment keeps it is from here:
    /// a copy elsewhere, or in another project, would meet secrets it was not started with.
    pub fn plan(&self, own: &OwnRuns, recorded: &Recorded) -> Result<(Plan, Origin), StoreError> {
        let (plan, origin) = own.plan(&RunLayout::at(&recorded.path))?;
        let real = |path: &Utf8Path| path.canonicalize_utf8().ok();
        let place = RunLayout::of(&self.root, &plan);
        let lies_here = plan.project == self.project
            && plan.env == self.env
            && real(place.dir()).is_some_and(|place| real(&recorded.path) == Some(place));
        Ok((plan, if lies_here { origin } else { Origin::Elsewhere }))
    }
}
