use std::sync::atomic::AtomicBool;

use crate::cli::args::Diff;
use crate::cli::report::{Patience, comparison_json, comparison_view};
use crate::cli::stage::{compare, fetch_differing, look_up};
use crate::cli::{Exit, Invocation, Output, Place, UserError};

/// Compares two runs. Exits as a failure where they differ, or where what one made was changed since: of that nobody can
/// say that it is the same.
pub fn run(asked: &Diff, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let old = look_up(invocation, &asked.env, &asked.old)?;
    let new = look_up(invocation, &asked.env, &asked.new)?;
    let key: Vec<String> = asked.key.iter().map(|name| name.trim().to_owned()).collect();
    if key.iter().any(String::is_empty) {
        return Err(UserError::wrong("`--key` names no column")
            .to_do("write the columns' names with commas between them, as in --key id,day"));
    }
    fetch_differing(&old, &new)?;
    let place = Place::find(invocation.project()).ok();
    let comparison = {
        let _patience = Patience::start("comparing what the runs made");
        compare(place.as_ref(), &old, &new, &key, &AtomicBool::new(false))
    };
    match output.json {
        true => output.document(&comparison_json(&comparison))?,
        false => output.text(&comparison_view(&comparison, asked.all, &output.look))?,
    }
    Ok(if comparison.differs() || !comparison.damaged.is_empty() { Exit::Failed } else { Exit::Done })
}
