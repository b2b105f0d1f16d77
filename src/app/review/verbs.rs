use indexmap::IndexMap;

use super::{CodeRow, ReviewDeed, ReviewLook, ReviewPane, ReviewTab};
use crate::app::{
    Confirm, Deed, Effect, Field, FieldKind, Form, LineInput, Model, Overlay, Purpose, Screen, Trouble,
};
use crate::domain::Name;
use crate::domain::text::{safe, truncate};
use crate::domain::track::bodies::Place;
use crate::domain::track::{NextAction, Remark, SealedFacts, TrackId, VerdictKind};

/// The name of the one field of a form in which something is said.
const TEXT: &str = "text";

impl Model {
    /// What is shown, if it is what is selected.
    pub(in crate::app) fn reviewed(&self) -> Result<&ReviewLook, String> {
        let track = self.selected_track().ok_or("there is nothing to review")?;
        let look = self.review.look.get().filter(|look| look.track.id == track.id);
        look.map(Box::as_ref).ok_or_else(|| format!("{} has not been read yet", track.id))
    }

    /// Whether there is a package about which something could be said.
    pub(in crate::app) fn has_package(&self) -> Result<(), String> {
        let look = self.reviewed()?;
        look.package().map(drop).ok_or_else(|| format!("no package of {} is sealed yet", look.track.id))
    }

    pub(in crate::app) fn may_approve(&self) -> Result<(), String> {
        self.has_package()?;
        let look = self.reviewed()?;
        let given = look.card.approval.as_ref().filter(|given| Some(&given.package) == look.package());
        if look.track.promotion.is_some() {
            return Err("it is on its target already".to_owned());
        }
        if let Some(given) = given.filter(|given| given.standing.stands()) {
            return Err(format!("{} has approved this package already", given.by));
        }
        if look.card.verdict.kind == VerdictKind::Blocked {
            return Err(look.card.verdict.text.trim_end_matches('.').to_owned());
        }
        match &look.track.outdated {
            Some(why) => Err(format!("it would be void at once: {}", safe(why))),
            None => Ok(()),
        }
    }

    /// Says which commit would be approved, onto what, before it is signed.
    pub(in crate::app) fn ask_to_approve(&mut self) -> Vec<Effect> {
        let tip = self.reviewed().ok().and_then(|look| look.tip.clone());
        self.ask_of_package(|track, sealed| {
            let tip = tip.unwrap_or_else(|| sealed.target.tip.clone());
            let question = format!(
                "Approve {track}: commit {} onto {} at {}, as package {}?",
                sealed.head.short(),
                sealed.target.name.short(),
                tip.short(),
                sealed.package.short(),
            );
            (question, ReviewDeed::Approve { track, package: sealed.package })
        })
    }

    pub(in crate::app) fn may_promote(&self) -> Result<(), String> {
        self.has_package()?;
        let next = &self.reviewed()?.card.next;
        match next.action {
            NextAction::Promote | NextAction::Record => Ok(()),
            action => Err(format!("what is next is to {}", action.title())),
        }
    }

    /// Says what would come to where, before it does.
    pub(in crate::app) fn ask_to_promote(&mut self) -> Vec<Effect> {
        let look = self.reviewed().ok();
        let tip = look.and_then(|look| look.tip.clone());
        let came = look.and_then(|look| look.track.came.clone());
        self.ask_of_package(|track, sealed| {
            let (head, target) = (sealed.head.short(), sealed.target.name.short());
            let at = tip.map(|tip| format!(" at {}", tip.short())).unwrap_or_default();
            let question = match came {
                Some(commit) => format!("Record that {track} is on {target} already, as {}?", commit.short()),
                None => format!("Promote {track}: merge commit {head} to {target}{at}, as it was approved?"),
            };
            (question, ReviewDeed::Promote { track, package: sealed.package })
        })
    }

