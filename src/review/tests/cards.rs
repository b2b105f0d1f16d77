//! What an engineer is shown, and that nothing in it comes to life on a host's page.

use proptest::prelude::*;
use pulldown_cmark::{Event as Mark, Options, Parser, Tag};
use serde_json::Value;

use crate::domain::ColumnType;
use crate::domain::lineage::{Break, Broken};
use crate::domain::track::bodies::{Approved, Promoted, Requested, Said};
use crate::domain::track::{
    Card, CheckStatus, ColumnReport, NotChecked, OutputReport, RunReport, Transition, TreeChange,
    VerdictKind, Weight,
};
use crate::review::testing::{BASE, MERGED, Scene, by, changed, commit, name, run_report, tree};
use crate::review::{Material, TargetCommit, card, markdown, marker};

fn sealed(checks: &[(&str, CheckStatus)]) -> (Scene, crate::domain::track::Event) {
    let mut scene = Scene::new();
    scene.open();
    let sealed = scene.seal(checks);
    (scene, sealed)
}

#[test]
fn the_verdict_follows_the_track() {
    let verdict = |scene: &mut Scene, material: &Material<'_>| card(&scene.track(), material).verdict;
    let plain = Material::default();
    assert_eq!(verdict(&mut Scene::new(), &plain).kind, VerdictKind::Nothing);

    let (mut scene, event) = sealed(&[("images", CheckStatus::Failed), ("owners", CheckStatus::Passed)]);
    assert_eq!(verdict(&mut scene, &plain).text, "Not green: images failed.");
    let (mut scene, _) = sealed(&[]);
    scene.required = vec!["secrets".to_owned()];
    assert_eq!(verdict(&mut scene, &plain).text, "Not green: secrets is missing.");
    scene.required.clear();
    scene.memory.shallow = true;
    assert_eq!(verdict(&mut scene, &plain).kind, VerdictKind::Blocked, "unknown authors");
    scene.memory.shallow = false;
    assert_eq!(verdict(&mut scene, &plain).kind, VerdictKind::Ready);
    let broken = ["run.json is missing".to_owned()];
    assert_eq!(verdict(&mut scene, &Material { broken: &broken, ..plain }).kind, VerdictKind::Blocked);

    let event =
        crate::domain::track::Event { package: scene.track().package.map(|package| package.digest), ..event };
    let approval = scene.about(&event, "eli", Transition::Approved(Approved { note: String::new() }));
    scene.add(&approval);
    assert_eq!(verdict(&mut scene, &plain).text, "eli has approved this package.");
    let request = scene.about(&event, "emma", Transition::Requested(Requested { reason: "no".to_owned() }));
    scene.add(&request);
    assert_eq!(verdict(&mut scene, &plain).text, "The approval of eli is void: emma requested changes.");

    let (mut scene, event) = sealed(&[]);
    let event =
        crate::domain::track::Event { package: scene.track().package.map(|package| package.digest), ..event };
    let reason = "\nthe least is\u{1b} of no use.\nTake the most.".to_owned();
    let request = scene.about(&event, "emma", Transition::Requested(Requested { reason }));
    scene.add(&request);
    let told = "emma has requested changes: the least is␛ of no use.";
    assert_eq!(verdict(&mut scene, &plain).text, told);
}

#[test]
fn of_what_is_on_its_target_it_is_said_as_which_commit_by_whom_and_when() {
    let (mut scene, event) = sealed(&[]);
    let approval = scene.about(&event, "eli", Transition::Approved(Approved { note: String::new() }));
    scene.add(&approval);
    scene.memory.line = vec![TargetCommit { id: commit('d'), parent: commit(BASE), tree: tree(MERGED) }];
    let promoted = Transition::Promoted(Promoted { commit: commit('d'), tree: tree(MERGED) });
    let promotion = scene.about(&event, "ana", promoted);
    scene.add(&promotion);
    let made = card(&scene.track(), &Material::default());
    assert_eq!(made.verdict.kind, VerdictKind::Promoted);
    let when = promotion.at.strftime("%Y-%m-%d %H:%M UTC");
    let told = format!("It is on stage as dddddddddddd, promoted by ana on {when}.");
    assert_eq!(made.verdict.text, told);
}

#[test]
fn what_there_is_to_look_at_is_counted_beside_checks_that_hold() {
    let (mut scene, _) = sealed(&[("resources", CheckStatus::Warned)]);
    let verdict = card(&scene.track(), &Material::default()).verdict;
    assert_eq!(verdict.kind, VerdictKind::Ready);
    assert!(verdict.text.contains("check holds, with 1 thing to look at below;"), "{}", verdict.text);
    let (mut scene, _) = sealed(&[]);
    let files = [changed("sql/delays.sql")];
    let verdict = card(&scene.track(), &Material { files: &files, ..Material::default() }).verdict;
    assert!(!verdict.text.contains("below"), "{}", verdict.text);
}

