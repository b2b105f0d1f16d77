use serde::Serialize;

use super::figures::size;
use super::table::{Cell, Table, left, right, yielding};
use crate::cli::{Ink, Invocation, Look};
use crate::domain::Name;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ImageState {
    Ready,
    /// Built from something else than `greenroom.yaml` now says.
    Outdated,
    Absent,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImageStatus {
    pub name: Name,
    pub state: ImageState,
    pub tag: String,
    /// `debian:bookworm-slim, bootstrapped`
    pub base: String,
    pub bytes: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceState {
    /// Answers.
    Up,
    /// Runs, but does not answer yet.
    Starting,
    /// Ended by itself.
    Exited,
    Down,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServiceStatus {
    pub name: Name,
    pub state: ServiceState,
    /// `127.0.0.1:49153`, where it is published on this machine.
    pub address: Option<String>,
    /// Why it is not up.
    pub note: String,
}

/// The local environment of a project, as `local status --json` has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LocalStatus {
    /// `Docker 20.10.24 at unix:///var/run/docker.sock`
    pub engine: String,
    pub images: Vec<ImageStatus>,
    pub services: Vec<ServiceStatus>,
}

pub fn local_status(status: &LocalStatus, invocation: &Invocation, look: &Look) -> String {
    let mut text =
        format!("{}  {}\n\n", look.paint(Ink::Dim, "engine"), crate::cli::text::safe(&status.engine));
    let mut images = Table::new([left(""), left("image"), left("state"), right("size"), yielding("base")]);
    for image in &status.images {
        let (sign, ink, state) = match image.state {
            ImageState::Ready => ("✓", Ink::Good, "ready"),
            ImageState::Outdated => ("!", Ink::Warn, "outdated"),
            ImageState::Absent => ("−", Ink::Dim, "not built"),
        };
        images.row([
            Cell::inked(sign, ink),
            image.name.to_string().into(),
            Cell::inked(state, ink),
            image.bytes.map(size).unwrap_or_default().into(),
            image.base.as_str().into(),
        ]);
    }
    text += &images.render(look);
    if !status.services.is_empty() {
        let mut services =
            Table::new([left(""), left("service"), left("state"), left("address"), yielding("")]);
        for service in &status.services {
            let (sign, ink, state) = match service.state {
                ServiceState::Up => ("✓", Ink::Good, "up"),
                ServiceState::Starting => ("…", Ink::Warn, "starting"),
                ServiceState::Exited => ("✗", Ink::Bad, "exited"),
                ServiceState::Down => ("−", Ink::Dim, "down"),
            };
            services.row([
                Cell::inked(sign, ink),
                service.name.to_string().into(),
                Cell::inked(state, ink),
                service.address.as_deref().unwrap_or_default().into(),
                Cell::inked(&service.note, Ink::Dim),
            ]);
        }
        text += &format!("\n{}", services.render(look));
    }
    if let Some(words) = next(status) {
        text += &format!(
            "\n{}  {}\n",
            look.paint(Ink::Dim, "next"),
            look.paint(Ink::Accent, invocation.command(words))
        );
    }
    text
}

fn next(status: &LocalStatus) -> Option<&'static [&'static str]> {
    if status.services.iter().any(|service| service.state != ServiceState::Up) {
        return Some(&["local", "up"]);
    }
    let unbuilt = status.images.iter().any(|image| image.state != ImageState::Ready);
    unbuilt.then_some(&["local", "build"])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::report::scene::name;

    #[test]
    fn it_says_what_is_up_and_what_to_do() {
        let image = |image: &str, state, bytes| ImageStatus {
            name: name(image),
            state,
            tag: format!("greenroom/flights-{image}:latest"),
            base: "debian:bookworm-slim, bootstrapped".into(),
            bytes,
        };
        let service = |service: &str, state, address: Option<&str>, note: &str| ServiceStatus {
            name: name(service),
            state,
            address: address.map(str::to_owned),
            note: note.into(),
        };
        let status = LocalStatus {
            engine: "Docker 20.10.24 at unix:///var/run/docker.sock".into(),
            images: vec![
                image("default", ImageState::Ready, Some(734_003_200)),
                image("train", ImageState::Absent, None),
            ],
            services: vec![
                service("storage", ServiceState::Up, Some("127.0.0.1:49153"), ""),
                service("warehouse", ServiceState::Exited, None, "exit code 1"),
            ],
        };
        let look = Look { width: 80, colour: false };
        insta::assert_snapshot!(local_status(&status, &Invocation::default(), &look), @r#"
        engine  Docker 20.10.24 at unix:///var/run/docker.sock

           image    state         size  base
        ✓  default  ready      700 MiB  debian:bookworm-slim, bootstrapped
        −  train    not built           debian:bookworm-slim, bootstrapped

           service    state   address
        ✓  storage    up      127.0.0.1:49153
        ✗  warehouse  exited                   exit code 1

        next  greenroom local up
        "#);
        let json = serde_json::to_value(&status).unwrap();
        assert_eq!(json["services"][1]["state"], "exited");
        assert_eq!(json["images"][0]["bytes"], 734_003_200);
    }
}
