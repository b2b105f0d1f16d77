use super::{Grid, LakeAnswer, LakeAsk, LakeSlot, LakeTab};
use crate::app::{Answer, Ask, Effect, Model, Slot, Trouble};

impl Model {
    /// What the screen shows is read when it is turned to, and again when runs may have changed it.
    pub(in crate::app) fn ask_lake(&mut self) -> Vec<Effect> {
        vec![self.tasks.ask(Slot::Lake(LakeSlot::Tables), Ask::Lake(LakeAsk::Tables))]
    }

    /// The first rows are those of the selected table. One question at a time: a table that is only passed by on the way
    /// is not read.
    pub(in crate::app) fn sync_first_rows(&mut self) -> Vec<Effect> {
        let slot = Slot::Lake(LakeSlot::First);
        let Some(table) = self.lake.table().map(|table| table.record.table.clone()) else {
            return Vec::new();
        };
        let known = self.lake.first.as_ref().is_some_and(|(of, _)| *of == table);
        if self.lake.tab != LakeTab::Rows || known || self.tasks.waits(slot) {
            return Vec::new();
        }
        self.lake.reading = Some(table.clone());
        vec![self.tasks.ask(slot, Ask::Lake(LakeAsk::First(table)))]
    }

    pub(in crate::app) fn lake_answered(
        &mut self,
        slot: LakeSlot,
        answer: Result<Answer, Trouble>,
    ) -> Vec<Effect> {
        if slot != LakeSlot::Check {
            self.lake.doing = None;
        }
        match (slot, answer) {
            (LakeSlot::Tables, Err(trouble)) => self.lake.look.set(Err(trouble)),
            (LakeSlot::First, Err(trouble)) => {
                if let Some(table) = self.lake.reading.take() {
                    self.lake.first = Some((table, Err(trouble)));
                }
                // Whoever went on to another table meanwhile wants its rows.
                return self.sync_first_rows();
            }
            // Whoever asks is told the same.
            (LakeSlot::Warm | LakeSlot::Check, Err(_)) => {}
            (LakeSlot::Query, Err(trouble)) => {
                self.query_answered(Err(trouble));
                return self.check_now();
            }
            (_, Ok(Answer::Lake(LakeAnswer::Tables(look)))) => {
                self.lake.look.set(Ok(look));
                // What was written since is not in them.
                self.lake.first = None;
                return self.sync_first_rows();
            }
            (_, Ok(Answer::Lake(LakeAnswer::First(table, rows)))) => {
                // Of one that was passed by, nobody wants to know.
                if self.lake.table().is_some_and(|selected| selected.record.table == table) {
                    self.lake.first = Some((table, Ok(Grid::new(rows))));
                }
                return self.sync_first_rows();
            }
            (_, Ok(Answer::Lake(LakeAnswer::Query { rows, seconds }))) => {
                self.query_answered(Ok((rows, seconds)));
                return self.check_now();
            }
            (_, Ok(Answer::Lake(LakeAnswer::Checked(checked)))) => {
                return self.text_checked(checked);
            }
            (_, Ok(_)) => {}
        }
        Vec::new()
    }
}
