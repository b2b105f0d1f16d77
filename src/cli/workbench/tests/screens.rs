use super::stage::{Stage, runs};
use super::{artifacts, editor, lake, local, metrics, review};
use crate::app::{Answer, Ask, Deed, Effect, LocalNews, Msg, News, Pane, Screen, Slot, Trouble};
use crate::domain::scene;
use crate::domain::{DiffLine, EventKind, FileDiff, Status};
use crate::tui::testing::Color;

/// A failed run with its log open.
fn failed(columns: u16, rows: u16, theme: &str) -> Stage {
    let mut stage = Stage::new(columns, rows, theme);
    stage.press("enter");
    stage.show_run(Status::Failed, &scene::failed_run());
    stage.show_log(&[
        "starting",
        "Traceback (most recent call last):",
        "  File \"report.py\"",
        "KeyError: 'carrier'",
    ]);
    stage
}

#[test]
fn the_board_says_what_to_do_next() {
    let stage = Stage::new(80, 24, "dark");
    insta::assert_snapshot!(stage.shown());
}

/// Colours that are reversed would be patches of background.
#[test]
fn a_selected_row_is_one_bar() {
    let mut stage = Stage::new(80, 24, "dark");
    let colour = |stage: &Stage, text: &str| stage.style_of(text).fg;
    assert_eq!(colour(&stage, "✗  06"), Some(Color::Reset));
    stage.press("j");
    assert_eq!(colour(&stage, "✗  06"), Some(Color::Red));
}

/// Files that were written anew are compared with those of the last run, once.
#[test]
fn what_was_written_anew_has_changed_if_it_is_another() {
    let mut stage = Stage::new(80, 24, "dark");
    let mut look = stage.model.project.get().unwrap().clone();
    look.workflows[0].changed_at = Some(scene::at(1e6));
    let tell = |stage: &mut Stage| {
        stage.answer(Slot::Project, Ok(Answer::Project(Box::new(look.clone()))));
        stage.answer(Slot::Runs, Ok(Answer::Runs(runs(&[Status::Succeeded]))));
    };
    tell(&mut stage);
    assert!(stage.shown().contains("it has changed"), "{}", stage.shown());
    let Some(Ask::Alike(touched)) = stage.asked(Slot::Alike).cloned() else { panic!() };
    assert_eq!(touched.len(), 1);
    stage.answer(Slot::Alike, Ok(Answer::Alike(touched)));
    assert!(!stage.shown().contains("it has changed"), "{}", stage.shown());
    tell(&mut stage);
    assert!(!stage.waits(Slot::Alike) && !stage.shown().contains("it has changed"), "{}", stage.shown());
    look.workflows[0].changed_at = Some(scene::at(2e6));
    stage.answer(Slot::Project, Ok(Answer::Project(Box::new(look))));
    assert!(stage.waits(Slot::Alike) && stage.shown().contains("it has changed"), "{}", stage.shown());
}

#[test]
fn a_workflow_that_is_wrong_says_so_on_its_own_screen() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("j enter");
    let shown = stage.shown();
    assert!(shown.contains("workflows/odd.yaml:5:7") && shown.contains("did you mean `run`?"), "{shown}");
}

#[test]
fn a_wide_board_has_room_for_owners_and_schedule() {
    let stage = Stage::new(120, 12, "dark");
    insta::assert_snapshot!(stage.shown());
}

#[test]
fn a_failed_run_shows_its_graph_and_the_log_of_what_failed() {
    insta::assert_snapshot!(failed(80, 24, "dark").shown());
}

#[test]
fn a_large_screen_has_room_for_times() {
    insta::assert_snapshot!(failed(120, 26, "dark").shown());
}

#[test]
fn a_tiny_screen_is_a_list() {
    insta::assert_snapshot!(failed(40, 14, "dark").shown());
}

