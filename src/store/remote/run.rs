use std::io;

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
            (Some((text, object)), _) => self
                .lay_run(layout, token, &text, object)
                .map_err(|why| RemoteError::Refused(format!("{}/{key} is not shown: {why}", self.address()))),
        }
    }

    fn lay_run(
        &self,
        layout: &RunLayout,
        token: Token,
        text: &Bytes,
        object: Object,
    ) -> Result<Held, String> {
        let run: Run =
            serde_json::from_slice(text).map_err(|error| format!("it is torn or was edited: {error}"))?;
        let place = RunLayout::new(&self.root, &run.project, &run.env, &run.name, run.version, run.token);
        if run.token != token || place != *layout {
            return Err(format!("it is that of another run, {}", run.token));
        }
        let succeeded = run.status == Status::Succeeded;
        // What else there is of it is not known: somebody may have gone on with it.
        let held = Held { greenroom: 1, run: object, succeeded, finished_at: run.finished_at, files: None };
        // First, so that what follows is never taken for a run of this machine; and not yet as it will be, so that one who is
        // stopped in between asks again.
        let asked = Held {
            run: Object { etag: None, ..held.run.clone() },
            succeeded: false,
            finished_at: None,
            ..held.clone()
        };
        let lay = || {
            asked.write(layout)?;
            // Of an earlier life: somebody has gone on with it since.
            match fs_err::remove_file(layout.events()) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            lay_down(&self.root, &layout.run_json(), text)?;
            held.write(layout)
        };
        lay().map_err(|error| error.to_string())?;
        Ok(held)
    }
}
