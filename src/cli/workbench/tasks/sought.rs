use super::super::runner::Around;
use super::runs::MOST;
use crate::app::{Answer, Trouble};
use crate::cli::Workspace;
use crate::cli::stage::{runs_of, unheard_of};
use crate::domain::{RunQuery, RunWords};

/// The runs that `greenroom runs` would find.
pub fn sought(around: &Around, query: Box<RunQuery>) -> Result<Answer, Trouble> {
    let workspace = Workspace::open(Some(&around.place.root))?;
    let runs = runs_of(&workspace, &around.env)?;
    let listing = runs.find_all(&query, MOST);
    let unheard = listing.runs.is_empty().then(|| unheard_of(&runs, &query)).flatten();
    let unheard =
        unheard.map(|unheard| format!("{}; besides, runs have {}", unheard.told(), RunWords::flags()));
    let found = listing.runs.iter().map(|found| found.run.token).collect();
    Ok(Answer::Sought(query, found, unheard))
}