/// Nobody sees what a key does there.
#[test]
fn where_there_is_no_room_one_can_only_leave() {
    let mut stage = Stage::new(20, 5, "dark");
    let told: Vec<String> = stage.shown().split_whitespace().map(str::to_owned).collect();
    assert_eq!(told.join(" "), "too small: 40×8 at least; ctrl-c: quit");
    stage.effects.clear();
    stage.press("enter r c C x e 3 j : ?").tell(Msg::Paste("x".to_owned()));
    assert!(stage.effects.is_empty() && stage.model.overlays.is_empty(), "{:?}", stage.effects);
    stage.resize(80, 24);
    assert_eq!(stage.model.screen, Screen::Board);
    stage.open("workflows/daily_delays.yaml").work().type_in("typed");
    stage.resize(20, 5);
    stage.type_in("blind").press("ctrl-c");
    assert!(stage.shown().starts_with("y: quit without"), "{}", stage.shown());
    stage.press("esc");
    assert!(!stage.model.done && stage.shown().starts_with("too small"), "{}", stage.shown());
    stage.resize(80, 24);
    assert!(stage.shown().contains("typed") && !stage.shown().contains("blind"), "{}", stage.shown());
    stage.resize(20, 5);
    assert!(stage.press("ctrl-c y").model.done);
    assert!(Stage::new(20, 5, "dark").press("q").model.done);
}

/// It can be mended only by who sees that it is there.
#[test]
fn a_file_that_cannot_be_read_stays_on_the_board() {
    let mut stage = Stage::new(80, 24, "dark");
    let stays = |stage: &mut Stage, text: &str, name: &str, line: usize| {
        fs_err::write(stage.file("workflows/daily_delays.yaml"), text).unwrap();
        stage.read_project();
        let row = stage.shown().lines().find(|row| row.contains("daily_delays.yaml")).unwrap().to_owned();
        assert!(row.contains(&format!(" mend workflows/daily_delays.yaml:{line}")), "{row}");
        assert!(row.starts_with(&format!("│ {name} ")), "{row}");
        assert_eq!(row.contains("······✓■✓✗"), name == "daily_delays", "{row}");
    };
    stays(&mut stage, "greenroom: 1\nkind: workflow\nname: daily_delays\nsteps: [\n", "daily_delays", 4);
    stays(&mut stage, "greenroom: 1\nkind: workflow\nname: moved # so\nsteps: {\n", "moved", 4);
    stays(&mut stage, "greenroom: 1\nkind: workflow\nname: Una X\nsteps: {a: {run: x}}\n", "daily_delays", 3);
    stays(&mut stage, "Dear diary,\ntoday: nothing\n", "daily_delays", 2);
    stays(&mut stage, "", "daily_delays", 1);
    // What it is called by is taken: then it is its file.
    fs_err::write(stage.file("workflows/other.yaml"), "greenroom: 1\nkind: workflow\nname: daily_delays\nversion: 1.0.0\nowners: [ana]\nsteps: {a: {run: 'true'}}\n").unwrap();
    stays(&mut stage, "- [", "workflows/dail…", 1);
    fs_err::write(stage.file("workflows/日本 🎉.yaml"), "a: [").unwrap();
    fs_err::write(stage.file("blueprints/plan.yaml"), "a: [").unwrap();
    stage.read_project();
    for told in
        ["日 本  🎉  ", "mend workflows/日 本  🎉 .yaml:1", "mend blueprints/plan.yaml:1", "workflows 5"]
    {
        assert!(stage.shown().contains(told), "{told}: {}", stage.shown());
    }
    stage.press("G e").work();
    assert!(stage.model.editor.file().unwrap().path == "workflows/日本 🎉.yaml", "{}", stage.shown());
}