fn output(run: &mut RunReport) -> &mut OutputReport {
    run.steps[0].outputs.values_mut().next().unwrap()
}

#[test]
fn what_hurts_most_comes_first() {
    let (mut scene, _) = sealed(&[("resources", CheckStatus::Warned)]);
    let track = scene.track();
    let (mut before, mut after) = (run_report(1_000, 4_000), run_report(0, 9_000));
    let column = |kind: &str| {
        Some(vec![ColumnReport { name: "carrier".to_owned(), kind: kind.to_owned(), nulls: 0, distinct: 0 }])
    };
    output(&mut before).columns = column("INT64");
    output(&mut after).columns = column("STRING");
    let read = Break {
        data: "lake.delays".to_owned(),
        what: Broken::Column("carrier".to_owned()),
        readers: vec!["weekly.report".to_owned()],
    };
    let unread = Break {
        readers: Vec::new(),
        what: Broken::Retyped { column: "carrier".into(), from: ColumnType::Int64, to: ColumnType::String },
        ..read.clone()
    };
    let whole = Break { what: Broken::Whole, data: "lake.gone".to_owned(), ..read.clone() };
    let files = [changed("flights/.greenroom-signers"), changed("sql/delays.sql")];
    let runs = [after];
    let material = Material {
        files: &files,
        runs: &runs,
        before: Some(&before),
        breaks: &[unread, read, whole],
        unseen: &["weekly.report".to_owned()],
        ..Material::default()
    };
    let made = card(&track, &material);
    let told: Vec<(Weight, &str)> = made.risks.iter().map(|risk| (risk.weight, risk.what.as_str())).collect();
    assert_eq!(
        told,
        [
            (Weight::Grave, "flights/.greenroom-signers is changed"),
            (Weight::Breaking, "lake.delays loses the column carrier"),
            (Weight::Breaking, "lake.gone is not made any more"),
            (Weight::Breaking, "delays.delays went from 1,000 rows to 0"),
            (Weight::Notable, "resources"),
            (Weight::Notable, "weekly.report is changed too"),
            (Weight::Notable, "lake.delays.carrier turns from INT64 to STRING"),
            (Weight::Notable, "delays took 9.0s instead of 4.0s"),
        ]
    );
    assert_eq!(made.riskiest().unwrap().why, "it says whose signatures count");
    let alone = Material { files: &files[1..], ..Material::default() };
    let (mut scene, _) = sealed(&[]);
    let made = card(&scene.track(), &alone);
    assert_eq!(made.riskiest().unwrap().what, "sql/delays.sql has the most changed lines");
}

#[test]
fn a_run_of_other_parameters_is_compared_with_by_name() {
    let (mut scene, _) = sealed(&[]);
    let (mut before, mut after) = (run_report(1_000, 10), run_report(10, 10));
    let given = |run: &mut RunReport, params: &[(&str, &str)]| {
        run.params = params.iter().map(|(key, value)| (name(key), Value::from(*value))).collect();
    };
    given(&mut before, &[("day", "2013-01-01"), ("kept", "x")]);
    given(&mut after, &[("day", "2013-01-02"), ("kept", "x"), ("least", "3")]);
    let runs = [after];
    let material = Material { runs: &runs, before: Some(&before), ..Material::default() };
    let made = card(&scene.track(), &material);
    let told: Vec<String> = made.given.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "the target's run was of day=2013-01-01, and this one is of day=2013-01-02",
            "the target's run was of no least, and this one is of least=3"
        ]
    );
    assert!(made.risks[0].why.ends_with("which were given other parameters"), "{:?}", made.risks);
    assert!(markdown(&made).contains("### Compared with a run of other parameters"));
}

#[test]
fn what_was_not_looked_at_is_said() {
    let (mut scene, _) = sealed(&[("idempotent", CheckStatus::NotChecked)]);
    let track = scene.track();
    let told = |material: &Material<'_>| -> Vec<String> {
        card(&track, material).not_checked.into_iter().map(|one| one.what).collect()
    };
    assert_eq!(told(&Material::default()), ["idempotent", "What it does when it runs", "The design"]);
    let runs = [run_report(10, 10)];
    let ran = Material { runs: &runs, ..Material::default() };
    assert_eq!(told(&ran), ["idempotent", "Cost and data against today", "The design"]);
    let made = card(&track, &ran);
    assert_eq!((made.ran[0].rows_read, made.ran[0].rows_written), (336_776, Some(10)));
    assert!(!made.has_before && made.cost[0].wall_milliseconds.before.is_none());
}

