use crate::app::Trouble;
use crate::cli::UserError;

impl From<UserError> for Trouble {
    fn from(error: UserError) -> Self {
        let UserError { what, why, todo, problems, exit: _ } = error;
        Self { what, why, todo, problems: problems.into_iter().map(|(problem, _)| problem).collect() }
    }
}
