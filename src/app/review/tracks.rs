use super::{ReviewLook, ReviewPane, TracksLook};
use crate::app::{Ask, Effect, Model, Screen, Slot, Trouble};
use crate::domain::track::{NextAction, Track, TrackId};

impl Model {
    /// `fetch`: the remote is asked; else they are as it last had them.
    pub(in crate::app) fn ask_tracks(&mut self, fetch: bool) -> Effect {
        self.tasks.ask(Slot::Tracks, Ask::Tracks { fetch })
    }

    /// Whoever comes from a workflow that waits for a review means that one.
    pub(in crate::app) fn look_for_own_track(&mut self) {
        let workflow = match self.screen {
            Screen::Board => self.selected_workflow().map(|flow| flow.name.as_str()),
            Screen::Workflow => self.workflow.name.as_deref(),
            _ => None,
        };
        let own = workflow.and_then(|name| self.tracks.get()?.of(name));
        let waiting = own.filter(|track| track.next.action == NextAction::Review);
        if let Some(id) = waiting.map(|track| track.id.clone()) {
            self.select_track(Some(&id));
            self.review.chosen = true;
        }
    }

    /// Whoever turns to the screen wants to know what there is now.
    pub(in crate::app) fn show_review(&mut self) -> Vec<Effect> {
        if self.tasks.waits(Slot::Tracks) { Vec::new() } else { vec![self.ask_tracks(true)] }
    }

    /// Something is reviewed here, or looked for.
    pub fn reviews(&self) -> bool {
        self.screen == Screen::Review || self.tracks.get().is_some_and(|look| !look.tracks.is_empty())
    }

    /// The one that the list is on.
    pub fn selected_track(&self) -> Option<&Track> {
        let listed = self.tracks.get()?.listed();
        let last = listed.len().checked_sub(1)?;
        listed.get(self.review.selected.min(last)).copied()
    }

    /// The selection stays with what it is on.
    pub(in crate::app) fn take_tracks(&mut self, mut look: TracksLook) {
        // Whoever has not asked the remote knows nothing new of it.
        if !look.asked {
            look.gone = self.tracks.get().and_then(|before| before.gone.clone());
        }
        let selected = self.selected_track().filter(|_| self.review.chosen).map(|track| track.id.clone());
        let told = self.tracks.get().and_then(|look| look.warning.clone());
        if let Some(warning) = look.warning.clone().filter(|warning| told.as_ref() != Some(warning)) {
            self.notices.tell(warning);
        }
        self.tracks.set(Ok(look));
        self.select_track(selected.as_ref());
        // What could not be read may be read now.
        if self.review.look.trouble.is_some() {
            self.review.of = None;
        }
    }

    fn select_track(&mut self, id: Option<&TrackId>) {
        let listed = self.tracks.get().map(TracksLook::listed).unwrap_or_default();
        let found = id.and_then(|id| listed.iter().position(|track| track.id == *id));
        // Nobody has chosen: what waits is wanted.
        let other = if id.is_some() { self.review.selected } else { 0 };
        self.review.selected = found.unwrap_or(other).min(listed.len().saturating_sub(1));
    }

    /// What is selected is looked at, if anybody looks, and again when it is not what it was.
    pub(in crate::app) fn sync_review(&mut self) -> Vec<Effect> {
        if self.screen != Screen::Review {
            return Vec::new();
        }
        // Asked after every key: nothing is copied where nothing has changed.
        let selected = self.selected_track().filter(|track| self.review.of.as_ref() != Some(track));
        let Some(track) = selected.cloned() else { return Vec::new() };
        let id = track.id.clone();
        self.review.turn_to(track);
        vec![self.tasks.ask(Slot::Review, Ask::Review(id))]
    }

    pub(in crate::app) fn review_answered(&mut self, answer: Result<Box<ReviewLook>, Trouble>) {
        self.review.take(answer);
    }

    /// To the list, or to what there is of the one that is selected.
    pub(in crate::app) fn go_to_review_pane(&mut self, pane: ReviewPane) {
        (self.review.pane, self.review.chosen) = (pane, true);
        self.review.full &= pane == ReviewPane::Detail;
    }
}
