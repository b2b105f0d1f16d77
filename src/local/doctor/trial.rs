use std::os::unix::fs::MetadataExt;

use camino::{Utf8Path, Utf8PathBuf};

use super::{Finding, Health};
use crate::docker::{DockerError, Engine, Mount, Once, OnceSpec};
use crate::domain::Project;
use crate::local::base::base_here;
use crate::local::{Identity, image_tag};

const FILES: &str = "files";
const LIMITS: &str = "limits";
const LIMIT: u64 = 64 << 20;
/// Reads what lies here, leaves something, tells the limit that the kernel holds it to.
const SCRIPT: &str = "cat /try/seen; echo left > /try/left
for file in /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max; do
  if [ -r $file ]; then echo limit $(cat $file); fi
done";

/// Nothing tells better whether steps will work than a container that does what they do: it reads a file of this
/// machine, writes one, and lives within a limit.
pub(super) async fn look(
    engine: &Engine,
    project: Option<&Project>,
    bases: &[&str],
    dir: &Utf8Path,
) -> Vec<Finding> {
    engine.remove_abandoned().await;
    match image(engine, project, bases).await {
        Ok(Some(image)) => match attempt(engine, &image, dir).await {
            Ok(findings) => findings,
            Err(error) => vec![unable(engine, dir, &error.to_string())],
        },
        Ok(None) => vec![Finding::new(Health::Warn, FILES, "not tried: there is no image here yet")],
        Err(error) => vec![Finding::new(Health::Missing, FILES, error.to_string())],
    }
}

async fn image(
    engine: &Engine,
    project: Option<&Project>,
    bases: &[&str],
) -> Result<Option<String>, crate::local::LocalError> {
    if let Some(project) = project {
        for name in project.images.keys() {
            if let Some(found) = engine.image(&image_tag(&project.name, name)).await? {
                return Ok(Some(found.id));
            }
        }
    }
    for base in bases {
        if let Some(found) = base_here(engine, base).await? {
            return Ok(Some(found.reference));
        }
    }
    Ok(None)
}

async fn attempt(
    engine: &Engine,
    image: &str,
    dir: &Utf8Path,
) -> Result<Vec<Finding>, Box<dyn std::error::Error + Send + Sync>> {
    let state = dir.join(".greenroom");
    let place = [state.as_path(), dir].into_iter().find(|place| place.is_dir());
    // Where no project is, this is no place to write into.
    let place = place.filter(|place| place.join("greenroom.yaml").exists() || *place == state);
    let kept = match place {
        Some(place) => tempfile::Builder::new().prefix(".doctor-").tempdir_in(place)?,
        None => tempfile::tempdir()?,
    };
    let source = Utf8PathBuf::from_path_buf(kept.path().to_owned()).map_err(|_| "its path is not UTF-8")?;
    fs_err::write(source.join("seen"), "seen\n")?;
    let identity = Identity::caller(engine.info());
    let spec = |memory_limit| OnceSpec {
        image: image.to_owned(),
        argv: ["sh", "-c", SCRIPT].map(str::to_owned).to_vec(),
        user: identity.pair(),
        mounts: vec![Mount { source: source.clone(), target: "/try".into(), writable: true }],
        memory_limit,
        network: None,
    };
    let (ran, limits) = match engine.once(&spec(Some(LIMIT))).await {
        Ok(ran) => (ran.clone(), limit(&ran.output)),
        // Is it the limit that it refused, or everything?
        Err(DockerError::Refused { message, .. }) => (engine.once(&spec(None)).await?, Err(message)),
        Err(error) => return Err(error.into()),
    };
    let left = fs_err::metadata(source.join("left")).map(|left| left.uid()).ok();
    let mine = rustix::process::getuid().as_raw();
    Ok(vec![files(engine, dir, &ran, left, mine), limits_finding(engine.info().rootless, limits)])
}

fn files(engine: &Engine, dir: &Utf8Path, ran: &Once, left: Option<u32>, mine: u32) -> Finding {
    match left {
        _ if !ran.output.starts_with("seen\n") => unable(engine, dir, ran.output.trim()),
        Some(uid) if uid == mine => {
            Finding::new(Health::Ok, FILES, "containers read and write the project's, as you")
        }
        Some(uid) => {
            let found = format!("what containers write here belongs to the user {uid}, not to you ({mine})");
            Finding::new(Health::Missing, FILES, found)
                .to_fix(["remove userns-remap from /etc/docker/daemon.json, and restart the engine"])
        }
        None => unable(engine, dir, ran.output.trim()),
    }
}

fn unable(engine: &Engine, dir: &Utf8Path, problem: &str) -> Finding {
    let found = format!("a container at {} cannot use {dir}: {problem}", engine.info().place);
    Finding::new(Health::Missing, FILES, found)
        .to_fix(["share this directory with the machine of the engine, or use an engine of this machine"])
}

/// What the kernel says that it held the container to.
fn limit(output: &str) -> Result<(), String> {
    let told = output.lines().find_map(|line| line.strip_prefix("limit "));
    match told.map(|told| (told, told.trim().parse::<u64>())) {
        Some((_, Ok(bytes))) if bytes <= LIMIT => Ok(()),
        Some((told, _)) => Err(format!("the kernel holds a container to {told}")),
        None => Err("a container does not see its own".to_owned()),
    }
}

fn limits_finding(rootless: bool, limits: Result<(), String>) -> Finding {
    let Err(problem) = limits else {
        return Finding::new(Health::Ok, LIMITS, "memory and cpu of a step are held to");
    };
    let found = format!("memory of a step is not held to its limit: {problem}");
    let finding = Finding::new(Health::Warn, LIMITS, found);
    match rootless {
        true => finding.to_fix([
            "sudo mkdir -p /etc/systemd/system/user@.service.d",
            "printf '[Service]\\nDelegate=cpu cpuset io memory pids\\n' | sudo tee \
             /etc/systemd/system/user@.service.d/delegate.conf",
            "sudo systemctl daemon-reload",
        ]),
        false => finding.to_fix(["boot the kernel with: cgroup_enable=memory swapaccount=1"]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_counts_only_as_the_kernel_tells_it() {
        assert_eq!(limit("seen\nlimit 67108864\n"), Ok(()));
        for loose in ["seen\nlimit 9223372036854771712\n", "seen\nlimit max\n", "seen\n"] {
            assert!(limit(loose).is_err(), "{loose}");
        }
        assert_eq!(limits_finding(true, limit("limit max")).fix.len(), 3);
    }
}
