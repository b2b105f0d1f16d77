use std::cmp::Reverse;

use crate::domain::secret_assigned::{in_command, in_program};
use crate::domain::secret_look::in_text;

const MASK: &str = "********";

/// Lines of a range diff, without what is found of secrets in them: in what a commit before had, too.
pub(super) fn masked(lines: &[&str]) -> Vec<String> {
    let parts: Vec<(&str, &str)> = lines.iter().map(|line| parted(line)).collect();
    // Some are told by the line before.
    let whole = parts.iter().map(|(_, said)| *said).collect::<Vec<_>>().join("\n");
    let found = [in_text(&whole), in_command(&whole), in_program(&whole)].concat();
    let mut secrets: Vec<&str> = found.iter().map(|secret| secret.text).collect();
    secrets.sort_unstable_by_key(|text| (Reverse(text.len()), *text));
    secrets.dedup();
    let shown = secrets.iter().fold(whole.clone(), |shown, secret| shown.replace(*secret, MASK));
    let mut in_key = false;
    let lines = parts.iter().zip(shown.split('\n')).map(|((marks, said), shown)| {
        let begins = said.contains("-----BEGIN") && said.contains("PRIVATE KEY-----");
        // Another commit, or another part of a file.
        in_key = begins || in_key && !marks.is_empty() && !said.starts_with("@@");
        let hidden = in_key;
        in_key = in_key && !said.contains("-----END");
        format!("{marks}{}", if hidden { MASK } else { shown })
    });
    lines.collect()
}

/// The marks of both diffs before what a line of a file says; none before the head of a commit.
fn parted(line: &str) -> (&str, &str) {
    let Some(rest) = line.strip_prefix("    ") else { return ("", line) };
    let marks = rest.bytes().take(2).take_while(|byte| matches!(byte, b' ' | b'+' | b'-')).count();
    line.split_at(4 + marks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_range_diff_has_of_secrets_is_not_shown() {
        let token = format!("ghp_{}", "aB3dE6gH9".repeat(4));
        let named = format!("    ++api_key: {token}");
        let lines = [
            "1:  1a2b3c4 ! 1:  4d5e6f7 Loads it",
            "    @@ a.py",
            &named,
            "    -+AKIAABCDEFGHIJKLMNOP",
            "    + password = \"letmein\"",
            "    ++-----BEGIN OPENSSH PRIVATE KEY-----",
            "    ++b3BlbnNzaC1rZXk",
            "    ++-----END OPENSSH PRIVATE KEY-----",
            "      rows = 3",
        ];
        let shown = [
            "1:  1a2b3c4 ! 1:  4d5e6f7 Loads it",
            "    @@ a.py",
            "    ++api_key: ********",
            "    -+********",
            "    + password = \"********\"",
            "    ++********",
            "    ++********",
            "    ++********",
            "      rows = 3",
        ];
        assert_eq!(masked(&lines), shown);
    }
}
