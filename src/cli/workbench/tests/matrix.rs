//! A step with a matrix: one node of the graph, with its cells.

use indexmap::IndexMap;

use super::stage::Stage;
use crate::domain::scene::{self, name};
use crate::domain::{CellId, EventKind, Node, NodeId, Plan, RunEvent, Status, Value};

/// The made-up run, with a cell of `delays` for each value.
fn plan(values: &[Value]) -> Plan {
    let mut plan = scene::plan();
    let delays = plan.nodes.remove(1);
    let cell = |value: &Value| Node {
        id: NodeId::new(name("delays"), Some(CellId::of([value]))),
        matrix: IndexMap::from([(name("size"), value.clone())]),
        ..delays.clone()
    };
    plan.nodes.splice(1..1, values.iter().map(cell));
    plan
}

fn ended(plan: &Plan, statuses: &[Status]) -> Vec<RunEvent> {
    let mut events = scene::good_run()[..1].to_vec();
    let cells = plan.nodes.iter().filter(|node| node.id.cell.is_some());
    for (node, status) in cells.zip(statuses) {
        let NodeId { step, cell } = node.id.clone();
        let (reason, outputs) = (String::new(), IndexMap::new());
        let kind = EventKind::StepFinished { step, cell, status: *status, reason, outputs };
        events.push(RunEvent { kind, seq: events.len() as u64, ts: scene::at(1.0), token: scene::token() });
    }
    events
}

fn shown(columns: u16, values: &[Value], statuses: &[Status]) -> Stage {
    let mut stage = Stage::new(columns, 24, "dark");
    stage.press("enter");
    let plan = plan(values);
    let events = ended(&plan, statuses);
    stage.show_planned(Status::Running, plan, &events);
    stage
}

fn numbers(count: i64) -> Vec<Value> {
    (0..count).map(Value::Int).collect()
}

#[test]
fn of_many_cells_it_is_told_how_many_failed() {
    let statuses = [[Status::Succeeded; 7].as_slice(), &[Status::Failed; 3]].concat();
    for columns in [120, 80, 40] {
        let stage = shown(columns, &numbers(10), &statuses);
        assert!(stage.shown().contains("✗ delays 3✗ 7✓ "), "{}", stage.shown());
    }
    let stage = shown(80, &numbers(10), &statuses[5..9]);
    assert!(stage.shown().contains("✗ delays 2✗ 2✓ 6· "), "{}", stage.shown());
    let few = shown(80, &numbers(3), &statuses[6..9]);
    assert!(few.shown().contains("✗ delays ✓✗✗ "), "{}", few.shown());
}

/// Of two hundred cells that stand in every way there is.
#[test]
fn a_long_name_is_cut_before_the_counts() {
    let mut plan = plan(&numbers(200));
    let statuses = [Status::Failed, Status::Succeeded, Status::Cancelled].repeat(50);
    let long = name("delays_of_every_carrier_and_day");
    for node in plan.nodes.iter_mut().filter(|node| node.id.cell.is_some()) {
        node.id.step = long.clone();
    }
    let events = ended(&plan, &statuses);
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("enter");
    stage.show_planned(Status::Running, plan, &events);
    assert!(stage.shown().contains("✗ del… 50✗ 50■ 50✓ 50·"), "{}", stage.shown());
}

#[test]
fn a_cell_is_called_by_its_values() {
    let values = [Value::Float(0.5), Value::String("Los Angeles".to_owned())];
    let mut stage = shown(80, &values, &[Status::Failed, Status::Failed]);
    assert!(stage.shown().contains("╭ delays.0.5 ─"), "{}", stage.shown());
    stage.press("L");
    assert!(stage.shown().contains("╭ delays.Los Angeles ─"), "{}", stage.shown());
    let id = stage.model.workflow.node().unwrap();
    assert!(id.to_string().starts_with("delays.h"), "what is stored is named as before: {id}");
}

#[test]
fn a_key_leads_out_of_a_matrix_and_others_through_its_cells() {
    let mut plan = plan(&numbers(10));
    // Beside the cells.
    plan.nodes.last_mut().unwrap().needs = plan.nodes[1].needs.clone();
    let events = ended(&plan, &[Status::Succeeded; 10]);
    let mut stage = Stage::new(120, 24, "dark");
    let file = stage.file("workflows/daily_delays.yaml");
    let spec = fs_err::read_to_string(&file).unwrap();
    fs_err::write(&file, spec.replace("publish: {needs: [report]", "publish: {needs: [flights_ready]"))
        .unwrap();
    stage.read_project();
    stage.press("enter");
    stage.show_planned(Status::Running, plan, &events);
    let selected = |stage: &Stage| stage.model.workflow.node().unwrap().to_string();
    stage.press("g j");
    assert_eq!(selected(&stage), "delays.0");
    stage.press("L L");
    assert_eq!(selected(&stage), "delays.2");
    stage.press("H");
    assert_eq!(selected(&stage), "delays.1");
    stage.press("l");
    assert_eq!(selected(&stage), "publish");
    stage.press("L");
    assert!(stage.shown().contains("next cell: publish has no matrix"), "{}", stage.shown());
    stage.press("h k");
    assert_eq!(selected(&stage), "flights_ready");
}

/// Those that were never begun have no log.
#[test]
fn after_a_cancel_a_cell_that_ran_is_selected() {
    let plan = plan(&numbers(4));
    let cells: Vec<NodeId> = plan.nodes[1..5].iter().map(|node| node.id.clone()).collect();
    let mut kinds = Vec::new();
    for NodeId { step, cell } in cells[..2].iter().cloned() {
        kinds.push(EventKind::AttemptStarted { step, cell, attempt: 1 });
    }
    for NodeId { step, cell } in cells.iter().cloned() {
        let (reason, outputs) = ("cancelled".to_owned(), IndexMap::new());
        kinds.push(EventKind::StepFinished { step, cell, status: Status::Cancelled, reason, outputs });
    }
    let mut events = scene::good_run()[..1].to_vec();
    events.extend(kinds.into_iter().enumerate().map(|(at, kind)| RunEvent {
        kind,
        seq: at as u64 + 1,
        ts: scene::at(1.0),
        token: scene::token(),
    }));
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("enter");
    stage.show_planned(Status::Cancelled, plan, &events);
    assert_eq!(stage.model.workflow.node(), Some(&cells[1]), "{}", stage.shown());
}
