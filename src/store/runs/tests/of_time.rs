//! Runs of a time that is not yet.

use super::{ALL, find, runs};
use crate::domain::{Status, Token};
use crate::store::testing::{past_run, past_run_of, temp};

#[test]
fn an_archive_of_a_time_that_is_not_yet_is_nobodys_newest() {
    let (_dir, root) = temp();
    let runs = runs(&root);
    let (_, ours) = past_run(&root, "daily", Status::Failed);
    let ahead = Token::first_at("9999-01-01T00:00:00Z".parse().unwrap());
    let (layout, _) = past_run_of(&root, "daily", Status::Failed, ahead);
    // A clock that was set back makes such runs, too.
    assert_eq!(find(&runs, "@last"), Ok(ahead));
    fs_err::write(layout.imported(), "").unwrap();
    for text in ["@last", "daily@last", "@failed", "daily@failed"] {
        assert_eq!(find(&runs, text), Ok(ours), "{text}");
    }
    assert!(find(&runs, "daily@-2").unwrap_err().contains("only one run"));
    assert_eq!(find(&runs, &ahead.to_string()), Ok(ahead));
    assert_eq!(runs.list(None, ALL).runs.len(), 2, "it is listed all the same");
}
