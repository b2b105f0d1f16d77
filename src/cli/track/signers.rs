use super::desk::Desk;
use super::wrong::of_git;
use crate::cli::UserError;
use crate::domain::escape::escape;
use crate::domain::track::{Check, CheckPlace, CheckStatus};
use crate::git::{FileChange, ssh};
use crate::review::{SIGNERS_FILE, SIGNERS_REVOKED};

/// Adds lines of the list of signers that are none, as a merge that went wrong leaves them: once they are on the target
/// nobody could approve what mends it.
pub(super) fn signers(desk: &Desk, changes: &[FileChange], check: &mut Check) -> Result<(), UserError> {
    let folder = desk.repository.prefix();
    for name in [SIGNERS_FILE, SIGNERS_REVOKED] {
        let path = folder.join(name);
        let changed = changes.iter().find(|change| change.path == path);
        let Some(new) = changed.and_then(|change| change.new.as_ref()) else { continue };
        let text = desk.repository.content(new).map_err(|error| of_git(&error))?;
        let text = String::from_utf8_lossy(&text);
        for (line, words) in ssh::lines_without_key(&text) {
            let place = CheckPlace { file: name.to_owned(), line, column: 1 };
            let what = format!("`{}` names no key", escape(std::path::Path::new(words)));
            let help = "mend the line, or take it out: ADDRESS ssh-ed25519 KEY".to_owned();
            check.find(CheckStatus::Failed, what, Some(place), help);
        }
    }
    Ok(())
}
