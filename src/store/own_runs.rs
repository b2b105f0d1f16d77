use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};

use camino::{Utf8Path, Utf8PathBuf};
use etcetera::BaseStrategy;

use super::atomic_write::{atomic_write_as, sync_dir};
use super::error::failed;
use super::imported::is_imported;
use super::record::{parse_plan, read_run, text};
use crate::disk::read_record;
use crate::domain::{Digest, Plan, Run, RunLayout, Token};
use crate::engine::StoreError;

/// The runs that this person started on this machine. Each left a mark, the digest of its plan, where no project, no
/// archive and no step writes: a run directory from elsewhere can say of itself what it likes. A run that came to its
/// end left the digest of its events too, which tell the sums of all that its steps made.
#[derive(Clone, Debug)]
pub struct OwnRuns {
    /// Absolute; None where this person's home directory is not known.
    folder: Option<Utf8PathBuf>,
}

/// Where a run comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// This person started it on this machine, and its plan and what happened are still the same.
    Here,
    /// It has no mark: it was made by somebody else, or on another machine.
    Imported,
    /// It came as an archive, whoever made it: anybody may have packed that.
    Unpacked,
    /// Its plan is not the one that was started, its record says otherwise, or its events are not those that happened.
    Edited,
    /// It does not lie where the environment's runs do.
    Elsewhere,
}

impl OwnRuns {
    /// `$XDG_STATE_HOME/greenroom/runs`
    pub fn of_user() -> Self {
        Self { folder: own_folder().map(|folder| folder.join("runs")) }
    }

    #[cfg(test)]
    pub(super) fn at(folder: &Utf8Path) -> Self {
        Self { folder: Some(folder.to_owned()) }
    }

    /// Marks a run before it starts, when its directory has just been made.
    pub fn mark(&self, plan: &Plan, layout: &RunLayout) -> Result<(), StoreError> {
        let wrong = || failed("cannot note that this run was started here");
        let Some(folder) = &self.folder else {
            let why = "this user's home directory is not known; set HOME, or XDG_STATE_HOME";
            return Err(wrong()(io::Error::new(io::ErrorKind::NotFound, why)));
        };
        let text = text(plan).map_err(wrong())?;
        make(folder).map_err(wrong())?;
        let mark =
            Mark { plan: Digest::of(&text).to_string(), place: Some(Mark::place_of(layout)), end: None };
        mark.write(&folder.join(plan.token.to_string())).map_err(wrong())
    }

    /// It is driven from here on where it lies now.
    pub fn renew(&self, layout: &RunLayout, token: Token) -> Result<(), StoreError> {
        let Some(mark) = self.folder.as_ref().map(|folder| folder.join(token.to_string())) else {
            return Ok(());
        };
        let renew = || -> io::Result<()> {
            let (marked, here) = (Mark::read(&mark)?, Some(Mark::place_of(layout)));
            if marked.place == here { Ok(()) } else { Mark { place: here, ..marked }.write(&mark) }
        };
        renew().map_err(failed("cannot note where this run lies now"))
    }

    /// Whether this person started it, though its directory be gone.
    pub fn started(&self, token: Token) -> bool {
        self.folder.as_ref().is_some_and(|folder| folder.join(token.to_string()).exists())
    }

    /// Of a run that did not start after all, or has gone from where it lay: not of the one that it was a copy of.
    pub fn forget(&self, layout: &RunLayout, token: Token) {
        let Some(mark) = self.folder.as_ref().map(|folder| folder.join(token.to_string())) else { return };
        if !Mark::read(&mark).is_ok_and(|mark| mark.is_of_another(layout)) {
            fs_err::remove_file(mark).ok();
        }
    }