#[test]
fn a_long_name_leaves_room_for_what_is_to_be_done() {
    for columns in [80, 120] {
        let mut stage = Stage::new(columns, 24, "dark");
        let long = format!("{}日本語", "long_".repeat(20));
        fs_err::write(stage.file(&format!("workflows/{long}.yaml")), "a: [").unwrap();
        stage.read_project();
        let shown = stage.shown();
        assert!(shown.contains("mend what failed in run 3f2a  you"), "{shown}");
        let row = shown.lines().find(|row| row.contains("long_")).unwrap();
        assert!(row.contains("…  ··········") && row.contains("mend workflows/long_"), "{shown}");
        assert!(row.ends_with("…│"), "{shown}");
    }
}

/// Unless the person stands elsewhere.
#[test]
fn the_newest_run_is_the_one_that_is_selected() {
    let mut stage = Stage::new(80, 12, "dark");
    let all = runs(&[Status::Running, Status::Failed, Status::Succeeded]);
    let tokens: Vec<_> = all.runs.iter().map(|past| past.run.token).collect();
    let since = |from: usize| {
        let runs = all.runs[from..].to_vec();
        Ok(Answer::Runs(crate::app::RunsLook { runs, ..Default::default() }))
    };
    let selected = |stage: &Stage| stage.model.selected_run().unwrap().run.token;
    stage.answer(Slot::Runs, since(2));
    stage.tell(Msg::RunsChanged);
    stage.answer(Slot::Runs, since(1));
    stage.press("3");
    assert_eq!(selected(&stage), tokens[1]);
    stage.press("j");
    stage.tell(Msg::RunsChanged);
    stage.answer(Slot::Runs, since(0));
    assert_eq!(selected(&stage), tokens[2], "who has moved stays");
}

#[test]
fn the_log_says_why_it_ended() {
    let mut stage = failed(80, 24, "dark");
    let foot = |stage: &Stage| {
        let shown = stage.shown();
        let at = shown.lines().position(|row| row.contains("││attempt ")).unwrap();
        shown.lines().nth(at - 1).unwrap().to_owned()
    };
    assert!(foot(&stage).contains("││exit code 1 "), "{}", stage.shown());
    assert_eq!(stage.style_of("exit code 1").fg, Some(Color::Red));
    stage.press("<");
    stage.show_log(&[]);
    assert!(foot(&stage).contains("││exit code 1 "), "of the attempt before, too: {}", stage.shown());
    stage.press(">");
    // One that goes on has no end, and one that went well no reason.
    stage.show_run(Status::Running, &scene::failed_run()[..12]);
    assert!(!stage.shown().contains("exit code"), "{}", stage.shown());
    stage.show_run(Status::Failed, &scene::hostile_run());
    assert!(foot(&stage).contains("││more ␛]52;c;cm0gLXJm␇<U+202E>"), "{}", stage.shown());
}

/// What stands one below the other is gone through so, whatever waits for what.
#[test]
fn a_list_of_steps_is_gone_through_from_top_to_bottom() {
    let mut stage = failed(40, 14, "dark");
    let order = stage.model.workflow.graph.in_order();
    stage.press("g");
    for node in &order {
        assert_eq!(stage.model.workflow.selected, *node);
        stage.press("j");
    }
    stage.press("k");
    assert_eq!(stage.model.workflow.selected, order[order.len() - 2]);
    stage.press("G");
    assert_eq!(stage.model.workflow.selected, order[order.len() - 1]);
}

#[test]
fn the_other_tabs_tell_what_was_made_and_why_it_failed() {
    let mut stage = failed(80, 16, "dark");
    stage.press("] ]");
    insta::assert_snapshot!(stage.shown());
    stage.press("[ k");
    insta::assert_snapshot!(stage.shown());
}

#[test]
fn the_spec_is_shown_from_the_selected_step_on() {
    let mut stage = failed(80, 16, "dark");
    stage.press("[");
    insta::assert_snapshot!(stage.shown());
    stage.press("tab g");
    assert!(stage.shown().contains("1  greenroom: 1"), "{}", stage.shown());
    stage.press("j");
    assert!(!stage.shown().contains("1  greenroom: 1"), "{}", stage.shown());
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("j enter [");
    insta::assert_snapshot!(stage.shown());
}

