use super::super::runner::Around;
use super::project::files;
use crate::app::{Touched, Trouble};
use crate::cli::Workspace;
use crate::cli::stage::changes_since;
use crate::domain::{Name, RunLayout};
use crate::store;

/// Those whose files hold what their run froze. Of one that cannot be compared nobody knows that.
pub fn alike(around: &Around, touched: Vec<Touched>) -> Result<Vec<Touched>, Trouble> {
    let workspace = Workspace::open(Some(&around.place.root))?;
    let is_alike = |touched: &Touched| {
        let workflow = workspace.specs.workflows.get(&Name::new(&touched.workflow).ok()?)?;
        let layout = RunLayout::at(&touched.run);
        let plan = store::read_plan(&layout).ok()?;
        let changed = changes_since(&workspace, &plan, &layout).ok()?;
        Some(!files(workflow).any(|file| changed.contains(&file.into_string())))
    };
    Ok(touched.into_iter().filter(|touched| is_alike(touched).unwrap_or(false)).collect())
}
