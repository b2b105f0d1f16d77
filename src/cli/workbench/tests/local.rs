use super::stage::{Stage, YAML, environment};
use crate::app::{
    Answer, Ask, Deed, Effect, Leave, LoadOf, LocalAnswer, LocalAsk, LocalDeed, LocalItem, LocalNews,
    LocalSlot, LogLine, Msg, News, Overlay, Slot, Trouble,
};
use crate::domain::scene::{self, name};
use crate::domain::{Finding, Health, ServiceState, ServiceStatus, Status, Usage};

const LOG: Slot = Slot::Local(LocalSlot::Log);
const FINDINGS: Slot = Slot::Local(LocalSlot::Findings);

pub(super) fn finding(
    health: Health,
    what: &str,
    found: &str,
    fix: &[&str],
    question: Option<&str>,
) -> Finding {
    Finding {
        health,
        what: what.to_owned(),
        found: found.to_owned(),
        fix: fix.iter().map(|command| (*command).to_owned()).collect(),
        fixable: question.is_some(),
        question: question.map(str::to_owned),
    }
}

fn findings() -> Vec<Finding> {
    let install = ["apt-get update", "apt-get install -y mmdebstrap"];
    vec![
        finding(Health::Ok, "container engine", "Docker 20.10, at unix:///var/run/docker.sock", &[], None),
        finding(
            Health::Missing,
            "base images",
            "no registry answers, and no tool is here to make debian:bookworm-slim\nlookup registry: no such host",
            &install,
            Some("Install mmdebstrap with apt-get?"),
        ),
        finding(
            Health::Warn,
            "disk",
            "3.1 GiB free for images at /var/lib/docker; 5 GiB is enough",
            &["docker image prune"],
            None,
        ),
    ]
}

fn lines(texts: &[&str]) -> News {
    let line = |(number, text): (usize, &&str)| LogLine {
        offset: number as u64,
        stderr: false,
        time: None,
        text: (*text).to_owned(),
    };
    News::Local(LocalNews::Log(texts.iter().enumerate().map(line).collect()))
}

fn lost() -> News {
    let mut trouble = Trouble::new("the container engine does not answer: connection refused");
    trouble.todo.push("greenroom doctor --fix".to_owned());
    News::Local(LocalNews::Lost(trouble))
}

fn back() -> News {
    News::Local(LocalNews::Status(Box::new(environment())))
}

/// The screen with all that was looked for.
fn open(columns: u16, rows: u16) -> Stage {
    in_theme(columns, rows, "dark")
}

pub(super) fn in_theme(columns: u16, rows: u16, theme: &str) -> Stage {
    let mut stage = Stage::new(columns, rows, theme);
    stage.press("6");
    stage.answer(FINDINGS, Ok(Answer::Local(LocalAnswer::Findings(findings()))));
    stage
}

/// The same, before a service that has written something and is measured.
fn serving(columns: u16, rows: u16) -> Stage {
    let mut stage = open(columns, rows);
    stage.press("j j");
    stage.news(
        LOG,
        lines(&["Starting server at 0.0.0.0:9023", "WARNING: in memory only", "GET /b/flights 200"]),
    );
    for step in 0..60u32 {
        let usage = Usage { cores: f64::from(step % 10) / 10.0, memory: u64::from(40 + step) << 20 };
        stage.news(Slot::Load, News::Load(usage));
    }
    stage
}

fn deeds(stage: &Stage) -> Vec<&Deed> {
    let deed = |effect: &'_ Effect| matches!(effect, Effect::Do { .. });
    let deeds = stage.effects.iter().filter(|effect| deed(effect));
    deeds.filter_map(|effect| if let Effect::Do { deed, .. } = effect { Some(deed) } else { None }).collect()
}

#[test]
fn the_environment_is_a_list_with_what_there_is_of_each() {
    insta::assert_snapshot!(open(80, 24).shown());
    insta::assert_snapshot!(serving(80, 24).shown());
    insta::assert_snapshot!(serving(120, 40).shown());
}

