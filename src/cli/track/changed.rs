use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use sha2::{Digest as _, Sha256};

use super::versions::become_of;
use crate::review::{Roster, Signers, public_key};

/// What becomes of people and keys.
pub(super) fn changed(before: &Roster, after: &Roster) -> Vec<String> {
    let mut told = become_of(&before.people, &after.people);
    told.extend(keys_changed(&before.signers, &after.signers));
    let (could, can) = (before.vouching(), after.vouching());
    let lost = could.iter().filter(|name| !can.contains(name) && after.people.contains_key(*name));
    told.extend(lost.map(|name| format!("{name} cannot say any more who signs")));
    if told.is_empty() && !before.is_same(after) {
        told.push("the list of signers is written otherwise".to_owned());
    }
    told
}

/// `a key of eli@example.com comes to the signers: SHA256:…`
fn keys_changed(before: &Signers, after: &Signers) -> Vec<String> {
    let lines = |text: &str| -> Vec<String> {
        text.lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(str::to_owned)
            .collect()
    };
    let whose = |line: &str| line.split_whitespace().next().unwrap_or_default().to_owned();
    let (old, new) = (lines(&before.allowed), lines(&after.allowed));
    let mut told: Vec<String> = new
        .iter()
        .filter(|line| !old.contains(line))
        .map(|line| format!("a key of {} comes to the signers{}", whose(line), fingerprint(line)))
        .collect();
    told.extend(
        old.iter()
            .filter(|line| !new.contains(line))
            .map(|line| format!("a key of {} is none of the signers' any more", whose(line))),
    );
    told.extend(
        (lines(&before.revoked) != lines(&after.revoked))
            .then(|| "the list of revoked keys is another".to_owned()),
    );
    told
}

/// As ssh-keygen tells it of a key, so that it can be asked for.
fn fingerprint(line: &str) -> String {
    let key = public_key(line).and_then(|key| STANDARD.decode(key).ok());
    key.map(|key| format!(": SHA256:{}", STANDARD_NO_PAD.encode(Sha256::digest(key)))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_key_comes_is_told_by_its_fingerprint() {
        let before =
            Signers { allowed: "ana@example.com ssh-ed25519 AAAA\n".to_owned(), revoked: String::new() };
        // Of `ssh-keygen -l`.
        let key = "AAAAC3NzaC1lZDI1NTE5AAAAIKEY";
        let after = Signers {
            allowed: format!("{}eli@example.com namespaces=\"git\" ssh-ed25519 {key}\n", before.allowed),
            ..before.clone()
        };
        let told = keys_changed(&before, &after);
        let expected = STANDARD_NO_PAD.encode(Sha256::digest(STANDARD.decode(key).unwrap()));
        assert_eq!(told, [format!("a key of eli@example.com comes to the signers: SHA256:{expected}")]);
        assert_eq!(
            keys_changed(&after, &before),
            ["a key of eli@example.com is none of the signers' any more"]
        );
    }
}
