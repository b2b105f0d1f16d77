use super::{Editor, OpenFile};
use crate::app::{Code, Effect, Key, Model};
use crate::domain::columns::spot;

impl Model {
    /// A key for the text that is shown; None: there is none.
    pub(in crate::app) fn press_in_editor(&mut self, key: Key) -> Option<Vec<Effect>> {
        if let Some(effects) = self.press_in_completion(key) {
            return Some(effects);
        }
        let offered = self.editor.completion.take().is_some_and(|completion| completion.wanted);
        let page = i64::try_from(self.seen.page.saturating_sub(1)).unwrap_or(1);
        let file = self.editor.file_mut()?;
        let plain = !key.ctrl && !key.alt;
        match key.code {
            Code::Enter if plain => file.new_line(),
            Code::Tab if plain && key.shift => file.buffer.outdent(file.step()),
            Code::Tab if plain => file.buffer.indent(file.step()),
            Code::Backspace if plain && file.outdents() => file.buffer.replace_before(file.step(), ""),
            Code::Char('x') if key.ctrl => {
                let cut = file.buffer.cut()?;
                return Some([vec![Effect::Copy(cut)], self.editor_typed()].concat());
            }
            _ if file.turns_page(key, page) || !file.buffer.press(key) => {
                self.editor.keep_in_sight(self.seen.page);
                return Some(Vec::new());
            }
            _ => {}
        }
        let effects = self.editor_typed();
        // What was asked for stays while it is narrowed.
        if key.writes().is_some() || offered && key.code == Code::Backspace {
            self.editor.offer(offered);
        }
        Some(effects)
    }

    /// The text, or the place in it, may be another.
    pub(in crate::app) fn editor_typed(&mut self) -> Vec<Effect> {
        let page = self.seen.page;
        let Some(file) = self.editor.file_mut() else { return Vec::new() };
        file.typed();
        // A line that is mended is not the one that failed.
        let (row, _) = file.buffer.cursor();
        file.failure.take_if(|failure| failure.span.line == row + 1);
        file.top = file.first_row(page);
        file.unanswered = None;
        if file.extension() == "yaml" { self.check_files() } else { self.check_text() }
    }
}

impl Editor {
    /// To a row, from 0, and the letter at a column of it.
    pub fn click(&mut self, row: usize, column: usize) {
        self.completion = None;
        let Some(file) = self.file_mut() else { return };
        let line = file.buffer.lines().get(row).map_or("", String::as_str);
        let letter = spot(line, usize::MAX, column).letter;
        file.buffer.go_to(row, letter);
    }

    /// The cursor stays in sight.
    pub fn keep_in_sight(&mut self, page: usize) {
        if let Some(file) = self.file_mut() {
            file.top = file.first_row(page);
        }
    }
}

impl OpenFile {
    /// What these keys do in a plain text depends on a page that it does not know.
    fn turns_page(&mut self, key: Key, page: i64) -> bool {
        let (rows, held) = match key.code {
            Code::PageUp => (-page, key.shift),
            Code::PageDown => (page, key.shift),
            Code::Char('v') if key.alt => (-page, false),
            Code::Char('v') if key.ctrl => (page, false),
            _ => return false,
        };
        self.buffer.go_rows(rows, held);
        true
    }

    /// Columns of one level.
    fn step(&self) -> usize {
        match self.extension() {
            "yaml" | "yml" | "json" | "sql" | "toml" => 2,
            _ => 4,
        }
    }

    /// Only spaces of whole levels stand before the cursor.
    fn outdents(&self) -> bool {
        let (line, letter) = self.buffer.here();
        let blank = line.chars().take(letter).all(|c| c == ' ');
        self.buffer.selection().is_none() && blank && letter > 0 && letter.is_multiple_of(self.step())
    }

    /// A new line begins where the one before did, or a level deeper where something is to follow.
    fn new_line(&mut self) {
        let (line, letter) = self.buffer.here();
        let before: String = line.chars().take(letter).collect();
        let text = before.trim_start_matches(' ');
        let mut columns = before.len() - text.len();
        let opened = text.trim_end();
        match self.extension() {
            "yaml" | "yml" => {
                // What follows an entry of a list stands below its first letter.
                if let Some(rest) = text.strip_prefix("- ").filter(|rest| rest.contains(':')) {
                    columns += text.len() - rest.trim_start().len();
                }
                let block = [": |", ": >", ": |-", ": >-"].iter().any(|end| opened.ends_with(end));
                if (opened.ends_with(':') && !opened.starts_with('#')) || block {
                    columns += self.step();
                }
            }
            "py" if opened.ends_with(':') => columns += self.step(),
            _ => {}
        }
        self.buffer.replace_before(0, &format!("\n{}", " ".repeat(columns)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::FileText;

    fn after(path: &str, line: &str, act: fn(&mut OpenFile)) -> String {
        let mut file = OpenFile::new(FileText { path: path.into(), text: line.to_owned(), digest: None });
        file.buffer.go_to(0, usize::MAX);
        act(&mut file);
        file.buffer.text()
    }

    #[test]
    fn a_new_line_begins_where_its_text_belongs() {
        for (path, line, columns) in [
            ("a.yaml", "steps:", 2),
            ("a.yaml", "  delays:", 4),
            ("a.yaml", "    uses: sql_table", 4),
            ("a.yaml", "    run: |", 6),
            ("a.yaml", "  - name: late", 4),
            ("a.yaml", "  - name:", 6),
            ("a.yaml", "  - ana", 2),
            ("a.yaml", "# as follows:", 0),
            ("a.py", "    if x:", 8),
            ("a.sql", "  SELECT:", 2),
        ] {
            assert_eq!(after(path, line, OpenFile::new_line), format!("{line}\n{}", " ".repeat(columns)));
        }
    }
}