    /// Asks before something is signed of the package that is shown.
    fn ask_of_package(
        &mut self,
        asked: impl FnOnce(TrackId, SealedFacts) -> (String, ReviewDeed),
    ) -> Vec<Effect> {
        let Ok(look) = self.reviewed() else { return Vec::new() };
        let Some(sealed) = look.card.sealed.clone() else { return Vec::new() };
        let (question, deed) = asked(look.track.id.clone(), sealed);
        let question = format!("{question} It is signed with your key and pushed.");
        self.review.chosen = true;
        self.overlays.push(Overlay::Confirm(Confirm::new(question, Deed::Review(deed))));
        Vec::new()
    }

    pub(in crate::app) fn may_request(&self) -> Result<(), String> {
        self.has_package()?;
        match self.reviewed()?.track.promotion {
            Some(_) => Err("it is on its target already: what has to change is another track".to_owned()),
            None => Ok(()),
        }
    }

    pub(in crate::app) fn ask_for_request(&mut self) -> Vec<Effect> {
        let Ok(look) = self.reviewed() else { return Vec::new() };
        let Some(package) = look.package().cloned() else { return Vec::new() };
        let deed = ReviewDeed::Request { track: look.track.id.clone(), package, reason: String::new() };
        self.ask_for_words(deed)
    }

    /// Of the line that the code is at; anywhere else, of the whole.
    pub(in crate::app) fn ask_for_comment(&mut self) -> Vec<Effect> {
        let Ok(look) = self.reviewed() else { return Vec::new() };
        let track = look.track.id.clone();
        let on_code = self.review.tab == ReviewTab::Code && self.review.pane == ReviewPane::Detail;
        let (place, quoted) = match on_code.then(|| self.review.code_row()).flatten() {
            Some(CodeRow::Line { file, hunk, row }) => match place(look, file, hunk, row) {
                Ok((place, quoted)) => (Some(place), quoted),
                Err(why) => {
                    self.notices.tell(why);
                    return Vec::new();
                }
            },
            _ => (None, String::new()),
        };
        self.ask_for_more(ReviewDeed::Comment { track, text: String::new(), place, answers: None }, quoted)
    }

    /// What was said, if the keys are on something that was.
    pub(in crate::app) fn remark(&self) -> Result<&Remark, String> {
        let remarks = &self.reviewed()?.card.remarks;
        let at = self.review.remark().and_then(|at| remarks.get(at));
        at.ok_or_else(|| "go to what was said: below the lines of the code, or among the comments".to_owned())
    }

    pub(in crate::app) fn ask_for_answer(&mut self) -> Vec<Effect> {
        let Ok(answered) = self.remark().map(|remark| remark.entry.clone()) else { return Vec::new() };
        let Ok(track) = self.reviewed().map(|look| look.track.id.clone()) else { return Vec::new() };
        let answers = Some(answered);
        self.ask_for_words(ReviewDeed::Comment { track, text: String::new(), place: None, answers })
    }

    fn ask_for_words(&mut self, deed: ReviewDeed) -> Vec<Effect> {
        self.ask_for_more(deed, String::new())
    }

    /// What was begun before, and not said, is there again; else it begins with what is quoted.
    fn ask_for_more(&mut self, deed: ReviewDeed, quoted: String) -> Vec<Effect> {
        self.review.chosen = true;
        let begun = self.review.unsaid.iter().find(|(of, _)| *of == deed);
        let text = begun.map_or(quoted, |(_, text)| text.clone());
        self.overlays.extend(form(deed, &text));
        Vec::new()
    }

    /// Whoever comes out of a form has not thrown away what they wrote.
    pub(in crate::app) fn keep_unsaid(&mut self, form: &Form) {
        let Purpose::Say(deed) = &form.purpose else { return };
        let text = form.fields.first().map(|field| field.input.text().to_owned()).unwrap_or_default();
        if !text.trim().is_empty() {
            self.notices.tell("not said; what you wrote is there when you begin again");
            self.keep_words(deed.clone(), text);
        }
    }

