use std::collections::HashMap;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use jiff::tz::TimeZone;

use super::super::runner::Around;
use super::super::tasks::{editor, project};
use super::super::told::CommandLine;
use crate::app::{
    Answer, Ask, Deed, Effect, LocalNews, LogLine, LogWindow, Model, Msg, News, Outcome, PastRun, RunsLook,
    Size, Slot, Trouble, update,
};
use crate::cli::query::Warm;
use crate::cli::{Invocation, Place};
use crate::domain::scene::{self, name};
use crate::domain::{
    EngineStatus, ImageState, ImageStatus, LocalStatus, Plan, RunEvent, ServiceState, ServiceStatus, Status,
    VolumeStatus,
};
use crate::tui::testing::{Sheet, Style};
use crate::tui::{Colours, Highlight, Keymap, Look, Theme, built_in};

pub const YAML: &str = "greenroom: 1
kind: project
name: flights
people:
  ana: {email: ana@example.com, role: analyst}
  eli: {email: eli@example.com, role: engineer}
images: {default: {base: 'debian:bookworm-slim', apt: [python3, python3-pip]}}
services:
  storage:
    image: default
    command: [gcp-storage-emulator, start, --port, '9023']
    port: 9023
    ready: {tcp: 9023}
    volumes: {buckets: /data}
environments: {dev: {root: .greenroom/store, warehouse: {engine: duckdb, path: .greenroom/lake}}}
";

const DAILY: &str = "greenroom: 1
kind: workflow
name: daily_delays
version: 1.0.0
owners: [ana, eli]
params: {day: {type: date, default: '2013-01-01', description: The day of the flights}}
schedule: {cron: '0 6 * * *', timezone: Europe/Paris, params: {day: '${{ schedule.previous_date }}'}}
steps:
  flights_ready: {uses: data_available, with: {table: lake.flights}}
  delays: {needs: [flights_ready], uses: sql_export, with: {query: 'SELECT 1 AS carrier'}}
  report: {needs: [delays], run: python3 report.py}
  publish: {needs: [report], run: 'true'}
";

const BROKEN: &str = "greenroom: 1
kind: workflow
name: odd
steps:
  a: {runs: 'true'}
";

/// A person before a screen.
pub struct Stage {
    pub model: Model,
    /// What was wanted so far; may be cleared, to see what is wanted from then on.
    pub effects: Vec<Effect>,
    /// Of the last question of each slot.
    generations: HashMap<Slot, u64>,
    look: Look,
    sheet: Sheet,
    folder: tempfile::TempDir,
    /// Effects that have been carried out.
    worked: usize,
}

impl Stage {
    /// Before anything was read.
    pub fn empty(columns: u16, rows: u16, theme: &str) -> Self {
        let (_, text) = built_in().into_iter().find(|(name, _)| *name == theme).unwrap();
        let theme_read = Theme::read(text, Colours::Sixteen).unwrap();
        let look = Look {
            theme: theme_read,
            keymap: Keymap::default(),
            command: Arc::new(|words| Invocation::default().command(words)),
            highlight: Highlight::default(),
            tell: Arc::new(CommandLine(Invocation::default())),
        };
        let size = Size { columns, rows };
        let mut model = Model::new("dev", theme, size, scene::at(150.0), TimeZone::UTC);
        model.themes = built_in().into_iter().map(|(name, _)| name.to_owned()).collect();
        let sheet = Sheet::new(columns, rows);
        let effects = model.begin();
        let (folder, generations) = (tempfile::tempdir().unwrap(), HashMap::new());
        let mut stage = Self { model, effects: Vec::new(), generations, look, sheet, folder, worked: 0 };
        stage.take(effects);
        stage.draw();
        stage
    }

    /// A project of two workflows, one of them broken, and four runs.
    pub fn new(columns: u16, rows: u16, theme: &str) -> Self {
        let mut stage = Self::empty(columns, rows, theme);
        let (dir, _) = project();
        stage.folder = dir;
        stage.read_project();
        let statuses = [Status::Failed, Status::Succeeded, Status::Cancelled, Status::Succeeded];
        stage.answer(Slot::Runs, Ok(Answer::Runs(runs(&statuses))));
        stage.news(Slot::Health, News::Local(LocalNews::Status(Box::new(environment()))));
        stage
    }

