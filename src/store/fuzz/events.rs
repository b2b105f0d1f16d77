use std::sync::Arc;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::super::events::last_event;
use super::super::testing::{Noon, finished, journal, name, recorded_run, started, temp};
use super::super::{EventLog, Events, read_events};
use super::{Edit, edited, edits, whole};
use crate::domain::{EventKind, RunLayout, Status, Token};
use crate::engine::{Journal, StoreError};

/// Every way to read events tells the same.
fn told(layout: &RunLayout, token: Token) -> Result<usize, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let followed = runtime.block_on(async {
        let mut events = Events::open(layout, token);
        let mut all = Vec::new();
        while let Some(event) = events.next().await? {
            all.push(event);
        }
        Ok::<_, StoreError>(all)
    });
    match (read_events(layout, token), followed) {
        (Ok(events), Ok(followed)) => {
            assert_eq!(events, followed);
            assert_eq!(events.last().cloned(), last_event(layout).unwrap());
            assert!(events.iter().zip(0..).all(|(event, seq)| event.seq == seq && event.token == token));
            Ok(events.len())
        }
        (Err(error), Err(other)) => {
            assert_eq!(whole(&error), whole(&other));
            Err(whole(&error))
        }
        (read, followed) => panic!("{read:?}\n{followed:?}"),
    }
}

#[test]
fn edited_events_are_read_by_all_alike() {
    let (_dir, root) = temp();
    let (layout, token) = recorded_run(&root);
    let log = journal(&layout, token);
    let warned = EventKind::Warned {
        step: Some(name("a")),
        cell: None,
        message: "x\u{2028}".to_owned(),
        of_log: None,
    };
    for event in [started(false), warned, finished(Status::Failed), started(true)] {
        log.append(event).unwrap();
    }
    drop(log);
    let made = fs_err::read_to_string(layout.events()).unwrap();
    let cases = (prop::collection::vec((0usize..4, edits()), 0..3), edits());
    TestRunner::default()
        .run(&cases, |(edits, cut)| {
            let mut lines: Vec<Vec<u8>> = made.lines().map(|line| line.as_bytes().to_vec()).collect();
            for (line, edits) in &edits {
                lines[*line] = edited(std::mem::take(&mut lines[*line]), edits);
            }
            let mut text: Vec<u8> =
                lines.into_iter().flat_map(|line| [line, b"\n".to_vec()].concat()).collect();
            if let [Edit::Bytes(..) | Edit::Cut(_)] = &cut[..] {
                text = edited(text, &cut);
            }
            fs_err::write(layout.events(), &text).unwrap();
            if let Err(error) = last_event(&layout) {
                prop_assert!(whole(&error).contains(layout.events().as_str()), "{}", whole(&error));
            }
            match (told(&layout, token), EventLog::open(&layout.events(), token, Arc::new(Noon))) {
                (Ok(count), Ok(log)) => {
                    log.append(started(true)).unwrap();
                    prop_assert_eq!(told(&layout, token), Ok(count + 1));
                }
                (Err(why), Err(error)) => {
                    prop_assert!(why.contains(layout.events().as_str()), "{}", why);
                    prop_assert_eq!(why, whole(&error));
                    prop_assert_eq!(fs_err::read(layout.events()).unwrap(), text);
                }
                (told, opened) => prop_assert!(false, "{told:?} {:?}", opened.err()),
            }
            Ok(())
        })
        .unwrap();
}
