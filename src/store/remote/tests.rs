//! Over a bucket in memory: two machines that share one.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use bytes::Bytes;
use camino::{Utf8Path, Utf8PathBuf};
use futures_util::TryStreamExt;
use object_store::memory::InMemory;
use object_store::multipart::MultipartStore;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};

use super::bucket::{Bucket, Store};
use super::held::is_fetched;
use super::odd_store::OddStore;
use super::sent::Sent;
use super::{Address, Mirror, Pushed, RemoteError, is_sent, mirror_folder};
use crate::domain::{Digest, Node, NodeId, OutputType, Run, RunLayout, Status, Taken, Token, Version};
use crate::engine::{Clock, Journal, RunStore};
use crate::store::testing::{Noon, a_run, facts, finished, journal, name, node, output, plan_of, temp};
use crate::store::{
    AliasMove, FileState, RunDir, Runs, file_states, manifest, read_events, write_plan, write_run,
};

struct Machine {
    _dir: tempfile::TempDir,
    mirror: Mirror,
}

impl Machine {
    fn with(store: &Arc<InMemory>) -> Self {
        Self::over(Arc::clone(store) as _)
    }

    fn over(store: Arc<dyn Store>) -> Self {
        let (dir, state) = temp();
        let address = Address::parse("gs://b/team").unwrap();
        let root = mirror_folder(&state, &name("dev"), &address).unwrap();
        Self { _dir: dir, mirror: Mirror { bucket: Bucket::over(store, address), root } }
    }

    fn layout(&self, token: Token) -> RunLayout {
        RunLayout::new(
            &self.mirror.root,
            &name("flights"),
            &name("dev"),
            &name("daily"),
            Version::INITIAL,
            token,
        )
    }

    fn runs(&self) -> Runs {
        Runs::new(&self.mirror.root, &name("flights"), &name("dev"))
    }

    fn refresh(&self) -> Vec<String> {
        self.mirror.refresh(&name("flights"), &name("dev"), None).unwrap()
    }

    fn tokens(&self) -> Vec<Token> {
        self.runs().list(None, 100).runs.iter().map(|recorded| recorded.run.token).collect()
    }

    /// A run that has succeeded and made these files in its step `a`.
    fn run(&self, files: &[(&str, &[u8])]) -> (RunLayout, Token) {
        let token = Token::generate();
        let layout = self.layout(token);
        let run = RunDir::new(layout.clone(), token, None);
        run.create().unwrap();
        write_plan(&layout, &plan_of(token)).unwrap();
        let step = node("a", &[("x", output("d", OutputType::Dir))]);
        let dirs = run.begin(&step.id, 1, false).unwrap();
        for (path, content) in files {
            let path = dirs.output.join("d").join(path);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, content).unwrap();
        }
        fs_err::create_dir_all(dirs.output.join("d/hollow")).unwrap();
        run.seal(&step, &dirs, &facts(1)).unwrap();
        fs_err::write(layout.log(&step.id, 1), "said").unwrap();
        journal(&layout, token).append(finished(Status::Succeeded)).unwrap();
        write_run(&layout, &ended(token)).unwrap();
        (layout, token)
    }

    fn push(&self, token: Token) -> Result<Pushed, RemoteError> {
        self.mirror.push(&self.layout(token), token, &AtomicU64::new(0))
    }

    fn fetch(&self, token: Token) -> Result<(), RemoteError> {
        let layout = self.layout(token);
        self.mirror.fetch_record(&layout, token)?;
        let manifest = manifest(&layout, token, &step()).unwrap().unwrap();
        self.mirror.fetch_artifacts(&layout, &manifest, &AtomicU64::new(0))
    }

    fn put(&self, key: &str, content: &[u8]) {
        let content = Bytes::copy_from_slice(content);
        self.mirror.bucket.wait(self.mirror.bucket.put(key, content)).unwrap();
    }

    fn key(&self, token: Token, file: &str) -> String {
        format!("flights/dev/daily/{}/{token}/{file}", Version::INITIAL)
    }
}

fn step() -> NodeId {
    "a".parse().unwrap()
}

fn ended(token: Token) -> Run {
    Run { status: Status::Succeeded, finished_at: Some(Noon.now()), ..a_run(token) }
}

fn files(dir: &Utf8Path) -> Vec<Utf8PathBuf> {
    let all = walkdir::WalkDir::new(dir).into_iter().flatten().filter(|entry| entry.file_type().is_file());
    all.map(|entry| Utf8PathBuf::from_path_buf(entry.into_path()).unwrap()).collect()
}

const ODD: &str = "a#b \\ %2e?";