#[test]
fn the_history_is_a_table() {
    let mut stage = Stage::new(80, 12, "dark");
    stage.press("3");
    insta::assert_snapshot!(stage.shown());
    stage.press("/").type_in("succ");
    assert_eq!(stage.shown().matches("✓ daily_delays").count(), 2, "{}", stage.shown());
    assert!(stage.shown().contains("╭ runs /succ  · newest first ─"), "{}", stage.shown());
    assert_eq!(stage.cursor(), (12, 2), "behind what is typed");
    stage.press("enter S");
    assert!(stage.shown().contains("╭ runs /succ  · by name ─"), "{}", stage.shown());
}

/// Marks of the history: what is done is done to all of them.
#[test]
fn marked_runs_are_stopped_copied_and_compared() {
    let mut stage = Stage::new(80, 12, "dark");
    let statuses = [Status::Running, Status::Succeeded, Status::Running, Status::Failed];
    stage.answer(Slot::Runs, Ok(Answer::Runs(runs(&statuses))));
    let [newest, second, third] = [0, 1, 2].map(|at| stage.model.runs.get().unwrap().runs[at].run.token);
    stage.press("3 space");
    stage.press("d");
    assert!(stage.shown().contains("it takes two marked runs, and 1 is marked"), "{}", stage.shown());
    stage.press("space d");
    let asked = Ask::Changes { then: second, now: Some(newest) };
    assert_eq!(stage.asked(Slot::Changes), Some(&asked));
    let files =
        vec![FileDiff { path: "parameters".to_owned(), lines: vec![DiffLine::Come("day: 2".to_owned())] }];
    stage.answer(Slot::Changes, Ok(Answer::Changes { then: second, now: Some(newest), files }));
    assert!(stage.shown().contains("from run 3f29 to 3f2a") && stage.shown().contains("+ day: 2"));
    stage.press("esc space");
    insta::assert_snapshot!(stage.shown());
    stage.press("y");
    let copied = [newest, second, third].map(|run| run.to_string()).join("\n");
    assert_eq!(stage.effects.last(), Some(&Effect::Copy(copied)));
    // One question for all, about those that go on.
    stage.press("x enter");
    assert!(stage.shown().contains("Stop 2 runs: 3f2a, 3f28?"), "{}", stage.shown());
    stage.press("y");
    let deeds = stage.effects.iter().filter_map(|effect| match effect {
        Effect::Do { deed, .. } => Some(deed.clone()),
        _ => None,
    });
    assert_eq!(deeds.collect::<Vec<_>>(), [Deed::Cancel(newest), Deed::Cancel(third)]);
    // A run that is gone is not marked any more; esc takes the marks before it leaves.
    stage.answer(Slot::Runs, Ok(Answer::Runs(runs(&statuses[..2]))));
    assert_eq!(stage.model.history.marked.len(), 2);
    stage.press("esc");
    assert!(stage.model.history.marked.is_empty() && stage.model.screen == Screen::Runs);
    stage.press("x");
    assert!(stage.shown().contains("is not running: it succeeded"), "{}", stage.shown());
}

#[test]
fn what_lies_over_a_screen_has_its_own_keys_in_the_footer() {
    let mut stage = failed(80, 24, "dark");
    let footer = |stage: &Stage| stage.shown().lines().last().unwrap().to_owned();
    for (keys, shown) in [
        ("?", " j down  ctrl-d page down  G to the end  esc close"),
        ("esc :", " enter do it  down down  up up  esc close"),
        ("esc T", " enter take it  down down  up up  esc as it was"),
        ("esc r", " enter do it  tab next field  esc leave"),
        ("esc @", " y copy  j down  k up  esc close"),
    ] {
        stage.press(keys);
        assert_eq!(footer(&stage), shown, "{keys}");
    }
    stage.show_run(Status::Running, &scene::good_run()[..6]);
    stage.press("esc x");
    assert_eq!(footer(&stage), " y yes  esc no");
    // They can be clicked.
    stage.tell(Msg::Click { column: 10, row: 23 });
    assert!(stage.model.overlays.is_empty());
    // The wheel moves its rows, and turns to no pane below.
    stage.press("tab :");
    let (pane, before) = (stage.model.workflow.pane, stage.shown());
    stage.tell(Msg::Wheel { column: 20, row: 8, rows: 30 });
    assert_ne!(stage.shown(), before);
    assert_eq!((pane, stage.model.workflow.pane), (Pane::Detail, Pane::Detail));
}