    /// What tasks work on, in a project on disk.
    pub fn around(root: &Utf8Path) -> Around {
        Around {
            place: Place { root: root.to_owned() },
            invocation: Invocation::default(),
            env: "dev".to_owned(),
            warm: Warm::default(),
            activity: Arc::default(),
            reading_runs: Arc::default(),
        }
    }

    /// Its files are looked at as they are now.
    pub fn read_project(&mut self) {
        let look = project::project(&Self::around(&self.root())).map(|mut look| {
            // What tells of this machine and of today.
            look.root = "/data/flights".into();
            (look.branch, look.dirty, look.me) = (Some("main".to_owned()), false, Some(name("ana")));
            look.workflows.iter_mut().for_each(|flow| flow.changed_at = None);
            Answer::Project(Box::new(look))
        });
        self.answer(Slot::Project, look);
    }

    /// Keys as `keys.toml` writes them, with spaces between.
    pub fn press(&mut self, keys: &str) -> &mut Self {
        for key in keys.split(' ') {
            self.press_key(key.parse().unwrap());
        }
        self
    }

    pub fn press_key(&mut self, key: crate::app::Key) {
        let message = self.look.keymap.message(&self.model, key);
        self.tell(message);
    }

    pub fn waits(&self, slot: Slot) -> bool {
        self.model.tasks.waits(slot)
    }

    pub fn type_in(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            self.press_key(crate::app::Key::char(c));
        }
        self
    }

    pub fn tell(&mut self, message: Msg) {
        let effects = update(&mut self.model, message);
        self.take(effects);
    }

    /// In the editor.
    pub fn open(&mut self, path: &str) -> &mut Self {
        let effects = self.model.turn_to_file(path.into());
        self.take(effects);
        self
    }

    fn take(&mut self, effects: Vec<Effect>) {
        self.note(effects);
        self.draw();
    }

    fn note(&mut self, effects: Vec<Effect>) {
        for effect in &effects {
            if let Effect::Ask { slot, generation, .. } = effect {
                self.generations.insert(*slot, *generation);
            }
        }
        self.effects.extend(effects);
    }

    /// To the last question of a slot.
    pub fn answer(&mut self, slot: Slot, answer: Result<Answer, Trouble>) {
        let generation = self.generation(slot);
        self.tell(Msg::Done { slot, generation, answer });
    }

    pub fn news(&mut self, slot: Slot, news: News) {
        let generation = self.generation(slot);
        self.tell(Msg::News { slot, generation, news });
    }

    fn generation(&self, slot: Slot) -> u64 {
        *self.generations.get(&slot).unwrap_or_else(|| panic!("nobody asked for {slot:?}"))
    }

    /// The last question that was put in a slot.
    pub fn asked(&self, slot: Slot) -> Option<&Ask> {
        self.effects.iter().rev().find_map(|effect| match effect {
            Effect::Ask { slot: asked, ask, .. } if *asked == slot => Some(ask),
            _ => None,
        })
    }

    /// The run that was asked for is there, with these events.
    pub fn show_run(&mut self, status: Status, events: &[RunEvent]) {
        self.show_planned(status, scene::plan(), events);
    }

    /// The same, planned otherwise.
    pub fn show_planned(&mut self, status: Status, plan: Plan, events: &[RunEvent]) {
        self.news(Slot::Run, News::Run { run: past_run(status), plan: Arc::new(plan) });
        self.news(Slot::Run, News::Events(events.to_vec()));
    }

    pub fn show_log(&mut self, lines: &[&str]) {
        let mut offset = 0;
        let line = |text: &&str| {
            let line =
                LogLine { offset, stderr: false, time: Some(scene::at(1.5)), text: (*text).to_owned() };
            offset += text.len() as u64 + 1;
            line
        };
        let lines = lines.iter().map(line).collect();
        self.answer(Slot::Log, Ok(Answer::Log(LogWindow { lines, from_start: true, to_end: true })));
        self.news(Slot::LogLength, News::LogLength(offset));
    }

    /// Of the project on disk.
    pub fn root(&self) -> Utf8PathBuf {
        Utf8Path::from_path(self.folder.path()).unwrap().canonicalize_utf8().unwrap()
    }

    /// A file of the project on disk.
    pub fn file(&self, path: &str) -> Utf8PathBuf {
        let file = Utf8Path::from_path(self.folder.path()).unwrap().join(path);
        fs_err::create_dir_all(file.parent().unwrap()).unwrap();
        file
    }

    /// What the editor asks and writes is asked and written, on real files, until it wants nothing more.
    pub fn work(&mut self) -> &mut Self {
        let root = self.root();
        while let Some(effect) = self.effects.get(self.worked).cloned() {
            self.worked += 1;
            match effect {
                Effect::Ask { slot, generation, ask: Ask::Editor(ask) } => {
                    let answer = editor::answer(&Place { root: root.clone() }, ask);
                    self.tell(Msg::Done { slot, generation, answer });
                }
                Effect::Do { job, deed: Deed::Save(save) } => {
                    let ended = editor::save(&root, &save).map(|()| Outcome::Done).map_err(Trouble::from);
                    self.tell(Msg::Did { job, ended });
                }
                _ => {}
            }
        }
        self
    }

    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.sheet.resize(columns, rows);
        self.tell(Msg::Resized(Size { columns, rows }));
    }

    fn draw(&mut self) {
        let seen = self.sheet.draw(&self.model, &self.look);
        let effects = update(&mut self.model, Msg::Drawn(seen));
        self.note(effects);
    }

    /// What a person sees, without what trails.
    pub fn shown(&self) -> String {
        self.sheet.shown()
    }

    pub fn cells(&self) -> Vec<Vec<&str>> {
        self.sheet.cells()
    }

    /// Column and row of the cursor.
    pub fn cursor(&mut self) -> (u16, u16) {
        self.sheet.cursor()
    }

    /// How the last place looks that says this.
    pub fn style_of(&self, text: &str) -> Style {
        self.sheet.style_of(text)
    }

    /// Says whether anything is painted otherwise than before.
    pub fn paint(&self) -> String {
        self.sheet.paint()
    }
}

