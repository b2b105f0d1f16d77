use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

/// Where the last lines of a step's log say that it failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traced {
    pub place: TracedPlace,
    /// From 1.
    pub line: usize,
    pub message: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TracedPlace {
    /// Relative to the project.
    File(Utf8PathBuf),
    /// In the script that the spec itself holds.
    Script,
}

/// A shell tells of what it gives up at just before its end.
const OF_SHELL: usize = 10;

/// The frame of the project in which Python gave up, or the line of its script at which the shell did; of both the last.
///
/// A step had a hand in it, so a path that leaves the project, or leads into a folder that nobody sees, is not taken for
/// one: in the store, a run could have put a link there.
pub fn traced(lines: &[&str]) -> Option<Traced> {
    let shell = lines.iter().enumerate().skip(lines.len().saturating_sub(OF_SHELL));
    let shell = shell.filter_map(|(at, line)| Some((at, of_shell(line)?))).next_back();
    shell.into_iter().chain(of_python(lines)).max_by_key(|(at, _)| *at).map(|(_, found)| found)
}

/// `/greenroom/run.sh: line 3: MESSAGE` says bash, `sh: 3: /greenroom/run.sh: MESSAGE` others.
fn of_shell(line: &str) -> Option<Traced> {
    const SCRIPT: &str = "/greenroom/run.sh: ";
    let bash = || line.strip_prefix(SCRIPT)?.strip_prefix("line ")?.split_once(": ");
    let other = || {
        let (line, told) = line.strip_prefix("sh: ")?.split_once(": ")?;
        Some((line, told.strip_prefix(SCRIPT)?))
    };
    let (line, message) = bash().or_else(other)?;
    let line = line.parse().ok().filter(|line| *line > 0)?;
    Some(Traced { place: TracedPlace::Script, line, message: message.to_owned() })
}

/// The line of the log at which the last traceback ends, and its last frame of the project.
fn of_python(lines: &[&str]) -> Option<(usize, Traced)> {
    let begins = lines.iter().rposition(|line| line.starts_with("Traceback (most recent call last):"));
    let frames = lines.iter().enumerate().skip(begins.unwrap_or(0));
    let last_frame = frames.clone().rfind(|(_, line)| is_frame(line))?.0;
    let (file, line) = frames.filter_map(|(_, line)| frame(line)).next_back()?;
    let rest = lines.iter().enumerate().skip(last_frame + 1);
    let (at, message) = rest.into_iter().find(|(_, line)| !line.is_empty() && !line.starts_with(' '))?;
    Some((at, Traced { place: TracedPlace::File(file), line, message: (*message).to_owned() }))
}

fn is_frame(line: &str) -> bool {
    line.starts_with("  File \"")
}

/// `  File "/project/calc.py", line 4, in main`, if it is one of the project.
fn frame(line: &str) -> Option<(Utf8PathBuf, usize)> {
    let (file, rest) = line.strip_prefix("  File \"")?.split_once("\", line ")?;
    let line = rest.split_once(", in ").map_or(rest, |(line, _)| line);
    let line = line.parse().ok().filter(|line| *line > 0)?;
    let file = Utf8Path::new(file.strip_prefix("/project/").unwrap_or(file));
    let is_seen = |part| matches!(part, Utf8Component::Normal(name) if !name.starts_with('.'));
    let inside = file.extension() == Some("py") && file.components().all(is_seen);
    inside.then(|| (file.to_owned(), line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(log: &str) -> Option<(String, usize, String)> {
        let lines: Vec<&str> = log.lines().collect();
        let Traced { place, line, message } = traced(&lines)?;
        let file = match place {
            TracedPlace::File(file) => file.to_string(),
            TracedPlace::Script => "the script".to_owned(),
        };
        Some((file, line, message))
    }

    fn told(file: &str, line: usize, message: &str) -> Option<(String, usize, String)> {
        Some((file.to_owned(), line, message.to_owned()))
    }

    const TRACEBACK: &str = "starting
Traceback (most recent call last):
  File \"/project/calc.py\", line 9, in <module>
    main()
  File \"/project/lib/sums.py\", line 4, in main
    json.loads('x')
  File \"/usr/lib/python3.11/json/__init__.py\", line 346, in loads
    return _default_decoder.decode(s)
json.decoder.JSONDecodeError: Expecting value";

    #[test]
    fn the_last_frame_of_the_project_is_where_python_failed() {
        let error = "json.decoder.JSONDecodeError: Expecting value";
        assert_eq!(place(TRACEBACK), told("lib/sums.py", 4, error));
        let again = "\n\nDuring handling of the above exception, another exception occurred:\n
Traceback (most recent call last):\n  File \"/project/calc.py\", line 11, in <module>\nValueError: no\nbye";
        assert_eq!(place(&format!("{TRACEBACK}{again}")), told("calc.py", 11, "ValueError: no"));
        let syntax = "  File \"/project/calc.py\", line 2\n    f(\n     ^\nSyntaxError: '(' was never closed";
        assert_eq!(place(syntax), told("calc.py", 2, "SyntaxError: '(' was never closed"));
    }

    #[test]
    fn each_shell_names_its_line() {
        let bash = "/greenroom/run.sh: line 3: nosuch: command not found";
        let dash = "sh: 3: /greenroom/run.sh: nosuch: not found";
        assert_eq!(place(bash), told("the script", 3, "nosuch: command not found"));
        assert_eq!(place(dash), told("the script", 3, "nosuch: not found"));
        assert_eq!(place(&format!("{TRACEBACK}\n{dash}")), told("the script", 3, "nosuch: not found"));
        assert_eq!(place(&format!("{dash}\n{TRACEBACK}")).unwrap().0, "lib/sums.py");
        assert_eq!(place(&format!("{dash}{}", "\nmore".repeat(20))), None, "it went on after that");
    }

    #[test]
    fn nothing_leads_out_of_the_project() {
        for file in [
            "/etc/x.py",
            "/project/../x.py",
            "../x.py",
            "/project//etc/../../x.py",
            "/project/.greenroom/store/x.py",
            "<stdin>",
            "/project/a.sh",
            "/project/",
        ] {
            let log = format!("Traceback (most recent call last):\n  File \"{file}\", line 1, in f\nE: x");
            assert_eq!(place(&log), None, "{file}");
        }
        for log in [
            "",
            "  File \"/project/a.py\", line 0\nE",
            "  File \"/project/a.py\", line x\nE",
            "sh: 0: /greenroom/run.sh: x",
        ] {
            assert_eq!(place(log), None, "{log}");
        }
    }
}