    fn keep_words(&mut self, deed: ReviewDeed, text: String) {
        self.review.unsaid.retain(|(of, _)| *of != deed);
        self.review.unsaid.push((deed, text));
    }

    /// What was typed is signed and pushed.
    pub(in crate::app) fn say(&mut self, deed: &ReviewDeed, values: &IndexMap<Name, String>) -> Vec<Effect> {
        let Some(said) = values.get(TEXT) else { return Vec::new() };
        let said = said.trim().to_owned();
        let deed = match deed.clone() {
            ReviewDeed::Request { track, package, .. } => {
                ReviewDeed::Request { track, package, reason: said }
            }
            ReviewDeed::Comment { track, place, answers, .. } => {
                ReviewDeed::Comment { track, text: said, place, answers }
            }
            deed @ (ReviewDeed::Approve { .. } | ReviewDeed::Promote { .. }) => deed,
        };
        self.start(Deed::Review(deed))
    }

    /// It has landed; or it has not, and what was typed is there to be sent again by whoever is still here.
    pub(in crate::app) fn said(&mut self, mut deed: ReviewDeed, ended: Result<(), Trouble>) -> Vec<Effect> {
        let landed = ended.is_ok();
        match ended {
            Ok(()) => {
                self.notices.tell(deed.done());
                deed.take_text();
                self.review.unsaid.retain(|(of, _)| *of != deed);
            }
            Err(trouble) => {
                self.notices.wrong(trouble);
                let text = deed.take_text();
                if !text.is_empty() {
                    self.keep_words(deed.clone(), text);
                    if self.screen == Screen::Review && self.overlays.is_empty() {
                        self.ask_for_words(deed);
                    }
                }
            }
        }
        // What was refused may be so because of what others have pushed, which was fetched for it.
        vec![self.ask_tracks(landed)]
    }
}

/// Letters of a line that are quoted.
const QUOTED: usize = 60;

/// A line as it is at the head, which is what a comment is about. One that went has no place there: it is spoken of at the
/// nearest that has one, by its words.
fn place(look: &ReviewLook, file: usize, hunk: usize, row: usize) -> Result<(Place, String), &'static str> {
    let of = look.files.get(file).ok_or("the line is not there any more")?;
    if !of.at_head {
        return Err("the target has changed this file too: its lines have other numbers at the head");
    }
    let hunk = of.hunks.get(hunk).ok_or("the line is not there any more")?;
    let near =
        (0..hunk.rows.len()).min_by_key(|at| (hunk.new_line(*at).is_none(), at.abs_diff(row), at < &row));
    let line = near.and_then(|near| hunk.new_line(near));
    let line =
        line.ok_or("nothing of this file is left at the head: comment on the whole, from the overview")?;
    let gone = hunk.rows.get(row).filter(|row| row.new.is_none()).and_then(|row| hunk.old.get(row.old?));
    let quoted = gone.map(|line| format!("`{}` went: ", truncate(&safe(line.trim()), QUOTED)));
    Ok((Place { path: of.change.path.clone(), line }, quoted.unwrap_or_default()))
}

fn form(deed: ReviewDeed, text: &str) -> Option<Overlay> {
    let description = match &deed {
        ReviewDeed::Approve { .. } | ReviewDeed::Promote { .. } => return None,
        ReviewDeed::Request { .. } => "What has to change before it can be approved; signed and pushed",
        ReviewDeed::Comment { .. } => "For everybody who reads the track; signed and pushed",
    };
    let field = Field {
        name: Name::new(TEXT).ok()?,
        kind: FieldKind::Sentence,
        description: description.to_owned(),
        input: LineInput::of(text),
        required: true,
    };
    Some(Overlay::Form(Form { purpose: Purpose::Say(deed), fields: vec![field], selected: 0, tried: false }))
}
