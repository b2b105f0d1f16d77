//! The files that runs have left, on a real folder: what is asked is answered by the task itself.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::{Duration, SystemTime};

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{CWD, FileType, mknodat};

use super::super::tasks::artifacts::answer;
use super::stage::{Stage, runs};
use crate::app::{
    Answer, ArtifactsNews, ArtifactsPane, Ask, Effect, Leave, Msg, News, OwnCommand, Screen, Size, Slot,
};
use crate::domain::Status;
use crate::domain::scene;

/// Where the person is told that the runs lie.
const ROOT: &str = "/data/store/flights/dev";
const RUN: &str = "daily_delays/1.0.0/01900000-0000-7000-8000-000000003f2a";

/// A person before the files of a store.
struct Store {
    stage: Stage,
    dir: tempfile::TempDir,
}

impl Store {
    fn new(columns: u16, rows: u16, theme: &str) -> Self {
        Self { stage: Stage::new(columns, rows, theme), dir: tempfile::tempdir().unwrap() }
    }

    /// With the runs that the stage knows, one of which has left files.
    fn filled(columns: u16, rows: u16, theme: &str) -> Self {
        let store = Self::new(columns, rows, theme);
        for past in runs(&[Status::Failed, Status::Succeeded, Status::Cancelled, Status::Succeeded]).runs {
            let run = &past.run;
            store.file(&format!("{}/{}/{}/_run/run.json", run.name, run.version, run.token), "{}");
        }
        let mut csv = "carrier,flights,mean_delay,day\n".to_owned();
        for (index, carrier) in ["UA", "B6", "Ål", "EV\u{1b}[2J", ""].iter().cycle().take(40).enumerate() {
            csv += &format!(
                "{carrier},{},{:.1},2013-01-{:02}\n",
                index * 7 % 90,
                index as f64 / 3.0,
                index % 28 + 1
            );
        }
        store.file(&format!("{RUN}/delays/delays.csv"), csv);
        store.file(&format!("{RUN}/report/model.bin"), (0..=255).collect::<Vec<u8>>());
        store.file(
            &format!("{RUN}/report/report.html"),
            "<h1>Delays</h1><p>Of <b>all</b> carriers, each day</p>",
        );
        store.file(&format!("{RUN}/report/notes \u{1b}]0;x\u{7}.txt"), "hello\u{1b}[31m\nworld\n");
        let mut picture = image::RgbImage::new(16, 8);
        picture.enumerate_pixels_mut().for_each(|(x, _, point)| *point = image::Rgb([x as u8 * 16; 3]));
        let mut png = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut png, image::ImageFormat::Png).unwrap();
        store.file(&format!("{RUN}/report/plot.png"), png.into_inner());
        store
    }

    fn path(&self, below: &str) -> Utf8PathBuf {
        Utf8Path::from_path(self.dir.path()).unwrap().join(below)
    }

    /// Of half an hour before now.
    fn file(&self, below: &str, content: impl AsRef<[u8]>) {
        let path = self.path(below);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(&path, content).unwrap();
        let seconds = u64::try_from(scene::at(-1800.0).as_second()).unwrap();
        let then = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        for path in path.ancestors().take_while(|path| path.starts_with(self.dir.path())) {
            std::fs::File::open(path).unwrap().set_modified(then).unwrap();
        }
    }

    /// Keys, each pressed when all that was asked for is answered.
    fn press(&mut self, keys: &str) -> &mut Self {
        for key in keys.split(' ') {
            self.stage.press(key);
            self.settle();
        }
        self
    }

    /// Everything that is asked for is answered; it must come to an end.
    fn settle(&mut self) {
        let is_ask = |effect: &Effect| matches!(effect, Effect::Ask { ask: Ask::Artifacts { .. }, .. });
        for _ in 0..100 {
            let Some(at) = self.stage.effects.iter().position(is_ask) else { return };
            let Effect::Ask { slot, generation, ask: Ask::Artifacts { ask, .. } } =
                self.stage.effects.remove(at)
            else {
                return;
            };
            let mut news = vec![ArtifactsNews::Root(ROOT.into())];
            let answer = answer(
                self.dir.path(),
                &ask,
                &mut |more| {
                    news.push(more);
                    true
                },
                &|| false,
            );
            for news in news {
                self.stage.tell(Msg::News { slot, generation, news: News::Artifacts(news) });
            }
            self.stage.tell(Msg::Done { slot, generation, answer: answer.map(Answer::Artifacts) });
        }
        panic!("it asks for ever");
    }

    fn shown(&self) -> String {
        self.stage.shown()
    }

    fn below(&self) -> &Path {
        &self.stage.model.artifacts.folder.below
    }

    fn selected(&self) -> String {
        self.stage.model.artifacts.selected().map(|entry| entry.text().into_owned()).unwrap_or_default()
    }

    #[track_caller]
    fn shows(&self, wanted: &str) {
        assert!(self.shown().contains(wanted), "no {wanted:?} in\n{}", self.shown());
    }
}

