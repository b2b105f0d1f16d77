/// A release of Debian or Ubuntu, as its archive names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Suite {
    /// `debian` or `ubuntu`.
    pub distribution: &'static str,
    pub codename: String,
}

const DEBIAN: [(&str, &str); 6] = [
    ("13", "trixie"),
    ("12", "bookworm"),
    ("11", "bullseye"),
    ("10", "buster"),
    ("latest", "stable"),
    ("", "stable"),
];
const UBUNTU: [(&str, &str); 6] = [
    ("25.04", "plucky"),
    ("24.04", "noble"),
    ("22.04", "jammy"),
    ("20.04", "focal"),
    ("latest", "noble"),
    ("", "noble"),
];

/// What an image's name says it holds: `debian:bookworm-slim`, `debian:12`, `ubuntu`. None: not one of theirs.
pub(super) fn suite(base: &str) -> Option<Suite> {
    let name = base.strip_prefix("docker.io/").unwrap_or(base);
    let name = name.strip_prefix("library/").unwrap_or(name);
    let (distribution, tag) = name.split_once(':').unwrap_or((name, ""));
    let (distribution, known) = match distribution {
        "debian" => ("debian", &DEBIAN),
        "ubuntu" => ("ubuntu", &UBUNTU),
        _ => return None,
    };
    // `bookworm-20250520-slim`, `12.5-slim`: the archive has each release only as it is today.
    let release = tag.split('-').next().unwrap_or_default();
    let major =
        if distribution == "debian" { release.split('.').next().unwrap_or_default() } else { release };
    let codename = match known.iter().find(|(number, _)| *number == major) {
        Some((_, codename)) => (*codename).to_owned(),
        None if release.bytes().all(|b| b.is_ascii_lowercase()) => release.to_owned(),
        None => return None,
    };
    Some(Suite { distribution, codename })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn image_names_tell_their_release() {
        for (base, expected) in [
            ("debian:bookworm-slim", "bookworm"),
            ("debian:12", "bookworm"),
            ("debian:12.5-slim", "bookworm"),
            ("debian:trixie-20260101-slim", "trixie"),
            ("debian", "stable"),
            ("docker.io/library/debian:sid", "sid"),
            ("ubuntu:24.04", "noble"),
            ("ubuntu:jammy", "jammy"),
            ("ubuntu", "noble"),
        ] {
            assert_eq!(suite(base).map(|suite| suite.codename).as_deref(), Some(expected), "{base}");
        }
        for other in
            ["python:3.12-slim", "alpine", "debian:99", "ghcr.io/x/debian:12", "debian@sha256:ab", ""]
        {
            assert_eq!(suite(other), None, "{other}");
        }
    }
}
