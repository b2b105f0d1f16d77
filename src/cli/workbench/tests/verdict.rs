use super::lake::{in_theme, rows};
use super::stage::Stage;
use crate::app::{Answer, Checked, LakeAnswer, LakePane, LakeSlot, Overlay, Slot};
use crate::domain::{Diagnostic, Severity, Span};

const CHECK: Slot = Slot::Lake(LakeSlot::Check);
const QUERY: Slot = Slot::Lake(LakeSlot::Query);

fn answer(stage: &mut Stage, problems: Vec<Diagnostic>, unchecked: Option<&'static str>) {
    let checked = Checked { file: None, problems, unchecked };
    stage.answer(CHECK, Ok(Answer::Lake(LakeAnswer::Checked(checked))));
}

fn no_query() -> Vec<Diagnostic> {
    vec![Diagnostic {
        file: "query".into(),
        span: Span::START,
        severity: Severity::Error,
        code: "sql".to_owned(),
        message: "this is no query".to_owned(),
        help: String::new(),
    }]
}

/// Nothing is checked while a query runs, so that it would stand there all the while.
#[test]
fn what_was_wrong_in_another_text_goes_when_a_query_is_asked() {
    let mut stage = in_theme(80, 24, "dark");
    stage.press("e");
    stage.model.lake.query = crate::app::TextBuffer::of("");
    stage.press("space backspace");
    answer(&mut stage, no_query(), None);
    answer(&mut stage, no_query(), None);
    assert!(stage.shown().contains("this is no query"), "{}", stage.shown());
    stage.type_in("SELECT 1").press("f5");
    assert!(stage.waits(QUERY) && stage.waits(CHECK));
    assert!(!stage.shown().contains("this is no query"), "{}", stage.shown());
    // What is told of the text as it was is no news any more.
    answer(&mut stage, no_query(), None);
    assert!(!stage.shown().contains("this is no query"), "{}", stage.shown());
    // The new text is looked at as soon as somebody can.
    answer(&mut stage, Vec::new(), Some("busy"));
    assert!(stage.shown().contains("not checked: busy") && !stage.waits(CHECK), "{}", stage.shown());
    stage.answer(QUERY, Ok(Answer::Lake(LakeAnswer::Query { rows: rows(Vec::new()), seconds: 1.0 })));
    assert!(stage.waits(CHECK));
}

#[test]
fn a_step_is_made_from_the_line_of_the_values_too() {
    let mut stage = in_theme(80, 24, "dark");
    stage.press("e alt-v");
    assert_eq!(stage.model.lake.pane, LakePane::Params);
    stage.press("ctrl-s");
    assert!(matches!(stage.model.overlays.last(), Some(Overlay::Form(_))), "{}", stage.shown());
}
