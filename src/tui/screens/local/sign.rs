use super::super::super::Role;
use crate::app::{LocalItem, Model};
use crate::domain::{Health, ImageState, ServiceState};

/// How an item stands, as a sign that is understood without its colour, and in a word.
pub(super) struct Sign {
    pub sign: &'static str,
    pub role: Role,
    pub word: String,
}

impl Sign {
    fn new(sign: &'static str, role: Role, word: impl Into<String>) -> Self {
        Self { sign, role, word: word.into() }
    }

    pub fn of(item: &LocalItem, model: &Model) -> Self {
        let unknown = || Self::new("?", Role::Dim, "unknown");
        let lost = model.health.trouble.is_some();
        let Some(status) = model.health.get() else {
            return match item {
                LocalItem::Engine if lost => Self::new("✗", Role::Bad, "none answers"),
                LocalItem::Engine => Self::new("…", Role::Dim, "asking"),
                LocalItem::Finding(what) => Self::of_finding(what, model),
                _ => unknown(),
            };
        };
        match item {
            LocalItem::Engine if model.local.lost => Self::new("✗", Role::Bad, "lost"),
            LocalItem::Engine => {
                Self::new("●", Role::Good, format!("{} {}", status.engine.kind, status.engine.version))
            }
            LocalItem::Finding(what) => Self::of_finding(what, model),
            // What was known before says nothing of now.
            _ if lost => unknown(),
            LocalItem::Image(name) => {
                match status.images.iter().find(|image| image.name == *name).map(|image| image.state) {
                    Some(ImageState::Ready) => Self::new("✓", Role::Good, "current"),
                    Some(ImageState::Outdated) => Self::new("!", Role::Warn, "outdated"),
                    Some(ImageState::Absent) => Self::new("−", Role::Dim, "not built"),
                    None => unknown(),
                }
            }
            LocalItem::Service(name) => {
                match status.services.iter().find(|service| service.name == *name).map(|found| found.state) {
                    Some(ServiceState::Up) => Self::new("✓", Role::Good, "up"),
                    Some(ServiceState::Starting) => Self::new("…", Role::Running, "starting"),
                    Some(ServiceState::Exited) => Self::new("✗", Role::Bad, "exited"),
                    Some(ServiceState::Down) => Self::new("−", Role::Dim, "down"),
                    None => unknown(),
                }
            }
            LocalItem::Volume(name) => match status.volumes.iter().find(|volume| volume.name == *name) {
                Some(volume) if volume.made => Self::new("✓", Role::Good, ""),
                _ => Self::new("−", Role::Dim, "not made"),
            },
        }
    }

    fn of_finding(what: &str, model: &Model) -> Self {
        let finding = model.local.findings.get().and_then(|all| all.iter().find(|other| other.what == what));
        let Some(finding) = finding else { return Self::new("?", Role::Dim, "") };
        let word = finding.found.lines().next().unwrap_or_default();
        match finding.health {
            Health::Ok => Self::new("✓", Role::Good, word),
            Health::Warn => Self::new("!", Role::Warn, word),
            Health::Missing => Self::new("✗", Role::Bad, word),
        }
    }
}
