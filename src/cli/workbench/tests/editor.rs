use super::stage::Stage;
use crate::app::{Effect, Leave, Msg, Screen};
use crate::domain::Status;
use crate::domain::scene;

/// The broken workflow, open.
pub(super) fn broken(columns: u16, rows: u16, theme: &str) -> Stage {
    let mut stage = Stage::new(columns, rows, theme);
    stage.press("j e").work();
    stage
}

fn read(stage: &Stage, path: &str) -> String {
    fs_err::read_to_string(stage.file(path)).unwrap()
}

#[test]
fn a_file_opens_at_its_error() {
    let stage = broken(80, 24, "dark");
    insta::assert_snapshot!(stage.shown());
}

#[test]
fn a_large_screen_shows_what_could_be_typed() {
    let mut stage = broken(120, 40, "dark");
    stage.press("home ctrl-k").type_in("  a:").press("enter").type_in("us").press("tab down").work();
    insta::assert_snapshot!(stage.shown());
}

#[test]
fn a_small_screen_shows_the_line_that_is_typed() {
    let mut stage = broken(40, 8, "dark");
    stage.press("ctrl-space").work();
    assert!(stage.shown().contains("runs: 'true'"), "{}", stage.shown());
}

#[test]
fn what_is_typed_is_checked_and_saved() {
    let mut stage = broken(80, 24, "dark");
    assert!(stage.shown().contains("✗  5"), "{}", stage.shown());
    stage.press("right right right delete").work();
    assert!(!stage.shown().contains('✗'), "{}", stage.shown());
    assert!(stage.shown().contains("7 Editor*") && stage.shown().contains("odd.yaml*"));
    assert!(read(&stage, "workflows/odd.yaml").contains("runs:"), "it is not saved yet");
    stage.press("ctrl-s").work();
    assert!(read(&stage, "workflows/odd.yaml").contains("{run: 'true'}"));
    assert!(stage.shown().contains("is saved") && !stage.shown().contains("7 Editor*"), "{}", stage.shown());
    stage.press("ctrl-s");
    assert!(stage.shown().contains("save: workflows/odd.yaml is saved"), "{}", stage.shown());
    assert!(stage.model.commands.commands().is_empty(), "no command does that");
    // What was saved can be taken back, and is then to be saved again.
    stage.press("alt-z").work();
    assert!(stage.shown().contains("7 Editor*") && stage.shown().contains('✗'), "{}", stage.shown());
    stage.press("alt-Z").work();
    assert!(!stage.shown().contains("7 Editor*"));
}

#[test]
fn to_save_and_quit_writes_all_first_and_stays_where_it_cannot() {
    let mut stage = broken(80, 24, "dark");
    stage.type_in("# one ");
    stage.open("workflows/daily_delays.yaml").work().type_in("# two ");
    // Somebody else was there.
    fs_err::write(stage.file("workflows/odd.yaml"), "name: other\n").unwrap();
    let quit = |stage: &mut Stage, word: &str| {
        stage.press("ctrl-p").type_in(word).press("enter").work();
    };
    quit(&mut stage, "wq");
    assert!(!stage.model.done && read(&stage, "workflows/odd.yaml") == "name: other\n");
    quit(&mut stage, "x");
    assert!(!stage.model.done && stage.shown().contains("was changed by somebody else"), "{}", stage.shown());
    // Nothing is thrown away by enter alone.
    quit(&mut stage, "q!");
    stage.press("enter");
    assert!(!stage.model.done && stage.shown().contains("Quit without saving"), "{}", stage.shown());
    stage.press("esc").open("workflows/odd.yaml").work().press("alt-w y").work();
    assert!(!stage.model.done);
    stage.type_in("# three ");
    quit(&mut stage, "wq");
    assert!(stage.model.done, "{}", stage.shown());
    assert!(read(&stage, "workflows/odd.yaml").contains("# three "));
    assert!(read(&stage, "workflows/daily_delays.yaml").contains("# two "));
}