/// An image that is not current, and a service that answers.
pub fn environment() -> LocalStatus {
    LocalStatus {
        engine: EngineStatus {
            kind: "Docker",
            version: "20.10".to_owned(),
            rootless: false,
            place: "unix:///var/run/docker.sock".to_owned(),
            named_by: "default".to_owned(),
            cpus: 2,
            memory_bytes: 8 << 30,
            data_root: Some("/var/lib/docker".into()),
            free_bytes: Some(60 << 30),
        },
        images: vec![ImageStatus {
            name: name("default"),
            state: ImageState::Outdated,
            tag: "greenroom/flights-default:latest".to_owned(),
            base: "debian:bookworm-slim, pulled".to_owned(),
            bytes: Some(559 << 20),
        }],
        services: vec![ServiceStatus {
            name: name("storage"),
            state: ServiceState::Up,
            address: Some("127.0.0.1:9023".to_owned()),
            note: String::new(),
            container: Some("b7f974b3644d".to_owned()),
        }],
        volumes: vec![VolumeStatus {
            name: "greenroom-flights-buckets".to_owned(),
            made: true,
            services: vec![name("storage")],
        }],
    }
}

/// Two workflows on disk, one of them broken.
pub fn project() -> (tempfile::TempDir, Utf8PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let root = Utf8Path::from_path(dir.path()).unwrap().canonicalize_utf8().unwrap();
    fs_err::create_dir(root.join("workflows")).unwrap();
    for (file, text) in
        [("greenroom.yaml", YAML), ("workflows/daily_delays.yaml", DAILY), ("workflows/odd.yaml", BROKEN)]
    {
        fs_err::write(root.join(file), text).unwrap();
    }
    (dir, root)
}

pub fn past_run(status: Status) -> PastRun {
    let path =
        Utf8PathBuf::from("/data/store/flights/dev/daily_delays/1.0.0/01900000-0000-7000-8000-000000003f2a");
    PastRun { run: Arc::new(scene::run(status)), path, foreign: None }
}

/// An hour apart, the newest first.
pub fn runs(statuses: &[Status]) -> RunsLook {
    let run = |(index, status): (usize, &Status)| {
        let mut run = scene::run(*status);
        let back = jiff::SignedDuration::from_hours(i64::try_from(index).unwrap());
        run.started_at -= back;
        run.finished_at = run.finished_at.map(|end| end - back);
        let token = format!("01900000-0000-7000-8000-00000000{:04x}", 0x3f2a - index);
        run.token = token.parse().unwrap();
        PastRun { run: Arc::new(run), ..past_run(*status) }
    };
    RunsLook { runs: statuses.iter().enumerate().map(run).collect(), ..RunsLook::default() }
}
