use super::*;

#[test]
fn figures_count_in_the_run_that_made_them_and_win_over_parameters() {
    let (_dir, root) = temp();
    let runs = runs(&root);
    let train = node("train", &[("fit", output("fit.json", OutputType::Metrics))]);
    let evaluate = node("evaluate", &[("metrics", output("m.json", OutputType::Metrics))]);
    let made = |auc: f64, taken_from: Option<Token>| {
        let (layout, token) = past_run(&root, "model", Status::Failed);
        let run = read_run(&layout).unwrap();
        let params = indexmap::IndexMap::from([(name("auc"), serde_json::json!(0.25))]);
        write_run(&layout, &crate::domain::Run { params, ..run }).unwrap();
        let mut plan = plan_of(token);
        plan.use_case = Some(name("training"));
        plan.nodes = vec![evaluate.clone(), train.clone()];
        write_plan(&layout, &plan).unwrap();
        let dir = RunDir::new(layout.clone(), token, None);
        for (node, file, text) in [
            (&train, "fit.json", "{\"auc\": 0.99, \"trees\": 4}".to_owned()),
            (&evaluate, "m.json", format!("{{\"auc\": {auc}}}")),
        ] {
            let dirs = dir.begin(&node.id, 1, false).unwrap();
            fs_err::write(dirs.output.join(file), text).unwrap();
            let mut manifest = dir.seal(node, &dirs, &facts(1)).unwrap();
            if *node == train && taken_from.is_some() {
                manifest.taken_from = taken_from;
                fs_err::remove_file(layout.manifest(&node.id)).unwrap();
                fs_err::write(layout.manifest(&node.id), serde_json::to_vec(&manifest).unwrap()).unwrap();
            }
        }
        (layout, token)
    };
    let (first, a) = made(0.8, None);
    let (second, b) = made(0.7, Some(a));
    let listed = |criterion: &[&str]| {
        let criteria = criterion.iter().map(|text| text.parse().unwrap()).collect();
        let listing = runs.measured(&RunQuery { criteria, ..RunQuery::default() }, ALL);
        listing.runs.into_iter().map(|run| (run.token, run.metrics.into_iter().collect())).collect::<Vec<_>>()
    };
    let all = |auc: f64| {
        vec![("auc".to_owned(), auc), ("train.fit.auc".to_owned(), 0.99), ("trees".to_owned(), 4.0)]
    };
    for _ in 0..2 {
        assert_eq!(listed(&[]), [(b, vec![("auc".to_owned(), 0.7)]), (a, all(0.8))]);
        assert_eq!(listed(&["auc>0.75"]), [(a, all(0.8))]);
        assert_eq!(listed(&["auc=.25"]), [], "a figure has the name");
        assert_eq!(listed(&["train.fit.auc=0.99"]).len(), 1);
        // By its whole name, also where its own is enough.
        assert_eq!(listed(&["train.fit.trees < 5"]), [(a, all(0.8))]);
        assert_eq!(listed(&["evaluate.metrics.auc > 0.75"]), [(a, all(0.8))]);
        assert_eq!(listed(&["evaluate.metrics.auc = 0.7", "auc < 0.75"]).len(), 1);
        assert_eq!(listed(&["train.fit.trees > 5"]), []);
        assert_eq!(listed(&["evaluate.metrics.trees < 5"]), []);
    }
    // What it holds is another question.
    let held = |layout: &RunLayout, token: Token| {
        figures(layout, token, Outputs::Held).unwrap().values.into_iter().collect::<Vec<_>>()
    };
    assert_eq!((held(&first, a), held(&second, b)), (all(0.8), all(0.7)));
}

#[test]
fn the_cells_that_figures_are_of_are_known_as_the_index_has_it_too() {
    let (_dir, root) = temp();
    let runs = runs(&root);
    let cells = ["fit.1", "fit.2"].map(|cell| node(cell, &[("m", output("m.json", OutputType::Metrics))]));
    let (layout, token) = past_run(&root, "model", Status::Succeeded);
    write_plan(&layout, &Plan { nodes: cells.to_vec(), ..plan_of(token) }).unwrap();
    let dir = RunDir::new(layout, token, None);
    for (node, text) in cells.iter().zip(["{\"loss\": 0.6}", "{\"loss\": 0.1}"]) {
        let dirs = dir.begin(&node.id, 1, false).unwrap();
        fs_err::write(dirs.output.join("m.json"), text).unwrap();
        dir.seal(node, &dirs, &facts(1)).unwrap();
    }
    for _ in 0..2 {
        let run = runs.measured(&RunQuery::default(), ALL).runs.remove(0);
        assert_eq!(run.known().all("fit.m.loss"), ["fit.1.m.loss", "loss"]);
        assert_eq!(run.known().told("loss"), "fit.2.m.loss");
    }
}