#[test]
fn a_file_that_somebody_else_changes_is_read_again_if_nothing_is_lost() {
    let mut stage = broken(80, 24, "dark");
    fs_err::write(stage.file("workflows/odd.yaml"), "# theirs\n").unwrap();
    stage.tell(Msg::FilesChanged);
    assert!(stage.work().shown().contains("1  # theirs"), "{}", stage.shown());
    stage.press("ctrl-e");
    assert!(matches!(stage.effects.last(), Some(Effect::Leave(Leave::Edit { line: 2, .. }))));
    stage.type_in("mine ").work();
    fs_err::write(stage.file("workflows/odd.yaml"), "# theirs again\n").unwrap();
    stage.tell(Msg::FilesChanged);
    stage.work();
    insta::assert_snapshot!(stage.shown());
    stage.press("ctrl-s").work();
    assert!(stage.shown().contains("was changed by somebody else"), "{}", stage.shown());
    assert_eq!(read(&stage, "workflows/odd.yaml"), "# theirs again\n");
    stage.press("ctrl-e");
    assert!(stage.shown().contains("save it first"), "{}", stage.shown());
    // To write over it asks, and enter is no answer.
    stage.press("alt-w enter").work();
    assert_eq!(read(&stage, "workflows/odd.yaml"), "# theirs again\n");
    stage.press("y").work();
    assert_eq!(read(&stage, "workflows/odd.yaml"), "# theirs\nmine ");
    assert!(!stage.shown().contains("somebody else"), "{}", stage.shown());
}

#[test]
fn what_is_read_in_the_place_of_what_was_typed_can_be_taken_back() {
    let mut stage = broken(80, 24, "dark");
    stage.type_in("mine ");
    fs_err::remove_file(stage.file("workflows/odd.yaml")).unwrap();
    stage.tell(Msg::FilesChanged);
    assert!(stage.work().shown().contains("somebody else has removed"), "{}", stage.shown());
    fs_err::write(stage.file("workflows/odd.yaml"), "# theirs\n").unwrap();
    stage.press("alt-r").work();
    assert!(stage.shown().contains("Read workflows/odd.yaml again"), "{}", stage.shown());
    stage.press("y").work();
    assert!(
        stage.shown().contains("1  # theirs") && !stage.shown().contains("7 Editor*"),
        "{}",
        stage.shown()
    );
    stage.press("alt-z alt-z").work();
    assert!(stage.shown().contains("mine"), "{}", stage.shown());
}

/// It may be the last copy of it.
#[test]
fn a_text_whose_file_is_gone_is_unsaved_and_can_be_written_anew() {
    let mut stage = broken(80, 24, "dark");
    let text = read(&stage, "workflows/odd.yaml");
    let look = |stage: &mut Stage| {
        stage.tell(Msg::FilesChanged);
        stage.work();
    };
    let remove = |stage: &mut Stage| {
        fs_err::remove_file(stage.file("workflows/odd.yaml")).unwrap();
        look(stage);
        // Also if one looks again.
        look(stage);
        assert!(stage.shown().contains("odd.yaml* !"), "{}", stage.shown());
        assert!(stage.shown().contains("removed this file; its text is still here"), "{}", stage.shown());
    };
    remove(&mut stage);
    stage.press("ctrl-c");
    assert!(!stage.model.done && stage.shown().contains("Quit without saving workflows/odd.yaml?"));
    stage.press("esc alt-w");
    assert!(stage.shown().contains("was removed by somebody else"), "{}", stage.shown());
    stage.press("alt-r y").work();
    assert_eq!(stage.model.editor.file().unwrap().buffer.text(), text, "there is nothing else to read");
    stage.press("ctrl-s").work();
    assert_eq!(read(&stage, "workflows/odd.yaml"), text);
    assert!(!stage.shown().contains("odd.yaml*") && !stage.shown().contains("somebody else"));
    // It comes back as it was, or as another that nobody here has typed into.
    for back in [text.as_str(), "# theirs\n"] {
        remove(&mut stage);
        fs_err::write(stage.file("workflows/odd.yaml"), back).unwrap();
        look(&mut stage);
        assert!(!stage.model.editor.any_unsaved() && !stage.shown().contains("somebody else"));
        assert_eq!(stage.model.editor.file().unwrap().buffer.text(), back);
    }
    remove(&mut stage);
    stage.type_in("mine ");
    fs_err::write(stage.file("workflows/odd.yaml"), &text).unwrap();
    look(&mut stage);
    assert!(stage.shown().contains("somebody else has changed this file"), "{}", stage.shown());
    fs_err::remove_file(stage.file("workflows/odd.yaml")).unwrap();
    look(&mut stage);
    stage.press("ctrl-p").type_in("wq").press("enter").work();
    assert!(stage.model.done && read(&stage, "workflows/odd.yaml") == "# theirs\nmine ");
}

