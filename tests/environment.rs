//! The local environment on the real engine: images from nothing, services, a clean end.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Mutex;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use futures_util::StreamExt;
use greenroom::docker::{Engine, NetworkEnd, OnceSpec, connect, labels};
use greenroom::domain::{Image, Name, Project, Ready, Service};
use greenroom::local::{self, Bundle, Event, LocalError, ServiceState, Site};
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
            for tag in [local::image_tag(&self.project.name, image), local::folder_tag(self.site(), image)] {
                self.engine.remove_image(&tag).await.unwrap();
            }
        }
    }

    /// A service that runs a script in the shell of the base.
    fn serve(&mut self, script: &str, port: Option<u16>, ready: Option<Ready>) {
        let service = Service {
            image: name("default"),
            command: ["sh", "-c", script].map(str::to_owned).to_vec(),
            env: IndexMap::new(),
            port,
            ready,
            volumes: IndexMap::from([(name("data"), "/data".to_owned())]),
        };
        self.project.services.insert(name("web"), service);
    }

    async fn up(&self) -> Result<local::Upped, LocalError> {
        let upped = local::up_within(self.site(), Duration::from_secs(20), &|_| {}).await;
        upped.map(|mut upped| upped.remove(0))
    }

    async fn down(&self, volumes: bool) -> local::Downed {
        local::down(self.site(), volumes, &|_| {}).await.unwrap()
    }

    async fn log(&self) -> String {
        let frames = local::service_log(self.site(), &name("web"), None, false).await.unwrap();
        let frames: Vec<_> = frames.map(Result::unwrap).collect().await;
        frames.iter().map(|frame| String::from_utf8_lossy(&frame.bytes).into_owned()).collect()
    }

    async fn state(&self) -> local::ServiceLook {
        local::status(self.site()).await.unwrap().services.remove(0)
    }

    /// The id of the service's container.
    async fn id(&self) -> String {
        let container = local::service_container(&self.project.name, &name("web"));
        self.engine.service(&container).await.unwrap().unwrap().id.0
    }
}

/// A port of this machine that was free a moment ago.
fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

