use super::super::runner::Around;
use super::runs::MOST;
use crate::app::{Answer, Trouble};
use crate::cli::Workspace;
use crate::cli::stage::runs_of;
use crate::domain::RunQuery;

/// The runs that `greenroom runs` would find.
pub fn sought(around: &Around, query: Box<RunQuery>) -> Result<Answer, Trouble> {
    let workspace = Workspace::open(Some(&around.place.root))?;
    let listing = runs_of(&workspace, &around.env)?.find_all(&query, MOST);
    let found = listing.runs.iter().map(|found| found.run.token).collect();
    Ok(Answer::Sought(query, found))
}