    /// Adds to the mark, where there is one, what has happened so far.
    pub fn mark_end(&self, layout: &RunLayout, token: Token) -> Result<(), StoreError> {
        let Some(mark) = self.folder.as_ref().map(|folder| folder.join(token.to_string())) else {
            return Ok(());
        };
        let add = || {
            let events = read_record(&layout.events())?;
            let end = Some(format!("{} {}", events.len(), Digest::of(&events)));
            Mark { end, ..Mark::read(&mark)? }.write(&mark)
        };
        add().map_err(failed("cannot note how this run ended"))
    }

    /// A run's plan, and where that comes from. What is answered is what was looked at: the file is read once.
    pub fn plan(&self, layout: &RunLayout) -> Result<(Plan, Origin), StoreError> {
        let (plan, text) = parse_plan(layout)?;
        let origin = match self.origin_of(layout, plan.token, &text)? {
            // What cannot be read is told of by whoever needs it.
            Origin::Here if read_run(layout).is_ok_and(|run| !is_of(&run, &plan)) => Origin::Edited,
            origin => origin,
        };
        Ok((plan, origin))
    }

    /// Whether it is none of those that this person started where it lies, as far as its mark alone tells: of many, nobody
    /// waits for their plans and events to be read.
    pub fn is_foreign(&self, layout: &RunLayout, token: Token) -> bool {
        let Some(folder) = &self.folder else { return true };
        is_imported(layout)
            || match Mark::read(&folder.join(token.to_string())) {
                Ok(mark) => mark.is_of_another(layout),
                Err(error) => error.kind() == io::ErrorKind::NotFound,
            }
    }

    fn origin_of(&self, layout: &RunLayout, token: Token, text: &[u8]) -> Result<Origin, StoreError> {
        // The plan of another run, however well known, is none of this one's.
        if layout.dir().file_name() != Some(token.to_string().as_str()) {
            return Ok(Origin::Elsewhere);
        }
        if is_imported(layout) {
            return Ok(Origin::Unpacked);
        }
        let Some(folder) = &self.folder else { return Ok(Origin::Imported) };
        match Mark::read(&folder.join(token.to_string())) {
            Ok(mark) if mark.is_of_another(layout) => Ok(Origin::Elsewhere),
            Ok(mark) if mark.plan != Digest::of(text).to_string() => Ok(Origin::Edited),
            Ok(mark) if mark.end.as_ref().is_some_and(|end| !still_begin_so(layout, end)) => {
                Ok(Origin::Edited)
            }
            Ok(_) => Ok(Origin::Here),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Origin::Imported),
            Err(error) => Err(failed("cannot tell whether this run was started here")(error)),
        }
    }
}

/// What is noted of a run that was started here, a line each.
struct Mark {
    /// The digest of its plan.
    plan: String,
    /// Where its directory lay when it was last driven, by its number on the disk and its path. Older marks do not say.
    place: Option<(u64, String)>,
    /// Length and digest of its events when it ended.
    end: Option<String>,
}

impl Mark {
    fn place_of(layout: &RunLayout) -> (u64, String) {
        let number = fs_err::metadata(layout.dir()).map_or(0, |meta| meta.ino());
        (number, layout.dir().as_str().replace('\n', " "))
    }

    /// Neither the directory that was marked nor one in its place, while that is still there: a copy. The containers of
    /// the run that was copied are not those of the copy. What was moved, to another disk even, is the run itself.
    fn is_of_another(&self, layout: &RunLayout) -> bool {
        let Some((number, path)) = &self.place else { return false };
        let (here, there) = (Self::place_of(layout), RunLayout::at(Utf8Path::new(path)));
        here.0 != *number && here.1 != *path && there.plan_json().exists()
    }

    fn read(path: &Utf8Path) -> io::Result<Self> {
        let text = fs_err::read_to_string(path)?;
        let mut lines = text.lines().map(str::to_owned);
        let plan = lines.next().unwrap_or_default();
        let (mut place, mut end) = (None, None);
        for line in lines {
            match line.strip_prefix("at ") {
                Some(at) => {
                    let (number, path) = at.split_once(' ').unwrap_or_default();
                    place = number.parse().ok().map(|number| (number, path.to_owned()));
                }
                None => end = Some(line),
            }
        }
        Ok(Self { plan, place, end })
    }

