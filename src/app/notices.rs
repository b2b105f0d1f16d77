use super::Trouble;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Goes with the next key.
    Told,
    /// Stays until it is put away.
    Wrong,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub weight: Weight,
    pub trouble: Trouble,
}

/// What was said to the person, newest last.
#[derive(Clone, Debug, Default)]
pub struct Notices {
    shown: Vec<Notice>,
}

/// More than anybody reads; older ones go.
const MOST: usize = 50;

impl Notices {
    pub fn tell(&mut self, text: impl Into<String>) {
        self.push(Notice { weight: Weight::Told, trouble: Trouble::new(text) });
    }

    pub fn wrong(&mut self, trouble: Trouble) {
        // The same again is no news.
        self.shown.retain(|notice| notice.trouble != trouble);
        self.push(Notice { weight: Weight::Wrong, trouble });
    }

    /// It is put right.
    pub fn take_back(&mut self, trouble: &Trouble) {
        self.shown.retain(|notice| notice.trouble != *trouble);
    }

    fn push(&mut self, notice: Notice) {
        self.shown.push(notice);
        let spare = self.shown.len().saturating_sub(MOST);
        self.shown.drain(..spare);
    }

    /// The newest that has not been put away.
    pub fn newest(&self) -> Option<&Notice> {
        self.shown.last()
    }

    pub fn count(&self) -> usize {
        self.shown.len()
    }

    /// A key was pressed: what was only told has been read.
    pub fn read(&mut self) {
        self.shown.retain(|notice| notice.weight == Weight::Wrong);
    }

    /// Puts the newest away; false: there was none.
    pub fn put_away(&mut self) -> bool {
        self.shown.pop().is_some()
    }
}
