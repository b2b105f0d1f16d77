use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::statvfs;

use super::{Finding, Health};
use crate::docker::EngineInfo;

const GIB: u64 = 1 << 30;

/// What a place is used for decides how much is enough.
struct Place {
    path: Utf8PathBuf,
    holds: &'static str,
    /// Below `least` nothing works, below `enough` not for long.
    least: u64,
    enough: u64,
}

pub(super) fn look(engine: Option<&EngineInfo>, dir: &Utf8Path) -> Finding {
    // The engine's machine may be another one: then its path means nothing here.
    let images = engine.and_then(|info| info.data_root.clone()).map(|path| Place {
        path,
        holds: "images",
        least: GIB,
        enough: 5 * GIB,
    });
    let runs = Place { path: dir.to_owned(), holds: "runs", least: GIB / 4, enough: 2 * GIB };
    let measured = images.into_iter().chain([runs]).filter_map(|place| Some((free(&place.path)?, place)));
    tell(measured.collect())
}

/// Bytes at a path, or where it will be, for who is not root.
pub fn free(path: &Utf8Path) -> Option<u64> {
    let stat = statvfs(where_it_will_be(path)?.as_std_path()).ok()?;
    Some(stat.f_bavail.saturating_mul(stat.f_frsize))
}

fn where_it_will_be(path: &Utf8Path) -> Option<&Utf8Path> {
    path.ancestors().find(|path| path.exists())
}

fn tell(places: Vec<(u64, Place)>) -> Finding {
    let mut health = Health::Ok;
    let mut found = Vec::new();
    let mut fix = Vec::new();
    for (free, place) in places {
        let worse = match free {
            _ if free < place.least => Health::Missing,
            _ if free < place.enough => Health::Warn,
            _ => Health::Ok,
        };
        let amount = free as f64 / GIB as f64;
        let wanted = place.enough as f64 / GIB as f64;
        found.push(match worse {
            Health::Ok => format!("{amount:.0} GiB free for {}", place.holds),
            _ => format!(
                "{amount:.1} GiB free for {} at {}; {wanted:.0} GiB is enough",
                place.holds, place.path
            ),
        });
        if worse != Health::Ok {
            fix.push(match place.holds {
                "images" => "docker image prune".to_owned(),
                _ => format!("du -xh --max-depth=3 {} | sort -h | tail", place.path),
            });
        }
        health = health.max(worse);
    }
    Finding::new(health, "disk", found.join(", ")).to_fix(fix)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(holds: &'static str) -> Place {
        Place { path: "/data".into(), holds, least: GIB, enough: 5 * GIB }
    }

    #[test]
    fn the_scarcest_place_decides() {
        let finding = tell(vec![(40 * GIB, place("images")), (3 * GIB, place("runs"))]);
        assert_eq!(finding.health, Health::Warn);
        assert_eq!(finding.found, "40 GiB free for images, 3.0 GiB free for runs at /data; 5 GiB is enough");
        assert_eq!(tell(vec![(GIB / 2, place("images"))]).fix, ["docker image prune"]);
        assert_eq!(tell(vec![(GIB / 2, place("images"))]).health, Health::Missing);
    }

    #[test]
    fn a_folder_that_is_not_there_yet_is_measured_where_it_will_be() {
        let dir = tempfile::tempdir().unwrap();
        let dir = Utf8Path::from_path(dir.path()).unwrap();
        assert_eq!(where_it_will_be(&dir.join("a/b")), Some(dir));
        assert!(free(&dir.join("a/b")).is_some());
    }
}