    fn write(&self, path: &Utf8Path) -> io::Result<()> {
        let place = self.place.iter().map(|(number, path)| format!("\nat {number} {path}"));
        let end = self.end.iter().map(|end| format!("\n{end}"));
        let text = self.plan.clone() + &place.chain(end).collect::<String>();
        atomic_write_as(path, text.as_bytes(), 0o600)
    }
}

/// Does a run's record say what its plan says?
pub(super) fn is_of(run: &Run, plan: &Plan) -> bool {
    let params = plan.params.iter().map(|(name, value)| (name, value.to_json()));
    (run.token, run.kind, &run.version) == (plan.token, plan.kind, &plan.version)
        && (&run.project, &run.env, &run.name) == (&plan.project, &plan.env, &plan.name)
        && (&run.use_case, &run.tree) == (&plan.use_case, &plan.tree)
        && params.eq(run.params.iter().map(|(name, value)| (name, value.clone())))
}

/// Are the events still those whose length and digest these are? A resume adds to them.
fn still_begin_so(layout: &RunLayout, end: &str) -> bool {
    let Ok(events) = read_record(&layout.events()) else { return false };
    let then = end.split_once(' ').and_then(|(length, digest)| Some((length.parse::<usize>().ok()?, digest)));
    then.is_some_and(|(length, digest)| {
        events.get(..length).is_some_and(|events| Digest::of(events).to_string() == digest)
    })
}

/// `$XDG_STATE_HOME/greenroom`; None where no home is known.
pub(super) fn own_folder() -> Option<Utf8PathBuf> {
    let state = etcetera::choose_base_strategy().ok().and_then(|base| base.state_dir())?;
    let folder = Utf8PathBuf::from_path_buf(state.join("greenroom")).ok()?;
    // A path that depends on where one stands may lie in a project.
    folder.is_absolute().then_some(folder)
}