/// Between what was read and what is written somebody may have been faster than any watching.
#[test]
fn a_save_looks_once_more() {
    let mut stage = broken(80, 24, "dark");
    stage.type_in("mine ");
    fs_err::write(stage.file("workflows/odd.yaml"), "# theirs\n").unwrap();
    stage.press("ctrl-s").work();
    assert_eq!(read(&stage, "workflows/odd.yaml"), "# theirs\n");
    assert!(stage.shown().contains("workflows/odd.yaml is not saved"), "{}", stage.shown());
    assert!(stage.shown().contains("alt-w writes yours"), "{}", stage.shown());
}

#[test]
fn whoever_leaves_is_asked_about_what_is_unsaved() {
    for leave in ["ctrl-c", "ctrl-p q enter", "esc q"] {
        let mut stage = broken(80, 24, "dark");
        stage.type_in("0");
        stage.press(leave);
        assert!(
            stage.shown().contains("Quit without saving workflows/odd.yaml?"),
            "{leave}: {}",
            stage.shown()
        );
        stage.press("enter ctrl-c");
        assert!(!stage.model.done && stage.model.overlays.len() == 1, "{leave}");
        stage.press("esc");
        assert!(!stage.model.done && stage.model.editor.any_unsaved());
        stage.press("ctrl-c y");
        assert!(stage.model.done, "{leave}");
    }
    let mut stage = broken(80, 24, "dark");
    stage.type_in("x").press("ctrl-q");
    assert!(stage.shown().contains("Close workflows/odd.yaml without saving it?"), "{}", stage.shown());
    stage.press("y");
    assert!(stage.shown().contains("no file is open"), "{}", stage.shown());
    assert!(stage.press("ctrl-c").model.done);
}

#[test]
fn esc_comes_out_one_level_at_a_time() {
    let mut stage = broken(80, 24, "dark");
    stage.press("ctrl-f").type_in("name").press("enter ctrl-space");
    let mut levels = Vec::new();
    for _ in 0..3 {
        let editor = &stage.model.editor;
        levels.push((editor.completion.is_some(), editor.find.is_set(), stage.model.screen));
        stage.press("esc");
    }
    let here = Screen::Editor;
    assert_eq!(levels, [(true, true, here), (false, true, here), (false, false, here)]);
    assert_eq!(stage.model.screen, Screen::Board);
    // It is still there, where one was.
    stage.press("7");
    assert_eq!(stage.model.here().unwrap().row, 2);
}

/// Terminals end the lines of what is pasted as enter does.
#[test]
fn what_is_pasted_keeps_its_lines() {
    let mut stage = broken(80, 24, "dark");
    stage.press("ctrl-home").tell(Msg::Paste("a: 1\rb: 2\r\nc: 3\n".to_owned()));
    assert!(
        stage.model.editor.file().unwrap().buffer.text().starts_with("a: 1\nb: 2\nc: 3\n"),
        "{}",
        stage.shown()
    );
}

