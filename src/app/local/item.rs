use crate::app::picker::moved;
use crate::app::{Model, Search};
use crate::domain::{Finding, Name, ServiceStatus};

/// A row of the list. Named by what it is, so that the selection stays with it when others come and go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum LocalItem {
    #[default]
    Engine,
    Image(Name),
    Service(Name),
    /// As the engine knows it.
    Volume(String),
    /// What was looked at.
    Finding(String),
}

impl LocalItem {
    /// The section that it stands in.
    pub fn section(&self) -> &'static str {
        match self {
            Self::Engine => "engine",
            Self::Image(_) => "images",
            Self::Service(_) => "services",
            Self::Volume(_) => "volumes",
            Self::Finding(_) => "findings",
        }
    }
}

impl Model {
    /// All there is, section by section. Where the engine has never answered, what `greenroom.yaml` names.
    pub fn local_items(&self) -> Vec<LocalItem> {
        let mut items = vec![LocalItem::Engine];
        match (self.health.get(), self.project.get()) {
            (Some(status), _) => {
                items.extend(status.images.iter().map(|image| LocalItem::Image(image.name.clone())));
                items.extend(status.services.iter().map(|service| LocalItem::Service(service.name.clone())));
                items.extend(status.volumes.iter().map(|volume| LocalItem::Volume(volume.name.clone())));
            }
            (None, Some(project)) => {
                items.extend(project.images.keys().cloned().map(LocalItem::Image));
                items.extend(project.services.keys().cloned().map(LocalItem::Service));
            }
            (None, None) => {}
        }
        let findings = self.local.findings.get().into_iter().flatten();
        items.extend(findings.map(|finding| LocalItem::Finding(finding.what.clone())));
        items
    }

    /// The position of the selected one; the first where it is gone.
    pub fn local_selected(&self, items: &[LocalItem]) -> usize {
        items.iter().position(|item| *item == self.local.selected).unwrap_or(0)
    }

    /// What keys act on.
    pub fn local_item(&self) -> LocalItem {
        let mut items = self.local_items();
        items.swap_remove(self.local_selected(&items))
    }

    pub fn local_service(&self) -> Option<&ServiceStatus> {
        let LocalItem::Service(name) = &self.local.selected else { return None };
        self.health.get()?.services.iter().find(|service| service.name == *name)
    }

    pub fn local_finding(&self) -> Option<&Finding> {
        let LocalItem::Finding(what) = &self.local.selected else { return None };
        self.local.findings.get()?.iter().find(|finding| finding.what == *what)
    }

    /// The image that a shell would be opened in.
    pub(in crate::app) fn local_image(&self) -> Option<Name> {
        match self.local_item() {
            LocalItem::Image(name) => Some(name),
            LocalItem::Service(name) => {
                self.project.get()?.services.get(&name).map(|service| service.image.clone())
            }
            _ => None,
        }
    }

    pub(in crate::app) fn local_go(&mut self, rows: i64) {
        let items = self.local_items();
        let to = moved(self.local_selected(&items), rows, items.len());
        self.local_select(to);
    }

    pub(in crate::app) fn local_select(&mut self, at: usize) {
        let Some(item) = self.local_items().into_iter().nth(at) else { return };
        if item != self.local.selected {
            (self.local.selected, self.local.back) = (item, 0);
            self.local.log.view.search = Search::default();
        }
    }
}
