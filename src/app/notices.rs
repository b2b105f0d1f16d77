use super::{Model, Msg, Slot, Trouble};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Goes with the next key.
    Told,
    /// Should be known of what was started. Stays until it is put away, or something else is started.
    Warned,
    /// Stays until it is put away, or what it is about goes well.
    Wrong,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub weight: Weight,
    pub trouble: Trouble,
    about: Option<Topic>,
    /// Not on the line any more, but still to be found.
    away: bool,
}

/// What a message tells the end of.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Topic {
    /// What kind of question, and of what it asks: another file that can be read makes this one no better.
    Asked(Slot, String),
    /// By what it does: the same deed may be asked for with other parameters.
    Done(String),
}

/// What was said to the person, newest last.
#[derive(Clone, Debug, Default)]
pub struct Notices {
    all: Vec<Notice>,
    /// What is being told the end of.
    about: Option<Topic>,
}

/// More than anybody reads; older ones go.
const MOST: usize = 50;

impl Notices {
    pub fn tell(&mut self, text: impl Into<String>) {
        self.push(Weight::Told, Trouble::new(text));
    }

    pub fn warn(&mut self, text: impl Into<String>) {
        self.lasting(Weight::Warned, Trouble::new(text));
    }

    pub fn wrong(&mut self, trouble: Trouble) {
        self.lasting(Weight::Wrong, trouble);
    }

    fn lasting(&mut self, weight: Weight, trouble: Trouble) {
        // The same again is no news.
        self.all.retain(|notice| notice.trouble != trouble);
        self.push(weight, trouble);
    }

    fn push(&mut self, weight: Weight, trouble: Trouble) {
        self.all.push(Notice { weight, trouble, about: self.about.clone(), away: false });
        let spare = self.all.len().saturating_sub(MOST);
        self.all.drain(..spare);
    }

    /// The newest that has not been put away.
    pub fn newest(&self) -> Option<&Notice> {
        self.all.iter().rfind(|notice| !notice.away)
    }

    /// All errors and warnings, put away or not, the newest first.
    pub fn errors(&self) -> impl Iterator<Item = &Notice> {
        self.all.iter().rev().filter(|notice| notice.weight != Weight::Told)
    }

    /// A key was pressed: what was only told has been read.
    pub fn read(&mut self) {
        self.all.retain(|notice| notice.weight != Weight::Told);
    }

    /// Something else is started: of what was before, nobody needs to be warned any more.
    pub(super) fn go_on(&mut self) {
        self.all
            .iter_mut()
            .filter(|notice| notice.weight == Weight::Warned)
            .for_each(|notice| notice.away = true);
    }

    /// Puts the newest away; false: there was none.
    pub fn put_away(&mut self) -> bool {
        let newest = self.all.iter_mut().rfind(|notice| !notice.away);
        newest.map(|notice| notice.away = true).is_some()
    }

    /// Puts one of the errors away.
    pub(super) fn put_error_away(&mut self, trouble: &Trouble) {
        let error = self.all.iter_mut().filter(|notice| notice.weight != Weight::Told);
        error.filter(|error| error.trouble == *trouble).for_each(|error| error.away = true);
    }

    /// What is told from here on is about this; what went wrong with it before is past once it goes well.
    fn turn_to(&mut self, ending: Option<(Topic, bool)>) {
        if let Some((topic, true)) = &ending {
            let same = |notice: &&mut Notice| notice.about.as_ref() == Some(topic);
            self.all.iter_mut().filter(same).for_each(|notice| notice.away = true);
        }
        self.about = ending.map(|(topic, _)| topic);
    }
}

impl Model {
    /// Wherever the end of something is told, it is known what that was.
    pub(super) fn turn_notices(&mut self, msg: &Msg) {
        let ending = match msg {
            Msg::Done { slot, generation, answer } if self.tasks.is_current(*slot, *generation) => {
                Some((Topic::Asked(*slot, self.tasks.subject(*slot).to_owned()), answer.is_ok()))
            }
            Msg::Did { job, ended } => {
                self.jobs.jobs.get(job).map(|job| (Topic::Done(job.deed.doing()), ended.is_ok()))
            }
            _ => None,
        };
        self.notices.turn_to(ending);
    }
}
