use std::fmt::Write;

use super::certificates::{TARGET, VARIABLES};

pub(super) const CERTIFICATES: &str = "certificates.crt";
pub(super) const REQUIREMENTS: &str = "requirements.txt";

/// What a build has to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layers<'a> {
    /// A base, or the image whose pip layer is added to.
    pub from: &'a str,
    pub certificates: bool,
    pub apt: &'a [String],
    pub pip: bool,
}

impl Layers<'_> {
    /// From what changes least to what changes most.
    pub fn dockerfile(&self) -> String {
        let mut text = format!("FROM {}\n", self.from);
        let mut add = |line: &str| {
            // Writing to a string cannot fail.
            let _ok = writeln!(text, "{line}");
        };
        if self.certificates {
            let all: Vec<String> = VARIABLES.iter().map(|name| format!("{name}={TARGET}")).collect();
            add(&format!("COPY {CERTIFICATES} {TARGET}"));
            add(&format!("ENV {}", all.join(" ")));
        }
        if !self.apt.is_empty() {
            // An archive behind https is reached through apt's own setting only.
            let trust = if self.certificates {
                format!(" -o Acquire::https::CAInfo={TARGET}")
            } else {
                String::new()
            };
            add(&format!(
                "RUN apt-get{trust} update && DEBIAN_FRONTEND=noninteractive apt-get{trust} install -y \
                 --no-install-recommends {} && rm -rf /var/lib/apt/lists/*",
                self.apt.join(" ")
            ));
        }
        if self.pip {
            add(&format!("COPY {REQUIREMENTS} /etc/greenroom/{REQUIREMENTS}"));
            // By variable: pip before 23.0.1 has no such option, and needs none.
            add(&format!(
                "RUN PIP_BREAK_SYSTEM_PACKAGES=1 PIP_ROOT_USER_ACTION=ignore PIP_NO_COLOR=1 PIP_PROGRESS_BAR=off \
                 PIP_DISABLE_PIP_VERSION_CHECK=1 python3 -m pip install --no-cache-dir -r /etc/greenroom/{REQUIREMENTS}"
            ));
        }
        text
    }
}

/// An image with labels. In one instruction, for each costs a layer; an engine's `commit` would need none, but Podman
/// takes only one label there.
pub(super) fn labelled(from: &str, labels: &[(&str, String)]) -> String {
    let pairs: Vec<String> = labels.iter().map(|(name, value)| format!("{name}={}", quoted(value))).collect();
    format!("FROM {from}\nLABEL {}\n", pairs.join(" "))
}

fn quoted(value: &str) -> String {
    let mut text = String::from('"');
    for letter in value.chars() {
        if matches!(letter, '"' | '\\' | '$') {
            text.push('\\');
        }
        // An instruction ends with its line.
        text.push(if letter.is_control() { ' ' } else { letter });
    }
    text + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_one_instruction_and_their_values_are_no_instructions() {
        let text = labelled("sha256:1", &[("a.b", "x".into()), ("c", r#"["six $HOME \ "]"#.into())]);
        assert_eq!(text, "FROM sha256:1\nLABEL a.b=\"x\" c=\"[\\\"six \\$HOME \\\\ \\\"]\"\n");
    }

    #[test]
    fn layers_come_from_what_changes_least_to_what_changes_most() {
        let apt = ["python3".to_owned(), "python3-pip".to_owned()];
        let layers = Layers { from: "debian:12", certificates: true, apt: &apt, pip: true };
        let text = layers.dockerfile();
        let starts: Vec<&str> = text.lines().filter_map(|line| line.split(' ').next()).collect();
        assert_eq!(starts, ["FROM", "COPY", "ENV", "RUN", "COPY", "RUN"]);
        assert!(text.contains("install -y --no-install-recommends python3 python3-pip && rm -rf"), "{text}");
    }

    #[test]
    fn a_base_alone_is_only_named() {
        let layers = Layers { from: "debian:12", certificates: false, apt: &[], pip: false };
        assert_eq!(layers.dockerfile(), "FROM debian:12\n");
    }
}
