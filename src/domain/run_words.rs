use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{Criterion, CriterionError, Name, RunQuery, Status, parse_duration};

/// A search among runs, as it is typed in one line: criteria as `greenroom runs` takes them, and words that are looked for
/// in what a run says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunWords {
    pub query: RunQuery,
    pub words: String,
}

impl RunWords {
    /// `auc > 0.7 status=failed since=7d champion`; the flags of `greenroom runs` mean the same.
    ///
    /// # Errors
    /// A criterion is wrong, or not typed to its end.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut found = Self::default();
        let mut others = Vec::new();
        // What stands in quotes is one word, once they are closed.
        let words =
            shell_words::split(text).unwrap_or_else(|_| text.split_whitespace().map(str::to_owned).collect());
        let mut words = words.iter().map(String::as_str).peekable();
        while let Some(word) = words.next() {
            match word.strip_prefix("--") {
                // What follows says it all.
                Some("where") => continue,
                Some("pinned") => found.query.pinned = true,
                Some("param") => {
                    let said = words.next().unwrap_or_default();
                    found.query.params.push(criterion(said)?);
                }
                Some(flag) if FLAGS.contains(&flag) => {
                    let value = words.next().unwrap_or_default();
                    found.take(flag, value)?;
                }
                _ => {
                    let mut said = word.to_owned();
                    // Its parts may stand apart.
                    if !has_sign(&said) && words.peek().is_some_and(|next| next.starts_with(SIGNS)) {
                        said += words.next().unwrap_or_default();
                    }
                    if !has_sign(&said) {
                        others.push(word);
                        continue;
                    }
                    if said.ends_with(SIGNS) {
                        said += words.next().unwrap_or_default();
                    }
                    found.criterion(&said)?;
                }
            }
        }
        found.words = others.join(" ");
        Ok(found)
    }

    /// What can be asked besides figures, parameters and words.
    pub fn flags() -> String {
        FLAGS.map(|flag| format!("{flag}=")).join(", ") + " and --pinned"
    }

    fn criterion(&mut self, said: &str) -> Result<(), String> {
        match said.split_once('=') {
            Some((name, value)) if FLAGS.contains(&name) => self.take(name, value),
            _ => {
                self.query.criteria.push(criterion(said)?);
                Ok(())
            }
        }
    }

    fn take(&mut self, flag: &str, value: &str) -> Result<(), String> {
        let query = &mut self.query;
        match flag {
            "status" => {
                let statuses = value.split(',').map(parse_status).collect::<Result<Vec<_>, _>>()?;
                query.statuses.extend(statuses);
            }
            "name" => query.name = Some(Name::new(value).map_err(|error| error.to_string())?),
            "since" => query.since = Some(parse_moment(value)?),
            "before" => query.before = Some(parse_moment(value)?),
            "branch" => query.branch = Some(value.to_owned()),
            _ => query.note = Some(value.to_owned()),
        }
        Ok(())
    }
}

/// As of `greenroom runs`, but that a value is waited for: who types has not come to it yet.
fn criterion(said: &str) -> Result<Criterion, String> {
    let found = said.parse::<Criterion>().map_err(|error| error.to_string())?;
    match found.value.is_empty() {
        true => Err(CriterionError::NoValue(found.op.sign()).to_string()),
        false => Ok(found),
    }
}

const FLAGS: [&str; 6] = ["name", "status", "since", "before", "branch", "note"];
const SIGNS: [char; 4] = ['<', '>', '=', '!'];

/// Something is compared: a sign stands behind a name. A `!` before a word only means that it is not there.
fn has_sign(word: &str) -> bool {
    let at = word.find(['<', '>', '=']);
    at.is_some_and(|at| !word[..at].trim_end_matches('!').is_empty())
}

pub fn parse_status(text: &str) -> Result<Status, String> {
    let all = [Status::Running, Status::Interrupted, Status::Succeeded, Status::Failed, Status::Cancelled];
    all.into_iter().find(|status| status.as_str() == text).ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|status| status.as_str()).collect();
        format!("a run is one of {}", names.join(", "))
    })
}