/// A web server in the perl that every Debian has; it serves the same line to everybody.
fn web(port: u16) -> String {
    format!(
        "echo serving; exec perl -MIO::Socket::INET -e '
           $| = 1; $SIG{{TERM}} = sub {{ print \"bye\\n\"; exit 0 }};
           $s = IO::Socket::INET->new(LocalAddr => \"0.0.0.0\", LocalPort => {port}, Listen => 5, ReuseAddr => 1) or die $!;
           while ($c = $s->accept) {{ <$c>; print $c \"HTTP/1.0 200 OK\\r\\n\\r\\nhello from web\\n\"; close $c }}'"
    )
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

/// Each wants another image of the same name, and neither takes the other's away.
#[tokio::test]
async fn two_folders_of_one_project_do_not_build_again_what_the_other_wants_otherwise() {
    let worlds = [
        World::new("docker_folders", Some("six==1.16.0\n")).await,
        World::new("docker_folders", Some("six==1.17.0\n")).await,
    ];
    let mut ids = Vec::new();
    for world in &worlds {
        let built = world.build().await.unwrap();
        assert!(built.rebuilt);
        ids.push(built.id);
    }
    for (world, id) in worlds.iter().zip(&ids) {
        let again = world.build().await.unwrap();
        assert_eq!((again.rebuilt, &again.id), (false, id));
    }
    for world in &worlds {
        world.clean().await;
    }
}

#[tokio::test]
async fn services_come_up_are_reached_by_name_and_leave_nothing_behind() {
    let port = free_port();
    let mut world = World::new("docker_services", None).await;
    world.down(true).await;
    world.serve(&web(port), Some(port), Some(Ready::Http("/".to_owned())));

    let first = world.up().await.unwrap();
    assert!(first.started);
    assert_eq!(first.address, Some(format!("127.0.0.1:{port}")), "published on the loopback only");
    assert_eq!(world.state().await.state, ServiceState::Up);
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.write_all(b"GET / HTTP/1.0\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.ends_with("hello from web\n"), "{answer}");

    let asked = world
        .engine
        .once(&OnceSpec {
            image: local::image_tag(&world.project.name, &name("default")),
            argv: ["perl", "-MIO::Socket::INET", "-e"]
                .map(str::to_owned)
                .into_iter()
                .chain([format!(
                    "$c = IO::Socket::INET->new(PeerAddr => 'web:{port}') or die $!; print $c \"x\\n\"; print <$c>"
                )])
                .collect(),
            user: "0:0".to_owned(),
            mounts: Vec::new(),
            memory_limit: None,
            network: Some(local::network_name(&world.project.name)),
        })
        .await
        .unwrap();
    assert!(asked.code == 0 && asked.output.contains("hello from web"), "{asked:?}");

    let id = world.id().await;
    let again = world.up().await.unwrap();
    assert!(!again.started, "what runs stays");
    assert_eq!(world.id().await, id);

    world.project.services[&name("web")].env.insert("GREETING".to_owned(), "hi".to_owned());
    assert!(world.state().await.outdated);
    assert!(world.up().await.unwrap().started, "a changed spec makes it anew");
    assert_ne!(world.id().await, id);
    assert!(world.log().await.starts_with("serving\n"));

    let downed = world.down(false).await;
    assert_eq!((downed.services, downed.network), (vec!["web".to_owned()], true));
    assert_eq!(world.state().await.state, ServiceState::Down);
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
    assert_eq!(world.engine.volumes("docker_services").await.unwrap(), ["greenroom-docker_services-data"]);
    assert_eq!(world.down(true).await.volumes, ["greenroom-docker_services-data"]);
    assert_eq!(world.down(true).await, local::Downed::default(), "a second time there is nothing to do");
    world.clean().await;
}

#[tokio::test]
async fn a_service_of_another_folders_project_of_the_same_name_is_left_alone() {
    let mut one = World::new("docker_twins", None).await;
    one.down(true).await;
    one.serve("exec sleep 100", None, None);
    let mut two = World::new("docker_twins", None).await;
    two.serve("exec sleep 200", None, None);
    for world in [&one, &two] {
        fs_err::write(world.root().join("greenroom.yaml"), "greenroom: 1\n").unwrap();
    }
    assert!(one.up().await.unwrap().started);
    let id = one.id().await;

    match two.up().await {
        Err(LocalError::Elsewhere { service, folder }) => {
            assert_eq!((service.as_str(), folder.as_path()), ("web", one.root()));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(two.state().await.elsewhere.as_deref(), Some(one.root()));
    assert_eq!(one.state().await.elsewhere, None);
    assert!(matches!(
        local::service_log(two.site(), &name("web"), None, false).await,
        Err(LocalError::Elsewhere { .. })
    ));
    let downed = two.down(true).await;
    assert_eq!(downed.elsewhere, [("web".to_owned(), one.root().to_owned())]);
    assert!(downed.services.is_empty() && downed.volumes.is_empty() && !downed.network, "{downed:?}");
    assert_eq!(one.id().await, id, "it goes on as if nobody had asked");

    fs_err::remove_file(one.root().join("greenroom.yaml")).unwrap();
    assert!(two.up().await.unwrap().started, "a folder that is no project any more owns nothing");
    assert_eq!(two.down(true).await.services, ["web"]);
    one.clean().await;
}

#[tokio::test]
async fn a_service_that_fails_is_told_with_its_last_lines() {
    let port = free_port();
    let mut world = World::new("docker_failing", None).await;
    world.down(true).await;

    world.serve("echo no configuration >&2; exit 3", Some(port), None);
    match world.up().await {
        Err(LocalError::ServiceEnded { how, last_lines, .. }) => {
            assert_eq!((how.as_str(), last_lines), ("exit code 3", vec!["no configuration".to_owned()]));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(world.state().await.state, ServiceState::Exited("exit code 3".to_owned()));

    world.serve("echo thinking; exec sleep 100", Some(port), Some(Ready::Tcp(port)));
    match local::up_within(world.site(), Duration::from_secs(1), &|_| {}).await {
        Err(LocalError::NotReady { waited_for, last_lines, .. }) => {
            assert_eq!(waited_for, format!("nothing listens on port {port}"));
            assert_eq!(last_lines, ["thinking"]);
        }
        other => panic!("{other:?}"),
    }
    assert!(matches!(world.state().await.state, ServiceState::Starting(_)));

    let ready = Ready::Command(["test", "-e", "/tmp/ready"].map(str::to_owned).to_vec());
    world.serve("sleep 0.3; touch /tmp/ready; exec sleep 100", None, Some(ready));
    assert!(world.up().await.unwrap().started, "a command tells when it is ready");

    world.down(true).await;
    let taken = TcpListener::bind(("127.0.0.1", port)).unwrap();
    world.serve("exec sleep 100", Some(port), None);
    let early = local::startable(world.site()).await;
    assert!(matches!(early, Err(LocalError::PortTaken { port: told, .. }) if told == port), "{early:?}");
    match world.up().await {
        Err(LocalError::PortTaken { port: told, holder, .. }) => {
            assert_eq!(told, port);
            assert!(holder.ends_with(&format!("(process {})", std::process::id())), "{holder}");
        }
        other => panic!("{other:?}"),
    }
    drop(taken);
    world.down(true).await;
    world.clean().await;
}

/// Another clone, of another name: it is told which folder's services are in the way.
#[tokio::test]
async fn who_holds_a_port_is_told_by_its_folder() {
    let mut one = World::new("docker_port_one", None).await;
    let mut two = World::new("docker_port_two", None).await;
    one.down(true).await;
    let port = free_port();
    for world in [&mut one, &mut two] {
        world.serve(&web(port), Some(port), None);
    }
    assert!(one.up().await.unwrap().started);
    local::startable(one.site()).await.expect("its port is its own");
    // Nothing is built for what cannot be started.
    let nosuch = two.project.images.values_mut().next().unwrap();
    let apt = std::mem::replace(&mut nosuch.apt, vec!["no-such-package".to_owned()]);
    assert!(matches!(two.up().await, Err(LocalError::PortTaken { .. })));
    two.project.images.values_mut().next().unwrap().apt = apt;
    match two.up().await {
        Err(LocalError::PortTaken { port: told, holder, folder, .. }) => {
            assert_eq!((told, folder.as_deref()), (port, Some(one.root())));
            assert!(holder.contains(one.root().as_str()), "{holder}");
        }
        other => panic!("{other:?}"),
    }
    one.down(true).await;
    assert!(two.up().await.unwrap().started);
    two.down(true).await;
    one.clean().await;
    two.clean().await;
}

#[tokio::test]
async fn many_that_make_the_same_network_at_once_make_one() {
    let world = World::new("docker_network", None).await;
    let image = world.build().await.unwrap().id;
    let engine = &world.engine;
    let network = "greenroom-docker_network";
    let makers = (0..12).map(|_| engine.ensure_network(network, "docker_network"));
    futures_util::future::try_join_all(makers).await.unwrap();
    // The engine refuses an ambiguous name.
    let spec = OnceSpec {
        image,
        argv: vec!["true".to_owned()],
        user: "0:0".to_owned(),
        mounts: Vec::new(),
        memory_limit: None,
        network: Some(network.to_owned()),
    };
    let ran = engine.once(&spec).await;
    assert_eq!(engine.remove_networks(network).await.unwrap(), NetworkEnd::Removed);
    assert_eq!(engine.remove_networks(network).await.unwrap(), NetworkEnd::Absent);
    assert_eq!(ran.unwrap().code, 0);
    world.clean().await;
}

/// Who watches the environment hears of it from the engine, and measures what is there now.
#[tokio::test]
async fn a_restarted_service_is_another_container_and_the_engine_tells_of_it() {
    let mut world = World::new("docker_restart", None).await;
    world.down(true).await;
    world.serve("exec sleep 600", None, None);
    world.up().await.unwrap();
    let before = world.id().await;
    let web = name("web");
    let mut changes = world.engine.changes("docker_restart");
    let (told, upped) = tokio::join!(changes.next(), local::restart(world.site(), &web, &|_| {}));
    assert!(matches!(told, Some(Ok(()))), "{told:?}");
    assert!(upped.unwrap().started);
    let after = world.id().await;
    assert_ne!(after, before);

    let mut usage = world.engine.usage(&after);
    let used = usage.next().await.unwrap().unwrap();
    assert!(used.memory > 0 && used.cores < 1.0, "{used:?}");
    let volumes = local::status(world.site()).await.unwrap().volumes;
    let [volume] = volumes.as_slice() else { panic!("{volumes:?}") };
    assert_eq!(
        (volume.name.as_str(), volume.made, &volume.services),
        ("greenroom-docker_restart-data", true, &vec![web.clone()])
    );

    world.down(true).await;
    while usage.next().await.is_some() {}
    let kept = local::status(world.site()).await.unwrap().volumes;
    assert!(!kept[0].made, "it is still wanted, and gone");
    let missing = local::restart(world.site(), &name("nobody"), &|_| {}).await;
    assert!(matches!(missing, Err(LocalError::UnknownService(_))), "{missing:?}");
    world.clean().await;
}