#[test]
fn a_tiny_screen_shows_the_list_above_the_detail() {
    insta::assert_snapshot!(serving(44, 18).shown());
    let mut stage = serving(40, 8);
    stage.press("j j k enter f esc esc");
}

/// What is only in a container goes with it.
#[test]
fn a_service_without_a_volume_is_made_anew_after_asking() {
    let mut stage = open(80, 24);
    stage.press("j j R");
    assert_eq!(deeds(&stage), [&Deed::Local(LocalDeed::Restart(name("storage")))]);
    stage.tell(Msg::Did { job: 0, ended: Ok(crate::app::Outcome::Done) });
    let file = stage.file("greenroom.yaml");
    let text = fs_err::read_to_string(&file).unwrap();
    fs_err::write(&file, text.replace("    volumes: {buckets: /data}\n", "")).unwrap();
    stage.read_project();
    stage.effects.clear();
    stage.press("R enter");
    assert!(deeds(&stage).is_empty() && stage.shown().contains("container is lost."), "{}", stage.shown());
    stage.press("y");
    assert_eq!(deeds(&stage), [&Deed::Local(LocalDeed::Restart(name("storage")))]);
}

#[test]
fn what_is_removed_is_not_told_where_it_is_not_known() {
    let mut stage = open(80, 24);
    stage.model.health = crate::app::Fetched::default();
    stage.press("D");
    let shown = stage.shown();
    assert!(shown.contains("is not known now") && !shown.contains("There are no volumes"), "{shown}");
}

#[test]
fn a_build_is_watched_in_the_detail_of_its_image_and_can_be_read_afterwards() {
    let mut stage = open(80, 24);
    stage.press("j b");
    assert_eq!(deeds(&stage), [&Deed::Local(LocalDeed::Build(vec![name("default")]))]);
    for line in
        ["building the image default", "Step 1/6 : FROM debian:bookworm-slim", "\u{1b}[31mred\u{1b}[0m"]
    {
        stage.tell(Msg::Progress { job: 0, line: line.to_owned() });
    }
    insta::assert_snapshot!(stage.shown());
    // Images and containers are worked on by one at a time.
    stage.press("u");
    assert_eq!(deeds(&stage).len(), 1);
    assert!(stage.shown().contains("up: local build default is being done"), "{}", stage.shown());
    let mut trouble = Trouble::new("building the image `default` failed");
    trouble.why.push("no space left on device".to_owned());
    stage.tell(Msg::Did { job: 0, ended: Err(trouble) });
    let shown = stage.shown();
    assert!(shown.contains("✗ local build default") && shown.contains("Step 1/6"), "{shown}");
    assert!(shown.contains("no space…"), "{shown}");
    stage.press("j");
    assert!(!stage.shown().contains("Step 1/6"), "a service has nothing to do with it");
}

#[test]
fn what_removes_data_asks_and_names_it() {
    let mut stage = open(80, 24);
    stage.press("D enter");
    assert!(stage.shown().contains("greenroom-flights-buckets is lost."), "{}", stage.shown());
    stage.press("esc");
    assert!(deeds(&stage).is_empty());
    stage.press("d enter");
    assert!(deeds(&stage).is_empty());
    stage.press("y");
    assert_eq!(deeds(&stage), [&Deed::Local(LocalDeed::Down { volumes: false })]);
    stage.tell(Msg::Did { job: 0, ended: Ok(crate::app::Outcome::Done) });
    // What is lost for good wants its name, and nothing less.
    stage.press("D y enter");
    assert_eq!(deeds(&stage).len(), 1, "{}", stage.shown());
    assert!(stage.shown().contains("y is not flights: nothing is done"), "{}", stage.shown());
    stage.press("ctrl-u").type_in("flights");
    insta::assert_snapshot!(stage.shown());
    stage.press("enter");
    assert_eq!(deeds(&stage).last(), Some(&&Deed::Local(LocalDeed::Down { volumes: true })));
    assert_eq!(
        stage.model.commands.commands().last().unwrap().line(|words| words.join(" ")),
        "local down --volumes"
    );
}