#[test]
fn help_says_that_letters_are_typed() {
    let mut stage = broken(80, 24, "dark");
    assert!(stage.press("f1").shown().contains("Letters are typed into the text"), "{}", stage.shown());
    // Of the keys none is a letter, and what has no other key is not there.
    assert!(!stage.shown().contains("[edit]"), "{}", stage.shown());
    assert!(!stage.press("end").shown().contains("[quit_or_back]"), "{}", stage.shown());
    stage.press("esc ctrl-p").type_in("themes").press("enter");
    assert!(stage.shown().contains("contrast"), "{}", stage.shown());
}

#[test]
fn what_a_word_names_is_gone_to_and_one_comes_back() {
    let mut stage = Stage::new(80, 24, "dark");
    fs_err::write(stage.file("sql/a.sql"), "SELECT 1 FROM lake.made\n").unwrap();
    let spec = "greenroom: 1\nkind: workflow\nname: odd\nsteps:\n  a: {uses: sql_table, with: {query_file: sql/a.sql, table: lake.made}}\n";
    fs_err::write(stage.file("workflows/odd.yaml"), spec).unwrap();
    stage.press("j e").work();
    stage.press("ctrl-f").type_in("sql/a").press("enter esc ctrl-g").work();
    let shown =
        |stage: &Stage| stage.model.here().map(|at| (at.path.to_string(), at.row, at.letter)).unwrap();
    assert_eq!(shown(&stage), ("sql/a.sql".into(), 0, 0));
    stage.press("end ctrl-g").work();
    assert_eq!(shown(&stage), ("workflows/odd.yaml".into(), 4, 0));
    stage.press("alt-left").work();
    assert_eq!(shown(&stage), ("sql/a.sql".into(), 0, 23));
    stage.press("alt-left alt-left").work();
    assert_eq!(shown(&stage), ("workflows/odd.yaml".into(), 4, 42));
    assert!(stage.shown().contains("go back: this is where it began"), "{}", stage.shown());
    // The palette of files knows both, and a file is found by some of its letters.
    stage.press("ctrl-o").type_in("sqa").press("enter").work();
    assert_eq!(shown(&stage), ("sql/a.sql".into(), 0, 23));
}

#[test]
fn what_is_typed_into_one_file_stays_while_others_are_edited() {
    let mut stage = broken(80, 24, "dark");
    stage.type_in("# mine");
    stage.press("ctrl-o").type_in("daily").press("enter").work();
    stage.press("ctrl-o").type_in("workflows/new.yaml").press("enter").work();
    stage.press("ctrl-c");
    let question = "Quit without saving workflows/odd.yaml, ";
    assert!(stage.shown().contains(question) && stage.shown().contains("workflows/new.yaml?"));
    stage.press("esc ctrl-o").type_in("odd").press("enter").work();
    assert!(stage.shown().contains("# mine"), "{}", stage.shown());
    stage.press("alt-z alt-z alt-z").work();
    assert!(!stage.model.editor.file().unwrap().unsaved, "{}", stage.shown());
}

#[test]
fn a_completion_is_taken_back_at_once_also_after_it_is_saved() {
    let mut stage = broken(80, 24, "dark");
    stage.press("ctrl-end").type_in("  b:").press("enter").type_in("us");
    let text = |stage: &Stage| stage.model.editor.file().unwrap().buffer.text();
    let before = text(&stage);
    stage.press("tab esc ctrl-s").work();
    assert!(text(&stage).len() > before.len() && !stage.model.editor.any_unsaved());
    stage.press("alt-z");
    assert_eq!(text(&stage), before);
    assert!(stage.model.editor.any_unsaved());
    stage.press("alt-Z");
    assert!(!stage.model.editor.any_unsaved(), "{}", stage.shown());
}