#[test]
fn help_is_made_of_the_actions_of_the_screen() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("?");
    insta::assert_snapshot!(stage.shown());
    let board = stage.shown();
    stage.press("esc 2 ?");
    assert_ne!(stage.shown(), board);
}

#[test]
fn what_cannot_be_read_is_told_with_its_place() {
    let mut stage = Stage::empty(80, 12, "dark");
    assert!(stage.shown().contains("reading the project"), "{}", stage.shown());
    let mut trouble = Trouble::new("greenroom.yaml has errors");
    trouble.todo.push("put it right".to_owned());
    stage.answer(Slot::Project, Err(trouble));
    let lost = LocalNews::Lost(Trouble::new("a container engine is needed"));
    stage.news(Slot::Health, News::Local(lost));
    insta::assert_snapshot!(stage.shown());
}

/// The same screens in each theme: what is painted is looked at by its sum.
#[test]
fn every_theme_paints_every_screen_its_own_way() {
    let painted = |theme: &str| {
        let sized = [(80, 24), (120, 40), (40, 14)].map(|(columns, rows)| {
            let mut history = Stage::new(columns, rows, theme);
            history.press("3");
            let screens = [
                Stage::new(columns, rows, theme),
                failed(columns, rows, theme),
                history,
                artifacts::in_theme(columns, rows, theme),
                lake::in_theme(columns, rows, theme),
                local::in_theme(columns, rows, theme),
                editor::broken(columns, rows, theme),
                metrics::in_theme(columns, rows, theme),
                review::in_theme(columns, rows, theme),
            ];
            assert_eq!(screens.each_ref().map(|stage| stage.model.screen), Screen::ALL);
            let painted = screens.map(|stage| stage.paint());
            format!("{columns}x{rows}: {}", painted.join(" "))
        });
        let mut over = Stage::new(80, 24, theme);
        let over = [over.press("?").paint(), over.press("esc :").paint()].join(" ");
        format!("{theme}\n  {}\n  over: {over}\n", sized.join("\n  "))
    };
    insta::assert_snapshot!(["dark", "light", "contrast", "plain"].map(painted).concat());
}

/// The README's pictures are what is drawn, whole or a part of it.
#[test]
fn the_readme_shows_what_is_drawn() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let drawn: Vec<String> = root
        .join("src/cli/workbench/tests/snapshots")
        .read_dir()
        .unwrap()
        .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
        .collect();
    let blocks = readme.split("```text\n").skip(1).filter_map(|rest| rest.split_once("```"));
    let pictures: Vec<&str> = blocks
        .map(|(block, _)| block)
        .filter(|block| block.contains('╭') || block.starts_with(" workflows/"))
        .collect();
    assert!(pictures.len() >= 6, "{}", pictures.len());
    for picture in pictures {
        let rows: Vec<&str> = picture.lines().map(str::trim_end).collect();
        let is_part = |snapshot: &String| {
            let all: Vec<&str> = snapshot.lines().map(str::trim_end).collect();
            all.windows(rows.len()).any(|part| part == rows)
        };
        assert!(drawn.iter().any(is_part), "no snapshot has this:\n{picture}");
    }
}

#[test]
fn the_keys_that_the_readme_shows_can_be_used() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let shown: Vec<&str> = readme
        .split("```toml\n")
        .skip(1)
        .filter_map(|rest| rest.split_once("```"))
        .map(|(block, _)| block)
        .filter(|block| block.contains("[keys]"))
        .collect();
    assert!(!shown.is_empty());
    for block in shown {
        crate::tui::Keymap::read(block).unwrap();
    }
}

