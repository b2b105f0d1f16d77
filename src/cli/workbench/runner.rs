use std::collections::HashMap;
use std::future::Future;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::{Mutex, Notify};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::tasks;
use crate::app::{Answer, Ask, Effect, LakeSlot, Msg, News, Slot, Trouble};
use crate::cli::query::Warm;
use crate::cli::{Invocation, Place};
use crate::tui::panicked_at;

/// Carries out effects beside the loop, and tells it what came of them.
pub struct Runner {
    sender: UnboundedSender<Msg>,
    around: Around,
    /// Stops what is asked for, by its slot.
    asked: HashMap<Slot, CancellationToken>,
    /// Deeds that are brought to their end also while the screen closes, and what each is.
    doing: Vec<(String, JoinHandle<()>)>,
}

/// What every task works on.
#[derive(Clone)]
pub struct Around {
    pub place: Place,
    pub invocation: Invocation,
    pub env: String,
    /// For queries.
    pub warm: Warm,
    /// Notified whenever the loop has had something to do.
    pub activity: Arc<Notify>,
    /// Whoever reads all runs has it: what is given up is read to its end, and ten thousand of them several times at once
    /// take several times the memory.
    pub reading_runs: Arc<Mutex<()>>,
}

/// How a task tells what has come so far.
#[derive(Clone)]
pub struct Teller {
    sender: UnboundedSender<Msg>,
    slot: Slot,
    generation: u64,
}

impl Teller {
    /// False: nobody listens any more.
    pub fn tell(&self, news: News) -> bool {
        self.sender.send(Msg::News { slot: self.slot, generation: self.generation, news }).is_ok()
    }

    pub fn files_changed(&self) {
        let _ = self.sender.send(Msg::FilesChanged);
    }

    pub fn runs_changed(&self) {
        let _ = self.sender.send(Msg::RunsChanged);
    }
}

type Task = Pin<Box<dyn Future<Output = Result<Answer, Trouble>>>>;

impl Runner {
    pub fn new(sender: UnboundedSender<Msg>, place: Place, invocation: Invocation, env: String) -> Self {
        Self {
            sender,
            around: Around {
                place,
                invocation,
                env,
                warm: Warm::default(),
                activity: Arc::default(),
                reading_runs: Arc::default(),
            },
            asked: HashMap::new(),
            doing: Vec::new(),
        }
    }

    /// The loop has had something to do.
    pub fn stir(&self) {
        self.around.activity.notify_one();
    }

    pub fn run(&mut self, effect: Effect) {
        match effect {
            Effect::Ask { slot, generation, ask } => self.ask(slot, generation, ask),
            Effect::Forget(slot) => self.forget(slot),
            Effect::Do { job, deed } => {
                let (sender, around) = (self.sender.clone(), self.around.clone());
                self.doing.retain(|(_, task)| !task.is_finished());
                let (what, to_its_end) = (deed.doing(), deed.is_brought_to_its_end());
                let task = tokio::task::spawn_blocking(move || {
                    let progress = sender.clone();
                    let tell = move |line: String| drop(progress.send(Msg::Progress { job, line }));
                    let warned = sender.clone();
                    let warn = move |line: &str| drop(warned.send(Msg::Warned(line.to_owned())));
                    let doing = tasks::deed(&around, deed, &tell, &warn);
                    let ended = whole(|| Handle::current().block_on(doing));
                    let _ = sender.send(Msg::Did { job, ended });
                });
                if to_its_end {
                    self.doing.push((what, task));
                }
            }
            // The loop's own.
            Effect::Leave(_)
            | Effect::Copy(_)
            | Effect::CopyCommand(_)
            | Effect::Keep(_)
            | Effect::Open { .. } => {}
        }
    }

    /// What is asked for is given up, what is begun is brought to its end, and nothing is kept running. The terminal has
    /// been given back, and whoever is in a hurry leaves at once.
    pub async fn close(&mut self, hurry: impl Future<Output = ()>) {
        self.asked.values().for_each(CancellationToken::cancel);
        let doing = std::mem::take(&mut self.doing);
        let to_its_end = async {
            for (what, task) in doing.into_iter().filter(|(_, task)| !task.is_finished()) {
                // The terminal may be gone.
                let _ = writeln!(io::stderr(), "{what} …");
                task.await.ok();
            }
            self.around.warm.close().await;
        };
        tokio::select! {
            () = to_its_end => {}
            () = hurry => {}
        }
    }

    fn forget(&mut self, slot: Slot) {
        if let Some(asked) = self.asked.remove(&slot) {
            asked.cancel();
        }
        // Its container would compute on for nobody.
        if slot == Slot::Lake(LakeSlot::Query) {
            let warm = self.around.warm.clone();
            tokio::spawn(async move { warm.stop().await });
        }
    }

    fn ask(&mut self, slot: Slot, generation: u64, ask: Ask) {
        self.forget(slot);
        let stop = CancellationToken::new();
        self.asked.insert(slot, stop.clone());
        let (sender, around) = (self.sender.clone(), self.around.clone());
        let teller = Teller { sender: sender.clone(), slot, generation };
        // Most of it reads files, which blocks.
        tokio::task::spawn_blocking(move || {
            let task: Task = Box::pin(tasks::answer(around, ask, teller, stop.clone()));
            let answer =
                whole(|| Handle::current().block_on(stop.run_until_cancelled_owned(task)).transpose());
            if let Some(answer) = answer.transpose() {
                let _ = sender.send(Msg::Done { slot, generation, answer });
            }
        });
    }
}

/// What a task answers; one that panics answers that it has a defect, or it would be waited for without end.
fn whole<T>(task: impl FnOnce() -> Result<T, Trouble>) -> Result<T, Trouble> {
    catch_unwind(AssertUnwindSafe(task)).unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<String>().cloned();
        let said = said.or_else(|| panic.downcast_ref::<&str>().map(|said| (*said).to_owned()));
        let mut trouble = Trouble::new("this is a defect of Greenroom; please report it");
        trouble.why.extend(said);
        trouble.why.extend(panicked_at().map(|place| format!("at {place}")));
        Err(trouble)
    })
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.asked.values().for_each(CancellationToken::cancel);
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tokio::sync::mpsc::unbounded_channel;

    use super::super::tests::Stage;
    use super::*;
    use crate::app::Deed;

    #[test]
    fn a_task_that_panics_is_answered_for() {
        let trouble = whole::<()>(|| panic!("step {} is missing", 3)).unwrap_err();
        assert!(trouble.what.contains("defect"), "{trouble:?}");
        assert_eq!(trouble.why, ["step 3 is missing"]);
    }

    /// A file is not half saved because the person quits the moment after.
    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_begun_is_done_when_the_screen_closes() {
        let mut stage = Stage::new(80, 24, "dark");
        stage.open("workflows/daily_delays.yaml").work().type_in("# typed ").press("ctrl-s");
        let root = stage.root();
        let mut saves =
            stage.effects.iter().filter(|effect| matches!(effect, Effect::Do { deed: Deed::Save(_), .. }));
        let save = saves.next_back().unwrap().clone();
        let (sender, mut inbox) = unbounded_channel();
        let place = Place { root: root.clone() };
        let mut runner = Runner::new(sender, place, Invocation::default(), "dev".to_owned());
        runner.run(save);
        runner.close(pending()).await;
        let told = inbox.try_recv();
        assert!(matches!(told, Ok(Msg::Did { ended: Ok(_), .. })), "{told:?}");
        let saved = fs_err::read_to_string(root.join("workflows/daily_delays.yaml")).unwrap();
        assert!(saved.starts_with("# typed "), "{saved}");
    }
}
