//! The local environment on the real engine: images from nothing, services, a clean end.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::Mutex;

use camino::{Utf8Path, Utf8PathBuf};
use greenroom::docker::{Engine, connect, labels};
use greenroom::domain::{Image, Name, Project};
use greenroom::local::{self, Bundle, Event, LocalError, Site};
use indexmap::IndexMap;

const BASE: &str = "debian:bookworm-slim";

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

/// A project of its own for a test; its images, services and network go when it is dropped.
struct World {
    engine: Engine,
    project: Project,
    dir: tempfile::TempDir,
    bundle: Option<Bundle>,
    lines: Mutex<Vec<String>>,
}

impl World {
    async fn new(project: &str, pip: Option<&str>) -> Self {
        let engine = connect().await.expect("these tests need a container engine");
        let dir = tempfile::tempdir().unwrap();
        let pip = pip.map(|text| {
            fs_err::write(dir.path().join("requirements.txt"), text).unwrap();
            Utf8PathBuf::from("requirements.txt")
        });
        let apt =
            if pip.is_some() { vec!["python3".to_owned(), "python3-pip".to_owned()] } else { Vec::new() };
        let image = Image { base: BASE.to_owned(), apt, pip };
        let project = Project {
            name: name(project),
            people: IndexMap::new(),
            images: IndexMap::from([(name("default"), image)]),
            services: IndexMap::new(),
            environments: IndexMap::new(),
        };
        let world = Self { engine, project, dir, bundle: Bundle::find().unwrap(), lines: Mutex::default() };
        world.clean().await;
        world
    }

    fn root(&self) -> &Utf8Path {
        Utf8Path::from_path(self.dir.path()).unwrap()
    }

    fn site(&self) -> Site<'_> {
        Site {
            engine: &self.engine,
            project: &self.project,
            root: self.root(),
            certificates: self.bundle.as_ref(),
        }
    }

    fn write(&self, text: &str) {
        fs_err::write(self.root().join("requirements.txt"), text).unwrap();
    }

    async fn build(&self) -> Result<local::BuiltImage, LocalError> {
        self.lines.lock().unwrap().clear();
        let note = |event: Event| {
            if let Event::Line(line) = event {
                self.lines.lock().unwrap().push(line);
            }
        };
        local::build(self.site(), &[], &note).await.map(|mut built| built.remove(0))
    }

    fn said(&self, text: &str) -> bool {
        self.lines.lock().unwrap().iter().any(|line| line.contains(text))
    }

    async fn clean(&self) {
        for image in self.project.images.keys() {
            self.engine.remove_image(&local::image_tag(&self.project.name, image)).await.unwrap();
        }
    }
}

#[tokio::test]
async fn an_image_is_built_from_nothing_and_only_what_changed_is_built_again() {
    let world = World::new("docker_build", Some("six==1.16.0\n")).await;

    let first = world.build().await.unwrap();
    assert!(first.rebuilt && first.bash, "{first:?}");
    assert!(world.said("Successfully installed six-1.16.0"), "the build streams what pip says");
    let facts = world.engine.image(&first.tag).await.unwrap().unwrap();
    assert_eq!(facts.label(labels::PROJECT), Some("docker_build"));
    assert!(matches!(facts.label(labels::BASE), Some("pulled" | "bootstrapped")));

    world.write("# the same\nsix==1.16.0\n");
    let again = world.build().await.unwrap();
    assert!(!again.rebuilt);
    assert_eq!(again.id, first.id);

    world.write("six==1.16.0\ntoolz==0.12.1\n");
    let added = world.build().await.unwrap();
    assert!(added.rebuilt && added.id != first.id);
    assert!(world.said("Requirement already satisfied: six==1.16.0"), "six is not installed again");
    assert!(!world.said("apt-get"), "nothing below the new layer is built");
    let more = world.engine.image(&added.tag).await.unwrap().unwrap();
    assert!(more.layers > facts.layers, "{} over {}", more.layers, facts.layers);

    world.write("six==1.16.0\nthis-is-no-package-of-anybody==9.9\n");
    let Err(LocalError::BuildFailed { command, last_lines, .. }) = world.build().await else {
        panic!("a package that does not exist was installed");
    };
    assert!(command.contains("pip install"), "{command}");
    assert!(last_lines.iter().any(|line| line.contains("this-is-no-package-of-anybody")), "{last_lines:?}");
    let kept = world.engine.image(&added.tag).await.unwrap().unwrap();
    assert_eq!(kept.id, added.id, "a failed build leaves the image that was there");
    world.clean().await;
}
