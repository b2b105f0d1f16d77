//! How one comes to a file: it is looked for, read, begun.

use super::editor::broken;
use super::stage::Stage;
use crate::app::Screen;

/// No key is lost on whoever is quicker than the list.
#[test]
fn files_are_looked_for_before_they_are_known() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("7 ctrl-o").type_in("odd");
    assert!(stage.shown().contains("> odd") && stage.shown().contains("reading …"), "{}", stage.shown());
    stage.work().press("enter").work();
    assert_eq!(stage.model.here().unwrap().path, "workflows/odd.yaml");
}

/// Whoever types on before a file has been read types into that one, and into none where it cannot be.
#[test]
fn what_is_typed_for_a_file_that_comes_waits_for_it() {
    let mut stage = broken(80, 24, "dark");
    for _ in 0..2 {
        stage.press("ctrl-o").type_in("daily").press("enter").type_in("# mine: q1 ");
        let other = stage.model.editor.files.iter().find(|file| file.path == "workflows/odd.yaml").unwrap();
        assert!(!other.unsaved && stage.model.editor.files.len() == 1, "{}", stage.shown());
        fs_err::write(stage.file("workflows/daily_delays.yaml"), [0xff, 0]).unwrap();
        stage.work();
        assert!(
            !stage.model.editor.any_unsaved() && stage.model.screen == Screen::Editor,
            "{}",
            stage.shown()
        );
    }
    // So does what is done to a text: it is not done to the other.
    stage.press("alt-z").type_in("# other");
    fs_err::write(stage.file("workflows/daily_delays.yaml"), "a: b\n").unwrap();
    stage.press("ctrl-o").type_in("daily").press("enter").type_in("x").press("alt-z alt-r ctrl-s").work();
    let other = stage.model.editor.files.iter().find(|file| file.path == "workflows/odd.yaml").unwrap();
    assert!(other.unsaved && other.buffer.text().contains("# other"));
    assert_eq!(stage.model.editor.file().unwrap().buffer.text(), "a: b\n");
    stage.press("ctrl-q").work();
    stage.press("ctrl-o").type_in("daily").press("enter").type_in("# mine: q1 ").work();
    assert_eq!(stage.model.editor.file().unwrap().buffer.text(), "# mine: q1 a: b\n");
}

#[test]
fn a_new_workflow_is_begun_on_the_board() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("n").work();
    assert!(stage.shown().contains("go on with the name of a file in it"), "{}", stage.shown());
    stage.type_in("sales").press("enter").work();
    assert!(stage.shown().contains("name: sales") && stage.model.editor.any_unsaved(), "{}", stage.shown());
    let mut stage = Stage::new(80, 24, "dark");
    // One escape is enough, before the files are known and after.
    assert_eq!(stage.press("n esc").model.screen, Screen::Board);
    stage.press("n").work();
    assert_eq!(stage.press("esc").model.screen, Screen::Board);
}

/// Nobody comes to stand in another file.
#[test]
fn who_opens_a_file_that_is_no_text_stays_on_the_board() {
    let mut stage = broken(80, 24, "dark");
    stage.press("esc");
    assert_eq!(stage.model.screen, Screen::Board);
    fs_err::write(stage.file("workflows/daily_delays.yaml"), [0xff, 0]).unwrap();
    stage.open("workflows/daily_delays.yaml").work();
    assert!(
        stage.model.screen == Screen::Board && stage.shown().contains("daily_delays.yaml cannot be edited"),
        "{}",
        stage.shown()
    );
}

#[test]
fn who_looks_for_a_file_and_leaves_is_where_they_were() {
    let mut stage = broken(80, 24, "dark");
    let text: String = (0..200).map(|row| format!("# {row}\n")).collect();
    fs_err::write(stage.file("workflows/long.yaml"), text).unwrap();
    stage.open("workflows/long.yaml").work();
    stage.press("ctrl-end pageup pageup").type_in("one two").press("alt-z up up left").work();
    let shown = stage.shown();
    let was = |stage: &Stage| {
        let file = stage.model.editor.file().unwrap();
        (stage.model.here().unwrap(), file.top, file.buffer.text())
    };
    let before = was(&stage);
    stage.press("ctrl-o").type_in("odd").press("down up esc").work();
    assert_eq!((was(&stage), stage.shown()), (before.clone(), shown.clone()));
    // And who comes back from another file.
    for path in ["odd", "long"] {
        stage.press("ctrl-o").type_in(path).press("enter").work();
    }
    assert_eq!((was(&stage), stage.shown()), (before, shown));
    stage.press("alt-Z");
    assert!(was(&stage).2.contains("one two"));
    stage.press("alt-z alt-z alt-z").work();
    assert!(!stage.model.editor.any_unsaved(), "{}", stage.shown());
}

#[test]
fn who_looks_for_a_file_that_is_no_text_stays_where_they_were() {
    let mut stage = Stage::new(80, 24, "dark");
    fs_err::write(stage.file("sql/data.sql"), b"\xff").unwrap();
    stage.press("2 7").work().press("ctrl-o").type_in("data").press("enter").work();
    assert!(stage.shown().contains("sql/data.sql cannot be edited here"), "{}", stage.shown());
    assert_eq!(stage.model.screen, Screen::Editor);
    // Who was led there comes back, unless they have turned there since.
    for (keys, screen) in [("j e", Screen::Board), ("j e esc 7", Screen::Editor)] {
        let mut stage = Stage::new(80, 24, "dark");
        fs_err::write(stage.file("workflows/odd.yaml"), b"\xff").unwrap();
        stage.press(keys).work();
        assert!(stage.model.screen == screen && stage.shown().contains("cannot be edited here"), "{keys}");
    }
}

#[test]
fn who_turns_elsewhere_is_not_called_to_a_file_that_comes_late() {
    for from_the_board in [false, true] {
        let mut stage = broken(80, 24, "dark");
        stage.open("workflows/daily_delays.yaml");
        assert!(stage.model.editor.coming.is_some());
        match from_the_board {
            false => stage.open("workflows/odd.yaml"),
            true => stage.press("esc e"),
        };
        stage.type_in("# mine").work();
        assert_eq!(stage.model.here().unwrap().path, "workflows/odd.yaml", "{}", stage.shown());
        assert_eq!(stage.model.editor.files.len(), 1);
    }
}