/// What was taken over is not here at all: it cannot have gone up once more.
#[test]
fn what_a_run_took_over_is_copied_within_the_bucket() {
    let store = Arc::new(InMemory::new());
    let (ana, sam) = (Machine::with(&store), Machine::with(&store));
    let (source, from) = ana.run(&[("x.csv", b"1\n2\n"), (ODD, b"odd")]);
    ana.push(from).unwrap();
    sam.refresh();
    sam.fetch(from).unwrap();
    // What somebody else has sent, goes up from here: of that only they know the sum under its mark.
    ana.put(&ana.key(from, "a/d/x.csv"), b"9\n9\n");
    for (machine, source, copied) in
        [(&ana, source.clone(), false), (&sam, sam.layout(from), false), (&ana, source, true)]
    {
        let (layout, token) = machine.run(&[("x.csv", b"1\n2\n"), (ODD, b"odd")]);
        let mut plan = plan_of(token);
        let taken = Taken { token: from, path: source.dir().to_owned(), why: String::new(), older: None };
        plan.nodes = vec![Node { taken: Some(taken), ..node("a", &[("x", output("d", OutputType::Dir))]) }];
        write_plan(&layout, &plan).unwrap();
        let mut told: serde_json::Value =
            serde_json::from_slice(&fs_err::read(layout.manifest(&step())).unwrap()).unwrap();
        told["taken_from"] = from.to_string().into();
        fs_err::write(layout.manifest(&step()), told.to_string()).unwrap();
        if copied {
            let key = ana.key(from, "a/d/x.csv");
            let object =
                ana.mirror.bucket.wait(ana.mirror.bucket.put(&key, Bytes::from_static(b"1\n2\n"))).unwrap();
            let mut sent = Sent::open(&ana.layout(from), from).unwrap();
            sent.note_file("a/d/x.csv", Digest::of(b"1\n2\n"), object).unwrap();
            fs_err::remove_file(layout.artifacts(&step()).join("d/x.csv")).unwrap();
        }
        machine.push(token).unwrap();
        let there = machine.key(token, "a/d/x.csv");
        let (content, _) =
            machine.mirror.bucket.wait(machine.mirror.bucket.get(&there, 9, None)).unwrap().unwrap();
        assert_eq!(content, b"1\n2\n"[..]);
    }
    // What somebody changed in the bucket is no copy of it.
    let (_, token) = ana.run(&[("x.csv", b"1\n2\n")]);
    let twin = super::taken::Twin {
        key: ana.key(from, "a/d/x.csv"),
        object: Sent::files(&ana.layout(from), from)["a/d/x.csv"].1.clone(),
    };
    ana.put(&twin.key, b"3\n4\n");
    let to = ana.key(token, "a/d/x.csv");
    let copy = ana.mirror.bucket.copy(&twin.key, &twin.object, &to);
    assert_eq!(ana.mirror.bucket.wait(async { Ok(copy.await) }).unwrap(), None);
}

#[test]
fn a_run_that_was_sent_is_found_and_opened_on_another_machine() {
    let store = Arc::new(InMemory::new());
    let (ana, sam) = (Machine::with(&store), Machine::with(&store));
    let (layout, token) = ana.run(&[("x.csv", b"1\n2\n"), (ODD, b"odd"), ("empty", b"")]);
    assert!(!is_sent(&layout, token));
    let pushed = ana.push(token).unwrap();
    // Three files, their manifest, plan, log, events and run.json.
    assert_eq!(pushed, Pushed { sent: 8, there: 0 });
    assert!(is_sent(&layout, token));
    assert_eq!(ana.push(token).unwrap(), Pushed { sent: 0, there: 8 });

    assert!(sam.refresh().is_empty());
    assert_eq!(sam.tokens(), [token]);
    let there = sam.layout(token);
    assert!(is_fetched(&there) && !is_fetched(&layout));
    sam.mirror.fetch_record(&there, token).unwrap();
    let (events, of_step) =
        (read_events(&there, token).unwrap(), manifest(&there, token, &step()).unwrap().unwrap());
    assert_eq!(file_states(&there, &of_step, &events), [FileState::Remote; 3]);
    assert!(crate::store::altered(&there, token, &events).is_empty());
    sam.fetch(token).unwrap();
    assert_eq!(file_states(&there, &of_step, &events), [FileState::Intact; 3]);
    assert_eq!(fs_err::read(there.artifacts(&step()).join("d").join(ODD)).unwrap(), b"odd");
    assert!(there.artifacts(&step()).join("d/hollow").is_dir());
    assert_eq!(fs_err::read(there.log(&step(), 1)).unwrap(), b"said");

    // What is here is not asked for again, and a run that its bucket lost is gone.
    fs_err::remove_dir_all(there.artifacts(&step())).unwrap();
    let key = ana.key(token, "a/d/x.csv");
    ana.put(&key, b"changed, but it is in the cache");
    sam.fetch(token).unwrap();
    ana.mirror
        .bucket
        .wait(async {
            for meta in store.list(None).try_collect::<Vec<_>>().await.unwrap() {
                store.delete(&meta.location).await.unwrap();
            }
            Ok(())
        })
        .unwrap();
    sam.refresh();
    assert!(!there.dir().exists());
    assert!(layout.run_json().exists(), "what was made here stays here");
}

