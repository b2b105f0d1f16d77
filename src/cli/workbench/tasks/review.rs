use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use crate::app::{ReviewDeed, ReviewLook, TracksLook, Trouble};
use crate::cli::commands::{approve, comment, promote, request_changes};
use crate::cli::track::{Desk, shown};
use crate::cli::{Invocation, Place, UserError};
use crate::domain::track::{CommitId, TrackId};
use crate::git::Prompt;

/// Whoever passes by a track does not want it read.
const PASSING: Duration = Duration::from_millis(120);

/// Given up by whoever asks for another one meanwhile.
pub async fn pause() {
    tokio::time::sleep(PASSING).await;
}

/// All tracks. Those that are known are told at once; then the remote is asked. One that does not answer is told beside
/// what is known.
pub fn tracks(place: &Place, fetch: bool, tell: &dyn Fn(TracksLook)) -> Result<TracksLook, Trouble> {
    let (desk, warning) = match fetch {
        true => Desk::at(Some(&place.root), Prompt::Never)?,
        false => Desk::known(Some(&place.root))?,
    };
    let told = Rc::new(RefCell::new(Vec::new()));
    let desk = desk.warning(Box::new({
        let told = Rc::clone(&told);
        move |text| told.borrow_mut().push(text.to_owned())
    }));
    let look = |asked, gone| {
        let known = look(&desk)?;
        let warnings: Vec<String> = warning.iter().cloned().chain(told.take()).collect();
        let warning = (!warnings.is_empty()).then(|| warnings.join("\n"));
        Ok::<_, UserError>(TracksLook { asked, gone, warning, ..known })
    };
    if !fetch {
        return Ok(look(false, None)?);
    }
    if let Ok(known) = look(false, None)
        && !known.tracks.is_empty()
    {
        tell(known);
    }
    match desk.fetch_tracks() {
        Ok(()) => Ok(look(true, None)?),
        Err(error) => {
            let gone = Trouble::from(error);
            look(true, Some(gone.clone())).map_err(|_| gone)
        }
    }
}

fn look(desk: &Desk) -> Result<TracksLook, UserError> {
    let (roster, looked) = desk.look_at_all()?;
    let me = desk.person(&roster).ok().map(|(name, _)| name);
    let tracks = looked.into_iter().map(|looked| looked.track).collect();
    Ok(TracksLook { remote: desk.remote.clone(), tracks, me, ..TracksLook::default() })
}

/// One of them, as it was last fetched.
pub fn review(place: &Place, track: &TrackId) -> Result<ReviewLook, Trouble> {
    let (desk, _) = Desk::at(Some(&place.root), Prompt::Never)?;
    let (id, kept) = desk.find(track.as_str())?;
    let roster = desk.roster()?;
    let looked = desk.look(&id, kept, &roster)?;
    Ok(shown(&desk, &looked, &roster)?)
}

/// Says something of a track, as the commands do; nobody is asked for a passphrase where there is a screen.
pub fn deed(
    place: &Place,
    deed: &ReviewDeed,
    invocation: &Invocation,
    warn: &dyn Fn(&str),
) -> Result<(), UserError> {
    let (desk, warning) = Desk::at(Some(&place.root), Prompt::Never)?;
    if let Some(warning) = warning {
        warn(&warning);
    }
    let (id, seen) = desk.visit(deed.track().as_str())?;
    match deed {
        ReviewDeed::Approve { package, .. } => approve::approve(&desk, (&id, &seen), package, "", invocation),
        ReviewDeed::Promote { package, .. } => promote::promote(&desk, &id, &seen, package, invocation),
        ReviewDeed::Request { package, reason, .. } => {
            request_changes::request(&desk, &id, package, reason, invocation)
        }
        ReviewDeed::Comment { text, place, answers, .. } => {
            let answers = answers.as_ref().map(CommitId::as_str);
            comment::comment(&desk, &id, text, place.as_ref(), answers)
        }
    }
    .map(drop)
}
