use super::Filter;

/// Something is chosen from a list by typing.
#[derive(Clone, Debug)]
pub struct Picker<T> {
    items: Vec<(String, T)>,
    /// What is typed stands for something itself: it is shown whatever fits, as the last.
    typed: Option<(String, T)>,
    /// That is what is wanted here: it is the first.
    typed_first: bool,
    pub filter: Filter,
    /// Among those that are shown.
    pub selected: usize,
    /// What the filter leaves: found once for each text, not with each frame.
    shown: Vec<usize>,
    /// Which of them fit a text, best first, where that is not told by the letters of their labels alone.
    rank: Option<Rank<T>>,
}

type Rank<T> = fn(&str, &[(String, T)]) -> Vec<usize>;

impl<T> Picker<T> {
    pub fn new(items: Vec<(String, T)>) -> Self {
        let filter = Filter { editing: true, ..Filter::default() };
        let shown = (0..items.len()).collect();
        Self { items, typed: None, typed_first: false, filter, selected: 0, shown, rank: None }
    }

    /// What fits is another's to say, also where nothing is typed.
    pub fn ranked(items: Vec<(String, T)>, rank: Rank<T>) -> Self {
        let mut picker = Self { rank: Some(rank), ..Self::new(items) };
        picker.arrange();
        picker
    }

    /// What is typed is more likely to be wanted than what fits it.
    pub fn of_typed(items: Vec<(String, T)>) -> Self {
        Self { typed_first: true, ..Self::new(items) }
    }

    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Others are to be chosen from, and what is typed may stand for something else.
    pub fn set_items(&mut self, items: Vec<(String, T)>, typed: Option<(String, T)>) {
        self.items = items;
        self.typed = typed;
        self.arrange();
    }

    /// The text of the filter is another: the list begins at its top.
    pub fn retyped(&mut self, typed: Option<(String, T)>) {
        self.selected = 0;
        self.typed = typed;
        self.arrange();
    }

    fn arrange(&mut self) {
        self.shown = match self.rank {
            Some(rank) => rank(self.filter.text().trim(), &self.items),
            None => self.filter.fitting(self.items.iter().map(|(label, _)| label)),
        };
        if self.typed_first {
            // What has the very name comes before what is like it.
            let text = self.filter.text().trim();
            let named = |index: &usize| {
                let rest = self.items[*index].0.strip_prefix(text);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            };
            self.shown.sort_by_key(|index| !named(index));
        }
        if self.typed.is_some() {
            let at = if self.typed_first { 0 } else { self.shown.len() };
            self.shown.insert(at, self.items.len());
        }
    }

    /// Positions of those that the filter leaves, best first.
    pub fn shown(&self) -> &[usize] {
        &self.shown
    }

    /// What is shown by this position.
    pub fn item(&self, position: usize) -> Option<&(String, T)> {
        self.items.get(position).or(self.typed.as_ref())
    }

    pub fn chosen(&self) -> Option<&T> {
        let shown = self.shown();
        let index = shown.get(self.selected.min(shown.len().checked_sub(1)?))?;
        self.item(*index).map(|(_, item)| item)
    }

    pub fn go(&mut self, rows: i64) {
        self.selected = moved(self.selected, rows, self.shown().len());
    }
}

/// A position in a list of so many, some rows on or back; it stops at the ends.
pub fn moved(position: usize, rows: i64, count: usize) -> usize {
    let last = i64::try_from(count).unwrap_or(i64::MAX).saturating_sub(1).max(0);
    let at = i64::try_from(position).unwrap_or(last).min(last);
    usize::try_from(at.saturating_add(rows).clamp(0, last)).unwrap_or(0)
}

/// The one of these so many after it, or before it, round the ends.
pub fn turned<T: Copy + PartialEq>(all: &[T], from: T, steps: i64) -> T {
    let at = all.iter().position(|one| *one == from).unwrap_or(0);
    let count = i64::try_from(all.len()).unwrap_or(1).max(1);
    let to = (i64::try_from(at).unwrap_or(0) + steps).rem_euclid(count);
    usize::try_from(to).ok().and_then(|to| all.get(to)).copied().unwrap_or(from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_what_the_text_and_the_items_are_now() {
        let items = |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), ())).collect();
        let mut picker = Picker::new(items(&["one", "two"]));
        assert_eq!(picker.shown(), [0, 1]);
        picker.go(1);
        picker.filter.input.paste("o");
        picker.retyped(Some(("new: o".to_owned(), ())));
        assert_eq!((picker.shown(), picker.selected), ([0, 1, 2].as_slice(), 0));
        picker.set_items(items(&["x", "y", "three o"]), None);
        assert_eq!(picker.shown(), [2]);
        assert!(picker.chosen().is_some());
    }

    #[test]
    fn a_name_comes_before_what_is_like_it() {
        let all = ["w/daily_x.yaml", "w/x/daily.yaml", "w/daily.yaml"];
        let mut picker = Picker::of_typed(all.map(|name| (name.to_owned(), name)).into());
        picker.filter.input.paste("w/daily");
        picker.retyped(None);
        assert_eq!(picker.chosen(), Some(&"w/daily.yaml"));
        picker.retyped(Some(("new".to_owned(), "new")));
        assert_eq!(picker.chosen(), Some(&"new"));
    }

    #[test]
    fn a_list_stops_at_its_ends() {
        assert_eq!([moved(0, -1, 3), moved(2, 1, 3), moved(1, i64::MAX, 3), moved(9, 0, 3)], [0, 2, 2, 2]);
        assert_eq!(moved(5, 1, 0), 0);
    }
}