/// A container engine is not asked for all it has each time that a file is saved.
#[test]
fn health_is_asked_again_when_what_it_goes_by_has_changed() {
    let mut stage = Stage::new(80, 24, "dark");
    let mut asked = |file: &str, text: &str| {
        fs_err::write(stage.file(file), text).unwrap();
        stage.effects.clear();
        stage.tell(Msg::FilesChanged);
        stage.read_project();
        stage.asked(Slot::Health).is_some()
    };
    assert!(!asked(
        "workflows/odd.yaml",
        "greenroom: 1\nkind: workflow\nname: odd\nsteps:\n  a: {run: 'true'}\n"
    ));
    assert!(!asked("images/requirements.txt", "pandas\n"), "no image is made of it yet");
    let project = YAML.replace("python3-pip]", "python3-pip], pip: images/requirements.txt");
    assert!(asked("greenroom.yaml", &project));
    assert!(!asked("greenroom.yaml", &format!("{project}# a word\n")));
    assert!(asked("images/requirements.txt", "polars\n"));
}

#[test]
fn the_smallest_screen_shows_one_pane() {
    let mut stage = open(40, 10);
    insta::assert_snapshot!(stage.shown());
    stage.press("enter");
    assert!(stage.shown().contains("unix:///var/run/docker.sock"), "{}", stage.shown());
    stage.press("esc G");
    assert!(stage.shown().contains("disk") && stage.shown().contains("base images"), "{}", stage.shown());
}

/// What was known stays, and is not taken for what is.
#[test]
fn a_lost_engine_is_shown_as_lost_and_comes_back_by_itself() {
    let mut stage = serving(80, 24);
    stage.effects.clear();
    stage.news(Slot::Health, lost());
    insta::assert_snapshot!(stage.shown());
    assert!(
        stage.effects.contains(&Effect::Forget(LOG)) && stage.effects.contains(&Effect::Forget(Slot::Load))
    );
    // Nothing else stops.
    stage.press("1 3 2 6");
    stage.effects.clear();
    stage.news(Slot::Health, back());
    assert!(!stage.shown().contains("lost"), "{}", stage.shown());
    assert_eq!(stage.asked(LOG), Some(&Ask::Local(LocalAsk::Log(name("storage")))));
    assert_eq!(
        stage.asked(FINDINGS),
        Some(&Ask::Local(LocalAsk::Findings)),
        "they told of an engine that went"
    );
}

#[test]
fn without_any_engine_the_reasons_and_what_helps_are_told() {
    let mut stage = Stage::empty(80, 24, "dark");
    stage.press("6");
    stage.news(Slot::Health, lost());
    let shown = stage.shown();
    assert!(shown.contains("✗ no engine") && shown.contains("→ greenroom doctor --fix"), "{shown}");
}

/// The engine is there, and what it is asked for is not: that is another thing.
#[test]
fn what_cannot_be_read_is_not_taken_for_a_lost_engine() {
    let mut stage = serving(80, 24);
    let mut trouble = Trouble::new("the image `default` cannot be built: requirements.txt cannot be read");
    trouble.todo.push("put it right".to_owned());
    stage.news(Slot::Health, News::Local(LocalNews::Unread(trouble)));
    assert!(
        stage.shown().contains("! environment unread") && !stage.shown().contains("lost"),
        "{}",
        stage.shown()
    );
    stage.press("g");
    assert!(stage.shown().contains("→ put it right"), "{}", stage.shown());
}

#[test]
fn a_log_that_cannot_be_read_says_why() {
    let mut stage = serving(80, 24);
    stage.answer(LOG, Err(Trouble::new("the service `storage` is another folder's")));
    assert!(stage.shown().contains("is another folder's"), "{}", stage.shown());
}

