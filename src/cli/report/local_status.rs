use super::table::{Cell, Table, left, right, yielding};
use crate::cli::{Ink, Invocation, Look};
use crate::domain::figures::size;
use crate::domain::text::safe;
use crate::domain::{ImageState, LocalStatus, ServiceState};

pub fn local_status(status: &LocalStatus, invocation: &Invocation, look: &Look) -> String {
    let engine = status.engine.to_string();
    let mut text = format!("{}  {}\n\n", look.paint(Ink::Dim, "engine"), safe(&engine));
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
    if !status.volumes.is_empty() {
        let mut volumes = Table::new([left(""), left("volume"), left(""), yielding("of")]);
        for volume in &status.volumes {
            let (sign, ink, state) = match volume.made {
                true => ("✓", Ink::Good, "made"),
                false => ("−", Ink::Dim, "not made"),
            };
            let services: Vec<&str> = volume.services.iter().map(|name| name.as_str()).collect();
            volumes.row([
                Cell::inked(sign, ink),
                volume.name.as_str().into(),
                Cell::inked(state, ink),
                Cell::inked(services.join(", "), Ink::Dim),
            ]);
        }
        text += &format!("\n{}", volumes.render(look));
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
    use crate::domain::{EngineStatus, ImageStatus, ServiceStatus, VolumeStatus};

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
            container: None,
        };
        let status = LocalStatus {
            engine: EngineStatus {
                kind: "Docker",
                version: "20.10.24".into(),
                rootless: false,
                place: "unix:///var/run/docker.sock".into(),
                named_by: "default".into(),
                cpus: 2,
                memory_bytes: 8 << 30,
                data_root: None,
                free_bytes: None,
            },
            images: vec![
                image("default", ImageState::Ready, Some(734_003_200)),
                image("train", ImageState::Absent, None),
            ],
            services: vec![
                service("storage", ServiceState::Up, Some("127.0.0.1:49153"), ""),
                service("warehouse", ServiceState::Exited, None, "exit code 1"),
            ],
            volumes: vec![VolumeStatus {
                name: "greenroom-flights-data".into(),
                made: true,
                services: vec![name("storage")],
            }],
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

           volume                        of
        ✓  greenroom-flights-data  made  storage

        next  greenroom local up
        "#);
        let json = serde_json::to_value(&status).unwrap();
        assert_eq!(json["services"][1]["state"], "exited");
        assert_eq!(json["images"][0]["bytes"], 734_003_200);
    }
}
