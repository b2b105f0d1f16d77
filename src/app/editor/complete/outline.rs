use super::entry::{Entry, is_block, pairs, unquoted};

/// The names that a spec declares, read from its lines alone: while it is typed it is seldom right.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    pub params: Vec<Declared>,
    pub steps: Vec<StepOutline>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    pub name: String,
    /// Of a parameter; empty: it does not say.
    pub kind: String,
    /// From 0.
    pub row: usize,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StepOutline {
    pub name: String,
    /// From 0.
    pub row: usize,
    pub uses: String,
    /// The row of its script, from 0, and whether that stands in the lines below as it is written.
    pub run: Option<(usize, bool)>,
    /// The table that it is given.
    pub table: String,
    pub outputs: Vec<String>,
    pub matrix: Vec<String>,
    /// It is given something already.
    pub has_with: bool,
}

impl Outline {
    pub fn of(lines: &[String]) -> Self {
        let mut outline = Self::default();
        let mut above: Vec<(usize, &str)> = Vec::new();
        let mut text_of: Option<usize> = None;
        for (row, line) in lines.iter().enumerate() {
            let Some(entry) = Entry::of(line) else { continue };
            if text_of.is_some_and(|column| entry.column > column) {
                continue;
            }
            text_of = None;
            let Some((key, value)) = entry.pair() else { continue };
            while above.last().is_some_and(|(column, _)| *column >= entry.column) {
                above.pop();
            }
            if is_block(value) {
                text_of = Some(entry.column);
            }
            above.push((entry.column, key));
            outline.add(&above, value, row);
        }
        outline
    }

    /// `path`: keys with their columns.
    fn add<'a>(&mut self, path: &[(usize, &'a str)], value: &'a str, row: usize) {
        match path {
            [(_, "params"), (_, name)] => {
                let kind = if value.starts_with('{') { "" } else { unquoted(value) };
                self.params.push(Declared { name: (*name).to_owned(), kind: kind.to_owned(), row });
            }
            [(_, "params"), _, (_, "type")] => {
                if let Some(param) = self.params.last_mut() {
                    unquoted(value).clone_into(&mut param.kind);
                }
            }
            [(_, "steps" | "components"), (_, name)] => {
                self.steps.push(StepOutline { name: (*name).to_owned(), row, ..StepOutline::default() });
            }
            [(_, "steps" | "components"), _, rest @ ..] => {
                if let Some(step) = self.steps.last_mut() {
                    match rest {
                        [(_, "uses")] => unquoted(value).clone_into(&mut step.uses),
                        [(_, "run")] => step.run = Some((row, value.starts_with('|'))),
                        [(_, "with")] => step.has_with = true,
                        [(_, "with"), (_, "table")] => unquoted(value).clone_into(&mut step.table),
                        [(_, "outputs"), (_, name)] => step.outputs.push((*name).to_owned()),
                        [(_, "matrix"), (_, name)] => step.matrix.push((*name).to_owned()),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        for (key, value) in pairs(value) {
            self.add(&[path, &[(0, key)]].concat(), value, row);
        }
    }

    pub fn step(&self, name: &str) -> Option<&StepOutline> {
        self.steps.iter().find(|step| step.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_however_they_are_written() {
        let text = "params:\n  day: {type: date, default: x}\n  top: int\n  how:\n    type: enum\nsteps:\n  # a: {}\n  \
                    get:\n    uses: load_table\n    with: {table: lake.a}\n  calc:\n    run: |\n      x: y\n      steps:\n    \
                    outputs: {one: {path: a}, two: b}\n    matrix:\n      size: [1, 2]\n  last: {uses: sql_table, with: {table: lake.b}}\n";
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let outline = Outline::of(&lines);
        let params: Vec<_> =
            outline.params.iter().map(|param| (&*param.name, &*param.kind, param.row)).collect();
        assert_eq!(params, [("day", "date", 1), ("top", "int", 2), ("how", "enum", 3)]);
        let steps: Vec<_> =
            outline.steps.iter().map(|step| (&*step.name, step.row, &*step.uses, &*step.table)).collect();
        assert_eq!(
            steps,
            [("get", 7, "load_table", "lake.a"), ("calc", 10, "", ""), ("last", 17, "sql_table", "lake.b")]
        );
        let calc = outline.step("calc").unwrap();
        assert_eq!(
            (calc.outputs.join(" "), calc.matrix.join(" "), calc.has_with),
            ("one two".into(), "size".into(), false)
        );
    }
}