#[test]
fn the_output_of_a_deed_can_be_gone_back_in_and_copied() {
    let mut stage = open(80, 24);
    stage.press("j b tab");
    for number in 0..100 {
        stage.tell(Msg::Progress { job: 0, line: format!("line {number}") });
    }
    assert!(stage.shown().contains("line 99"), "its end is in sight");
    stage.press("k k");
    assert!(!stage.shown().contains("line 98") && stage.shown().contains("line 97"), "{}", stage.shown());
    stage.press("g");
    assert!(stage.shown().contains("line 0 "), "{}", stage.shown());
    stage.press("G");
    assert!(stage.shown().contains("line 99"), "{}", stage.shown());
    stage.press("y");
    assert!(matches!(stage.effects.last(), Some(Effect::Copy(text)) if text.starts_with("line 0\nline 1\n")));
}

#[test]
fn a_service_is_followed_only_while_it_is_looked_at() {
    let mut stage = serving(80, 24);
    assert_eq!(stage.asked(Slot::Load), Some(&Ask::Load(LoadOf::Container("b7f974b3644d".to_owned()))));
    stage.effects.clear();
    stage.press("1");
    assert!(
        stage.effects.contains(&Effect::Forget(LOG)) && stage.effects.contains(&Effect::Forget(Slot::Load))
    );
    stage.press("6");
    assert!(stage.asked(LOG).is_some() && stage.asked(Slot::Load).is_some());
    assert!(stage.shown().contains("GET /b/flights 200"), "what was read stays until it is read again");
    stage.effects.clear();
    let mut ended = environment();
    ended.services[0].state = ServiceState::Exited;
    ended.services[0].note = "exit code 1".to_owned();
    stage.news(Slot::Health, News::Local(LocalNews::Status(Box::new(ended))));
    assert!(stage.asked(LOG).is_some(), "the end of what it wrote is read");
    assert!(stage.effects.contains(&Effect::Forget(Slot::Load)));
    assert!(stage.shown().contains("✗ exited") && stage.shown().contains("exit code 1"), "{}", stage.shown());
}

#[test]
fn the_log_of_a_service_can_be_searched_and_left_standing() {
    let mut stage = serving(80, 24);
    stage.press("/").type_in("server").press("enter");
    assert!(
        stage.shown().contains("1 found") && stage.shown().contains("standing still"),
        "{}",
        stage.shown()
    );
    stage.press("esc s");
    assert!(stage.model.local.log.view.follow);
    stage.press("s g");
    assert_eq!(stage.model.local.log.view.top, 0);
    stage.press("/").type_in("nowhere").press("enter");
    assert!(stage.shown().contains("it is not in this log"), "{}", stage.shown());
    // Its service goes while it is typed for.
    stage.press("/").type_in("x");
    let mut down = environment();
    let ServiceStatus { state, container, .. } = &mut down.services[0];
    (*state, *container) = (ServiceState::Down, None);
    stage.news(Slot::Health, News::Local(LocalNews::Status(Box::new(down))));
    assert_eq!(stage.model.typing(), None);
    assert!(stage.shown().contains("it has no container: u starts it"), "{}", stage.shown());
}

#[test]
fn what_can_be_put_right_here_is_done_after_asking() {
    let mut stage = open(80, 24);
    stage.press("F");
    assert!(stage.shown().contains("fix: no finding is selected"), "{}", stage.shown());
    stage.press("G F");
    assert!(stage.shown().contains("only you can do that: y copies"), "{}", stage.shown());
    stage.press("k");
    insta::assert_snapshot!(stage.shown());
    stage.press("F");
    assert!(
        matches!(stage.model.overlays.last(), Some(Overlay::Confirm(confirm)) if confirm.question.contains("mmdebstrap"))
    );
    stage.effects.clear();
    stage.press("y");
    assert_eq!(deeds(&stage), [&Deed::Local(LocalDeed::Fix("base images".to_owned()))]);
    let logged: Vec<String> =
        stage.model.commands.commands().iter().map(|command| command.line(|words| words.join(" "))).collect();
    assert_eq!(logged, ["# of all that this asks about, only base images was wanted", "doctor --fix"]);
    stage.tell(Msg::Did { job: 0, ended: Ok(crate::app::Outcome::Done) });
    assert!(stage.asked(FINDINGS).is_some(), "whether it has helped is looked at");
}

