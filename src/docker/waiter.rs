//! The process that waits for a container and removes it afterwards. Killed, it cannot, so others of its kind do.

use std::io;
use std::path::Path;

use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};

/// The label that names this process: `$boot $pid_namespace $pid $start`. Elsewhere, or after a new start of the
/// machine, its number means another process. Empty where the kernel does not tell.
pub(super) fn label() -> String {
    label_of(std::process::id()).unwrap_or_default()
}

/// Is the process gone that a label names? One that cannot be looked up from here (another machine's, another
/// container's) is taken to be there.
pub(super) fn is_gone(label: &str) -> bool {
    let mut words = label.rsplitn(3, ' ');
    let (Some(start), Some(pid), Some(view)) = (words.next(), words.next(), words.next()) else {
        return false;
    };
    let Some(pid) = pid.parse().ok().filter(|_| here().is_ok_and(|here| here == view)) else { return false };
    match started(pid) {
        Ok(now) => now != start,
        // Where `/proc` shows nobody the processes of others, they look as if they were gone.
        Err(error) => error.kind() == io::ErrorKind::NotFound && !is_of_another(pid),
    }
}

fn is_of_another(pid: u32) -> bool {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    pid.is_some_and(|pid| test_kill_process(pid) == Err(Errno::PERM))
}

fn label_of(pid: u32) -> io::Result<String> {
    Ok(format!("{} {pid} {}", here()?, started(pid)?))
}

/// From where a process number can be looked up.
fn here() -> io::Result<String> {
    let boot = fs_err::read_to_string("/proc/sys/kernel/random/boot_id")?;
    let namespace = fs_err::read_link(Path::new("/proc/self/ns/pid"))?;
    Ok(format!("{} {}", boot.trim(), namespace.display()))
}

/// Clock ticks since the machine's start. A process that has ended but was not asked for its end yet is gone.
fn started(pid: u32) -> io::Result<String> {
    let stat = fs_err::read_to_string(format!("/proc/{pid}/stat"))?;
    // The second field is the program's name, in parentheses, and may hold anything.
    let (_, fields) = stat.rsplit_once(')').unwrap_or_default();
    let mut fields = fields.split_whitespace();
    if matches!(fields.next(), Some("Z" | "X")) {
        return Err(io::ErrorKind::NotFound.into());
    }
    fields.nth(18).map(str::to_owned).ok_or_else(|| io::Error::other("no time of its start"))
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn a_process_is_gone_when_it_has_ended_or_another_has_its_number() {
        let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        let label = label_of(child.id()).unwrap();
        assert!(!is_gone(&label), "{label}");
        let (rest, start) = label.rsplit_once(' ').unwrap();
        assert!(is_gone(&format!("{rest} 1{start}")));
        drop(child.stdin.take());
        child.wait().unwrap();
        assert!(is_gone(&label), "{label}");
        assert!(!is_gone(&format!("other{label}")), "another machine's");
        assert!(!is_gone(&label.replace("pid:[", "pid:[1")), "another container's");
        for nonsense in ["", "1", "a b c", "a b c d"] {
            assert!(!is_gone(nonsense), "{nonsense}");
        }
        assert!(!is_gone(&super::label()));
    }
}
