use super::TextBuffer;

impl TextBuffer {
    /// Spaces up to the next level; lines that are selected go one level deeper.
    pub fn indent(&mut self, step: usize) {
        if self.selection().is_some() {
            return self.shift(|line| if line.is_empty() { 0 } else { step }, true);
        }
        let (_, letter) = self.here();
        self.replace_before(0, &" ".repeat(step - letter % step));
    }

    /// The line with the cursor, or each that is selected, one level less deep.
    pub fn outdent(&mut self, step: usize) {
        let spaces = |line: &str| line.chars().take(step).take_while(|c| *c == ' ').count();
        self.shift(spaces, false);
    }

    /// So many spaces more, or less, before each of the lines; the same letters stay selected.
    fn shift(&mut self, spaces: impl Fn(&str) -> usize, deeper: bool) {
        let cursor = self.cursor();
        let selection = self.selection();
        let (mut from, mut to) = selection.unwrap_or((cursor, cursor));
        // Of a line before whose first letter the selection ends, nothing is selected.
        let last = if to.1 == 0 && to.0 > from.0 { to.0 - 1 } else { to.0 };
        let mut shifted = Vec::new();
        for row in from.0..=last {
            let line = &self.lines()[row];
            let spaces = spaces(line);
            shifted.push(if deeper { " ".repeat(spaces) + line } else { line[spaces..].to_owned() });
            for end in [&mut from, &mut to].into_iter().filter(|end| end.0 == row) {
                end.1 = if deeper { end.1 + spaces } else { end.1.saturating_sub(spaces) };
            }
        }
        // At once: of an edit for each line more than there may be would have to be kept, to take them back.
        if self.lines()[from.0..=last] != shifted {
            self.select((from.0, 0), (last, usize::MAX));
            self.replace_before(0, &shifted.join("\n"));
        }
        match selection {
            Some(_) => self.select(from, to),
            None => self.go_to(to.0, to.1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(line: &str, act: impl Fn(&mut TextBuffer)) -> String {
        let mut buffer = TextBuffer::of(line);
        buffer.go_to(0, usize::MAX);
        act(&mut buffer);
        buffer.text()
    }

    #[test]
    fn tabs_are_spaces_up_to_the_next_level_and_are_taken_back() {
        assert_eq!(after("   x", |buffer| buffer.indent(2)), "   x  ");
        assert_eq!(after(" ", |buffer| buffer.indent(2)), "  ");
        assert_eq!(after("", |buffer| buffer.indent(4)), "    ");
        assert_eq!(after("     x", |buffer| buffer.outdent(2)), "   x");
        assert_eq!(after(" x", |buffer| buffer.outdent(4)), "x");
        assert_eq!(after("\tx", |buffer| buffer.outdent(4)), "\tx");
    }

    #[test]
    fn lines_that_are_selected_are_moved_together_and_stay_selected() {
        let mut buffer = TextBuffer::of("a\n  b\n\n c\nd");
        buffer.select((1, 3), (4, 0));
        buffer.indent(2);
        assert_eq!(buffer.text(), "a\n    b\n\n   c\nd");
        assert_eq!(buffer.selection(), Some(((1, 5), (4, 0))));
        buffer.outdent(2);
        buffer.outdent(2);
        assert_eq!(buffer.text(), "a\nb\n\nc\nd");
        assert!(buffer.undo() && buffer.undo() && buffer.undo());
        assert_eq!(buffer.text(), "a\n  b\n\n c\nd");
        assert!(!buffer.undo());
    }

    #[test]
    fn however_many_lines_are_moved_they_can_be_moved_back() {
        let text = "x\n".repeat(3000);
        let mut buffer = TextBuffer::of(&text);
        buffer.select((0, 0), (3000, 0));
        buffer.indent(2);
        assert_eq!(buffer.selection(), Some(((0, 2), (3000, 0))));
        assert!(buffer.text().starts_with("  x\n  x") && buffer.undo() && buffer.is(&text));
        assert!(!buffer.undo());
    }

    #[test]
    fn what_was_cut_out_before_lines_are_moved_can_be_put_elsewhere() {
        let mut buffer = TextBuffer::of("cut\n  a\n  b");
        buffer.select((0, 0), (0, 3));
        buffer.press("ctrl-x".parse().unwrap());
        buffer.select((1, 0), (2, 3));
        buffer.outdent(2);
        buffer.go_to(0, 0);
        buffer.press("ctrl-y".parse().unwrap());
        assert_eq!(buffer.text(), "cut\na\nb");
    }
}