pub fn parse_moment(text: &str) -> Result<Timestamp, String> {
    if let Ok(date) = text.parse::<Date>()
        && let Ok(midnight) = date.to_zoned(TimeZone::system())
        && !text.contains(['T', ':'])
    {
        return Ok(midnight.timestamp());
    }
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment);
    }
    let ago = parse_duration(text).ok().and_then(|ago| Timestamp::now().checked_sub(ago).ok());
    ago.ok_or_else(|| {
        "write a date (2026-11-01), a time (2026-11-01T06:00:00Z), or how long ago (7d)".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> (Vec<String>, Vec<Status>, String) {
        let found = RunWords::parse(text).unwrap();
        let criteria = found.query.criteria.iter().map(Criterion::to_string).collect();
        (criteria, found.query.statuses, found.words)
    }

    #[test]
    fn criteria_stand_among_words_with_or_without_room() {
        let auc = Criterion::equal("depth", "3").to_string();
        for text in
            ["depth=3 ana", "depth = 3 ana", "ana depth= 3", "ana depth =3", "--where 'depth = 3' ana"]
        {
            assert_eq!(parsed(text), (vec![auc.clone()], vec![], "ana".to_owned()), "{text}");
        }
        let (criteria, statuses, words) = parsed("auc>0.7 status=failed,interrupted train.fit.loss <= 0.3");
        assert_eq!((criteria.len(), words.as_str()), (2, ""));
        assert_eq!(statuses, [Status::Failed, Status::Interrupted]);
        assert_eq!(parsed("--status failed x").1, [Status::Failed]);
        // What stands in quotes is one word, once they are closed.
        assert_eq!(parsed("'new york' x").2, "new york x");
        let noted = RunWords::parse("note='the baseline' name=model").unwrap().query;
        assert_eq!(noted.note.as_deref(), Some("the baseline"));
        assert_eq!(noted.name.as_ref().map(Name::as_str), Some("model"));
        assert_eq!(parsed("'new yo").2, "'new yo");
        // As before.
        for text in ["", "dldl", "!failed", "^daily", "daily succ", "=aé"] {
            assert_eq!(parsed(text), (vec![], vec![], text.to_owned()));
        }
        let dated =
            RunWords::parse("since=2026-11-01 --before 2026-12-01T00:00:00Z branch=main --pinned").unwrap();
        let query = dated.query;
        assert!(query.since.is_some() && query.before > query.since && query.pinned);
        assert_eq!(query.branch.as_deref(), Some("main"));
    }

    #[test]
    fn what_is_wrong_or_not_typed_to_its_end_is_told() {
        for (text, why) in [
            ("auc >", "there is nothing behind the `>`"),
            ("title=", "there is nothing behind the `=`"),
            ("auc > much", "`much` is none"),
            ("status=bad", "a run is one of"),
            ("since=soon", "how long ago"),
            ("--param depth", "compare a metric"),
        ] {
            let told = RunWords::parse(text).unwrap_err();
            assert!(told.contains(why), "{text}: {told}");
        }
    }

    #[test]
    fn a_moment_is_a_date_a_time_or_how_long_ago() {
        let moment = |text: &str| parse_moment(text).map(|at| at.to_string());
        assert_eq!(moment("2026-11-01T06:00:00+01:00"), Ok("2026-11-01T05:00:00Z".to_owned()));
        let midnight = "2026-11-01".parse::<Date>().unwrap().to_zoned(TimeZone::system()).unwrap();
        assert_eq!(parse_moment("2026-11-01"), Ok(midnight.timestamp()));
        let week = parse_moment("7d").unwrap().duration_until(Timestamp::now());
        assert_eq!(week.as_hours(), 7 * 24);
        for bad in ["", "soon", "2026-13-01", "-1d", "99999999999d", "2026-11-01T06:00:00"] {
            assert!(parse_moment(bad).unwrap_err().contains("how long ago"), "{bad}");
        }
        assert!(parse_status("skiped").unwrap_err().contains("succeeded, failed"));
    }
}
