use super::LocalOutput;
use crate::app::{Ask, Deed, Effect, Job, Model, Slot, Trouble};
use crate::domain::Name;

/// Something that changes the local environment; each is a command that could have been typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LocalDeed {
    /// None named: all.
    Build(Vec<Name>),
    Up,
    Restart(Name),
    Down {
        volumes: bool,
    },
    /// What Greenroom can do about the finding of this name.
    Fix(String),
}

impl From<LocalDeed> for Deed {
    fn from(deed: LocalDeed) -> Self {
        Self::Local(deed)
    }
}

impl LocalDeed {
    /// The words of the command line that does the same.
    pub fn words(&self) -> Vec<String> {
        let words: &[&str] = match self {
            Self::Build(_) => &["local", "build"],
            Self::Up => &["local", "up"],
            Self::Restart(_) => &["local", "restart"],
            Self::Down { volumes: false } => &["local", "down"],
            Self::Down { volumes: true } => &["local", "down", "--volumes"],
            // It asks before each, so that one can be done without the others.
            Self::Fix(_) => &["doctor", "--fix"],
        };
        let mut words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        match self {
            Self::Build(images) => words.extend(images.iter().map(Name::to_string)),
            Self::Restart(service) => words.push(service.to_string()),
            Self::Up | Self::Down { .. } | Self::Fix(_) => {}
        }
        words
    }

    /// In a few words, while it is being done.
    pub fn doing(&self) -> String {
        match self {
            Self::Build(images) if images.is_empty() => "building the images".to_owned(),
            Self::Build(images) => {
                let names: Vec<&str> = images.iter().map(Name::as_str).collect();
                format!("building {}", names.join(", "))
            }
            Self::Up => "bringing the services up".to_owned(),
            Self::Restart(service) => format!("restarting {service}"),
            Self::Down { .. } => "taking the services down".to_owned(),
            Self::Fix(what) => format!("fixing: {what}"),
        }
    }
}

impl Model {
    /// One at a time: they work on the same images and containers.
    pub(in crate::app) fn local_is_idle(&self) -> Result<(), String> {
        match self.local_job() {
            Some(job) => Err(format!("{} is being done: {}", job.deed.words().join(" "), job.deed.doing())),
            None => Ok(()),
        }
    }

    pub(super) fn local_job(&self) -> Option<&Job> {
        self.jobs.jobs.values().find(|job| matches!(job.deed, Deed::Local(_)))
    }

    /// What it said stays to be read. Not every engine tells all that happened, so it is looked at once more.
    pub(in crate::app) fn local_done(
        &mut self,
        job: Job,
        deed: LocalDeed,
        ended: Result<(), Trouble>,
    ) -> Vec<Effect> {
        let mut effects = vec![self.tasks.ask(Slot::Health, Ask::Health)];
        if matches!(deed, LocalDeed::Fix(_)) {
            effects.push(self.ask_findings());
        }
        let failed = ended.is_err();
        match ended {
            Ok(()) => self.notices.tell(format!("done: {}", deed.words().join(" "))),
            Err(trouble) => self.notices.wrong(trouble),
        }
        self.local.output = Some(LocalOutput { deed, lines: job.lines, failed });
        effects
    }
}