/// Before the files that a run has left.
pub fn in_theme(columns: u16, rows: u16, theme: &str) -> Stage {
    let mut store = Store::filled(columns, rows, theme);
    store.press("4 enter enter enter enter");
    store.stage
}

#[test]
fn runs_are_shown_by_how_they_went() {
    let mut store = Store::filled(80, 16, "dark");
    store.press("4 enter enter");
    insta::assert_snapshot!(store.shown());
}

#[test]
fn a_table_is_seen_beside_its_folder() {
    let mut store = Store::filled(80, 24, "dark");
    store.press("4 enter enter enter enter");
    insta::assert_snapshot!(store.shown());
}

#[test]
fn a_large_screen_has_room_for_times_and_what_each_column_holds() {
    let mut store = Store::filled(120, 40, "dark");
    store.press("4 enter enter enter enter enter ]");
    insta::assert_snapshot!(store.shown());
}

#[test]
fn a_tiny_screen_has_one_pane() {
    let mut store = Store::filled(40, 14, "dark");
    store.press("4 enter enter enter enter");
    insta::assert_snapshot!(store.shown());
    store.press("enter");
    insta::assert_snapshot!(store.shown());
    for (columns, rows) in [(40, 8), (41, 9), (75, 12), (300, 90)] {
        store.stage.resize(columns, rows);
        store.settle();
        let shown = store.shown();
        let mut body = shown.lines().skip(2).take(usize::from(rows) - 4);
        assert!(body.all(|line| line.ends_with(['╮', '│', '╯'])), "{shown}");
    }
}

#[test]
fn bytes_pages_and_pictures_have_a_look_of_their_own() {
    let mut store = Store::filled(80, 14, "dark");
    store.press("4 enter enter enter j enter");
    insta::assert_snapshot!(store.shown());
    store.press("G");
    store.shows("# Delays");
    store.press("k");
    insta::assert_snapshot!(store.shown());
    let painted = store.stage.paint();
    let mut plain = Store::filled(80, 14, "plain");
    plain.press("4 enter enter enter j enter G k");
    insta::assert_snapshot!(plain.shown());
    assert_ne!(plain.stage.paint(), painted);
}

#[test]
fn one_goes_in_and_comes_out_level_by_level() {
    let mut store = Store::filled(80, 24, "dark");
    store.press("4 enter enter enter j enter");
    assert_eq!(store.below(), Path::new(RUN).join("report"));
    store.press("esc");
    assert_eq!((store.below(), store.selected().as_str()), (Path::new(RUN), "report"));
    // What is typed, the whole screen and the preview are levels of their own.
    store.press("/ d e l enter l enter f");
    assert!(store.stage.model.artifacts.full && store.below() == Path::new(RUN).join("delays"));
    store.press("esc");
    assert!(!store.stage.model.artifacts.full && store.stage.model.artifacts.pane == ArtifactsPane::Preview);
    store.press("esc esc");
    assert_eq!(store.below(), Path::new(RUN));
    store.press("h h h h h");
    assert_eq!(store.below(), Path::new(""));
    store.press("esc");
    assert_eq!(store.stage.model.screen, Screen::Board);
}