#[test]
fn what_was_changed_in_the_bucket_or_before_it_went_there_is_told_and_not_opened() {
    let store = Arc::new(InMemory::new());
    let (ana, sam) = (Machine::with(&store), Machine::with(&store));
    let (layout, token) = ana.run(&[("x", b"abc"), ("y", b"abc")]);
    ana.push(token).unwrap();
    sam.refresh();
    for content in [&b"abd"[..], b"abcd", b"ab"] {
        ana.put(&ana.key(token, "a/d/x"), content);
        ana.put(&ana.key(token, "a/d/y"), content);
        let why = sam.fetch(token).unwrap_err().to_string();
        assert!(why.contains("somebody changed it in the bucket"), "{why}");
        assert!(files(&sam.layout(token).artifacts(&step())).is_empty());
        assert!(files(&sam.mirror.root.parent().unwrap().join("cache")).is_empty(), "nothing of it is kept");
    }
    // One that is not the size its manifest tells is not even offered.
    let events = read_events(&sam.layout(token), token).unwrap();
    let of_step = manifest(&sam.layout(token), token, &step()).unwrap().unwrap();
    assert_eq!(file_states(&sam.layout(token), &of_step, &events), [FileState::Missing; 2]);
    // A second push puts back what the run made.
    assert_eq!(ana.push(token).unwrap().sent, 2);
    sam.fetch(token).unwrap();

    let (late, other) = ana.run(&[("x", b"abc")]);
    let file = late.artifacts(&step()).join("d/x");
    fs_err::remove_file(&file).unwrap();
    fs_err::write(&file, "abd").unwrap();
    let why = ana.push(other).unwrap_err().to_string();
    assert!(why.contains("a/d/x was changed after it was made"), "{why}");
    assert!(!is_sent(&late, other));
    sam.refresh();
    assert_eq!(sam.tokens(), [token], "without its run.json it is no run");
    assert!(layout.run_json().exists());
}

#[test]
fn a_record_that_is_not_what_its_place_says_is_refused_and_hides_no_other() {
    let store = Arc::new(InMemory::new());
    let (ana, sam) = (Machine::with(&store), Machine::with(&store));
    let (_, token) = ana.run(&[("x", b"abc")]);
    ana.push(token).unwrap();
    let text = |run: &Run| serde_json::to_vec(run).unwrap();
    let (evil, torn, long) = (Token::generate(), Token::generate(), Token::generate());
    ana.put(&ana.key(evil, "_run/run.json"), &text(&ended(token)));
    ana.put(&ana.key(torn, "_run/run.json"), b"{\"greenroom\"");
    ana.put(&ana.key(long, "_run/run.json"), &vec![b' '; 2 << 20]);
    ana.put("flights/dev/Bad Name/1.0.0/x/_run/run.json", b"{}");
    ana.put("flights/dev/daily/not-a-version/x/_run/run.json", b"{}");
    ana.put(&format!("flights/dev/daily/0.1.0/{}/_run/run.json", token.to_string().to_uppercase()), b"{}");
    let mut refused = sam.refresh();
    refused.sort();
    assert_eq!(refused.len(), 3, "{refused:?}");
    assert_eq!(sam.tokens(), [token]);
    assert!(sam.runs().list(None, 9).broken.is_empty());
    // Files beside a run's own are nobody's.
    ana.put(&ana.key(token, "_run/lock"), b"1\n/tmp/x.sock\n");
    ana.put(&ana.key(token, "_run/remote.json"), b"{}");
    sam.fetch(token).unwrap();
    assert!(!sam.layout(token).lock().exists());
    // What the bucket says of a run of this machine is not believed.
    ana.put(&ana.key(token, "_run/run.json"), &text(&Run { status: Status::Failed, ..ended(token) }));
    ana.refresh();
    assert_eq!(ana.runs().list(None, 9).runs[0].run.status, Status::Succeeded);
    assert!(!is_fetched(&ana.layout(token)));
    // The plan of another run is none of this one's.
    let stranger = Machine::with(&store);
    ana.put(&ana.key(token, "_run/plan.json"), &serde_json::to_vec(&plan_of(evil)).unwrap());
    stranger.refresh();
    assert!(stranger.fetch(token).unwrap_err().to_string().contains("that of another run"));
}