/// The folder and those above it, for their owner alone and durable.
fn make(folder: &Utf8Path) -> io::Result<()> {
    let missing: Vec<_> = folder.ancestors().take_while(|dir| !dir.exists()).collect();
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|error| io::Error::new(error.kind(), format!("{folder} cannot be made: {error}")))?;
    missing.into_iter().filter_map(Utf8Path::parent).try_for_each(sync_dir)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::super::record::write_plan;
    use super::super::testing::{name, plan_of, recorded_run, temp};
    use super::*;

    fn origin(own: &OwnRuns, layout: &RunLayout) -> Origin {
        own.plan(layout).unwrap().1
    }

    #[test]
    fn a_mark_tells_a_run_of_ones_own_from_others_and_from_an_edited_one() {
        let (_dir, root) = temp();
        let (layout, token) = recorded_run(&root);
        let own = OwnRuns::at(&root.join("state/greenroom/runs"));
        let plan = plan_of(token);
        write_plan(&layout, &plan).unwrap();
        assert_eq!(origin(&own, &layout), Origin::Imported);
        assert!(own.is_foreign(&layout, token));
        own.mark(&plan, &layout).unwrap();
        assert_eq!(origin(&own, &layout), Origin::Here);
        assert!(!own.is_foreign(&layout, token));
        let mark = fs_err::metadata(root.join("state/greenroom/runs").join(token.to_string())).unwrap();
        assert_eq!(mark.permissions().mode() & 0o777, 0o600);

        write_plan(&layout, &Plan { name: name("other"), ..plan }).unwrap();
        assert_eq!(origin(&own, &layout), Origin::Edited);
        // The plan of another run of one's own is not this one's.
        let (_, other) = recorded_run(&root);
        own.mark(&plan_of(other), &layout).unwrap();
        write_plan(&layout, &plan_of(other)).unwrap();
        assert_eq!(origin(&own, &layout), Origin::Elsewhere);
    }

    #[test]
    fn a_copy_is_told_from_what_was_moved() {
        let (_dir, root) = temp();
        let (layout, token) = recorded_run(&root);
        let own = OwnRuns::at(&root.join("state/greenroom/runs"));
        write_plan(&layout, &plan_of(token)).unwrap();
        own.mark(&plan_of(token), &layout).unwrap();
        own.mark_end(&layout, token).ok();
        let moved = RunLayout::at(&root.join("moved").join(token.to_string()));
        fs_err::create_dir(root.join("moved")).unwrap();
        fs_err::rename(layout.dir(), moved.dir()).unwrap();
        assert_eq!(origin(&own, &moved), Origin::Here);
        // A copy, in another place.
        let copy = RunLayout::at(&root.join("copy").join(token.to_string()));
        fs_err::create_dir_all(copy.record()).unwrap();
        fs_err::copy(moved.plan_json(), copy.plan_json()).unwrap();
        own.renew(&moved, token).unwrap();
        assert_eq!(origin(&own, &copy), Origin::Elsewhere);
        assert!(own.is_foreign(&copy, token) && !own.is_foreign(&moved, token));
        // A copy that has gone takes nothing along.
        fs_err::rename(copy.dir(), root.join("copy/aside")).unwrap();
        own.forget(&copy, token);
        assert_eq!(origin(&own, &moved), Origin::Here);
        fs_err::rename(root.join("copy/aside"), copy.dir()).unwrap();
        // What was moved to another disk is not there any more where it was.
        fs_err::rename(moved.dir(), root.join("gone")).unwrap();
        assert_eq!(origin(&own, &copy), Origin::Here);
        own.renew(&copy, token).unwrap();
        fs_err::rename(root.join("gone"), moved.dir()).unwrap();
        assert_eq!(origin(&own, &moved), Origin::Elsewhere, "the other one is driven now");
    }

    #[test]
    fn events_that_were_changed_after_the_end_are_noticed_and_those_that_a_resume_adds_are_none() {
        let (_dir, root) = temp();
        let (layout, token) = recorded_run(&root);
        let own = OwnRuns::at(&root.join("state/greenroom/runs"));
        let plan = plan_of(token);
        write_plan(&layout, &plan).unwrap();
        own.mark(&plan, &layout).unwrap();
        let told = "{\"event\":\"run_started\"}\n{\"event\":\"run_finished\",\"status\":\"failed\"}\n";
        fs_err::write(layout.events(), told).unwrap();
        own.mark_end(&layout, token).unwrap();
        assert_eq!(origin(&own, &layout), Origin::Here);
        fs_err::write(layout.events(), format!("{told}more")).unwrap();
        assert_eq!(origin(&own, &layout), Origin::Here);
        own.mark_end(&layout, token).unwrap();
        for edited in [told.to_owned(), told.replace("failed", "better") + "more", String::new()] {
            fs_err::write(layout.events(), edited).unwrap();
            assert_eq!(origin(&own, &layout), Origin::Edited);
        }
        fs_err::remove_file(layout.events()).unwrap();
        assert_eq!(origin(&own, &layout), Origin::Edited);
    }

    #[test]
    fn where_no_mark_can_be_left_it_is_said_why() {
        let (_dir, root) = temp();
        fs_err::write(root.join("file"), "").unwrap();
        let plan = plan_of(Token::generate());
        let why = |own: OwnRuns| own.mark(&plan, &RunLayout::at(&root)).unwrap_err().to_string();
        assert!(why(OwnRuns { folder: None }).contains("set HOME"));
        let said = why(OwnRuns::at(&root.join("file/runs")));
        assert!(said.contains("started here") && said.contains("file/runs"), "{said}");
    }
}
