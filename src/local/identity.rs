use crate::docker::EngineInfo;

/// Who steps run as, so that their files belong to the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    pub uid: u32,
    pub gid: u32,
    pub user: String,
}

impl Identity {
    /// The caller; on a rootless engine the container's root, which is the caller outside.
    pub fn caller(engine: &EngineInfo) -> Self {
        if engine.rootless {
            return Self { uid: 0, gid: 0, user: "root".to_owned() };
        }
        let uid = rustix::process::getuid().as_raw();
        let gid = rustix::process::getgid().as_raw();
        Self { uid, gid, user: user_name(uid) }
    }

    /// As the engine takes it: `uid:gid`.
    pub fn pair(&self) -> String {
        format!("{}:{}", self.uid, self.gid)
    }
}

fn user_name(uid: u32) -> String {
    let known = fs_err::read_to_string("/etc/passwd").unwrap_or_default();
    known.lines().find_map(|line| name_of(line, uid)).map_or_else(|| "step".to_owned(), str::to_owned)
}

fn name_of(line: &str, uid: u32) -> Option<&str> {
    let mut fields = line.split(':');
    let name = fields.next()?;
    (fields.nth(1)?.parse() == Ok(uid)).then_some(name)
}

/// `/etc/passwd` and `/etc/group` of a step: without an entry HOME is `/` and `getpass` fails.
pub fn passwd(identity: &Identity) -> (String, String) {
    let Identity { uid, gid, user } = identity;
    // A name that would break the file, or take a system account's place.
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let usable = !user.is_empty() && user.chars().all(plain) && !["root", "nobody"].contains(&user.as_str());
    let name = if usable { user } else { "step" };
    let mut people = String::new();
    let mut groups = String::new();
    let root = if *uid == 0 { "/home/step" } else { "/root" };
    people += &format!("root:x:0:0:root:{root}:/bin/sh\n");
    groups += "root:x:0:\n";
    if *uid != 0 {
        people += &format!("{name}:x:{uid}:{gid}::/home/step:/bin/sh\n");
    }
    if *gid != 0 {
        groups += &format!("{name}:x:{gid}:\n");
    }
    people += "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n";
    groups += "nogroup:x:65534:\n";
    (people, groups)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(uid: u32, user: &str) -> (String, String) {
        passwd(&Identity { uid, gid: uid, user: user.to_owned() })
    }

    #[test]
    fn the_caller_has_an_entry_and_a_home() {
        let (people, groups) = files(1000, "ana");
        assert!(people.contains("\nana:x:1000:1000::/home/step:/bin/sh\n"), "{people}");
        assert!(groups.contains("\nana:x:1000:\n"), "{groups}");
    }

    #[test]
    fn root_is_itself_with_the_home_of_steps() {
        let (people, groups) = files(0, "root");
        assert!(people.starts_with("root:x:0:0:root:/home/step:/bin/sh\n"), "{people}");
        assert_eq!(groups.lines().count(), 2);
    }

    #[test]
    fn no_name_adds_a_line_or_takes_anothers_place() {
        for user in ["x:0:0::/:/bin/sh\nevil", "root", "", "a b"] {
            let (people, _) = files(1000, user);
            assert!(people.contains("\nstep:x:1000:1000:"), "{people}");
            assert_eq!(people.lines().count(), 3, "{people}");
        }
    }
}
