//! A container engine of a test's own, which can be stopped, killed and started while others go on with theirs.

use std::fs::File;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, geteuid, kill_process};
use tempfile::TempDir;

use super::{text, until};

pub struct Engine {
    folder: TempDir,
    /// What runs the containers, in a network namespace of its own; as on any machine it outlives the engine.
    containerd: Child,
    options: &'static [&'static str],
    dockerd: Child,
}

impl Engine {
    /// In a network namespace of its own, where it is in nobody's way, with these images of the machine's engine. None
    /// where the tests may start none: they do not run as root, or there is no `dockerd` or `containerd`.
    pub fn start(options: &'static [&'static str], images: &[&str]) -> Option<Self> {
        let there =
            |program| Command::new(program).arg("--version").output().is_ok_and(|it| it.status.success());
        if !geteuid().is_root() || !there("dockerd") || !there("containerd") {
            println!("not tried: no engine of one's own can be started here");
            return None;
        }
        let folder = tempfile::Builder::new().prefix("greenroom-engine-").tempdir().unwrap();
        std::fs::write(at(&folder, "daemon.json"), "{}").unwrap();
        let containerd = containerd(&folder);
        let dockerd = dockerd(&folder, &containerd, options);
        let engine = Self { folder, options, containerd, dockerd };
        engine.wait_for_it();
        let mut saved =
            Command::new("docker").arg("save").args(images).stdout(Stdio::piped()).spawn().unwrap();
        let loaded = engine.client().arg("load").stdin(saved.stdout.take().unwrap()).output().unwrap();
        assert!(saved.wait().unwrap().success() && loaded.status.success(), "{}", text(&loaded.stderr));
        Some(engine)
    }

    /// As `DOCKER_HOST` wants it.
    pub fn host(&self) -> String {
        format!("unix://{}", at(&self.folder, "engine.sock"))
    }

    /// Without any warning.
    pub fn kill(&mut self) {
        self.dockerd.kill().unwrap();
        self.dockerd.wait().unwrap();
    }

    /// As a machine's service manager does.
    pub fn stop(&mut self) {
        self.signal(Signal::TERM);
        self.dockerd.wait().unwrap();
    }

    /// After one of these.
    pub fn start_again(&mut self) {
        self.dockerd = dockerd(&self.folder, &self.containerd, self.options);
        self.wait_for_it();
    }

    /// It stands still for so long.
    pub fn pause(&self, time: Duration) {
        self.signal(Signal::STOP);
        // That nothing happens is what is tried.
        std::thread::sleep(time);
        self.signal(Signal::CONT);
    }

    /// The containers of this run, whether or not they are running.
    pub fn containers(&self, token: &str) -> String {
        self.listed(&["--all", "--filter", &format!("label=greenroom.run={token}")])
    }

    /// Whether a container of this step runs, and the engine has written down that it does: one that is killed before
    /// forgets the container, which goes on unseen.
    pub fn knows_of(&self, step: &str) -> bool {
        !self.listed(&["--filter", &format!("label=greenroom.step={step}")]).is_empty()
    }

    fn listed(&self, filters: &[&str]) -> String {
        let output = self.client().args(["ps", "--quiet"]).args(filters).output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    }

    fn client(&self) -> Command {
        let mut command = Command::new("docker");
        command.env("DOCKER_HOST", self.host());
        command
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.dockerd), signal).unwrap();
    }

    fn wait_for_it(&self) {
        until("an engine", || {
            let answer = self.client().arg("version").stdout(Stdio::null()).stderr(Stdio::null()).status();
            answer.is_ok_and(|ended| ended.success()).then_some(())
        });
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("what this engine told:\n{}", super::read(at(&self.folder, "log")));
        }
        if self.dockerd.try_wait().is_ok_and(|ended| ended.is_none()) {
            self.stop();
        }
        kill_process(Pid::from_child(&self.containerd), Signal::TERM).unwrap();
        self.containerd.wait().unwrap();
        // One that was killed has left its folder mounted onto itself.
        let data = at(&self.folder, "data");
        let unmounted = || Command::new("umount").args(["--quiet", "--recursive", &data]).status();
        while unmounted().is_ok_and(|ended| ended.success()) {}
    }
}

fn at(folder: &TempDir, name: &str) -> String {
    folder.path().join(name).display().to_string()
}

fn containerd(folder: &TempDir) -> Child {
    let mut command = Command::new("unshare");
    command.args(["--net", "containerd", "--root", &at(folder, "tasks"), "--state", &at(folder, "state")]);
    command.args(["--address", &at(folder, "containerd.sock")]);
    let child = spawn(folder, command);
    until("containerd", || UnixStream::connect(at(folder, "containerd.sock")).ok());
    child
}

/// In the same network namespace: its bridge is none of the machine's, and no rule of the machine's is touched.
fn dockerd(folder: &TempDir, containerd: &Child, options: &[&str]) -> Child {
    let driver = Command::new("docker").args(["info", "--format", "{{.Driver}}"]).output().unwrap();
    let mut command = Command::new("nsenter");
    command
        .arg(format!("--net=/proc/{}/ns/net", containerd.id()))
        .args(["dockerd", "--iptables=false", "--bridge=none", "--storage-driver"])
        .arg(text(&driver.stdout).trim())
        .args(["--config-file", &at(folder, "daemon.json"), "--containerd", &at(folder, "containerd.sock")])
        .args(["--data-root", &at(folder, "data"), "--exec-root", &at(folder, "exec")])
        .args(["--pidfile", &at(folder, "pid"), "--host", &format!("unix://{}", at(folder, "engine.sock"))])
        .args(options);
    spawn(folder, command)
}

fn spawn(folder: &TempDir, mut command: Command) -> Child {
    let log = File::options().create(true).append(true).open(at(folder, "log")).unwrap();
    command.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap()
}