#[test]
fn a_new_workflow_begins_with_one_that_works_and_is_written_when_it_is_saved() {
    let mut stage = broken(80, 24, "dark");
    stage.press("ctrl-o").type_in("workflows/sales.yaml");
    assert!(stage.shown().contains("new file: workflows/sales.yaml"), "{}", stage.shown());
    stage.press("enter").work();
    assert!(stage.shown().contains("workflows/sales.yaml*") && stage.shown().contains("name: sales"));
    assert!(!stage.shown().contains('✗') && !stage.file("workflows/sales.yaml").exists());
    stage.press("ctrl-c");
    assert!(stage.shown().contains("Quit without saving workflows/sales.yaml?"), "{}", stage.shown());
    stage.press("esc ctrl-s").work();
    assert!(
        read(&stage, "workflows/sales.yaml").contains("name: sales") && !stage.model.editor.any_unsaved()
    );
    // Any other begins empty, and is nothing as long as nothing is typed into it.
    stage.press("ctrl-o").type_in("sql/new.sql").press("enter").work();
    assert_eq!(stage.model.here().unwrap().path, "sql/new.sql");
    assert!(!stage.model.editor.any_unsaved());
    stage.type_in("SELECT 1").press("ctrl-s").work();
    assert_eq!(read(&stage, "sql/new.sql"), "SELECT 1");
    // One came from somewhere.
    stage.press("alt-left alt-left").work();
    assert_eq!(stage.model.here().unwrap().path, "workflows/odd.yaml");
}

#[test]
fn a_new_blueprint_begins_with_one_that_works_and_gets_the_files_that_it_names() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("n").work();
    stage.press("ctrl-u").type_in("blueprints/mine").press("enter").work();
    assert_eq!(stage.model.here().unwrap().path, "blueprints/mine.yaml");
    assert!(stage.model.editor.any_unsaved() && !stage.file("blueprints/mine.yaml").exists());
    fs_err::create_dir(stage.file("mine")).unwrap();
    fs_err::write(stage.file("mine/train.py"), "pass\n").unwrap();
    stage.press("ctrl-s").work();
    assert!(read(&stage, "blueprints/mine.yaml").contains("name: mine"));
    assert!(stage.file("mine/predict.py").exists());
    assert_eq!(read(&stage, "mine/train.py"), "pass\n", "what is there is somebody's");
}

#[test]
fn a_new_file_is_written_though_it_is_empty() {
    let mut stage = broken(80, 24, "dark");
    stage.press("ctrl-o").type_in("pkg/__init__.py").press("enter").work();
    stage.press("ctrl-s").work();
    assert_eq!(read(&stage, "pkg/__init__.py"), "");
    stage.press("ctrl-s");
    assert!(stage.shown().contains("pkg/__init__.py is saved"), "{}", stage.shown());
}

#[test]
fn where_no_new_file_can_be_is_told_why() {
    let mut stage = broken(80, 24, "dark");
    stage.press("ctrl-o").type_in("../x.yaml");
    assert!(stage.shown().contains("no new file: ../x.yaml leads out of the project"), "{}", stage.shown());
    stage.press("enter");
    assert!(stage.shown().contains("leads out of the project") && stage.model.overlays.len() == 1);
    // A link is known on disk only.
    std::os::unix::fs::symlink("/tmp", stage.file("away")).unwrap();
    stage.press("ctrl-u").type_in("away/x.yaml").press("enter").work();
    assert!(stage.shown().contains("away/x.yaml is not edited here"), "{}", stage.shown());
    assert_eq!(stage.model.here().unwrap().path, "workflows/odd.yaml");
    // What the letters fit comes before a file of just these letters.
    stage.press("esc ctrl-o").type_in("daily").press("enter").work();
    assert_eq!(stage.model.here().unwrap().path, "workflows/daily_delays.yaml");
}