/// What came and went in two files, the first of which fills thousands of screens.
#[test]
fn changes_are_gone_through_from_end_to_end() {
    let mut stage = failed(80, 24, "dark");
    stage.press("d");
    let come = |line: usize| DiffLine::Come(format!("line {line}"));
    let files = vec![
        FileDiff { path: "sql/long.sql".to_owned(), lines: (1..=100_000).map(come).collect() },
        FileDiff { path: "sql/short.sql".to_owned(), lines: vec![DiffLine::Gone("SELECT 1".to_owned())] },
    ];
    stage.answer(Slot::Changes, Ok(Answer::Changes { then: scene::token(), now: None, files }));
    let rows = |stage: &Stage| -> Vec<String> {
        let told = |row: &str| row.trim_matches(|c| "│ ".contains(c)).to_owned();
        stage.shown().lines().map(told).filter(|row| !row.is_empty()).collect()
    };
    let first = rows(&stage);
    let title = first.iter().position(|row| row == "sql/long.sql").unwrap();
    assert_eq!(first[title + 1], "+ line 1");
    stage.press("G");
    let last = rows(&stage);
    let end = last.iter().position(|row| row == "- SELECT 1").unwrap();
    assert_eq!(last[end - 2..end], ["+ line 100000", "sql/short.sql"]);
    // From the end one key leads back.
    stage.press("k");
    let above = rows(&stage);
    assert!(!above.contains(&"- SELECT 1".to_owned()) && above.contains(&"sql/short.sql".to_owned()));
    stage.press("g");
    assert_eq!(rows(&stage), first);
}

/// Ten thousand runs are not read again each second because one of them goes on.
#[test]
fn while_a_run_goes_on_only_its_own_end_is_waited_for() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.tell(Msg::RunsChanged);
    let look = runs(&[Status::Running, Status::Succeeded, Status::Failed]);
    let running = look.runs[0].path.clone();
    stage.answer(Slot::Runs, Ok(Answer::Runs(look)));
    assert_eq!(stage.asked(Slot::Runs), Some(&Ask::RunsOnceEnded(vec![running])));
    stage.effects.clear();
    stage.answer(Slot::Runs, Ok(Answer::Runs(runs(&[Status::Succeeded, Status::Succeeded, Status::Failed]))));
    assert_eq!(stage.asked(Slot::Runs), None);
}

/// Whoever has resumed it, here or elsewhere.
#[test]
fn a_run_that_goes_on_again_is_followed_again() {
    let mut stage = failed(80, 24, "dark");
    let again = |stage: &mut Stage, status| {
        stage.effects.clear();
        stage.tell(Msg::RunsChanged);
        let mut look = runs(&[status]);
        std::sync::Arc::make_mut(&mut look.runs[0].run).token = scene::token();
        stage.answer(Slot::Runs, Ok(Answer::Runs(look)));
        stage.asked(Slot::Run).cloned()
    };
    assert_eq!(again(&mut stage, Status::Failed), None);
    assert_eq!(again(&mut stage, Status::Running), Some(Ask::Run(scene::token())));
    assert_eq!(again(&mut stage, Status::Running), None, "once is enough");
    // One whose process was killed, too.
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("enter");
    let events: Vec<_> = scene::failed_run()
        .into_iter()
        .filter(|event| !matches!(event.kind, EventKind::RunFinished { .. }))
        .collect();
    stage.show_run(Status::Running, &events);
    stage.answer(Slot::Run, Ok(Answer::RunEnded));
    assert!(stage.shown().contains("interrupted"), "{}", stage.shown());
    assert_eq!(again(&mut stage, Status::Interrupted), None);
    assert_eq!(again(&mut stage, Status::Running), Some(Ask::Run(scene::token())));
}
