use super::{Manners, PLAIN, Typed, Typing};
use crate::app::picker::{moved, turned};
use crate::app::{LakePane, LakeTab, Model};

pub const MANNERS: Manners = Manners {
    rows: |model, rows| {
        if model.lake.pane == LakePane::Tables {
            model.lake.selected = moved(model.lake.selected, rows, model.lake.shown().len());
            model.lake.scroll = 0;
            return model.sync_first_rows();
        }
        if model.lake.pane == LakePane::Params {
            // It is one line below the query.
            if rows < 0 {
                model.lake.pane = LakePane::Query;
            }
            return Vec::new();
        }
        match model.lake.grid() {
            Some(grid) => grid.go(rows, 0),
            None => model.lake.scroll = moved(model.lake.scroll, rows, u16::MAX.into()),
        }
        Vec::new()
    },
    columns: |model, columns| {
        if let Some(grid) = model.lake.grid() {
            grid.go(0, columns);
        }
        Vec::new()
    },
    enter: |model| {
        if std::mem::take(&mut model.lake.filter.editing) {
            return Vec::new();
        }
        match (model.lake.pane, model.lake.tab) {
            (LakePane::Params, _) => {
                // Back to the query, unless another value is missing.
                model.lake.pane = LakePane::Query;
                return model.ask_query();
            }
            (_, LakeTab::Query) => (model.lake.pane, model.lake.full) = (LakePane::Query, false),
            (LakePane::Detail, _) => model.lake.full = !model.lake.full,
            _ => model.lake.pane = LakePane::Detail,
        }
        Vec::new()
    },
    out: |model| {
        if let Some(effects) = model.stop_query() {
            return Some(effects);
        }
        let lake = &mut model.lake;
        if lake.completion.take().is_some() || std::mem::take(&mut lake.full) {
            return Some(Vec::new());
        }
        match lake.pane {
            LakePane::Query | LakePane::Params => lake.pane = LakePane::Detail,
            LakePane::Detail => lake.pane = LakePane::Tables,
            LakePane::Tables => {
                let set = std::mem::take(&mut lake.filter).is_set();
                return set.then(|| model.sync_first_rows());
            }
        }
        Some(Vec::new())
    },
    find: |model| {
        model.lake.pane = LakePane::Tables;
        match model.lake.filter.begin() {
            true => (model.screen.manners().retyped)(model),
            false => Vec::new(),
        }
    },
    text,
    click: |model, row| {
        model.lake.pane = LakePane::Tables;
        model.lake.selected = row;
        model.sync_first_rows()
    },
    pane: |model, panes| {
        const QUERY: [LakePane; 4] = [LakePane::Tables, LakePane::Query, LakePane::Params, LakePane::Detail];
        let all =
            if model.lake.tab == LakeTab::Query { &QUERY[..] } else { &[LakePane::Tables, LakePane::Detail] };
        model.lake.full = false;
        model.lake.pane = turned(all, model.lake.pane, panes);
        Vec::new()
    },
    pane_at: |model, pane| {
        model.lake.pane = match pane {
            0 => LakePane::Tables,
            1 => LakePane::Query,
            3 => LakePane::Params,
            _ => LakePane::Detail,
        };
    },
    tab_at: |model, tab| {
        model.lake.tab = LakeTab::ALL.get(tab).copied().unwrap_or_default();
        model.lake.scroll = 0;
        model.sync_first_rows()
    },
    tab: |model, tabs| {
        model.lake.tab = turned(&LakeTab::ALL, model.lake.tab, tabs);
        model.lake.scroll = 0;
        model.sync_first_rows()
    },
    full: |model| {
        model.lake.full = !model.lake.full;
        model.lake.pane = LakePane::Detail;
        Vec::new()
    },
    press: |model, key| match model.lake.pane {
        LakePane::Query => model.press_in_query(key),
        _ => None,
    },
    typed: |model| match model.lake.pane {
        LakePane::Tables => model.lake.filter.typed().map(Typed::Line),
        LakePane::Query => Some(Typed::Text(&mut model.lake.query)),
        LakePane::Params => Some(Typed::Line(&mut model.lake.params)),
        LakePane::Detail => None,
    },
    typing: |model| match model.lake.pane {
        LakePane::Tables => model.lake.filter.editing.then_some(Typing::Line),
        LakePane::Query => Some(Typing::Text),
        LakePane::Params => Some(Typing::Line),
        LakePane::Detail => None,
    },
    retyped: |model| {
        if model.lake.pane == LakePane::Tables {
            model.lake.selected = 0;
            return model.sync_first_rows();
        }
        if model.lake.pane == LakePane::Query {
            model.lake.retyped = true;
        }
        let effects = model.check_text();
        model.forget_verdict();
        effects
    },
    footer: |model| match model.lake.pane {
        LakePane::Query => &["ask", "params", "back", "help", "make_step", "complete", "suspend"],
        LakePane::Params => &["ask", "up", "back", "next_pane", "make_step", "help"],
        LakePane::Detail => &["query", "full", "next_tab", "next_pane", "copy", "back", "help"],
        LakePane::Tables => &["open", "query", "filter", "next_tab", "copy", "palette", "help"],
    },
    ..PLAIN
};

fn text(model: &Model) -> Option<String> {
    let lake = &model.lake;
    let table = || lake.table().map(|table| table.record.table.to_string());
    if lake.pane == LakePane::Tables {
        return table();
    }
    match lake.tab {
        LakeTab::Rows => lake.first.as_ref()?.1.as_ref().ok()?.text(),
        LakeTab::Query => match lake.asked.as_ref()?.grid.as_ref()? {
            Ok(grid) => grid.text(),
            Err(trouble) => Some(trouble.text()),
        },
        LakeTab::Columns => {
            let table = lake.table()?;
            let last = table.record.columns.len().checked_sub(1)?;
            table.record.columns.get_index(lake.scroll.min(last)).map(|(name, _)| name.clone())
        }
        LakeTab::Partitions | LakeTab::Uses => table(),
    }
}
