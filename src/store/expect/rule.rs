use std::fmt;

/// Examples shown of what breaks a rule.
const SHOWN: usize = 3;

/// A rule, and what broke it so far.
pub(super) struct Rule {
    /// `unique [carrier]`
    name: String,
    broken: u64,
    examples: Vec<String>,
}

impl Rule {
    pub(super) fn new(name: String) -> Self {
        Self { name, broken: 0, examples: Vec::new() }
    }

    pub(super) fn breaks(&mut self, example: impl FnOnce() -> String) {
        self.broken += 1;
        if self.examples.len() < SHOWN {
            self.examples.push(example());
        }
    }

    pub(super) fn is_broken(&self) -> bool {
        self.broken > 0
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let rows = if self.broken == 1 { "row breaks" } else { "rows break" };
        write!(f, "{} {rows} {}: {}", self.broken, self.name, self.examples.join("; "))?;
        if self.broken > self.examples.len() as u64 { f.write_str("; …") } else { Ok(()) }
    }
}
