use super::{Manners, PLAIN, Typed, Typing};
use crate::app::{ArtifactsPane, Effect, Model};

pub const MANNERS: Manners = Manners {
    rows: |model, rows| match model.artifacts.pane {
        ArtifactsPane::List => {
            model.artifacts.folder.go(rows);
            model.ask_peek()
        }
        ArtifactsPane::Preview => {
            model.artifacts.peek.go(rows, &model.seen);
            Vec::new()
        }
    },
    columns: |model, columns| match model.artifacts.pane {
        ArtifactsPane::List if columns > 0 => model.enter_artifact(),
        ArtifactsPane::List => model.leave_folder().unwrap_or_default(),
        ArtifactsPane::Preview => {
            model.artifacts.peek.turn(columns);
            Vec::new()
        }
    },
    enter: |model| {
        if std::mem::take(&mut model.artifacts.filter.editing) {
            return Vec::new();
        }
        match model.artifacts.pane {
            ArtifactsPane::List => model.enter_artifact(),
            ArtifactsPane::Preview => model.turn_artifacts_full(),
        }
    },
    out,
    find: |model| {
        model.artifacts.full = false;
        model.artifacts.pane = ArtifactsPane::List;
        match model.artifacts.filter.begin() {
            true => (model.screen.manners().retyped)(model),
            false => Vec::new(),
        }
    },
    mark: |model| {
        model.artifacts.folder.turn_mark();
        model.artifacts.folder.go(1);
        model.ask_peek()
    },
    text: |model| {
        let root = model.artifacts.root.as_ref()?.as_std_path();
        let paths = model.artifacts.wanted_paths().into_iter();
        let paths: Vec<_> = paths.map(|path| root.join(path).to_string_lossy().into_owned()).collect();
        Some(paths.join("\n")).filter(|text| !text.is_empty())
    },
    click: |model, row| {
        let screen = &mut model.artifacts;
        // Once to point at it, once more to go in.
        if screen.pane == ArtifactsPane::List && screen.folder.selected == row {
            return model.enter_artifact();
        }
        screen.pane = ArtifactsPane::List;
        screen.folder.select(row);
        model.ask_peek()
    },
    pane: |model, _| {
        let screen = &mut model.artifacts;
        screen.full = false;
        screen.pane = match screen.pane {
            ArtifactsPane::List => ArtifactsPane::Preview,
            ArtifactsPane::Preview => ArtifactsPane::List,
        };
        Vec::new()
    },
    pane_at: |model, pane| {
        model.artifacts.pane = if pane == 0 { ArtifactsPane::List } else { ArtifactsPane::Preview };
    },
    tab_at: |model, tab| {
        if tab != model.artifacts.peek.tab as usize {
            model.artifacts.peek.turn_tab();
        }
        Vec::new()
    },
    full: Model::turn_artifacts_full,
    tab: |model, _| {
        model.artifacts.peek.turn_tab();
        Vec::new()
    },
    typed: |model| model.artifacts.filter.typed().map(Typed::Line),
    typing: |model| model.artifacts.filter.editing.then_some(Typing::Line),
    retyped: |model| {
        model.artifacts.folder.to_top();
        model.arrange_folder()
    },
    drawn: Model::artifacts_drawn,
    footer: |model| match model.artifacts.pane {
        ArtifactsPane::List if !model.artifacts.folder.marked.is_empty() => {
            &["mark", "copy", "open", "filter", "back", "help"]
        }
        ArtifactsPane::List => &["open", "filter", "sort", "full", "page", "copy", "help"],
        ArtifactsPane::Preview => &["full", "next_tab", "next_pane", "page", "copy", "back", "help"],
    },
    ..PLAIN
};

/// Out of what is typed, the full screen, the preview and the folder, one at a time.
fn out(model: &mut Model) -> Option<Vec<Effect>> {
    let screen = &mut model.artifacts;
    if !screen.filter.editing && !screen.folder.marked.is_empty() {
        screen.folder.marked.clear();
        return Some(Vec::new());
    }
    if std::mem::take(&mut screen.filter).is_set() {
        screen.folder.stay();
        return Some(model.arrange_folder());
    }
    if std::mem::take(&mut screen.full) {
        return Some(Vec::new());
    }
    if std::mem::take(&mut screen.pane) == ArtifactsPane::Preview {
        return Some(Vec::new());
    }
    let (below, entered) = (&screen.folder.below, &screen.entered);
    if below != entered && below.starts_with(entered) { model.leave_folder() } else { None }
}

impl Model {
    /// The preview alone, or all again.
    pub(in crate::app) fn turn_artifacts_full(&mut self) -> Vec<Effect> {
        self.artifacts.full = !self.artifacts.full;
        if self.artifacts.full {
            self.artifacts.pane = ArtifactsPane::Preview;
        }
        Vec::new()
    }
}
