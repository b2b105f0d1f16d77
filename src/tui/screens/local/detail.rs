use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;

use super::super::super::Role;
use super::super::super::overlays;
use super::super::super::paint::Paint;
use super::super::load;
use super::log;
use super::sign::Sign;
use crate::app::{LocalItem, LocalPane, Model, Slot};
use crate::domain::figures::size;
use crate::domain::text::{pad, wrapped};
use crate::domain::{Health, Name, Ready};

/// What stands before each fact.
const LABEL: usize = 9;

/// A line of the detail: what stands before it, if anything may, and the text, before it is cut to the room there is.
type Told = (Role, Option<&'static str>, String);

pub(super) fn detail(model: &Model, paint: &mut Paint<'_>, area: Rect) {
    let item = model.local_item();
    let focused = model.local.pane == LocalPane::Detail;
    let title = match &item {
        LocalItem::Engine => "engine".to_owned(),
        LocalItem::Image(name) => format!("image {name}"),
        LocalItem::Service(name) => format!("service {name}"),
        LocalItem::Volume(name) => format!("volume {name}"),
        LocalItem::Finding(what) => what.clone(),
    };
    let inside = paint.block(area, title, focused);
    if focused {
        paint.seen.page = inside.height.into();
    }
    match &item {
        LocalItem::Engine if model.health.trouble.is_some() => engine_trouble(model, paint, inside),
        LocalItem::Engine => facts_and_output(model, &item, engine(model), paint, inside),
        LocalItem::Image(name) => facts_and_output(model, &item, image(model, name), paint, inside),
        LocalItem::Service(name) => service(model, name, paint, inside),
        LocalItem::Volume(name) => facts_and_output(model, &item, volume(model, name), paint, inside),
        LocalItem::Finding(_) => facts_and_output(model, &item, finding(model), paint, inside),
    }
}

fn engine_trouble(model: &Model, paint: &mut Paint<'_>, area: Rect) {
    let Some(trouble) = &model.health.trouble else { return };
    let [head, body] = Layout::vertical([Constraint::Length(1), Constraint::Min(0)]).areas(area);
    if model.local.lost {
        let told = "it is looked for all the time; runs wait for it";
        paint.line(head, Line::from(paint.look.span(Role::Warn, told)));
    }
    overlays::trouble(trouble, paint, body);
}

fn engine(model: &Model) -> Vec<Told> {
    let Some(engine) = model.health.get().map(|status| &status.engine) else {
        let told = match model.tasks.waits(Slot::Health) {
            true => "asking the engine …",
            false => "greenroom.yaml has errors: the board tells which",
        };
        return vec![(Role::Dim, None, told.to_owned())];
    };
    let rootless = if engine.rootless { ", rootless" } else { "" };
    let free = engine.free_bytes.map(|free| format!(", {} free", size(free))).unwrap_or_default();
    vec![
        (Role::Strong, None, format!("{} {}{rootless}", engine.kind, engine.version)),
        (Role::Text, Some("at"), format!("{} ({})", engine.place, engine.named_by)),
        (Role::Text, Some("has"), format!("{} cpus, {} of memory", engine.cpus, size(engine.memory_bytes))),
        (
            Role::Text,
            Some("disk"),
            engine.data_root.as_ref().map_or("unknown".to_owned(), |root| format!("{root}{free}")),
        ),
    ]
}

fn image(model: &Model, name: &Name) -> Vec<Told> {
    let found = model.health.get().and_then(|status| status.images.iter().find(|image| image.name == *name));
    let spec = model.project.get().and_then(|project| project.images.get(name));
    let mut told = state(&LocalItem::Image(name.clone()), model);
    if let Some(image) = found {
        told.push((Role::Text, Some("tag"), image.tag.clone()));
    }
    let base = found.map(|image| &image.base).or(spec.map(|spec| &spec.base));
    told.extend(base.map(|base| (Role::Text, Some("base"), base.clone())));
    if let Some(spec) = spec {
        if !spec.apt.is_empty() {
            told.push((Role::Text, Some("apt"), spec.apt.join(" ")));
        }
        told.extend(spec.pip.as_ref().map(|file| (Role::Text, Some("pip"), file.to_string())));
    }
    told.extend(found.and_then(|image| image.bytes).map(|bytes| (Role::Text, Some("size"), size(bytes))));
    told
}

/// How it stands, in words.
fn state(item: &LocalItem, model: &Model) -> Vec<Told> {
    let Sign { sign, role, word } = Sign::of(item, model);
    vec![(role, None, format!("{sign} {word}"))]
}

fn volume(model: &Model, name: &str) -> Vec<Told> {
    let found = model.health.get().and_then(|status| status.volumes.iter().find(|other| other.name == name));
    let mut told = vec![match found {
        Some(volume) if !volume.made => {
            (Role::Dim, None, "it is made with the first service that wants it".to_owned())
        }
        _ => (Role::Text, None, "it outlives its services".to_owned()),
    }];
    let project = model.project.get();
    let services = found.map(|volume| volume.services.as_slice()).unwrap_or_default();
    for service in services {
        let spec = project.and_then(|project| project.services.get(service));
        let targets = spec.into_iter().flat_map(|spec| &spec.volumes);
        let target = targets.into_iter().find(|(volume, _)| name.ends_with(&format!("-{volume}")));
        let target = target.map(|(_, target)| format!(" at {target}")).unwrap_or_default();
        told.push((Role::Text, Some("of"), format!("{service}{target}")));
    }
    if services.is_empty() {
        told.push((Role::Warn, None, "no service of greenroom.yaml has it".to_owned()));
    }
    told
}

fn finding(model: &Model) -> Vec<Told> {
    let Some(finding) = model.local_finding() else { return Vec::new() };
    let role = match finding.health {
        Health::Ok => Role::Good,
        Health::Warn => Role::Warn,
        Health::Missing => Role::Bad,
    };
    let meaning = match finding.health {
        Health::Ok => "all is well",
        Health::Warn => "it works, but not as well as it could",
        Health::Missing => "without it nothing runs",
    };
    let mut told = vec![(role, None, meaning.to_owned())];
    told.extend(finding.found.lines().map(|line| (Role::Text, None, line.to_owned())));
    for (index, command) in finding.fix.iter().enumerate() {
        told.push((Role::Accent, Some(if index == 0 { "by hand" } else { "" }), command.clone()));
    }
    if let Some(question) = &finding.question {
        told.push((Role::Strong, Some("fix"), question.clone()));
    }
    told
}

/// Facts first; below them what a deed says that has to do with it, its end always in sight.
fn facts_and_output(model: &Model, item: &LocalItem, facts: Vec<Told>, paint: &mut Paint<'_>, area: Rect) {
    let facts = lines(facts, paint, area.width);
    let Some((deed, output, under_way)) = model.local_output(item) else {
        return paint.lines(area, facts);
    };
    let head = u16::try_from(facts.len() + 1).unwrap_or(u16::MAX).min(area.height / 2);
    let [above, title, below] =
        Layout::vertical([Constraint::Length(head), Constraint::Length(1), Constraint::Min(0)]).areas(area);
    paint.lines(above, facts);
    let look = paint.look;
    let failed = !under_way && model.local.output.as_ref().is_some_and(|output| output.failed);
    let (role, sign) = match (under_way, failed) {
        (true, _) => (Role::Running, "⋯"),
        (false, true) => (Role::Bad, "✗"),
        (false, false) => (Role::Good, "✓"),
    };
    paint.line(title, Line::from(look.span(role, format!("{sign} {}", deed.words().join(" ")))));
    if model.local.pane == LocalPane::Detail {
        paint.seen.page = below.height.into();
    }
    let room = usize::from(below.height);
    let back = model.local.back.min(output.len().saturating_sub(room));
    let end = output.len() - back;
    let shown = &output[end.saturating_sub(room)..end];
    let rows: Vec<_> = shown.iter().map(|line| Line::from(look.span(Role::Dim, line))).collect();
    paint.lines(below, rows);
}

fn service(model: &Model, name: &Name, paint: &mut Paint<'_>, area: Rect) {
    let mut told = state(&LocalItem::Service(name.clone()), model);
    let status = model.local_service();
    let spec = model.project.get().and_then(|project| project.services.get(name));
    if let Some(service) = status.filter(|_| !model.local.lost) {
        told.extend(service.address.as_ref().map(|address| (Role::Accent, Some("at"), address.clone())));
        if !service.note.is_empty() {
            told.push((Role::Warn, None, service.note.clone()));
        }
    }
    if let Some(spec) = spec {
        told.push((Role::Text, Some("image"), spec.image.to_string()));
        told.push((Role::Dim, Some("runs"), spec.command.join(" ")));
        if let Some(ready) = &spec.ready {
            let ready = match ready {
                Ready::Tcp(port) => format!("port {port} answers"),
                Ready::Http(path) => format!("GET {path} answers"),
                Ready::Command(argv) => argv.join(" "),
            };
            told.push((Role::Dim, Some("ready"), ready));
        }
    }
    // The log matters more than how it was made.
    let mut facts = lines(told, paint, area.width);
    let room = usize::from(area.height);
    facts.truncate(if room < 14 { 2 } else { 7 });
    let head = u16::try_from(facts.len()).unwrap_or(u16::MAX);
    let measured = model.service_load().filter(|_| !model.local.lost);
    let height = if measured.is_some() && room >= 8 { load::LEAST } else { 0 };
    let [above, middle, below] =
        Layout::vertical([Constraint::Length(head), Constraint::Length(height), Constraint::Min(0)])
            .areas(area);
    paint.lines(above, facts);
    if let (Some(of), Some(engine)) = (measured, model.health.get().map(|status| &status.engine)) {
        let limits = load::Limits { cpus: engine.cpus as f64, memory: None };
        load::load(model, &of, &limits, paint, middle);
    }
    log::log(model, paint, below);
}

/// Long ones go on below.
fn lines(told: Vec<Told>, paint: &Paint<'_>, columns: u16) -> Vec<Line<'static>> {
    let look = paint.look;
    let columns = usize::from(columns);
    let mut lines = Vec::new();
    for (role, label, text) in told {
        let lead = if label.is_some() { LABEL } else { 0 };
        for (index, part) in wrapped(&text, columns.saturating_sub(lead).max(1)).into_iter().enumerate() {
            let label = label.filter(|_| index == 0).unwrap_or_default();
            lines.push(Line::from(vec![look.span(Role::Dim, pad(label, lead)), look.span(role, part)]));
        }
    }
    lines
}
