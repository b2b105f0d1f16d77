use std::io::stdin;

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

/// While it lives, the terminal does not write `^C` when one is pressed: that would push the lines that are drawn over
/// out of their place, and leave one of them behind.
pub(super) struct QuietEcho {
    before: Termios,
}

impl QuietEcho {
    /// None: there is no terminal to read from, or it echoes no control letters anyway.
    pub fn start() -> Option<Self> {
        let before = tcgetattr(stdin()).ok()?;
        if !before.local_modes.contains(LocalModes::ECHOCTL) {
            return None;
        }
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHOCTL);
        tcsetattr(stdin(), OptionalActions::Now, &quiet).ok()?;
        Some(Self { before })
    }
}

impl Drop for QuietEcho {
    fn drop(&mut self) {
        // Nothing can be done about a terminal that is gone.
        let _ = tcsetattr(stdin(), OptionalActions::Now, &self.before);
    }
}
