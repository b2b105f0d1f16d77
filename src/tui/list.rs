use std::ops::Range;

/// Which of so many rows are shown where `height` have room: the selected one stands in the middle, but at the ends of the
/// list. It follows from these alone, so that a list needs no memory of where it was.
pub(super) fn window(selected: usize, count: usize, height: usize) -> Range<usize> {
    let last_page = count.saturating_sub(height);
    let first = selected.saturating_sub(height / 2).min(last_page);
    first..(first + height).min(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_selected_row_is_always_shown() {
        for (selected, count, height) in
            [(0, 100, 10), (99, 100, 10), (50, 100, 10), (3, 5, 10), (0, 0, 10), (7, 9, 1)]
        {
            let shown = window(selected, count, height);
            assert!(count == 0 || shown.contains(&selected), "{selected} of {count} in {height}: {shown:?}");
            assert_eq!(shown.len(), height.min(count));
        }
        assert_eq!(window(50, 100, 10), 45..55);
    }
}