/// What a file holds is not obeyed by the terminal, and wide letters keep the cursor where it is.
#[test]
fn hostile_and_wide_letters_are_shown_as_they_are() {
    let mut stage = Stage::new(80, 24, "dark");
    let text = "# \u{1b}[2J \u{202e}x\n# 日本語 é\t|\nlong: ".to_owned() + &"0123456789".repeat(30);
    fs_err::write(stage.file("workflows/odd.yaml"), text).unwrap();
    stage.press("j e").work();
    insta::assert_snapshot!(stage.shown());
    stage.press("ctrl-f").type_in("語").press("enter esc end");
    assert_eq!(stage.cursor(), (6 + 2 + 6 + 1 + 1 + 4 + 1, 4));
    stage.press("down end");
    assert!(stage.cursor().0 < 80 && stage.shown().contains("6789\n"), "{}", stage.shown());
    stage.tell(Msg::Click { column: 6 + 3, row: 4 });
    assert_eq!(stage.model.here().unwrap().row, 1);
}

#[test]
fn the_place_of_a_failure_is_told_until_it_is_mended() {
    let mut stage = Stage::new(80, 24, "dark");
    fs_err::write(stage.file("sql/delays.sql"), "SELECT carrier\n").unwrap();
    stage.press("enter");
    stage.show_run(Status::Failed, &scene::sql_error_run());
    stage.press("e").work();
    assert!(stage.shown().contains("✗  1  SELECT carrier"), "{}", stage.shown());
    stage.type_in(" ");
    assert!(!stage.shown().contains('✗'), "the line is another: {}", stage.shown());
    stage.press("ctrl-s").work();
    assert!(!stage.shown().contains('✗'), "{}", stage.shown());
}

/// Where nothing tells the place, the step itself is marked, with what is known.
#[test]
fn a_step_that_failed_nobody_knows_where_says_why() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("enter");
    stage.show_run(Status::Failed, &scene::failed_run());
    stage.press("e").work();
    assert!(stage.shown().contains("✗ exit code 1"), "{}", stage.shown());
    let here = stage.model.here().unwrap();
    let line = stage.model.editor.file().unwrap().buffer.lines()[here.row].clone();
    assert!(line.trim_start().starts_with("report:"), "{line}");
}

/// Nothing else works until it is put right.
#[test]
fn a_project_that_cannot_be_read_is_opened_at_its_error() {
    let mut stage = Stage::new(80, 24, "dark");
    fs_err::write(stage.file("greenroom.yaml"), "greenroom: 1\nkind: project\nnam: x\n").unwrap();
    stage.read_project();
    stage.press("e").work();
    assert!(stage.shown().contains("✗  3  nam: x"), "{}", stage.shown());
    stage.press("end left left left").type_in("e").press("ctrl-s").work();
    assert!(read(&stage, "greenroom.yaml").contains("name: x"));
    stage.read_project();
    stage.press("esc");
    assert!(stage.shown().contains("daily_delays"), "{}", stage.shown());
}

#[test]
fn every_theme_paints_programs_its_own_way() {
    let painted = |theme: &str| format!("{theme}: {}", broken(80, 24, theme).paint());
    insta::assert_snapshot!(["dark", "light", "contrast", "plain"].map(painted).join("\n"));
}

/// No other key reaches what lies below it, and nothing comes over it.
#[test]
fn a_question_is_answered_before_anything_else_is_heard() {
    let mut stage = Stage::new(80, 24, "dark");
    fs_err::write(stage.file("sql/a.sql"), "SELECT 1\n").unwrap();
    stage.model.own = vec![crate::app::OwnCommand {
        name: "mine".to_owned(),
        title: "mine".to_owned(),
        run: "true".to_owned(),
        key: None,
        on: Vec::new(),
    }];
    stage.press("3");
    stage.press("d").open("sql/a.sql").work();
    stage.model.screen = Screen::Editor;
    stage.type_in("x").press("ctrl-q");
    let asked = stage.shown();
    assert!(asked.contains("sure?"), "{asked}");
    stage.effects.clear();
    stage.press("f5 ctrl-enter ctrl-s ctrl-r ctrl-p ctrl-o f1 ? : m M 3 r j enter").type_in("abc");
    stage.tell(Msg::Own(0));
    stage.tell(Msg::Paste("x".to_owned()));
    assert_eq!(stage.shown(), asked);
    assert!(stage.effects.is_empty(), "{:?}", stage.effects);
    stage.press("esc f5 f5");
    assert_eq!(stage.model.overlays.len(), 1, "the same query is asked again");
    stage.press("esc");
    assert!(stage.model.overlays.is_empty());
}

