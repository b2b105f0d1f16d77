use jiff::Timestamp;

use crate::cli::args::Note as Asked;
use crate::cli::report::notes_list;
use crate::cli::stage::{author, find, runs_of};
use crate::cli::{Exit, Invocation, Output, UserError, Workspace};
use crate::domain::{Note, RunLayout};
use crate::store::{Standing, add_note, address_of, read_notes};

/// Writes something down beside a run, pins it, or shows what was written.
pub fn run(asked: &Asked, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let workspace = Workspace::open(invocation.project())?;
    let found = find(&runs_of(&workspace, &asked.env)?, &asked.run)?;
    let layout = RunLayout::at(&found.path);
    let in_bucket = address_of(&workspace.store_root(&asked.env)?);
    let text = asked.text.join(" ");
    let text = Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    if text.is_none() && !asked.text.is_empty() {
        return Err(
            UserError::wrong("there is nothing in this note").to_do("write some words behind the run")
        );
    }
    let pinned = match (asked.pin, asked.unpin) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    };
    let short = found.run.token.short();
    let text_is_new = text.is_some() || pinned.is_some();
    if text_is_new {
        let _standing = Standing::together(&workspace.store_root(&asked.env)?);
        let note = Note { ts: Timestamp::now(), user: author(&workspace), text, pinned };
        add_note(&layout, &note).map_err(|error| {
            UserError::from_error(Exit::NotReady, format!("run {short} has no such note"), &error)
                .to_do("see to it that what is named there can be written, and has room")
        })?;
    }
    if let Some(address) = in_bucket.filter(|_| text_is_new) {
        invocation.warn(&format!("only on this machine: notes do not go to {address}"));
    }
    let notes = read_notes(&layout).map_err(|error| {
        UserError::from_error(Exit::NotReady, format!("the notes of run {short}"), &error)
    })?;
    output.either(&notes.0, |look| notes_list(&short, &notes, Timestamp::now(), look))?;
    Ok(Exit::Done)
}