/// A run of a blueprint's training that got as far as these steps, each with what it left.
fn trained(root: &Utf8Path, status: Status, made: &[(&str, &str)]) -> (RunLayout, Token) {
    let nodes = ["train", "evaluate"].map(|step| node(step, &[("m", output("m.json", OutputType::Metrics))]));
    let (layout, token) = past_run(root, "model", status);
    let plan = Plan { use_case: Some(name("training")), nodes: nodes.to_vec(), ..plan_of(token) };
    write_plan(&layout, &plan).unwrap();
    let dir = RunDir::new(layout.clone(), token, None);
    for (step, text) in made {
        let node = nodes.iter().find(|node| node.id.to_string() == *step).unwrap();
        let dirs = dir.begin(&node.id, 1, false).unwrap();
        fs_err::write(dirs.output.join("m.json"), text).unwrap();
        dir.seal(node, &dirs, &facts(1)).unwrap();
    }
    (layout, token)
}

#[test]
fn a_run_that_was_never_evaluated_is_not_found_by_what_its_training_says() {
    let (_dir, root) = temp();
    let runs = runs(&root);
    let fit = ("train", "{\"auc\": 0.99, \"trees\": 4}");
    let (_, good) = trained(&root, Status::Succeeded, &[fit, ("evaluate", "{\"auc\": 0.8}")]);
    let (layout, bad) = trained(&root, Status::Failed, &[fit]);
    let found = |criterion: &str| -> Vec<Token> {
        let criteria = vec![criterion.parse().unwrap()];
        let listing = runs.find_all(&RunQuery { criteria, ..RunQuery::default() }, ALL);
        listing.runs.into_iter().map(|found| found.run.token).collect()
    };
    for _ in 0..2 {
        assert_eq!((found("auc > 0.9"), found("auc > 0.7")), (vec![], vec![good]));
        assert_eq!(found("train.m.auc > 0.9"), [bad, good]);
    }
    // One step of it alone was run, and the plan has no other.
    let mut plan = read_plan(&layout).unwrap();
    plan.nodes.truncate(1);
    fs_err::remove_file(layout.plan_json()).unwrap();
    write_plan(&layout, &plan).unwrap();
    let names: Vec<String> = figures(&layout, bad, Outputs::Held).unwrap().values.into_keys().collect();
    assert_eq!(names, ["train.m.auc", "train.m.trees"]);
    // Beside one that was, what no other output has is known as there.
    let listing = runs.measured(&RunQuery::default(), ALL);
    let names: Vec<_> =
        listing.runs.iter().map(|run| run.metrics.keys().cloned().collect::<Vec<_>>()).collect();
    assert_eq!(names, [vec!["train.m.auc", "trees"], vec!["auc", "train.m.auc", "trees"]]);
}

#[test]
fn what_somebody_wrote_into_a_metrics_file_counts_for_nothing_and_is_told() {
    let (_dir, root) = temp();
    let runs = runs(&root);
    let fit = ("train", "{\"auc\": 0.75}");
    let (layout, token) = trained(&root, Status::Succeeded, &[fit, ("evaluate", "{\"auc\": 0.5}")]);
    let file = layout.dir().join("evaluate/m.json");
    fs_err::remove_file(&file).unwrap();
    fs_err::write(&file, "{\"auc\": 0.9}").unwrap();
    let found = figures(&layout, token, Outputs::Held).unwrap();
    assert_eq!(found.altered, ["evaluate.m"]);
    assert_eq!(found.values.into_keys().collect::<Vec<_>>(), ["train.m.auc"]);
    let query = RunQuery { criteria: vec!["auc > 0.1".parse().unwrap()], ..RunQuery::default() };
    // However often it is asked for.
    for _ in 0..2 {
        let listing = runs.find_all(&query, ALL);
        assert_eq!((listing.runs.len(), listing.broken.len(), listing.altered.len()), (0, 0, 1));
        assert!(listing.altered[0].why.starts_with("evaluate.m was changed"), "{:?}", listing.altered);
        assert_eq!(statuses(&runs.list(None, ALL)), [(token, Status::Succeeded)]);
    }
}

#[test]
fn a_metrics_file_that_was_changed_after_the_index_read_it_counts_for_nothing() {
    let (_dir, root) = temp();
    let runs = runs(&root);
    let (layout, token) = trained(&root, Status::Succeeded, &[("evaluate", "{\"auc\": 0.5}")]);
    let (_, other) = trained(&root, Status::Succeeded, &[("evaluate", "{\"auc\": 0.6}")]);
    let query = RunQuery { criteria: vec!["auc > 0.1".parse().unwrap()], ..RunQuery::default() };
    let found = || {
        let (listed, measured) = (runs.find_all(&query, ALL), runs.measured(&RunQuery::default(), ALL));
        assert_eq!(listed.altered, measured.altered);
        let listed: Vec<Token> = listed.runs.iter().map(|found| found.run.token).collect();
        let measured: Vec<Token> = measured.runs.iter().map(|run| run.token).collect();
        assert_eq!(listed, measured);
        (listed, runs.find_all(&query, ALL).altered.len())
    };
    assert_eq!(found(), (vec![other, token], 0));
    // The same, put there anew.
    let file = layout.dir().join("evaluate/m.json");
    fs_err::remove_file(&file).unwrap();
    fs_err::write(&file, "{\"auc\": 0.5}").unwrap();
    assert_eq!(found(), (vec![other, token], 0));
    fs_err::write(&file, "{\"auc\": 0.99}").unwrap();
    for _ in 0..2 {
        assert_eq!(found(), (vec![other], 1));
    }
    assert_eq!(runs.list(None, ALL).runs.len(), 2, "it is a run all the same");
}
