use std::path::Path;
use std::process::{Command, Stdio};

use camino::Utf8Path;

use super::foreground::is_there;
use crate::app::{Desktop, Trouble};
use crate::disk::is_plain;

/// Programs that hand a file to the desktop, and the variables of which one says that there is a desktop.
const PROGRAMS: [(&str, &[&str]); 3] = [
    ("wslview", &["WSL_DISTRO_NAME"]),
    ("xdg-open", &["WAYLAND_DISPLAY", "DISPLAY"]),
    ("open", &["__CFBundleIdentifier"]),
];

/// What opens files on the person's desktop.
pub fn desktop(get: impl Fn(&str) -> Option<String>) -> Desktop {
    let set = |name: &&str| get(name).is_some_and(|value| !value.is_empty());
    let mut desktops = PROGRAMS.iter().filter(|(_, variables)| variables.iter().any(set)).peekable();
    let Some((wanted, _)) = desktops.peek() else {
        return Desktop::None {
            why: "there is no desktop: neither DISPLAY nor WAYLAND_DISPLAY is set".to_owned(),
        };
    };
    match desktops.find(|(program, _)| is_there(program)) {
        Some((program, _)) => Desktop::Program((*program).to_owned()),
        None => Desktop::None { why: format!("there is no `{wanted}` on this machine: install it") },
    }
}

/// Hands a file over; what becomes of it is the desktop's affair.
pub fn open_on_desktop(program: &str, root: &Utf8Path, below: &Path) -> Result<(), Trouble> {
    let path = root.as_std_path().join(below);
    // It may have become a link since it was listed.
    if !is_plain(root.as_std_path(), below).unwrap_or(false) {
        return Err(Trouble::new(format!("{} is no plain file any more", path.display())));
    }
    let started = Command::new(program)
        .arg(path)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let mut child =
        started.map_err(|error| Trouble::new(format!("`{program}` cannot be started: {error}")))?;
    std::thread::spawn(move || child.wait());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_there_is_no_desktop_it_says_why() {
        let Desktop::None { why } = desktop(|_| None) else { panic!("no variable is set") };
        assert!(why.contains("DISPLAY"), "{why}");
    }
}
