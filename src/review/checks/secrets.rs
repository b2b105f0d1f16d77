use std::collections::BTreeSet;
use std::io::{self, Read};

use aho_corasick::AhoCorasick;

use super::{Subject, Trace, TraceKind};
use crate::domain::figures::count;
use crate::domain::track::{Check, CheckPlace, CheckStatus};
use crate::domain::{Name, Workflow, secret_look, secret_texts};

/// The code of a spec's problem that is a secret.
pub(super) const IN_CLEAR: &str = "secret-in-clear";
/// Bytes that are looked at together.
const PIECE: usize = 256 * 1024;
/// What of a piece is looked at again with the next: no secret is longer.
const OVERLAP: usize = 8 * 1024;
/// How many are told one by one; those after them are counted.
const MOST: usize = 20;
/// How many places of one file are told apart: a file may hold nothing but keys.
const MOST_PLACES: usize = 10_000;

/// No secret in specs, nor in what the newest run has left: neither its values nor what looks like a key.
pub(super) fn check(subject: &Subject<'_>, check: Check) -> Check {
    let mut found = Found { check, told: 0, more: 0 };
    for problem in subject.diagnostics.iter().filter(|problem| problem.code == IN_CLEAR) {
        let (line, column) = (problem.span.line, problem.span.column);
        let place = CheckPlace { file: problem.file.to_string(), line, column };
        found.tell(problem.message.clone(), place, problem.help.clone());
    }
    let mut never_run: Vec<&str> = Vec::new();
    for workflow in &subject.asked {
        match of_run(subject, workflow, &mut found) {
            Ok(true) => {}
            Ok(false) => never_run.push(workflow.name.as_str()),
            Err(why) => {
                let what =
                    format!("what the newest run of {} has left cannot be looked into: {why}", workflow.name);
                found.check.find(CheckStatus::NotChecked, what, None, String::new());
            }
        }
    }
    let mut check = found.all();
    if subject.asked.is_empty() {
        let what = "there is no workflow or blueprint without errors whose runs could be looked into";
        check.find(CheckStatus::NotChecked, what.to_owned(), None, String::new());
    }
    if !never_run.is_empty() {
        let what = format!("no run whose logs and artifacts could be looked into: {}", never_run.join(", "));
        check.find(CheckStatus::NotChecked, what, None, "greenroom run leaves one".to_owned());
    }
    check
}

/// Secrets that were found, of which the first are told.
struct Found {
    check: Check,
    told: usize,
    more: u64,
}

impl Found {
    fn tell(&mut self, what: String, place: CheckPlace, help: String) {
        if self.told == MOST {
            self.more += 1;
            return;
        }
        self.told += 1;
        self.check.find(CheckStatus::Failed, what, Some(place), help);
    }

    fn all(mut self) -> Check {
        if self.more > 0 {
            let what = format!("and {} more", count(self.more));
            self.check.find(CheckStatus::Failed, what, None, String::new());
        }
        self.check
    }
}

fn of_run(subject: &Subject<'_>, workflow: &Workflow, found: &mut Found) -> Result<bool, String> {
    let secrets = subject.history.secrets(workflow)?;
    let named: BTreeSet<&Name> = workflow.steps.values().flat_map(|step| &step.secrets).collect();
    for name in named.into_iter().filter(|name| secrets.iter().all(|(known, _)| known != *name)) {
        let what = format!("the secret `{name}` has no value on this machine, so nobody can look for it");
        found.check.find(CheckStatus::NotChecked, what, None, String::new());
    }
    let texts: Vec<(&Name, &str)> =
        secrets.iter().flat_map(|(name, value)| secret_texts(value).map(move |text| (name, text))).collect();
    let values = AhoCorasick::new(texts.iter().map(|(_, text)| text)).map_err(|error| error.to_string())?;
    let mut look = |trace: &Trace, content: &mut dyn Read| -> io::Result<()> {
        let mut told = BTreeSet::new();
        pieces(content, &mut |piece, line| {
            for one in values.find_iter(piece) {
                told.insert((format!("the value of the secret `{}`", texts[one.pattern().as_usize()].0), 0));
            }
            let room = MOST_PLACES.saturating_sub(told.len());
            told.extend(looks(piece).take(room).map(|(what, at)| (what, line + at)));
        })?;
        for (what, line) in told {
            let kind = match trace.kind {
                TraceKind::Log => "the log",
                TraceKind::Artifact => "an artifact",
            };
            let what = format!("{what} in {kind} of {}.{}", workflow.name, trace.step);
            let place = CheckPlace { file: trace.file.clone(), line: line.max(1), column: 1 };
            let help = "let the step not write it, give the run up, and change the secret: it is known now";
            found.tell(what, place, help.to_owned());
        }
        Ok(())
    };
    subject.history.traces(&workflow.name, &mut look).map_err(|error| error.to_string())
}

/// What looks like a key, and on which line of the piece, from 0.
fn looks(piece: &[u8]) -> impl Iterator<Item = (String, usize)> {
    piece.split(|byte| *byte == b'\n').enumerate().flat_map(|(line, text)| {
        let text = String::from_utf8_lossy(text);
        let found = secret_look::in_text(&text).into_iter().map(|secret| (secret.what, line));
        found.collect::<Vec<_>>()
    })
}

/// Hands a file over in pieces that overlap, each with the line it begins in, from 1.
fn pieces(content: &mut dyn Read, look: &mut dyn FnMut(&[u8], usize)) -> io::Result<()> {
    let mut piece: Vec<u8> = Vec::new();
    let mut line = 1;
    loop {
        let kept = piece.len();
        content.take((PIECE - kept) as u64).read_to_end(&mut piece)?;
        let is_end = piece.len() < PIECE;
        if piece.len() > kept {
            look(&piece, line);
        }
        if is_end {
            return Ok(());
        }
        let passed = piece.len() - OVERLAP;
        line += piece[..passed].iter().filter(|byte| **byte == b'\n').count();
        piece.drain(..passed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_wherever_pieces_end_and_at_its_line() {
        let key = format!("ghp_{}", "a1".repeat(18));
        for before in [0, PIECE - 20, PIECE - OVERLAP, PIECE * 2 - OVERLAP - 3] {
            let text = format!("{}\n\n{key}\n{}", "x".repeat(before), "y ".repeat(OVERLAP));
            let mut found = BTreeSet::new();
            pieces(&mut text.as_bytes(), &mut |piece, line| {
                found.extend(looks(piece).map(|(what, at)| (what, line + at)));
            })
            .unwrap();
            assert_eq!(found, BTreeSet::from([("a GitHub token".to_owned(), 3)]), "{before}");
        }
    }
    #[test]
    fn many_are_counted_and_the_first_told() {
        let mut found = Found { check: Check::passed("secrets-absent", "None"), told: 0, more: 0 };
        for line in 1..=1_025 {
            let place = CheckPlace { file: "x".to_owned(), line, column: 1 };
            found.tell("a token".to_owned(), place, String::new());
        }
        let check = found.all();
        assert_eq!((check.findings.len(), check.status), (21, CheckStatus::Failed));
        assert_eq!(check.findings[20].what, "and 1,005 more");
    }
}
