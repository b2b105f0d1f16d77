use std::sync::Arc;

use super::Stage;
use crate::app::{News, Slot};
use crate::domain::Status;
use crate::domain::scene;

/// One step more, between two that are there.
fn with_a_new_step(stage: &mut Stage) {
    let file = stage.file("workflows/daily_delays.yaml");
    let spec = fs_err::read_to_string(&file).unwrap();
    let spec =
        spec.replace("needs: [report]", "needs: [checked]") + "  checked: {needs: [report], run: 'true'}\n";
    fs_err::write(&file, spec).unwrap();
    stage.read_project();
}

fn layer_of(stage: &Stage, step: &str) -> Option<usize> {
    let graph = &stage.model.workflow.graph;
    graph.nodes.iter().find(|node| node.step.as_str() == step).map(|node| node.layer)
}

#[test]
fn a_step_that_was_written_since_stands_in_the_graph_of_the_newest_run() {
    let mut stage = Stage::new(120, 40, "dark");
    stage.press("enter");
    stage.show_run(Status::Succeeded, &scene::good_run());
    stage.press("g j j");
    with_a_new_step(&mut stage);
    assert_eq!(
        ["report", "checked", "publish"].map(|step| layer_of(&stage, step)),
        [Some(2), Some(3), Some(4)]
    );
    assert!(stage.shown().contains("· checked"), "{}", stage.shown());
    assert_eq!(stage.model.workflow.node().unwrap().to_string(), "report");
    stage.press("j");
    assert!(stage.shown().contains("it was not part of this run"), "{}", stage.shown());
}

#[test]
fn an_older_run_is_shown_as_it_was() {
    let mut stage = Stage::new(120, 40, "dark");
    with_a_new_step(&mut stage);
    stage.press("3 j enter");
    let older = stage.model.runs.get().unwrap().runs[1].clone();
    stage.news(Slot::Run, News::Run { run: older, plan: Arc::new(scene::plan()) });
    assert_eq!(["report", "checked", "publish"].map(|step| layer_of(&stage, step)), [Some(2), None, Some(3)]);
}

/// It was planned without what it needs.
#[test]
fn a_run_of_one_step_alone_stands_among_the_others() {
    let mut stage = Stage::new(120, 40, "dark");
    stage.press("enter");
    let mut plan = scene::plan();
    plan.nodes.retain(|node| node.id == scene::id("report"));
    plan.nodes[0].needs.clear();
    stage.show_planned(Status::Succeeded, plan, &[]);
    let layers = ["flights_ready", "delays", "report", "publish"].map(|step| layer_of(&stage, step));
    assert_eq!(layers, [0, 1, 2, 3].map(Some));
}
