/// Puts lines together from pieces that cut them anywhere. A carriage return ends a line too: progress bars.
#[derive(Default)]
pub(super) struct Lines {
    rest: String,
}

impl Lines {
    pub fn push(&mut self, piece: &str, mut each: impl FnMut(&str)) {
        self.rest.push_str(piece);
        while let Some(at) = self.rest.find(['\n', '\r']) {
            let tail = self.rest.split_off(at + 1);
            let line = std::mem::replace(&mut self.rest, tail);
            let line = line.trim_end();
            if !line.is_empty() {
                each(line);
            }
        }
    }

    pub fn finish(self, mut each: impl FnMut(&str)) {
        let line = self.rest.trim_end();
        if !line.is_empty() {
            each(line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_whole_however_they_were_cut() {
        let mut seen = Vec::new();
        let mut lines = Lines::default();
        for piece in ["Step 1", "/2 : FROM\n\nst", "ep\r", "\nlast"] {
            lines.push(piece, |line| seen.push(line.to_owned()));
        }
        lines.finish(|line| seen.push(line.to_owned()));
        assert_eq!(seen, ["Step 1/2 : FROM", "step", "last"]);
    }
}