/// They were asked for before the question.
#[test]
fn changes_that_come_late_lie_below_a_question() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("enter");
    stage.show_run(Status::Running, &scene::good_run()[..6]);
    stage.press("d x");
    let asked = stage.shown();
    assert!(asked.contains("Stop run 3f2a?"), "{asked}");
    let files = vec![crate::domain::FileDiff { path: "a.sql".to_owned(), lines: Vec::new() }];
    let answer = crate::app::Answer::Changes { then: scene::token(), now: None, files };
    stage.answer(crate::app::Slot::Changes, Ok(answer));
    assert!(stage.shown().contains("Stop run 3f2a?"), "{}", stage.shown());
    stage.press("esc");
    assert!(stage.shown().contains("changes since the run"), "{}", stage.shown());
}

/// In the person's own script, and in that of the spec.
#[test]
fn where_a_step_failed_is_read_from_the_end_of_its_log() {
    let mut stage = Stage::new(80, 24, "dark");
    let daily = stage.file("workflows/daily_delays.yaml");
    let text = fs_err::read_to_string(&daily).unwrap();
    let text =
        text.replace("run: python3 report.py", "run: |\n      echo one\n\n      nosuch\n    image: default");
    let text = text.replace("report: {needs: [delays], ", "report:\n    needs: [delays]\n    ");
    fs_err::write(&daily, text.replace("default}", "default")).unwrap();
    fs_err::write(stage.file("report.py"), "import json\n\n\nraise KeyError('carrier')\n").unwrap();
    stage.read_project();
    stage.press("enter");
    stage.show_run(Status::Failed, &scene::failed_run());
    let frame = "  File \"/project/report.py\", line 4, in <module>";
    stage.show_log(&["Traceback (most recent call last):", frame, "KeyError: 'carrier'"]);
    stage.press("e").work();
    assert!(stage.shown().contains("✗  4  raise KeyError"), "{}", stage.shown());
    assert!(stage.shown().contains("KeyError: 'carrier'"), "{}", stage.shown());
    stage.press("esc");
    for said in [
        "/greenroom/run.sh: line 3: nosuch: command not found",
        "sh: 3: /greenroom/run.sh: nosuch: not found",
    ] {
        stage.tell(Msg::Resized(stage.model.size));
        stage.show_log(&["one", said]);
        stage.press("e").work();
        let (row, shown) = (stage.model.here().unwrap().row, stage.shown());
        assert_eq!(stage.model.editor.file().unwrap().buffer.lines()[row], "      nosuch", "{shown}");
        assert!(shown.contains("      nosuch\n") && shown.contains("✗ "), "{shown}");
        stage.press("esc");
    }
    // A line that was not there.
    stage.tell(Msg::Resized(stage.model.size));
    stage.show_log(&["/greenroom/run.sh: line 999999: x: command not found"]);
    stage.press("e").work();
    assert_eq!(stage.model.here().unwrap().path, "workflows/daily_delays.yaml");
    stage.press("esc");
    stage.tell(Msg::Resized(stage.model.size));
    stage.show_log(&[
        "Traceback (most recent call last):",
        "  File \"/project/../../etc/x.py\", line 1",
        "E: x",
    ]);
    stage.press("e").work();
    assert_eq!(stage.model.here().unwrap().path, "workflows/daily_delays.yaml");
}
