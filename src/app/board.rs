use camino::Utf8PathBuf;

use super::{Filter, Model, ProjectLook, WorkflowLook};

/// The home screen: every workflow, and what to do next with it.
#[derive(Clone, Debug, Default)]
pub struct Board {
    /// Among those that are shown.
    pub selected: usize,
    pub filter: Filter,
    /// The file of a new workflow, which is selected once it has been read.
    pub(super) begun: Option<Utf8PathBuf>,
}

impl Board {
    /// Those that the filter leaves.
    pub fn shown<'a>(&self, project: &'a ProjectLook) -> Vec<&'a WorkflowLook> {
        let fitting = self.filter.fitting(project.workflows.iter().map(|flow| &flow.name));
        fitting.into_iter().map(|index| &project.workflows[index]).collect()
    }
}

impl Model {
    /// The selection stays with what it is on when others come or go.
    pub(super) fn select_workflow(&mut self, name: Option<&str>) {
        let shown = self.project.get().map(|project| self.board.shown(project)).unwrap_or_default();
        let found = name.and_then(|name| shown.iter().position(|flow| flow.name == name));
        self.board.selected = found.unwrap_or(self.board.selected);
    }

    /// To the workflow that was begun here, if it has been read now: whoever comes back would run another one.
    pub(super) fn select_begun(&mut self) -> bool {
        let begun = self.board.begun.as_ref();
        let read = self.project.get().zip(begun).and_then(|(project, file)| {
            project.workflows.iter().find(|flow| flow.file == *file).map(|flow| flow.name.clone())
        });
        let Some(name) = read else { return false };
        self.board.begun = None;
        self.board.filter = Filter::default();
        self.select_workflow(Some(&name));
        true
    }

    pub fn selected_workflow(&self) -> Option<&WorkflowLook> {
        let shown = self.board.shown(self.project.get()?);
        let last = shown.len().checked_sub(1)?;
        shown.get(self.board.selected.min(last)).copied()
    }
}
