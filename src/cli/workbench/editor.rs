use std::path::Path;
use std::process::Stdio;

use camino::Utf8Path;

use super::foreground;
use super::signals::Signals;
use crate::app::Trouble;

/// Programs that are tried where the person has named none.
const USUAL: [&str; 3] = ["nano", "vim", "vi"];

/// The person's own editor at a line, until it is closed.
pub async fn edit(file: &Utf8Path, line: usize, signals: &mut Signals) -> Result<(), Trouble> {
    let Some(command) = foreground::chosen(&["VISUAL", "EDITOR"], &USUAL) else {
        let mut trouble = Trouble::new("there is no editor");
        trouble.todo.push("name yours: export EDITOR=vim".to_owned());
        return Err(trouble);
    };
    foreground::run("editor", &command, place(&command, file, line), Stdio::inherit(), signals).await
}

/// How an editor is told a line.
fn place(command: &str, file: &Utf8Path, line: usize) -> Vec<String> {
    let program = command.split_whitespace().next().unwrap_or_default();
    match Path::new(program).file_stem().and_then(|name| name.to_str()).unwrap_or_default() {
        "code" | "codium" | "cursor" => vec!["--wait".into(), "--goto".into(), format!("{file}:{line}")],
        "hx" | "helix" | "zed" | "subl" => vec![format!("{file}:{line}")],
        "vi" | "vim" | "nvim" | "nano" | "emacs" | "emacsclient" | "kak" | "micro" | "joe" | "ne" => {
            vec![format!("+{line}"), file.to_string()]
        }
        // What it would make of a line nobody knows.
        _ => vec![file.to_string()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_editor_is_told_the_line_as_it_understands_it() {
        let told = |command: &str| place(command, "a b.sql".into(), 3).join(" | ");
        assert_eq!(told("vim"), "+3 | a b.sql");
        assert_eq!(told("/usr/bin/nvim -u NONE"), "+3 | a b.sql");
        assert_eq!(told("code"), "--wait | --goto | a b.sql:3");
        assert_eq!(told("hx"), "a b.sql:3");
        assert_eq!(told("mine"), "a b.sql");
    }
}
