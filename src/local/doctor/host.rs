use camino::Utf8Path;

use crate::local::bootstrap::on_path;

/// Which commands a distribution has for installing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Debian, Ubuntu and what is made of them, with apt-get.
    Debian,
    Fedora,
    Arch,
    Other,
}

/// What decides how something is put right here. Read once, so that the decisions can be tested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    pub family: Family,
    pub root: bool,
    pub systemd: bool,
    /// `dockerd` is installed.
    pub dockerd: bool,
}

impl Host {
    pub fn read() -> Self {
        let release = fs_err::read_to_string("/etc/os-release").unwrap_or_default();
        Self {
            family: family(&release, on_path("apt-get")),
            root: rustix::process::geteuid().is_root(),
            systemd: Utf8Path::new("/run/systemd/system").is_dir(),
            dockerd: on_path("dockerd"),
        }
    }

    /// Whether Greenroom can install here by itself.
    pub fn installs(&self) -> bool {
        self.root && self.family == Family::Debian
    }

    /// A command that only root may run, as this user has to type it.
    pub fn as_root(&self, command: &str) -> String {
        if self.root { command.to_owned() } else { format!("sudo {command}") }
    }

    /// The commands that install a package, which distributions call alike.
    pub fn install(&self, package: &str) -> Vec<String> {
        match self.family {
            Family::Debian => {
                vec![self.as_root("apt-get update"), self.as_root(&format!("apt-get install -y {package}"))]
            }
            Family::Fedora => vec![self.as_root(&format!("dnf install -y {package}"))],
            Family::Arch => vec![self.as_root(&format!("pacman -S --noconfirm {package}"))],
            Family::Other => vec![format!("install {package} with your system's package manager")],
        }
    }
}

fn family(release: &str, apt: bool) -> Family {
    let field = |name: &str| {
        let line = release.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        line.unwrap_or_default().trim_matches('"').to_owned()
    };
    let names = format!("{} {}", field("ID"), field("ID_LIKE"));
    let is = |wanted: &[&str]| names.split_whitespace().any(|name| wanted.contains(&name));
    match () {
        () if is(&["debian", "ubuntu"]) && apt => Family::Debian,
        () if is(&["fedora", "rhel", "centos"]) => Family::Fedora,
        () if is(&["arch"]) => Family::Arch,
        () => Family::Other,
    }
}

#[cfg(test)]
pub(super) fn debian(root: bool) -> Host {
    Host { family: Family::Debian, root, systemd: false, dockerd: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distributions_are_known_by_what_they_are_made_of() {
        assert_eq!(
            family("NAME=\"Linux Mint\"\nID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", true),
            Family::Debian
        );
        assert_eq!(family("ID=debian\n", false), Family::Other, "without apt-get");
        assert_eq!(family("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n", false), Family::Fedora);
        assert_eq!(family("", true), Family::Other);
    }

    #[test]
    fn who_is_not_root_is_told_to_become_it() {
        assert_eq!(debian(true).install("git"), ["apt-get update", "apt-get install -y git"]);
        assert_eq!(debian(false).install("git"), ["sudo apt-get update", "sudo apt-get install -y git"]);
        assert!(!debian(false).installs());
    }
}
