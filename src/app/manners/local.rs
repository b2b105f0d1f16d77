use super::{Manners, PLAIN, Typed, Typing};
use crate::app::picker::moved;
use crate::app::{Effect, LineInput, LocalItem, LocalPane, Model, Search, Wanted};

pub const MANNERS: Manners = Manners {
    rows,
    end: |model, bottom| match (model.local.pane, model.local_log().is_some()) {
        (LocalPane::Detail, true) => {
            let view = &mut model.local.log.view;
            view.go_to(0);
            view.follow = bottom;
            Vec::new()
        }
        _ => (PLAIN.end)(model, bottom),
    },
    enter: |model| {
        if is_searching(model) {
            return search(model);
        }
        match model.local.pane {
            LocalPane::List => model.local.pane = LocalPane::Detail,
            LocalPane::Detail => model.local.full = !model.local.full,
        }
        Vec::new()
    },
    out,
    find: |model| {
        if model.local_log().is_none() {
            model.notices.tell("only the log of a service can be searched here");
            return Vec::new();
        }
        model.local.pane = LocalPane::Detail;
        let search = &mut model.local.log.view.search;
        search.input = LineInput::default();
        search.editing = true;
        Vec::new()
    },
    text,
    click: |model, row| {
        model.local.pane = LocalPane::List;
        model.local_select(row);
        Vec::new()
    },
    pane: |model, _| {
        model.local.full = false;
        model.local.pane = match model.local.pane {
            LocalPane::List => LocalPane::Detail,
            LocalPane::Detail => LocalPane::List,
        };
        Vec::new()
    },
    pane_at: |model, pane| {
        model.local.pane = if pane == 0 { LocalPane::List } else { LocalPane::Detail };
    },
    full: |model| {
        model.local.full = !model.local.full;
        model.local.pane = LocalPane::Detail;
        Vec::new()
    },
    typed: |model| {
        let typing = is_searching(model);
        typing.then_some(Typed::Line(&mut model.local.log.view.search.input))
    },
    typing: |model| is_searching(model).then_some(Typing::Line),
    footer: |model| match (model.local.pane, model.local_item()) {
        (LocalPane::Detail, LocalItem::Service(_)) => {
            &["filter", "follow", "wrap", "full", "restart", "copy", "back"]
        }
        (_, LocalItem::Image(_)) => &["build", "shell", "bring_up", "take_down", "open", "copy", "help"],
        (_, LocalItem::Service(_)) => &["open", "restart", "shell", "bring_up", "take_down", "copy", "help"],
        (_, LocalItem::Finding(_)) => &["fix", "copy", "reload", "bring_up", "take_down", "help"],
        (_, LocalItem::Volume(_)) => &["bring_up", "take_down", "take_down_with_volumes", "copy", "help"],
        (_, LocalItem::Engine) => &["build", "bring_up", "take_down", "reload", "commands", "help"],
    },
    ..PLAIN
};

fn rows(model: &mut Model, rows: i64) -> Vec<Effect> {
    match (model.local.pane, model.local_log().is_some()) {
        (LocalPane::List, _) => model.local_go(rows),
        (LocalPane::Detail, true) => {
            // All there is of it is here.
            let _no_more = model.local.log.view.scroll(rows, model.seen.page.max(1));
        }
        (LocalPane::Detail, false) => {
            let said = model.local_output(&model.local_item()).map_or(0, |(_, lines, _)| lines.len());
            let above = said.saturating_sub(model.seen.page);
            model.local.back = moved(model.local.back, rows.saturating_neg(), above + 1);
        }
    }
    Vec::new()
}

fn out(model: &mut Model) -> Option<Vec<Effect>> {
    let screen = &mut model.local;
    if screen.log.view.search.editing || screen.log.view.search.wanted.is_some() {
        screen.log.view.search = Search::default();
    } else if screen.full {
        screen.full = false;
    } else if screen.pane == LocalPane::Detail {
        screen.pane = LocalPane::List;
    } else {
        return None;
    }
    Some(Vec::new())
}

/// What is being typed is seen, too: its service may go meanwhile.
fn is_searching(model: &Model) -> bool {
    model.local_log().is_some_and(|log| log.view.search.editing)
}

fn search(model: &mut Model) -> Vec<Effect> {
    let view = &mut model.local.log.view;
    view.search.editing = false;
    match view.search.input.text().to_owned() {
        text if text.is_empty() => view.search.wanted = None,
        text => {
            view.look_for(Wanted::Text(text));
            if view.search.count == 0 {
                model.notices.tell("it is not in this log");
            }
        }
    }
    Vec::new()
}

fn text(model: &Model) -> Option<String> {
    let item = model.local_item();
    if let (LocalPane::Detail, Some((_, lines, _))) = (model.local.pane, model.local_output(&item)) {
        return Some(lines.join("\n"));
    }
    match item {
        LocalItem::Engine => model.health.get().map(|status| status.engine.place.clone()),
        LocalItem::Image(name) => {
            let status = model.health.get()?;
            status.images.iter().find(|image| image.name == name).map(|image| image.tag.clone())
        }
        LocalItem::Service(_) => match (model.local.pane, model.local_log()) {
            (LocalPane::Detail, Some(log)) => Some(log.view.shown_text(model.seen.page)),
            _ => model.local_service()?.address.clone(),
        },
        LocalItem::Volume(name) => Some(name),
        LocalItem::Finding(_) => {
            let finding = model.local_finding()?;
            Some(if finding.fix.is_empty() { finding.found.clone() } else { finding.fix.join("\n") })
        }
    }
}
