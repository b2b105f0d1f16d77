use crate::domain::text::{safe, truncate};

const LINES: usize = 12;
const COLUMNS: usize = 300;

/// What git says beside what went wrong.
const NOISE: [&str; 4] =
    ["hint:", "error: failed to push some refs", "Please make sure", "and the repository exists"];
/// Where git names the other side before it tells what came of it.
const HEADINGS: [&str; 2] = ["To ", "From "];

/// What git, a hook or a remote said, for people: harmless on a terminal, without passwords, of a bounded length; one
/// line a line.
pub(super) fn words(said: &[u8]) -> String {
    let text = String::from_utf8_lossy(said);
    // What a hook of the other side says is its own, whatever it begins with.
    let lines = text.lines().filter(|line| !HEADINGS.iter().any(|heading| line.starts_with(heading)));
    let lines = lines.map(|line| line.strip_prefix("remote:").unwrap_or(line).trim());
    let told = lines.filter(|line| !line.is_empty() && !NOISE.iter().any(|noise| line.starts_with(noise)));
    let shown: Vec<String> = told
        .take(LINES)
        .map(|line| truncate(&safe(&without_passwords(line)), COLUMNS).into_owned())
        .collect();
    shown.join("\n")
}

/// `https://name:token@host` → `https://…@host`.
fn without_passwords(line: &str) -> String {
    let mut parts = line.split("://");
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| c == '/' || c.is_whitespace()).unwrap_or(part.len());
        let host = match part[..end].rfind('@') {
            Some(at) if !kept.ends_with("ssh") => format!("…{}", &part[at..]),
            _ => part.to_owned(),
        };
        kept = format!("{kept}://{host}");
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_remote_is_heard_and_its_passwords_and_colours_are_not() {
        let said = b"remote: \x1b[31mno way\x1b[0m        \nremote: \nhint: try again\n\
            To https://ana:s3cret@example.com/r\nremote: To push, ask eli\n\
            fatal: unable to access 'https://ana:s3cret@example.com/r/': gone, not ssh://git@example.com/r\n\
            error: failed to push some refs to 'https://ana:s3cret@example.com/r'\n";
        assert_eq!(
            words(said),
            "␛[31mno way␛[0m\nTo push, ask eli\nfatal: unable to access 'https://…@example.com/r/': gone, not ssh://git@example.com/r"
        );
    }

    #[test]
    fn nobody_talks_without_end() {
        let long = words(&b"word ".repeat(1000));
        assert!(long.ends_with('…') && long.chars().count() <= COLUMNS);
        assert_eq!(words(&b"line\n".repeat(1000)).lines().count(), LINES);
    }
}
