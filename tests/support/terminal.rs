//! A real terminal with the program in it.

use std::io::{Read, Write};
use std::sync::{Arc, Mutex};
use std::thread;

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};

use super::{GREENROOM, Project, STATE_HOME, until, within_a_minute};

pub struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    /// None: the terminal was closed.
    master: Option<Box<dyn MasterPty + Send>>,
    keys: Option<Box<dyn Write + Send>>,
    screen: Arc<Mutex<vt100::Parser>>,
    /// All that was ever sent to it.
    sent: Arc<Mutex<Vec<u8>>>,
    drawing: Option<thread::JoinHandle<()>>,
}

impl Terminal {
    /// Runs the program on a terminal of this size.
    pub fn of(project: &Project, args: &[&str], rows: u16, cols: u16) -> Self {
        Self::with(project, args, rows, cols, &[])
    }

    /// The same, with these variables.
    pub fn with(project: &Project, args: &[&str], rows: u16, cols: u16, env: &[(&str, &str)]) -> Self {
        Self::program(project, GREENROOM, args, (rows, cols), env)
    }

    /// Of the usual size, with none of a person's own settings.
    pub fn usual(project: &Project, env: &[(&str, &str)]) -> Self {
        let config = project.dir.join(".config");
        let config = [("XDG_CONFIG_HOME", config.to_str().unwrap())];
        Self::with(project, &[], 24, 80, &[&config, env].concat())
    }

    /// Another program, as `greenroom` is started here.
    pub fn program(
        project: &Project,
        program: &str,
        args: &[&str],
        size: (u16, u16),
        env: &[(&str, &str)],
    ) -> Self {
        let mut terminal = Self::spawn(project, program, args, size, env);
        let mut output = terminal.master.as_ref().unwrap().try_clone_reader().unwrap();
        let (drawn, sent) = (terminal.screen.clone(), terminal.sent.clone());
        terminal.drawing = Some(thread::spawn(move || {
            let mut bytes = [0; 4096];
            // The terminal's end is an error on Linux.
            while let Ok(count @ 1..) = output.read(&mut bytes) {
                sent.lock().unwrap().extend_from_slice(&bytes[..count]);
                drawn.lock().unwrap().process(&bytes[..count]);
            }
        }));
        terminal
    }

    /// One that nobody looks at, so that it can be closed: whoever reads it holds it open.
    pub fn unwatched(project: &Project, args: &[&str], rows: u16, cols: u16) -> Self {
        Self::started(project, args, rows, cols, &[])
    }

    fn started(project: &Project, args: &[&str], rows: u16, cols: u16, env: &[(&str, &str)]) -> Self {
        Self::spawn(project, GREENROOM, args, (rows, cols), env)
    }

    fn spawn(
        project: &Project,
        program: &str,
        args: &[&str],
        (rows, cols): (u16, u16),
        env: &[(&str, &str)],
    ) -> Self {
        let pty = native_pty_system().openpty(size(rows, cols)).unwrap();
        let mut command = CommandBuilder::new(program);
        command.args(args);
        command.cwd(&project.dir);
        command.env("TERM", "xterm");
        command.env("XDG_STATE_HOME", STATE_HOME);
        env.iter().for_each(|(name, value)| command.env(name, value));
        let child = pty.slave.spawn_command(command).unwrap();
        let keys = pty.master.take_writer().unwrap();
        let screen = Arc::new(Mutex::new(vt100::Parser::new(rows, cols, 1000)));
        let sent = Arc::default();
        Self { child, master: Some(pty.master), keys: Some(keys), screen, sent, drawing: None }
    }

    /// Every byte that was sent to it so far, as text.
    pub fn sent(&self) -> String {
        super::text(&self.sent.lock().unwrap())
    }

    pub fn shown(&self) -> String {
        let screen = self.screen.lock().unwrap();
        let (_, cols) = screen.screen().size();
        let rows: Vec<String> = screen.screen().rows(0, cols).collect();
        rows.join("\n")
    }

    #[track_caller]
    pub fn shows(&self, wanted: &str) {
        let shown = within_a_minute(|| self.shown().contains(wanted).then_some(()));
        assert!(shown.is_some(), "waited a minute for {wanted:?} on the screen:\n{}", self.shown());
    }

    /// The program has a screen of its own, and not that of the shell.
    pub fn is_taken(&self) -> bool {
        self.screen.lock().unwrap().screen().alternate_screen()
    }

    pub fn pid(&self) -> i32 {
        self.child.process_id().unwrap() as i32
    }

    pub fn type_in(&mut self, keys: &str) {
        self.keys.as_mut().unwrap().write_all(keys.as_bytes()).unwrap();
    }

    pub fn resize(&self, rows: u16, cols: u16) {
        // First the screen: what the program draws when it hears of it is for the new one.
        self.screen.lock().unwrap().screen_mut().set_size(rows, cols);
        self.master.as_ref().unwrap().resize(size(rows, cols)).unwrap();
    }

    /// The window is closed: the program gets a hang-up.
    pub fn close(&mut self) {
        drop(self.keys.take());
        drop(self.master.take());
    }

    /// The same, of one that is looked at: nothing more is read of it.
    pub fn hang_up(&mut self) {
        self.close();
        let closed = rustix::process::Pid::from_raw(self.pid()).unwrap();
        // As a terminal emulator does when its window is closed, though its other end may live on for a moment.
        rustix::process::kill_process(closed, rustix::process::Signal::HUP).unwrap();
    }

    /// Waits for the program's end, and for all that it drew.
    #[track_caller]
    pub fn ended(&mut self) -> ExitStatus {
        let ended = until("the program's end", || self.child.try_wait().unwrap());
        self.close();
        if let Some(drawing) = self.drawing.take() {
            drawing.join().unwrap();
        }
        ended
    }
}

fn size(rows: u16, cols: u16) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}
