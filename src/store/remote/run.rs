use bytes::Bytes;

use super::RemoteError;
use super::bucket::Object;
use super::held::Held;
use super::place::Mirror;
use super::record::lay_down;
use crate::domain::{Run, RunLayout, Status, Token};

/// Bytes of a `run.json` that is believed.
const LONGEST: u64 = 1 << 20;

impl Mirror {
    /// The record of a run, as it is in the bucket now. `known`: what is here of it already.
    pub(super) async fn fetch_run(
        &self,
        layout: &RunLayout,
        token: Token,
        known: Option<Held>,
    ) -> Result<Held, RemoteError> {
        let key = format!("{}/_run/run.json", self.base(layout));
        let here = known.filter(|_| layout.run_json().exists());
        let etag = here.as_ref().and_then(|held| held.run.etag.as_deref());
        match (self.bucket.get(&key, LONGEST, etag).await?, here) {
            (None, Some(held)) => Ok(held),
            (None, None) => Err(RemoteError::NotThere(key)),
            (Some((text, object)), here) => {
                let files = here.and_then(|held| held.files);
                self.lay_run(layout, token, &text, object, files).map_err(|why| {
                    RemoteError::Refused(format!("{}/{key} is not shown: {why}", self.address()))
                })
            }
        }
    }

    fn lay_run(
        &self,
        layout: &RunLayout,
        token: Token,
        text: &Bytes,
        object: Object,
        files: Option<std::collections::BTreeMap<String, Object>>,
    ) -> Result<Held, String> {
        let run: Run =
            serde_json::from_slice(text).map_err(|error| format!("it is torn or was edited: {error}"))?;
        let place = RunLayout::new(&self.root, &run.project, &run.env, &run.name, run.version, run.token);
        if run.token != token || place != *layout {
            return Err(format!("it is that of another run, {}", run.token));
        }
        let succeeded = run.status == Status::Succeeded;
        let held = Held { greenroom: 1, run: object, succeeded, finished_at: run.finished_at, files };
        // First, so that what follows is never taken for a run of this machine.
        held.write(layout)
            .and_then(|()| lay_down(&self.root, &layout.run_json(), text))
            .map_err(|error| error.to_string())?;
        Ok(held)
    }
}
