use super::super::process::Ended;
use super::super::words::words;
use super::push::{Pushed, Update};
use crate::domain::text::safe;
use crate::domain::track::RefName;

/// A line of `git push --porcelain`: flag, ref there, what came of it.
struct Line<'a> {
    flag: char,
    remote_ref: RefName,
    summary: &'a str,
}

/// Of a ref that went down with another one.
const COLLATERAL: [&str; 4] =
    ["atomic push failed", "atomic push failure", "atomic transaction failed", "transaction aborted"];
/// Git here has seen that somebody else was faster.
const BEHIND: [&str; 4] = ["stale info", "fetch first", "non-fast-forward", "needs force"];
/// The remote has found out when it took its locks.
const MOVED: [&str; 5] = [
    "failed to update ref",
    "cannot lock ref",
    "failed to lock",
    "incorrect old value",
    "reference already exists",
];
/// Why the remote cannot write, whatever comes: in its own words, or a hook's, in lower case. No ref's name has a space.
const FULL: [&str; 4] = ["no space left on device", "quota exceeded", "over quota", "read-only file system"];
/// Git here has seen that the remote cannot take all or nothing.
const NOT_ATOMIC: &str = "does not support --atomic push";
/// It never said.
const SILENT: [&str; 2] = ["remote failed to report status", "remote failure"];

/// `new_ledger`: of which it is not known whether this remote takes such a ref.
pub(super) fn outcome(ended: &Ended, new_ledger: Option<&Update>) -> Pushed {
    let text = String::from_utf8_lossy(&ended.stdout);
    let lines: Vec<Line<'_>> = text.lines().filter_map(line).collect();
    if ended.status.success() {
        return Pushed::Done;
    }
    // What a pre-push hook tells on its standard output comes among git's own lines.
    let aside = || {
        let said =
            text.lines().filter(|said| lines.is_empty() && *said != "Done" && !said.starts_with("To "));
        said.collect::<Vec<_>>().join("\n")
    };
    let summed_up = || {
        let failed = lines.iter().filter(|line| line.flag == '!' && !is(line, &COLLATERAL));
        let told = failed.map(|line| format!("{}: {}", line.remote_ref, line.summary));
        let heard = words(&[&ended.stderr, &b"\n"[..], aside().as_bytes()].concat());
        match heard.is_empty() || heard.lines().all(|line| line.starts_with("fatal: the remote end hung up"))
        {
            _ if heard.is_empty() && lines.is_empty() => "git ended without a word".to_owned(),
            true if !lines.is_empty() => words(told.collect::<Vec<_>>().join("\n").as_bytes()),
            _ => heard,
        }
    };
    let failed = || lines.iter().filter(|line| line.flag == '!');
    // A pre-push hook of the person's own ends it before git says a word, and with 1; what git cannot do, with 128.
    if failed().next().is_none() {
        if String::from_utf8_lossy(&ended.stderr).contains(NOT_ATOMIC) {
            return Pushed::NotAtomic;
        }
        return match ended.status.code() {
            Some(1) if lines.is_empty() => {
                Pushed::Refused { remote_ref: None, said: summed_up(), landed: Vec::new() }
            }
            _ => Pushed::Unreachable { said: summed_up() },
        };
    }
    if failed().any(|line| is(line, &SILENT)) {
        return Pushed::Unreachable { said: summed_up() };
    }
    let landed =
        lines.iter().filter(|line| !"!=".contains(line.flag)).map(|line| line.remote_ref.clone()).collect();
    let causes = || failed().filter(|line| !is(line, &COLLATERAL));
    let said = summed_up();
    // Nobody was faster then, and it guards none of the refs: what it said is all there is to know.
    let heard = said.to_lowercase();
    if FULL.iter().any(|part| heard.contains(part)) {
        return Pushed::Refused { remote_ref: None, said, landed };
    }
    // A remote that takes no new history over an old one says so by the same words as git does here.
    let has_moved = |line: &&Line<'_>| match line.summary.starts_with("[remote rejected]") {
        true => is(line, &MOVED),
        false => is(line, &BEHIND),
    };
    if let Some(moved) = causes().find(has_moved) {
        return Pushed::Moved { remote_ref: moved.remote_ref.clone(), landed };
    }
    // Where all were locked together, only the remote's words tell which could not be.
    if causes().next().is_none() && MOVED.iter().any(|part| said.contains(part)) {
        let name = |line: &&Line<'_>| said.contains(&format!("'{}'", safe(line.remote_ref.as_str())));
        if let Some(line) = failed().find(name).or_else(|| failed().next()) {
            return Pushed::Moved { remote_ref: line.remote_ref.clone(), landed };
        }
    }
    let refused = |line: &Line<'_>| new_ledger.is_some_and(|ledger| ledger.remote_ref == line.remote_ref);
    // A hook that looks at all refs together refuses all of them, whichever it dislikes.
    match causes().any(refused) {
        true => Pushed::RefsRefused { said, landed },
        false => {
            Pushed::Refused { remote_ref: causes().next().map(|line| line.remote_ref.clone()), said, landed }
        }
    }
}

fn is(line: &Line<'_>, which: &[&str]) -> bool {
    which.iter().any(|part| line.summary.contains(part))
}

fn line(text: &str) -> Option<Line<'_>> {
    let mut parts = text.splitn(3, '\t');
    let flag = parts.next()?.chars().next()?;
    let (_, remote_ref) = parts.next()?.split_once(':')?;
    Some(Line { flag, remote_ref: remote_ref.parse().ok()?, summary: parts.next()? })
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;
    use std::process::ExitStatus;

    use super::*;
    use crate::git::Lease;

    const MAIN: &str = "refs/heads/main";

    /// Of a push of one ref.
    fn told(summary: &str, heard: &str) -> Pushed {
        let ledger = Update {
            local: "a".repeat(40).parse().unwrap(),
            remote_ref: MAIN.parse().unwrap(),
            lease: Lease::New,
        };
        let stdout = format!("To origin\n!\tHEAD:{MAIN}\t[remote rejected] ({summary})\nDone\n").into_bytes();
        let ended = Ended { status: ExitStatus::from_raw(1 << 8), stdout, stderr: heard.into() };
        outcome(&ended, Some(&ledger))
    }

    #[test]
    fn a_remote_that_cannot_write_is_heard_and_not_tried_again() {
        let main: RefName = MAIN.parse().unwrap();
        let lock = |why: &str| {
            format!("remote: error: cannot lock ref '{MAIN}': Unable to create 'x.lock': {why}\n")
        };
        let faster = told("failed to update ref", &lock("File exists."));
        assert_eq!(faster, Pushed::Moved { remote_ref: main, landed: vec![] });
        for (summary, heard) in [
            ("failed to update ref", lock("Disk quota exceeded")),
            ("failed to update ref", lock("No space left on device")),
            ("pre-receive hook declined", "remote: Quota exceeded: ask for more\n".to_owned()),
        ] {
            let full = told(summary, &heard);
            let Pushed::Refused { remote_ref: None, said, .. } = full else { panic!("{full:?}") };
            assert!(heard.contains(said.trim()), "{said}");
        }
        let refs = told("pre-receive hook declined", "remote: branches only\n");
        assert!(matches!(refs, Pushed::RefsRefused { .. }), "{refs:?}");
    }
}
