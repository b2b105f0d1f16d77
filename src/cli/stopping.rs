use std::io::{Write, stderr};
use std::sync::{Mutex, Once, PoisonError};

use tokio::signal::unix::{SignalKind, signal};

use super::Exit;
use crate::docker::Hearing;
use crate::domain::text::safe;

/// What is being done where nobody does.
static AT_WORK: Mutex<Option<String>> = Mutex::new(None);
static WATCHED: Once = Once::new();

/// What a Ctrl-C would stop from now on, and it is then said; None: nothing that would have to be told. Where somebody
/// else hears it, it is theirs.
pub fn at_work(what: Option<&str>) {
    *AT_WORK.lock().unwrap_or_else(PoisonError::into_inner) = what.map(str::to_owned);
    if what.is_some() && tokio::runtime::Handle::try_current().is_ok() {
        WATCHED.call_once(watch);
    }
}

/// Once it is heard here, it ends nothing by itself any more: so this goes on as long as the process does.
fn watch() {
    let Ok(mut interrupt) = signal(SignalKind::interrupt()) else { return };
    tokio::spawn(async move {
        while interrupt.recv().await.is_some() {
            if Hearing::is_there() {
                continue;
            }
            let what = AT_WORK.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(what) = what {
                let told = "the same command does it again, and what the engine has of it is not done twice";
                // Over the line that was drawn there.
                let _ = writeln!(stderr(), "\r\u{1b}[Kstopped while {}: {told}", safe(&what));
            }
            std::process::exit(i32::from(Exit::Cancelled.code()));
        }
    });
}
