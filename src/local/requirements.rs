/// A pip requirements file, without what does not change what it asks for: comments, blank lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Requirements {
    lines: Vec<String>,
}

impl Requirements {
    pub fn read(text: &str) -> Self {
        let lines = text.lines().map(str::trim_end).filter(|line| {
            let start = line.trim_start();
            !start.is_empty() && !start.starts_with('#')
        });
        Self { lines: lines.map(str::to_owned).collect() }
    }

    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    pub fn text(&self) -> String {
        self.lines.iter().map(|line| format!("{line}\n")).collect()
    }

    /// For a label, which has one line: a JSON array.
    pub fn label(&self) -> String {
        serde_json::Value::from(self.lines.clone()).to_string()
    }

    /// None: no text that `label` made.
    pub fn of_label(text: &str) -> Option<Self> {
        Some(Self { lines: serde_json::from_str(text).ok()? })
    }

    /// Every line of `old` is still here, in the same order, and there are more: then a layer on top of the old
    /// one's does. A line that goes on in the next is no unit of its own.
    pub fn adds_to(&self, old: &Self) -> bool {
        if old.is_empty() || self.lines.iter().any(|line| line.ends_with('\\')) {
            return false;
        }
        let mut here = self.lines.iter();
        self.lines.len() > old.lines.len() && old.lines.iter().all(|line| here.any(|other| other == line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_blank_lines_ask_for_nothing() {
        let read = Requirements::read("# a\n\nduckdb==1.0  \n  # b\npandas\n");
        assert_eq!(read.text(), "duckdb==1.0\npandas\n");
    }

    #[test]
    fn a_label_tells_the_lines_again() {
        let lines = Requirements::read("a==1\nb[x]; python_version < \"4\"\n");
        assert_eq!(Requirements::of_label(&lines.label()), Some(lines));
        assert_eq!(Requirements::of_label("a==1\n"), None);
    }

    #[test]
    fn only_added_lines_make_a_layer_on_top() {
        let read = |text: &str| Requirements::read(text);
        let old = read("duckdb\npandas\n");
        assert!(read("duckdb\nnumpy\npandas\nsix\n").adds_to(&old));
        for other in ["duckdb\npandas\n", "duckdb\n", "pandas\nduckdb\nsix\n", "duckdb==1\npandas\nsix\n"] {
            assert!(!read(other).adds_to(&old), "{other}");
        }
        assert!(!read("duckdb\npandas\nsix \\\n --hash=x\n").adds_to(&old));
        assert!(!old.adds_to(&Requirements::default()));
    }
}