#[test]
fn from_a_run_one_gets_to_its_files_and_back() {
    let mut store = Store::filled(80, 24, "dark");
    store.press("3 a");
    assert_eq!((store.stage.model.screen, store.below()), (Screen::Artifacts, Path::new(RUN)));
    store.press("enter esc esc");
    assert_eq!(store.stage.model.screen, Screen::Runs);

    store.file(&format!("{RUN}/delays/delays.parquet"), "no table");
    store.press("enter");
    store.stage.show_run(Status::Failed, &scene::failed_run());
    store.press("k k k k j tab ]");
    store.shows("delays/delays.parquet");
    store.press("enter");
    assert_eq!(
        (store.below(), store.selected().as_str()),
        (Path::new(RUN).join("delays").as_path(), "delays.parquet")
    );
    store.press("esc");
    assert_eq!(store.stage.model.screen, Screen::Workflow);
    store.press("a");
    assert_eq!(store.below(), Path::new(RUN));
}

#[test]
fn a_folder_is_narrowed_and_sorted_and_the_selection_stays() {
    let mut store = Store::filled(80, 24, "dark");
    for (name, bytes) in [("small", 1), ("large", 5000), ("middle", 200)] {
        store.file(&format!("sizes/{name}.bin"), vec![0; bytes]);
    }
    store.press("4 j enter");
    let names = |store: &Store| {
        let folder = &store.stage.model.artifacts.folder;
        let name = |number: &u32| folder.listing.get(*number).unwrap().text().into_owned();
        folder.shown.iter().map(name).collect::<Vec<_>>()
    };
    assert_eq!(names(&store), ["large.bin", "middle.bin", "small.bin"]);
    store.press("j S");
    assert_eq!(names(&store), ["large.bin", "middle.bin", "small.bin"]);
    store.shows("3 entries, largest first");
    assert_eq!(store.selected(), "middle.bin");
    store.press("S S / s m");
    assert_eq!((names(&store), store.selected()), (vec!["small.bin".to_owned()], "small.bin".to_owned()));
    store.shows("1 of 3 entries");
    store.press("esc");
    assert_eq!((names(&store).len(), store.selected().as_str()), (3, "small.bin"));
    store.press("/ x x");
    store.shows("none fits what is typed");
}

#[test]
fn a_large_folder_comes_in_pieces_and_is_in_order_at_the_end() {
    let mut store = Store::filled(80, 24, "dark");
    (0..700).rev().for_each(|number| store.file(&format!("many/part-{number:03}"), ""));
    store.press("4 j enter");
    assert_eq!(store.selected(), "part-000");
    store.shows("700 entries, by name");
    store.press("G");
    assert_eq!(store.selected(), "part-699");
    store.shows("part-699");
    // It is read again as runs come, and the person stays where they were.
    store.press("k");
    fs_err::remove_file(store.path("many/part-000")).unwrap();
    store.stage.tell(Msg::RunsChanged);
    store.settle();
    assert_eq!(store.selected(), "part-698");
    store.shows("699 entries");
}

#[test]
fn a_folder_that_is_gone_or_empty_says_so() {
    let mut store = Store::new(80, 24, "dark");
    store.press("4");
    store.shows("nothing has run yet");
    fs_err::remove_dir(store.dir.path()).unwrap();
    store.press("ctrl-r");
    store.shows("nothing has run yet");
    fs_err::create_dir_all(store.path("gone")).unwrap();
    store.press("ctrl-r");
    fs_err::remove_dir(store.path("gone")).unwrap();
    store.press("enter");
    store.shows("No such file or directory");
    store.shows("go up with h");
    store.press("h");
    store.shows("nothing has run yet");
    fs_err::create_dir_all(store.path("empty")).unwrap();
    store.press("ctrl-r enter");
    store.shows("it is empty");
}

#[test]
fn no_link_is_followed_and_nothing_is_waited_for() {
    let mut store = Store::filled(80, 24, "dark");
    let folder = store.path("odd");
    fs_err::create_dir(&folder).unwrap();
    symlink("/etc", folder.join("link")).unwrap();
    mknodat(CWD, folder.join("fifo").as_std_path(), FileType::Fifo, 0o600.into(), 0).unwrap();
    store.press("4 j enter");
    store.shows("nothing is read from it");
    store.press("enter");
    store.shows("it is no file");
    store.press("v");
    store.shows("view: it is no file");
    store.press("j");
    store.shows("/etc");
    store.press("enter");
    store.shows("a link is not followed");
    assert_eq!(store.below(), Path::new("odd"));
}

