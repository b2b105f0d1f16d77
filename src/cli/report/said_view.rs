use jiff::Timestamp;

use super::card_view::list;
use crate::cli::Look;
use crate::domain::text::safe;
use crate::domain::track::bodies::Place;
use crate::domain::track::{Card, LineNow, Remark, threads};

/// What was said, and entries that do not count; empty where there are none.
pub fn said(card: &Card, look: &Look, when: &dyn Fn(Timestamp) -> String) -> String {
    let said = list("what was said", look, remarks(card, when).into_iter().flatten());
    let invalid = uncounted(card, look);
    if said.is_empty() || invalid.is_empty() { said + &invalid } else { format!("{said}\n{invalid}") }
}

/// Each remark's lines, with those that answer it behind it; in the order of `threads`.
pub fn remarks(card: &Card, when: &dyn Fn(Timestamp) -> String) -> Vec<Vec<String>> {
    let all = threads(&card.remarks);
    let said = all.iter().flatten().filter_map(|at| card.remarks.get(*at));
    said.map(|remark| {
        let (lead, gap) = if remark.answers.is_some() { ("  ↳ ", "    ") } else { ("", "") };
        let asks = if remark.requests { " requests changes" } else { "" };
        let at = whereabouts(remark).map(|at| format!(" on {at}")).unwrap_or_default();
        let first = format!("{lead}{}{asks}{at}, {}", remark.by, when(remark.at));
        let was = was(remark).map(|was| format!("{gap}  it was: {was}"));
        let text = remark.text.lines().map(|line| format!("{gap}  {}", safe(line)));
        std::iter::once(first).chain(was).chain(text).collect()
    })
    .collect()
}

/// Entries that do not count; empty where there are none.
pub fn uncounted(card: &Card, look: &Look) -> String {
    let invalid = card.invalid.iter().map(|one| {
        let what = one.transition.unwrap_or("unreadable");
        format!("{} {what}: {}", one.entry.short(), safe(&one.why.to_string()))
    });
    list("entries that do not count", look, invalid)
}

/// `sql/late.sql:12`, and where that is now.
fn whereabouts(remark: &Remark) -> Option<String> {
    let place = remark.place.as_ref()?;
    let told = |place: &Place| format!("{}:{}", safe(&place.path), place.line);
    let now = match &remark.now {
        Some(LineNow::At(now)) if now.path != place.path => format!(", now {}", told(now)),
        Some(LineNow::At(now)) if now.line != place.line => format!(", now line {}", now.line),
        Some(LineNow::Outdated { .. }) => " (outdated)".to_owned(),
        Some(LineNow::At(_)) | None => String::new(),
    };
    Some(told(place) + &now)
}

/// What the line said that is another now.
fn was(remark: &Remark) -> Option<String> {
    match &remark.now {
        Some(LineNow::Outdated { was: Some(was) }) => Some(safe(was.trim()).into_owned()),
        _ => None,
    }
}
