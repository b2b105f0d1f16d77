use super::{ArtifactsAnswer, ArtifactsNews, ArtifactsScreen, ArtifactsSlot, FolderOrder};
use crate::app::{Effect, Model, Slot, Trouble};
use crate::domain::{Content, Preview};

/// Columns for what is laid out before anything was drawn.
const USUAL: usize = 72;

impl ArtifactsScreen {
    /// For how many columns a look is wanted: only what is laid out depends on it.
    pub(in crate::app) fn columns(&self, drawn: usize) -> usize {
        let before = self.peek.asked.as_ref().map(|(_, columns)| *columns);
        let drawn = if drawn > 0 { drawn } else { USUAL };
        match (self.peek.content(), before) {
            (Some(Content::Laid { .. }), _) | (_, None) => drawn,
            (_, Some(before)) => before,
        }
    }

    /// Entries are shown in the order in which batches bring them, until all are there.
    fn is_in_order(&self) -> bool {
        self.filter.text().trim().is_empty() && self.order == FolderOrder::Name
    }
}

impl Model {
    pub(in crate::app) fn heard_of_artifacts(&mut self, news: ArtifactsNews) -> Vec<Effect> {
        match news {
            ArtifactsNews::Root(root) => {
                self.artifacts.root = Some(root);
                Vec::new()
            }
            ArtifactsNews::Entries(batch) => {
                let in_order = self.artifacts.is_in_order();
                self.artifacts.folder.add(batch, in_order);
                match in_order || self.tasks.waits(Slot::Artifacts(ArtifactsSlot::Arrange)) {
                    true => self.ask_peek(),
                    false => self.arrange_folder(),
                }
            }
        }
    }

    pub(in crate::app) fn told_of_artifacts(
        &mut self,
        slot: ArtifactsSlot,
        answer: Result<ArtifactsAnswer, Trouble>,
    ) -> Vec<Effect> {
        match answer {
            Ok(ArtifactsAnswer::Folder { more }) => {
                self.artifacts.folder.end(more);
                self.arrange_folder()
            }
            Ok(ArtifactsAnswer::Arranged(shown)) => {
                self.artifacts.folder.arrange(shown);
                self.ask_peek()
            }
            Ok(ArtifactsAnswer::Facts(facts)) => {
                self.artifacts.folder.learn(facts);
                Vec::new()
            }
            Ok(ArtifactsAnswer::Preview(preview)) => self.peeked(Ok(preview)),
            Err(trouble) => match slot {
                ArtifactsSlot::Preview => self.peeked(Err(trouble)),
                ArtifactsSlot::Folder => {
                    self.artifacts.folder.end(false);
                    self.artifacts.folder.trouble = Some(trouble);
                    Vec::new()
                }
                // Asked again with each frame it would never end; that the folder cannot be read is told elsewhere.
                ArtifactsSlot::Facts => {
                    let unknown = self.artifacts.folder.unknown(self.seen.rows());
                    self.artifacts
                        .folder
                        .learn(unknown.into_iter().map(|(number, _)| (number, None)).collect());
                    Vec::new()
                }
                ArtifactsSlot::Arrange => {
                    self.notices.wrong(trouble);
                    Vec::new()
                }
            },
        }
    }

    fn peeked(&mut self, answer: Result<Box<Preview>, Trouble>) -> Vec<Effect> {
        self.artifacts.peek.answered(answer);
        match std::mem::take(&mut self.artifacts.peek.stale) {
            true => self.ask_peek(),
            false => Vec::new(),
        }
    }
}