#[test]
fn a_shell_opens_in_the_image_or_the_step_that_is_selected() {
    let mut stage = open(80, 24);
    stage.press("!");
    assert!(stage.shown().contains("shell: nothing that has an image is selected"), "{}", stage.shown());
    let shell = |inside: &str, words: &[&str]| {
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        Effect::Leave(Leave::Shell { inside: inside.to_owned(), words })
    };
    let in_image = shell("default", &["local", "shell", "default"]);
    for keys in ["j !", "j !"] {
        stage.effects.clear();
        stage.press(keys);
        assert!(stage.effects.contains(&in_image), "{keys}");
    }
    stage.press("1 enter");
    stage.show_run(Status::Failed, &scene::failed_run());
    stage.effects.clear();
    stage.press("!");
    let in_step = shell("report", &["shell", "3f2a", "report"]);
    assert!(stage.effects.contains(&in_step), "the selected step: {:?}", stage.effects);
}

/// What comes meanwhile would be taken in by nobody, and a log has no end.
#[test]
fn nothing_is_followed_while_a_shell_has_the_terminal() {
    let mut stage = serving(80, 24);
    stage.effects.clear();
    stage.press("!");
    assert!(
        stage.effects.contains(&Effect::Forget(LOG)) && stage.effects.contains(&Effect::Forget(Slot::Load))
    );
    stage.effects.clear();
    stage.tell(Msg::FilesChanged);
    assert!(stage.asked(LOG).is_none());
    stage.tell(Msg::Back);
    assert!(stage.asked(LOG).is_some() && stage.asked(Slot::Load).is_some());
}

#[test]
fn the_selection_stays_with_what_it_is_when_others_come() {
    let mut stage = open(80, 24);
    stage.press("j j");
    let mut more = environment();
    more.images.insert(0, {
        let mut image = more.images[0].clone();
        image.name = name("another");
        image
    });
    stage.news(Slot::Health, News::Local(LocalNews::Status(Box::new(more))));
    assert_eq!(stage.model.local_item(), LocalItem::Service(name("storage")));
    let mut none = environment();
    none.services.clear();
    stage.news(Slot::Health, News::Local(LocalNews::Status(Box::new(none))));
    assert_eq!(stage.model.local_item(), LocalItem::Engine, "it is gone");
}

/// Where there are no colours, what is selected is told by other means, and every state by its sign.
#[test]
fn every_theme_paints_it_its_own_way() {
    let painted = |theme: &str| {
        let mut stage = in_theme(80, 24, theme);
        let list = [stage.paint(), stage.press("j").paint(), stage.press("G").paint()];
        assert!(list[0] != list[1] && list[1] != list[2], "{theme}: the selection is seen");
        format!("{theme}: {} · {}", list.join(" "), stage.press("tab").paint())
    };
    insta::assert_snapshot!(["dark", "light", "contrast", "plain"].map(painted).join("\n"));
}

/// Measured while it runs and is looked at, and not otherwise.
#[test]
fn a_running_step_is_measured_beside_its_limits() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("enter");
    stage.show_run(Status::Running, &scene::good_run()[..6]);
    assert!(stage.asked(Slot::Load).is_none());
    stage.press("] ] ]");
    let Some(Ask::Load(LoadOf::Attempt { attempt: 1, .. })) = stage.asked(Slot::Load) else {
        panic!("{:?}", stage.asked(Slot::Load))
    };
    for cores in [0.2, 0.9, 0.4] {
        let usage = Usage { cores, memory: 300 << 20 };
        stage.news(Slot::Load, News::Load(usage));
    }
    insta::assert_snapshot!(stage.shown());
    stage.effects.clear();
    stage.press("[");
    assert_eq!(stage.effects, [Effect::Forget(Slot::Load)]);
    stage.press("]");
    stage.news(Slot::Run, News::Events(scene::good_run()[6..].to_vec()));
    assert_eq!(stage.effects.last(), Some(&Effect::Forget(Slot::Load)));
}
