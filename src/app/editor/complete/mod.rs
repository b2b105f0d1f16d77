//! What can be typed at a place: a pure function of the text, the cursor and the names that are known.

mod entry;
mod outline;
mod place;
mod schema;
mod sql;
mod template;
mod yaml;

pub use outline::Outline;

use camino::Utf8Path;

use super::Known;

/// Something that can be typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// As it is listed, and found by its letters.
    pub label: String,
    pub about: String,
    /// What comes in the place of what is typed of it.
    pub insert: String,
    /// Letters at the end of `insert` that stay behind the cursor.
    pub behind: usize,
}

impl Item {
    pub fn word(label: impl Into<String>, about: impl Into<String>) -> Self {
        let label = label.into();
        Self { insert: label.clone(), label, about: about.into(), behind: 0 }
    }
}

/// What fits where the cursor stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub items: Vec<Item>,
    /// Letters before the cursor that are typed of it.
    pub typed: usize,
    /// Only these can follow: they are shown without being asked for.
    pub sure: bool,
}

/// A text, and the place in it.
#[derive(Clone, Copy, Debug)]
pub struct Spelling<'a> {
    pub path: &'a Utf8Path,
    pub lines: &'a [String],
    /// Row and letter, from 0.
    pub cursor: (usize, usize),
    pub known: &'a Known,
}

impl Spelling<'_> {
    /// The line up to the cursor.
    fn before(&self) -> String {
        let line = self.lines.get(self.cursor.0).map_or("", String::as_str);
        line.chars().take(self.cursor.1).collect()
    }
}

/// None: nothing is known that could follow.
pub fn complete(spelling: Spelling<'_>) -> Option<Offer> {
    let offer = match spelling.path.extension() {
        Some("sql") => {
            let params = spelling.known.queries.get(spelling.path).into_iter().flatten();
            let params = params.flat_map(|used| used.params.clone()).collect();
            sql::offer(&spelling.lines.join("\n"), &spelling.before(), params, spelling.known)
        }
        Some("yaml" | "yml") => yaml::offer(spelling),
        _ => None,
    }?;
    (!offer.items.is_empty()).then_some(offer)
}

/// Those that begin with what is typed, and then those that hold it, in their order. None of them where all that it could
/// be is typed already.
fn fitting(items: Vec<Item>, typed: &str, sure: bool) -> Offer {
    let wanted = typed.to_lowercase();
    let (mut begins, mut holds) = (Vec::new(), Vec::new());
    for item in items {
        let label = item.label.to_lowercase();
        if label.starts_with(&wanted) {
            begins.push(item);
        } else if label.contains(&wanted) {
            holds.push(item);
        }
    }
    begins.append(&mut holds);
    if matches!(begins.as_slice(), [only] if only.insert == typed) {
        begins.clear();
    }
    Offer { items: begins, typed: typed.chars().count(), sure }
}

/// The end of a text that is a word: letters, digits, `_` and these.
fn last_word<'a>(text: &'a str, also: &str) -> &'a str {
    let part = |c: char| c.is_alphanumeric() || c == '_' || also.contains(c);
    &text[text.trim_end_matches(part).len()..]
}
