//! Files of the project for the editor: read, written, checked.

mod check;
mod disk;
mod known;

pub use disk::{inside, save};

use std::time::Duration;

use crate::app::{Answer, EditorAnswer, EditorAsk, Trouble};
use crate::cli::Place;

/// Whoever types fast is not checked after each letter.
pub const PAUSE: Duration = Duration::from_millis(80);

/// What is asked with every letter waits a moment: by then it may be asked otherwise.
pub async fn pause(ask: &EditorAsk) {
    if let EditorAsk::Check { .. } = ask {
        tokio::time::sleep(PAUSE).await;
    }
}

pub fn answer(place: &Place, ask: EditorAsk) -> Result<Answer, Trouble> {
    let root = &place.root;
    Ok(Answer::Editor(match ask {
        EditorAsk::Read(path) => EditorAnswer::Read(disk::read(root, &path)?),
        EditorAsk::Begin(path) => EditorAnswer::Read(disk::begin(root, &path)?),
        EditorAsk::Look(files) => EditorAnswer::Looked(disk::look(root, &files)),
        EditorAsk::Check { texts, env, known } => check::check(place, &env, &texts, known.as_deref()),
    }))
}
