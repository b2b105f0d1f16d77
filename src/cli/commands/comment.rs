use super::track::gone;
use crate::cli::args::Comment;
use crate::cli::report::track_view;
use crate::cli::track::{Desk, Draft, Looked, On, of_git};
use crate::cli::{Exit, Invocation, Output, UserError};
use crate::domain::escape::unescape;
use crate::domain::text::safe;
use crate::domain::track::bodies::{Place, Said};
use crate::domain::track::{CommitId, TrackId, Transition};
use crate::git::Prompt;

/// Says something about a track, a line of it, or in answer to somebody.
pub fn run(asked: &Comment, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    if asked.text.trim().is_empty() {
        return Err(UserError::wrong("nothing is said").to_do("write what you mean behind the track"));
    }
    let place = asked.at.as_deref().map(place).transpose()?;
    let desk = Desk::open(invocation, Prompt::Terminal)?;
    let (id, looked) = desk.visit(&asked.track)?;
    if let Some(place) = &place {
        is_there(&desk, &looked, place)?;
    }
    let looked = comment(&desk, &id, &asked.text, place.as_ref(), asked.answers.as_deref())?;
    output.either(&looked.track, |look| track_view(&looked.track, invocation, look))?;
    Ok(Exit::Done)
}

/// Signs what is said, and pushes it. `answers`: the beginning of the entry that it answers.
pub fn comment(
    desk: &Desk,
    id: &TrackId,
    text: &str,
    place: Option<&Place>,
    answers: Option<&str>,
) -> Result<Looked, UserError> {
    let looked = desk.say(id, |_, on, roster| {
        let On::Known(looked) = on else { return Err(gone(id.as_str())) };
        let answers = answers.map(|text| answered(looked, text)).transpose()?;
        let said = Said { text: text.to_owned(), place: place.cloned(), answers };
        let package = looked.track.package.as_ref();
        let sealed = package.map(|package| &package.manifest);
        Ok(Draft {
            transition: Transition::Said(said),
            head: sealed.map_or_else(|| roster.tip.clone(), |sealed| sealed.head.clone()),
            merge_tree: sealed.map(|sealed| sealed.merge_tree.clone()),
            base: sealed.map_or_else(|| roster.tip.clone(), |sealed| sealed.base.clone()),
            package: package.map(|package| package.digest.clone()),
            expires: None,
            evidence: Vec::new(),
            along: Vec::new(),
        })
    })?;
    Ok(looked)
}

fn place(text: &str) -> Result<Place, UserError> {
    let parts = text.rsplit_once(':').and_then(|(path, line)| Some((path, line.parse::<u64>().ok()?)));
    match parts {
        Some((path, line)) if !path.is_empty() && line > 0 => Ok(Place { path: path.to_owned(), line }),
        _ => Err(UserError::wrong(format!("`{}` is no line of a file", safe(text)))
            .to_do("name it as in sql/delays.sql:12")),
    }
}

/// That the package's head has the line; without a package, the target.
fn is_there(desk: &Desk, looked: &Looked, place: &Place) -> Result<(), UserError> {
    let (head, of) = match &looked.track.package {
        Some(package) => (package.manifest.head.clone(), "the package's head"),
        None => (desk.roster()?.tip, "the branch that the track leads to"),
    };
    let path = unescape(&place.path).unwrap_or_else(|| place.path.clone().into());
    let (file, short) = (safe(&place.path), head.short());
    let text = desk.repository.file(&head, &path).map_err(|error| of_git(&error))?;
    let text = text.ok_or_else(|| {
        UserError::wrong(format!("{of}, {short}, has no file `{file}`"))
            .to_do("name it from the repository's root, as in sql/delays.sql:12")
    })?;
    let ends = text.iter().filter(|byte| **byte == b'\n').count();
    let lines = (ends + usize::from(!text.is_empty() && !text.ends_with(b"\n"))) as u64;
    match place.line <= lines {
        true => Ok(()),
        false => Err(UserError::wrong(format!(
            "`{file}` has {lines} lines in {of}, {short}, and no line {}",
            place.line
        ))
        .to_do("name one that is there")),
    }
}

/// The comment whose entry begins so.
fn answered(looked: &Looked, text: &str) -> Result<CommitId, UserError> {
    let remarks = looked.track.remarks.iter().filter(|remark| remark.entry.as_str().starts_with(text));
    match remarks.collect::<Vec<_>>().as_slice() {
        [one] => Ok(one.entry.clone()),
        [] => Err(UserError::wrong(format!("there is no comment {}", safe(text)))
            .to_do("greenroom track show tells those there are, with their entries")),
        _ => Err(UserError::wrong(format!("{} is more than one comment", safe(text)))
            .to_do("write more of its entry")),
    }
}
