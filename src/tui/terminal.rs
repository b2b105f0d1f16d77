use std::cell::Cell;
use std::io::{self, Write, stdout};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, ThreadId};

use crossterm::cursor::Show;
use crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
    KeyboardEnhancementFlags, PopKeyboardEnhancementFlags, PushKeyboardEnhancementFlags,
};
use crossterm::execute;
use crossterm::style::Print;
use crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, SetTitle, disable_raw_mode, enable_raw_mode,
};

/// The terminal is the workbench's at this moment.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// Who draws on it.
static HOLDER: Mutex<Option<ThreadId>> = Mutex::new(None);

thread_local! {
    static PANICKED_AT: Cell<Option<String>> = const { Cell::new(None) };
}

/// Terminals keep titles in a stack: what the title was before comes back.
const PUSH_TITLE: &str = "\x1b[22;0t";
const POP_TITLE: &str = "\x1b[23;0t";

/// Holds the terminal; gives it back when it goes, whatever the way.
pub struct Guard {
    /// The mouse is the program's.
    mouse: bool,
}

impl Guard {
    /// Takes the terminal, and sees to it that a panic gives it back before it speaks.
    pub fn take(mouse: bool) -> io::Result<Self> {
        static HOOK: std::sync::Once = std::sync::Once::new();
        HOOK.call_once(|| {
            let speak = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |info| {
                // One of a task beside it is told by whoever waits for the task: it must not tear the screen, nor that of
                // a program that has the terminal meanwhile.
                let holder = *HOLDER.lock().unwrap_or_else(PoisonError::into_inner);
                if holder != Some(thread::current().id()) {
                    PANICKED_AT.set(info.location().map(ToString::to_string));
                    return;
                }
                leave_now();
                speak(info);
            }));
        });
        // Before anything is changed, so that a failure half way is undone as well.
        let mut guard = Self { mouse: false };
        *HOLDER.lock().unwrap_or_else(PoisonError::into_inner) = Some(thread::current().id());
        TAKEN.store(true, Ordering::SeqCst);
        enable_raw_mode()?;
        let mut out = stdout();
        execute!(
            out,
            EnterAlternateScreen,
            EnableBracketedPaste,
            // Terminals that do not know it pass it over; the others then tell ctrl-enter from enter.
            PushKeyboardEnhancementFlags(KeyboardEnhancementFlags::DISAMBIGUATE_ESCAPE_CODES),
            Print(PUSH_TITLE),
            SetTitle("greenroom")
        )?;
        guard.mouse(mouse)?;
        Ok(guard)
    }

    /// Takes the mouse from the terminal, or gives it back.
    pub fn mouse(&mut self, captured: bool) -> io::Result<()> {
        if captured == self.mouse {
            return Ok(());
        }
        self.mouse = captured;
        match captured {
            true => execute!(stdout(), EnableMouseCapture),
            false => execute!(stdout(), DisableMouseCapture),
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        leave_now();
    }
}

/// Where this thread has panicked, if it did beside the terminal's holder and nobody has asked yet.
pub fn panicked_at() -> Option<String> {
    PANICKED_AT.take()
}

/// Whoever else would draw on it must not.
pub fn is_taken() -> bool {
    TAKEN.load(Ordering::SeqCst)
}

/// Gives the terminal back, if it was taken.
pub fn leave_now() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut out = stdout();
    // Each for itself: what one cannot do must not keep the others from being done.
    let _ = execute!(out, PopKeyboardEnhancementFlags);
    let _ = execute!(out, DisableMouseCapture, DisableBracketedPaste);
    let _ = execute!(out, LeaveAlternateScreen, Show);
    let _ = execute!(out, Print(POP_TITLE));
    let _ = disable_raw_mode();
    let _ = out.flush();
}
