use super::{Manners, PLAIN, Typed, Typing};
use crate::app::picker::{moved, turned};
use crate::app::{Effect, LineInput, Model, Pane, Search, Slot, Tab, Wanted};

pub const MANNERS: Manners = Manners {
    rows,
    columns,
    end: |model, bottom| {
        if model.workflow.pane != Pane::Detail || model.workflow.tab != Tab::Log {
            return (PLAIN.end)(model, bottom);
        }
        let log = &mut model.workflow.log;
        log.go_to(0);
        log.follow = bottom;
        model.ask_log()
    },
    enter: |model| {
        if model.workflow.log.search.editing {
            return search(model);
        }
        if let Some(effects) = open_file(model) {
            return effects;
        }
        match model.workflow.pane {
            Pane::Graph => model.workflow.pane = Pane::Detail,
            Pane::Detail => model.workflow.full = !model.workflow.full,
        }
        Vec::new()
    },
    out,
    find: |model| {
        model.workflow.pane = Pane::Detail;
        model.workflow.tab = Tab::Log;
        // Another search begins anew.
        let search = &mut model.workflow.log.search;
        search.input = LineInput::default();
        search.editing = true;
        Vec::new()
    },
    text,
    click: |model, row| {
        model.workflow.auto = false;
        model.workflow.select(row);
        model.sync_log()
    },
    pane: |model, _| {
        model.workflow.full = false;
        model.workflow.pane = match model.workflow.pane {
            Pane::Graph => Pane::Detail,
            Pane::Detail => Pane::Graph,
        };
        Vec::new()
    },
    pane_at: |model, pane| model.workflow.pane = if pane == 0 { Pane::Graph } else { Pane::Detail },
    tab_at: |model, tab| {
        model.workflow.tab = Tab::ALL.get(tab).copied().unwrap_or_default();
        model.workflow.scroll = 0;
        Vec::new()
    },
    full: |model| {
        model.workflow.full = !model.workflow.full;
        if model.workflow.full {
            model.workflow.pane = Pane::Detail;
        }
        Vec::new()
    },
    tab: |model, tabs| {
        model.workflow.tab = turned(&Tab::ALL, model.workflow.tab, tabs);
        model.workflow.scroll = 0;
        Vec::new()
    },
    typed: |model| {
        let search = &mut model.workflow.log.search;
        search.editing.then_some(Typed::Line(&mut search.input))
    },
    typing: |model| model.workflow.log.search.editing.then_some(Typing::Line),
    footer: |model| match model.workflow.pane {
        Pane::Detail => &["filter", "error", "follow", "wrap", "full", "copy", "back"],
        // What was only interrupted is not begun anew.
        Pane::Graph if model.workflow.is_interrupted() => {
            &["resume", "run", "cancel", "edit", "open", "back", "run_artifacts", "diff", "compare", "help"]
        }
        Pane::Graph => &[
            "run",
            "continue",
            "cancel",
            "edit",
            "open",
            "back",
            "resume",
            "run_artifacts",
            "run_from_here",
            "diff",
            "compare",
            "help",
        ],
    },
    ..PLAIN
};

/// To the file that is pointed at, among what the step reads and has made.
fn open_file(model: &mut Model) -> Option<Vec<Effect>> {
    let (past, path) = {
        let screen = &model.workflow;
        if screen.pane != Pane::Detail || screen.tab != Tab::Data {
            return None;
        }
        let live = screen.live.as_ref()?;
        (live.past.clone(), screen.selected_file()?.below?)
    };
    Some(model.open_run_folder(&past, Some(path.as_std_path())))
}

fn rows(model: &mut Model, rows: i64) -> Vec<Effect> {
    match (model.workflow.pane, model.workflow.tab) {
        (Pane::Graph, _) => {
            match model.seen.listed {
                true => model.workflow.go_in_list(rows),
                false => model.workflow.go(0, rows),
            }
            model.sync_log()
        }
        (Pane::Detail, Tab::Log) => {
            let page = model.seen.page.max(1);
            if model.workflow.log.scroll(rows, page) { model.ask_log() } else { Vec::new() }
        }
        (Pane::Detail, Tab::Spec) => {
            model.scroll_spec(rows);
            Vec::new()
        }
        (Pane::Detail, Tab::Data) => {
            let screen = &mut model.workflow;
            let files = screen.live.as_ref().zip(screen.node()).map_or(0, |(live, id)| live.files(id).len());
            screen.scroll = moved(screen.scroll, rows, files);
            Vec::new()
        }
        (Pane::Detail, _) => {
            model.workflow.scroll = moved(model.workflow.scroll, rows, u16::MAX.into());
            Vec::new()
        }
    }
}

/// To the step beside it, where there is one to be seen: its cells have keys of their own, so that a matrix of many is left
/// as soon as any other step.
fn columns(model: &mut Model, columns: i64) -> Vec<Effect> {
    if model.workflow.pane == Pane::Graph && !model.seen.listed {
        model.workflow.go(columns, 0);
    }
    model.sync_log()
}

fn out(model: &mut Model) -> Option<Vec<Effect>> {
    let screen = &mut model.workflow;
    if screen.log.search.editing || screen.log.search.wanted.is_some() {
        screen.log.search = Search::default();
        return Some(vec![model.tasks.forget(Slot::LogSearch)]);
    } else if screen.full {
        screen.full = false;
    } else if screen.pane == Pane::Detail {
        screen.pane = Pane::Graph;
    } else {
        return None;
    }
    Some(Vec::new())
}

fn search(model: &mut Model) -> Vec<Effect> {
    let search = &mut model.workflow.log.search;
    search.editing = false;
    match search.input.text().to_owned() {
        text if text.is_empty() => {
            search.wanted = None;
            vec![model.tasks.forget(Slot::LogSearch)]
        }
        text => model.search_log(Wanted::Text(text)),
    }
}

fn text(model: &Model) -> Option<String> {
    let screen = &model.workflow;
    let live = screen.live.as_ref()?;
    if screen.pane == Pane::Graph {
        return Some(live.past.run.token.to_string());
    }
    match screen.tab {
        Tab::Log => Some(screen.log.shown_text(model.seen.page)),
        Tab::Data => screen.selected_file().map(|file| file.path),
        Tab::Machine => None,
        Tab::Spec => model.shown_spec().map(|(flow, _)| flow.file.to_string()),
        Tab::Attempts => live.node(screen.node()?).map(|(_, node)| node.reason.clone()),
    }
}
