use std::env;

use camino::{Utf8Path, Utf8PathBuf};

use super::{Bundle, Identity, LocalError, Progress, Site, build, network_name, passwd};
use crate::docker::{Mount, ShellSpec, labels};
use crate::domain::Name;

const HOME: &str = "/home/step";

/// A shell in one of the project's images, built if need be: the project at `/project` to be written, the caller's
/// uid, the project's network. Answers its exit code.
pub async fn shell(
    site: Site<'_>,
    image: &Name,
    identity: &Identity,
    progress: &dyn Progress,
) -> Result<i64, LocalError> {
    let project = &site.project.name;
    let built = build(site, std::slice::from_ref(image), progress).await?;
    let built = built.into_iter().next().ok_or_else(|| LocalError::NotBuilt(image.clone()))?;
    let network = network_name(project);
    site.engine.ensure_network(&network, project.as_str()).await?;
    let state = site.root.join(".greenroom");
    fs_err::create_dir_all(&state).map_err(LocalError::io("cannot make the project's state directory"))?;
    // Gone with everything in it when the shell has ended.
    let kept = tempfile::Builder::new()
        .prefix("shell-")
        .tempdir_in(&state)
        .map_err(LocalError::io("cannot make a home directory"))?;
    let dir = Utf8Path::from_path(kept.path()).ok_or_else(|| LocalError::Io {
        what: "the project's path is not UTF-8".to_owned(),
        source: std::io::ErrorKind::InvalidFilename.into(),
    })?;
    let (people, groups) = passwd(identity);
    let write = |name: &str, text: &str| {
        fs_err::write(dir.join(name), text).map_err(LocalError::io("cannot write who the shell runs as"))
    };
    write("passwd", &people)?;
    write("group", &groups)?;
    fs_err::create_dir(dir.join("home")).map_err(LocalError::io("cannot make a home directory"))?;
    let mount =
        |source: Utf8PathBuf, target: &str, writable| Mount { source, target: target.into(), writable };
    let mut env = vec![
        ("HOME".to_owned(), HOME.to_owned()),
        ("LANG".to_owned(), "C.UTF-8".to_owned()),
        ("GREENROOM_PROJECT".to_owned(), project.to_string()),
    ];
    env.extend(env::var("TERM").ok().map(|term| ("TERM".to_owned(), term)));
    env.extend(site.project.services.iter().filter_map(|(name, service)| {
        Some((format!("GREENROOM_SERVICE_{}", name.as_env()), format!("{name}:{}", service.port?)))
    }));
    let spec = ShellSpec {
        image: built.id,
        argv: vec![if built.bash { "bash" } else { "sh" }.to_owned()],
        env,
        working_dir: "/project".to_owned(),
        user: identity.pair(),
        mounts: vec![
            mount(site.root.to_owned(), "/project", true),
            mount(dir.join("home"), HOME, true),
            mount(dir.join("passwd"), "/etc/passwd", false),
            mount(dir.join("group"), "/etc/group", false),
        ],
        labels: vec![(labels::PROJECT.to_owned(), project.to_string())],
        network: Some(network),
        certificates: site.certificates.map(Bundle::for_containers),
    };
    Ok(site.engine.shell(&spec).await?)
}
