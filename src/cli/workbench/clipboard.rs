use std::io::Write;
use std::process::{Command, Stdio};

use crate::tui::Display;

/// Programs that put their input into this machine's clipboard, and the variable or system where each is of use.
const PROGRAMS: [(&str, &[&str], &str); 3] = [
    ("wl-copy", &[], "WAYLAND_DISPLAY"),
    ("xclip", &["-selection", "clipboard"], "DISPLAY"),
    ("pbcopy", &[], "__CFBundleIdentifier"),
];

/// To the terminal, which knows the clipboard of the machine that the person sits at, and to that of this machine, where
/// there is one.
pub fn copy(text: &str) {
    Display::copy(text);
    for (program, args, variable) in PROGRAMS {
        if std::env::var_os(variable).is_none() {
            continue;
        }
        let started = Command::new(program)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut child) = started else { continue };
        let text = text.to_owned();
        // One that takes its time holds nobody up.
        std::thread::spawn(move || {
            if let Some(mut input) = child.stdin.take() {
                // A clipboard that does not take it is no clipboard.
                let _ = input.write_all(text.as_bytes());
            }
            child.wait()
        });
        return;
    }
}
