use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::{ACTIONS, Action, Group, always};
use crate::app::{Choice, Overlay, Picker};

pub const PALETTE: Action = Action {
    id: "palette",
    keys: &[":", "ctrl-p"],
    title: "all actions",
    about: "Find an action by its name; `:q` quits, `:wq` saves first",
    group: Group::Workbench,
    on: &[],
    applies: always,
    act: |model| {
        let screen = model.screen;
        let (here, elsewhere): (Vec<&Action>, Vec<&Action>) =
            ACTIONS.iter().partition(|action| action.on.is_empty() || action.on.contains(&screen));
        let label = |action: &Action| format!("{}: {}", action.title, action.about);
        let here = here.into_iter().map(|action| (label(action), Choice::Action(action)));
        let own = model.own.iter().enumerate().filter(|(_, command)| command.is_on(screen));
        let own =
            own.map(|(index, command)| (format!("{}: {}", command.title, command.run), Choice::Own(index)));
        let elsewhere = elsewhere.into_iter().map(|action| (action.elsewhere(), Choice::Elsewhere(action)));
        let items = here.chain(own).chain(elsewhere).collect();
        model.overlays.push(Overlay::Palette(Picker::ranked(items, fitting)));
        Vec::new()
    },
};

/// How well something fits, from the best on. Of two that fit alike, the letters say which is meant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Named,
    Begins,
    Holds,
    Letters,
    /// Only what it does is told so.
    About,
}

/// Names are found by some of their letters. In a whole sentence nearly any letters stand somewhere, so that its words
/// have to be typed as they begin.
fn fitting(text: &str, items: &[(String, Choice)]) -> Vec<usize> {
    if text.is_empty() {
        let here = |index: &usize| !matches!(items[*index].1, Choice::Elsewhere(_));
        return (0..items.len()).filter(here).collect();
    }
    let text = text.to_lowercase();
    let pattern = Pattern::new(&text, CaseMatching::Ignore, Normalization::Smart, AtomKind::Fuzzy);
    let mut config = Config::DEFAULT;
    config.prefer_prefix = true;
    let (mut matcher, mut letters) = (Matcher::new(config), Vec::new());
    let mut score = |name: &str| pattern.score(Utf32Str::new(name, &mut letters), &mut matcher);
    let mut fits: Vec<_> = Vec::new();
    for (index, (label, choice)) in items.iter().enumerate() {
        let (title, about) = label.split_once(": ").unwrap_or((label, ""));
        let (title, about) = (title.to_lowercase(), about.to_lowercase());
        let names = [title.as_str(), choice.id()];
        let has = |fits: &dyn Fn(&str) -> bool| names.into_iter().any(|name| !name.is_empty() && fits(name));
        let fit = if choice.quits() {
            // Nobody is to leave by letters that happen to stand in it.
            let fit = if choice.id() == "quit" { Fit::Begins } else { Fit::Holds };
            choice.id().starts_with(&text).then_some(fit)
        } else if has(&|name| name == text) {
            Some(Fit::Named)
        } else if has(&|name| name.starts_with(&text)) {
            Some(Fit::Begins)
        } else if has(&|name| name.contains(&text)) {
            Some(Fit::Holds)
        } else if matches!(choice, Choice::Elsewhere(_)) {
            // It cannot be done here: only who names it wants to know why.
            None
        } else if names.into_iter().any(|name| score(name).is_some()) {
            Some(Fit::Letters)
        } else {
            let told =
                |word: &str| about.split(|c: char| !c.is_alphanumeric()).any(|has| has.starts_with(word));
            text.split_whitespace().all(told).then_some(Fit::About)
        };
        if let Some(fit) = fit {
            let best = names.into_iter().filter_map(&mut score).max();
            fits.push((fit, std::cmp::Reverse(best), index));
        }
    }
    fits.sort_unstable();
    fits.into_iter().map(|(_, _, index)| index).collect()
}

impl Choice {
    fn id(&self) -> &'static str {
        match self {
            Self::Action(action) | Self::Elsewhere(action) => action.id,
            Self::Own(_) => "",
        }
    }

    fn quits(&self) -> bool {
        matches!(self.id(), "quit" | "quit_or_back")
    }
}