/// It is told, with its key, and hides nothing but what is new beside it.
#[test]
fn a_key_that_no_run_has_left_stops_nobody() {
    for (key, told) in [
        ("team/flights/dev/daily//x", "team/flights/dev/daily//"),
        ("team/flights/dev/toy/../x", "team/flights/dev/toy/../"),
        ("team/flights/dev//x", "team/flights/dev//"),
    ] {
        let store = Arc::new(InMemory::new());
        let (ana, mut sam) = (Machine::with(&store), Machine::with(&store));
        let (_, token) = ana.run(&[("x", b"abc")]);
        ana.push(token).unwrap();
        ana.put("flights/dev/toy/0.1.0/x", b"");
        assert!(sam.refresh().is_empty());
        let root = sam.mirror.root.clone();
        let odd = OddStore { store: Arc::clone(&store), key };
        sam.mirror = Mirror { bucket: Machine::over(Arc::new(odd)).mirror.bucket, root };
        let refused = sam.refresh();
        assert!(matches!(&refused[..], [one] if one.contains(told)), "{refused:?}");
        assert_eq!(sam.tokens(), [token], "{key}");
    }
}

#[test]
fn a_failed_run_that_somebody_went_on_with_is_read_again() {
    let store = Arc::new(InMemory::new());
    let (ana, sam) = (Machine::with(&store), Machine::with(&store));
    let (layout, token) = ana.run(&[("x", b"abc")]);
    let failed = Run { status: Status::Failed, finished_at: Some(jiff::Timestamp::now()), ..ended(token) };
    write_run(&layout, &failed).unwrap();
    ana.push(token).unwrap();
    sam.refresh();
    assert_eq!(sam.runs().list(None, 9).runs[0].run.status, Status::Failed);
    write_run(&layout, &ended(token)).unwrap();
    assert!(!is_sent(&layout, token));
    assert_eq!(ana.push(token).unwrap().sent, 1);
    sam.refresh();
    assert_eq!(sam.runs().list(None, 9).runs[0].run.status, Status::Succeeded);
}

#[test]
fn of_those_who_move_an_alias_at_once_none_is_lost() {
    let store = Arc::new(InMemory::new());
    let machines: Vec<_> = (0..4).map(|_| Machine::with(&store)).collect();
    let (daily, champion) = (name("daily"), name("champion"));
    std::thread::scope(|scope| {
        for machine in &machines {
            scope.spawn(|| {
                for _ in 0..4 {
                    let moved = AliasMove::new(Token::generate(), Noon.now(), "sam");
                    let record = serde_json::to_vec(&moved).unwrap();
                    let (project, env) = (name("flights"), name("dev"));
                    machine.mirror.move_alias(&project, &env, (&daily, &champion), &record).unwrap();
                }
            });
        }
    });
    // What says nothing of a run, or is called like none, is no move.
    machines[0].put("flights/dev/daily/_aliases/champion/latest.json", b"{}");
    machines[0].put("flights/dev/daily/_aliases/Champion/000001.json", b"{}");
    let histories: Vec<Vec<_>> = machines
        .iter()
        .map(|machine| {
            machine.refresh();
            machine.runs().alias_history(&daily, &champion).unwrap()
        })
        .map(|history| history.into_iter().map(Result::unwrap).collect())
        .collect();
    assert_eq!(histories[0].len(), 16);
    assert!(histories.iter().all(|history| *history == histories[0]));
    assert_eq!(machines[1].runs().aliases(), [(daily, champion)]);
}

#[test]
fn a_long_file_goes_on_at_the_piece_where_it_was_cut_off() {
    let store = Arc::new(InMemory::new());
    let ana = Machine::with(&store);
    let content: Vec<u8> = (0..20_000_000_u32).map(|number| (number >> 8) as u8).collect();
    let (layout, token) = ana.run(&[("x", &content)]);
    let key = ana.mirror.bucket.path(&ana.key(token, "a/d/x"));
    let sum = Digest::of(&content);
    let piece = 8 << 20;
    let begin = |real: bool| {
        ana.mirror
            .bucket
            .wait(async {
                let id = store.create_multipart(&key).await.unwrap();
                let first = PutPayload::from(content[..piece].to_vec());
                let part = store.put_part(&key, &id, 0, first).await.unwrap();
                let id = if real { id } else { "999999".to_owned() };
                let mut sent = Sent::open(&layout, token).unwrap();
                sent.note_begun("a/d/x", sum.clone(), id.clone(), piece as u64).unwrap();
                sent.note_piece("a/d/x", &id, part.content_id).unwrap();
                Ok(())
            })
            .unwrap();
    };
    // The bucket has forgotten the one, and has the other.
    for real in [false, true] {
        begin(real);
        ana.push(token).unwrap();
        let there = ana
            .mirror
            .bucket
            .wait(async {
                Ok(store.get_opts(&key, Default::default()).await.unwrap().bytes().await.unwrap())
            })
            .unwrap();
        assert!(there == content, "all of it, in order");
        fs_err::remove_dir_all(ana.mirror.root.join(".greenroom/sent")).unwrap();
    }
}