#[test]
fn whose_commits_prove_nothing_is_warned_of() {
    let (mut scene, _) = sealed(&[]);
    let mut commits = vec![by(commit('1'), "Ana@example.com"), by(commit('2'), "sam@example.com")];
    commits.push(by(commit('3'), "who@else.example"));
    commits[0].signed_by = None;
    commits[1].signed_by = None;
    scene.memory.commits = commits;
    let warnings = card(&scene.track(), &Material::default()).warnings;
    assert_eq!(
        warnings,
        [
            "commit 222222222222 of sam@example.com is not signed by them: who wrote it is not proved",
            "who@else.example has a hand in it, and is nobody of `people:`",
            "besides ana, who sealed it, sam had a hand in it",
        ]
    );
}

/// A card in which all that people can write is this.
fn written(text: &str) -> Card {
    let (mut scene, event) = sealed(&[]);
    let said = Said { text: text.to_owned(), place: None, answers: None };
    scene.say("sam", Transition::Said(said));
    let request = scene.about(&event, "eli", Transition::Requested(Requested { reason: text.to_owned() }));
    scene.add(&request);
    let files = [TreeChange { was: Some(text.to_owned()), ..changed(text) }];
    let breaks = [Break {
        data: text.to_owned(),
        what: Broken::Column(text.to_owned()),
        readers: vec![text.to_owned()],
    }];
    scene.required = vec![text.to_owned()];
    let broken = [text.to_owned()];
    let untold = [NotChecked { what: text.to_owned(), why: text.to_owned() }];
    let runs = [run_report(10, 10)];
    let material = Material {
        files: &files,
        breaks: &breaks,
        untold: &untold,
        people: &broken,
        wrong: &broken,
        broken: &broken,
        runs: &runs,
        ..Material::default()
    };
    let mut made = card(&scene.track(), &material);
    made.need = Some(text.to_owned());
    made.warnings.push(text.to_owned());
    made
}

/// What a host would make of it beside plain writing, headings, lists, emphasis of our own, and code.
fn alive(page: &str) -> Vec<String> {
    let marks = Parser::new_ext(page, Options::all());
    let mut code = 0;
    marks
        .filter_map(|mark| match mark {
            Mark::Start(Tag::CodeBlock(_)) => {
                code += 1;
                None
            }
            Mark::End(pulldown_cmark::TagEnd::CodeBlock) => {
                code -= 1;
                None
            }
            Mark::Html(html) if !html.trim().starts_with("<!-- greenroom:daily_delays-") => {
                Some(html.to_string())
            }
            Mark::InlineHtml(html) => Some(html.to_string()),
            Mark::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                Some(dest_url.to_string())
            }
            Mark::Start(Tag::Table(_) | Tag::BlockQuote(_)) => Some("table or quote".to_owned()),
            // Hosts link these wherever they stand in plain writing.
            Mark::Text(text)
                if code == 0 && (text.contains('@') || text.contains("://") || text.contains('#')) =>
            {
                Some(text.to_string())
            }
            Mark::FootnoteReference(_) | Mark::InlineMath(_) | Mark::DisplayMath(_) => {
                Some("other".to_owned())
            }
            _ => None,
        })
        .collect()
}

#[test]
fn nothing_that_people_write_comes_to_life() {
    let hostile = [
        "<script>alert(1)</script>",
        "![x](https://evil.example/a.png) [y](https://evil.example) https://evil.example @eli #12",
        "a`b``c```d````e",
        "`",
        "``` \n```\n@eli <b>\n~~~\n# heading",
        "-->\n\n# heading\n\n- [ ] @eli",
        "\u{1b}]0;x\u{7}\u{202e}gnp.exe",
        "a | b\n--|--\n@x | y",
        "",
        "   ",
        "\\",
    ];
    for text in hostile {
        let page = markdown(&written(text));
        assert_eq!(alive(&page), Vec::<String>::new(), "{text:?} in\n{page}");
        assert!(!page.contains('\u{1b}') && !page.contains('\u{202e}'), "{page}");
    }
    assert_eq!(alive("hello @eli <b>x</b> [y](z)").len(), 4, "what is alive is seen");
}

#[test]
fn a_page_tells_it_all_and_is_found_again() {
    let made = written("plain words");
    let page = markdown(&made);
    assert!(page.starts_with(&marker(&made)), "{page}");
    for part in [
        "**Need:** ` plain words `",
        "### Riskiest first",
        "### What it did when it ran\n\n- ` daily_delays ` (run ",
        "### Not checked",
        "### Cost (nothing to compare with)",
        "**Rollback target:** ` stage ` at `bbbbbbbbbbbb`",
        "### 1 file, +3 −1",
        "` eli ` requests changes at ",
        "```text\nplain words\n```",
    ] {
        assert!(page.contains(part), "{part} in\n{page}");
    }
    let many = Card { files: vec![changed("a"); 250], ..made };
    assert!(markdown(&many).contains("- and 150 more"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whatever_they_write(text in "[`~<>@#\\[\\]()!|*_\\\\ \n\r\t\u{202e}a:/-]{0,60}") {
        let page = markdown(&written(&text));
        prop_assert_eq!(alive(&page), Vec::<String>::new(), "{}", page);
    }
}
