use super::host::Family;
use super::{Finding, Health, Host, Remedy};
use crate::docker::{Attempt, DockerError, EngineInfo};

const WHAT: &str = "container engine";

pub(super) fn found(info: &EngineInfo) -> Finding {
    let kind = if info.podman { "Podman" } else { "Docker" };
    let rootless = if info.rootless { ", rootless" } else { "" };
    let found = format!("{kind} {}{rootless}, at {} ({})", info.version, info.place, info.named_by);
    Finding::new(Health::Ok, WHAT, found)
}

pub(super) fn missing(host: &Host, error: &DockerError) -> Finding {
    let DockerError::NoEngine(attempts) = error else {
        return Finding::new(Health::Missing, WHAT, error.to_string());
    };
    let tried: String =
        attempts.iter().map(|a| format!("\n{} ({}): {}", a.place, a.named_by, a.problem)).collect();
    let told = |problem: &str| Finding::new(Health::Missing, WHAT, format!("{problem}{tried}"));
    if let Some(forbidden) = attempts.iter().find(|attempt| is_forbidden(attempt)) {
        let group = match forbidden.place.contains("podman") {
            true => vec!["systemctl --user enable --now podman.socket".to_owned()],
            false => vec![host.as_root("usermod -aG docker \"$(id -un)\""), "newgrp docker".to_owned()],
        };
        return told("you may not use the one that is here").to_fix(group);
    }
    if let [Attempt { named_by, .. }] = attempts.as_slice() {
        let instead = match named_by.strip_prefix("docker context ") {
            Some(_) => "docker context use default",
            None => "unset DOCKER_HOST",
        };
        return told(&format!("the one that {named_by} names does not answer")).to_fix([instead]);
    }
    let start = host.as_root(if host.systemd { "systemctl start docker" } else { "service docker start" });
    if host.dockerd {
        let remedy = host.root.then_some(Remedy::StartEngine);
        return told("it is installed and does not run").to_fix([start]).remedy(remedy);
    }
    let package = match host.family {
        Family::Debian => "docker.io",
        Family::Fedora => "moby-engine",
        Family::Arch => "docker",
        Family::Other => {
            return told("none is installed")
                .to_fix(["install Docker Engine or Podman: https://docs.docker.com/engine/install/"]);
        }
    };
    let commands = host.install(package).into_iter().chain([start]);
    told("none is installed").to_fix(commands).remedy(host.installs().then_some(Remedy::InstallEngine))
}

fn is_forbidden(attempt: &Attempt) -> bool {
    attempt.problem.to_ascii_lowercase().contains("permission denied")
}

#[cfg(test)]
mod tests {
    use super::super::host::debian;
    use super::*;

    fn tried(places: &[(&str, &str, &str)]) -> DockerError {
        let attempt = |(place, named_by, problem): &(&str, &str, &str)| Attempt {
            place: (*place).to_owned(),
            named_by: (*named_by).to_owned(),
            problem: (*problem).to_owned(),
        };
        DockerError::NoEngine(places.iter().map(attempt).collect())
    }

    fn nowhere() -> DockerError {
        let gone = "No such file or directory";
        tried(&[
            ("unix:///var/run/docker.sock", "default", gone),
            ("unix:///run/podman/podman.sock", "Podman", gone),
        ])
    }

    #[test]
    fn without_an_engine_it_is_installed_and_started() {
        let finding = missing(&debian(true), &nowhere());
        assert_eq!(finding.fix, ["apt-get update", "apt-get install -y docker.io", "service docker start"]);
        assert_eq!(finding.remedy, Some(Remedy::InstallEngine));
        assert!(
            finding.found.contains("\nunix:///run/podman/podman.sock (Podman): No such"),
            "{}",
            finding.found
        );

        let by_hand = missing(&debian(false), &nowhere());
        assert_eq!(by_hand.fix[1], "sudo apt-get install -y docker.io");
        assert_eq!(by_hand.remedy, None);
    }

    #[test]
    fn one_that_is_installed_is_only_started() {
        let host = Host { dockerd: true, systemd: true, ..debian(true) };
        let finding = missing(&host, &nowhere());
        assert_eq!(
            (finding.fix, finding.remedy),
            (vec!["systemctl start docker".to_owned()], Some(Remedy::StartEngine))
        );
    }

    #[test]
    fn one_that_somebody_named_is_theirs_to_start() {
        let host = debian(true);
        let named = missing(&host, &tried(&[("tcp://10.0.0.1:2375", "DOCKER_HOST", "no answer")]));
        assert_eq!((named.fix, named.remedy), (vec!["unset DOCKER_HOST".to_owned()], None));
        let named = missing(&host, &tried(&[("unix:///x", "docker context lab", "no answer")]));
        assert_eq!(named.fix, ["docker context use default"]);
    }

    #[test]
    fn who_may_not_use_it_is_told_how_to() {
        let error = tried(&[("unix:///var/run/docker.sock", "default", "Permission denied (os error 13)")]);
        let finding = missing(&Host { dockerd: true, ..debian(false) }, &error);
        assert_eq!(finding.fix, ["sudo usermod -aG docker \"$(id -un)\"", "newgrp docker"]);
        assert!(finding.found.starts_with("you may not use"), "{}", finding.found);
    }
}
