/// The places of the workbench, in the order of their digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Screen {
    Board,
    Workflow,
    Runs,
    Artifacts,
    Lake,
    Local,
    Editor,
    Metrics,
    Review,
}

impl Screen {
    pub const ALL: [Self; 9] = [
        Self::Board,
        Self::Workflow,
        Self::Runs,
        Self::Artifacts,
        Self::Lake,
        Self::Local,
        Self::Editor,
        Self::Metrics,
        Self::Review,
    ];

    pub fn title(self) -> &'static str {
        match self {
            Self::Board => "Board",
            Self::Workflow => "Workflow",
            Self::Runs => "Runs",
            Self::Artifacts => "Artifacts",
            Self::Lake => "Lake",
            Self::Local => "Local",
            Self::Editor => "Editor",
            Self::Metrics => "Metrics",
            Self::Review => "Review",
        }
    }

    /// From 1.
    pub fn digit(self) -> usize {
        Self::ALL.iter().position(|screen| *screen == self).unwrap_or_default() + 1
    }
}
