use camino::Utf8Path;

use super::complete::{Outline, Spelling};
use super::{Known, Location};
use crate::app::{Effect, Model};

impl Model {
    /// To what the word at the cursor names.
    pub(in crate::app) fn follow(&mut self) -> Vec<Effect> {
        let Some(file) = self.editor.file() else { return Vec::new() };
        let (lines, cursor) = (file.buffer.lines(), file.buffer.cursor());
        let spelling = Spelling { path: &file.path, lines, cursor, known: &self.editor.known };
        match named(spelling) {
            Ok(spot) => self.follow_to(spot),
            Err(why) => {
                self.notices.tell(why);
                Vec::new()
            }
        }
    }

    /// Back to where one was led from.
    pub(in crate::app) fn follow_back(&mut self) -> Vec<Effect> {
        match self.editor.trail.pop() {
            Some(spot) => self.edit(spot, None),
            None => Vec::new(),
        }
    }
}

/// Where that is what the word at the cursor names; or why nowhere.
fn named(spelling: Spelling<'_>) -> Result<Location, String> {
    let Spelling { path, lines, cursor: (row, letter), known } = spelling;
    let line = lines.get(row).map_or("", String::as_str);
    let word = word(line, letter);
    if word.is_empty() {
        return Err("there is no name at the cursor".to_owned());
    }
    let start = |path: &Utf8Path| Location { path: path.to_owned(), row: 0, letter: 0 };
    if known.files.iter().any(|file| file.as_str() == word) {
        return Ok(start(Utf8Path::new(word)));
    }
    let own = Outline::of(lines);
    let of_step = own.steps.iter().any(|step| step.name == word) && !line.trim_start().starts_with("uses:");
    let names = word.trim_start_matches('@');
    let row = match names.split('.').collect::<Vec<_>>().as_slice() {
        ["steps", name, ..] => own.step(name).map(|step| step.row),
        ["params", name] | [name] if word.starts_with('@') || names.contains('.') => {
            own.params.iter().find(|param| param.name == *name).map(|param| param.row)
        }
        [name] if of_step => own.step(name).map(|step| step.row),
        _ => None,
    };
    if let Some(row) = row {
        return Ok(Location { row, ..start(path) });
    }
    if let Some(spec) =
        known.queries.get(path).and_then(|used| used.first()).filter(|_| word.starts_with('@'))
    {
        return Ok(start(&spec.spec));
    }
    if let Some(file) = known.operator_files.get(word) {
        return Ok(start(file));
    }
    table(word, known)
}

fn table(word: &str, known: &Known) -> Result<Location, String> {
    match (known.operators.get(word), known.tables.get(word).map(|table| &table.written_by)) {
        (Some(operator), _) => Err(format!("{word} is built in: {}", operator.description)),
        (_, Some(Some((file, row)))) => Ok(Location { path: file.clone(), row: *row, letter: 0 }),
        (_, Some(None)) => Err(format!("no step of this project writes {word}")),
        _ => Err(format!("nothing is known of `{word}`")),
    }
}

/// The word that a letter belongs to, or that ends before it: a path, a table, a name of a template.
fn word(line: &str, letter: usize) -> &str {
    let part = |c: char| c.is_alphanumeric() || "_./-@".contains(c);
    let at = line.char_indices().nth(letter).map_or(line.len(), |(at, _)| at);
    let start = line[..at].trim_end_matches(part).len();
    let end = line[at..].find(|c| !part(c)).map_or(line.len(), |length| at + length);
    line[start..end].trim_matches('.')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Table;

    #[test]
    fn a_word_leads_to_what_it_names() {
        let text = "params:\n  day: date\nsteps:\n  a:\n    uses: mine\n    with: {query_file: sql/a.sql, table: lake.t}\n  \
                    b: {needs: [a], inputs: {x: \"${{ steps.a.outputs.a }}\"}, uses: sql_export}\n  c: {when: params.day}\n";
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let mut known = Known { files: ["sql/a.sql".into()].into(), ..Known::default() };
        known.operator_files.insert(crate::domain::scene::name("mine"), "operators/mine.yaml".into());
        let written_by = Some(("workflows/l.yaml".into(), 7));
        known.tables.insert("lake.t".to_owned(), Table { written_by, ..Table::default() });
        let to = |word: &str| {
            let row = lines.iter().position(|line| line.contains(word)).unwrap();
            let letter = lines[row].find(word).unwrap() + 1;
            named(Spelling {
                path: "workflows/w.yaml".into(),
                lines: &lines,
                cursor: (row, letter),
                known: &known,
            })
            .map(|spot| (spot.path.to_string(), spot.row))
        };
        let at = |path: &str, row| Ok((path.to_owned(), row));
        assert_eq!(to("sql/a.sql"), at("sql/a.sql", 0));
        assert_eq!(to("mine"), at("operators/mine.yaml", 0));
        assert_eq!(to("lake.t"), at("workflows/l.yaml", 7));
        assert_eq!(to("a], in"), at("workflows/w.yaml", 3));
        assert_eq!(to("steps.a"), at("workflows/w.yaml", 3));
        assert_eq!(to("params.day"), at("workflows/w.yaml", 1));
        assert_eq!(to("sql_export"), Err("nothing is known of `sql_export`".to_owned()));
    }
}