#[test]
fn a_file_is_copied_by_its_path_and_opened_elsewhere() {
    let mut store = Store::filled(80, 24, "dark");
    store.press("4 enter enter enter enter y");
    let path = format!("{ROOT}/{RUN}/delays/delays.csv");
    assert_eq!(store.stage.effects.last(), Some(&Effect::Copy(path)));
    store.press("v");
    let page = Leave::Page { root: ROOT.into(), below: Path::new(RUN).join("delays/delays.csv") };
    assert_eq!(store.stage.effects.last(), Some(&Effect::Leave(page)));
    let own = OwnCommand {
        name: "mine".to_owned(),
        title: "mine".to_owned(),
        run: "wc".to_owned(),
        key: None,
        on: Vec::new(),
    };
    store.stage.model.own.push(own);
    store.stage.tell(Msg::Own(0));
    let Some(Effect::Leave(Leave::Own { variables, .. })) = store.stage.effects.last() else { panic!() };
    let path = ("GREENROOM_PATH".to_owned(), format!("{ROOT}/{RUN}/delays/delays.csv").into());
    assert!(variables.contains(&path), "{variables:?}");
    store.press("O");
    store.shows("open on the desktop: there is no desktop");
}

#[test]
fn all_that_is_marked_is_copied() {
    let mut store = Store::filled(80, 14, "dark");
    store.press("4 enter enter enter j enter space space j space");
    insta::assert_snapshot!(store.shown());
    store.press("k k k k space");
    store.press("y");
    let path = |name: &str| format!("{ROOT}/{RUN}/report/{name}");
    let copied = [path("notes \u{1b}]0;x\u{7}.txt"), path("report.html")].join("\n");
    assert_eq!(store.stage.effects.last(), Some(&Effect::Copy(copied)));
    // What was removed meanwhile is not marked any more; esc takes the marks before it goes out.
    fs_err::remove_file(store.path(&format!("{RUN}/report/report.html"))).unwrap();
    store.press("ctrl-r");
    assert_eq!(store.stage.model.artifacts.folder.marked.len(), 1);
    store.press("esc");
    assert!(store.stage.model.artifacts.folder.marked.is_empty());
    assert_eq!(store.below(), Path::new(RUN).join("report"));
}

#[test]
fn wide_letters_keep_the_columns_straight() {
    let mut store = Store::filled(80, 12, "dark");
    store.file("wide/日本語 日本語 日本語 日本語 日本語.csv", "日本,b\n日本語日本語,1\nx,2\n");
    store.press("4 j enter");
    let shown = store.shown();
    assert!(shown.lines().skip(2).take(8).all(|line| line.ends_with(['╮', '│', '╯'])), "{shown}");
    // A wide letter takes two cells, of which the second is empty here.
    let column =
        |text: &str| shown.lines().find_map(|line| line.find(text).map(|at| line[..at].chars().count()));
    assert_eq!(column(" 1  "), column(" 2  "), "{shown}");
}

/// Whoever runs through a list asks for one look at a time, and gets the last.
#[test]
fn what_is_passed_by_is_not_looked_at() {
    let mut store = Store::filled(80, 24, "dark");
    store.press("4 enter enter enter j enter");
    store.stage.effects.clear();
    store.stage.press("j j j");
    let looks = |store: &Store| {
        let is_look = |effect: &&Effect| {
            matches!(effect, Effect::Ask { slot: Slot::Artifacts(crate::app::ArtifactsSlot::Preview), .. })
        };
        store.stage.effects.iter().filter(is_look).count()
    };
    assert_eq!(looks(&store), 1);
    store.settle();
    store.shows("# Delays");
}

#[test]
fn the_screen_grows_and_a_page_is_laid_out_anew() {
    let mut store = Store::filled(80, 24, "dark");
    store.press("4 enter enter enter j enter G");
    let columns = |store: &Store| store.stage.model.artifacts.peek.asked.as_ref().unwrap().1;
    let before = columns(&store);
    store.stage.resize(160, 40);
    store.settle();
    assert!(columns(&store) > before);
    assert_eq!(store.stage.model.size, Size { columns: 160, rows: 40 });
}
