use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::canonical::{canonical, digest_of, read_canonical};
use crate::domain::track::{CommitId, Event, Fault, TRANSITIONS, Target, TrackId, Transition, TreeId};
use crate::domain::{Digest, Name, Role};

const STATEMENT: &str = "https://in-toto.io/Statement/v1";
const PREDICATE: &str = "urn:greenroom:track-event:v1";

/// The predicate as it is written; what the event is about are the statement's subjects.
#[derive(Serialize, Deserialize)]
struct Predicate {
    track: TrackId,
    #[serde(flatten)]
    transition: Transition,
    person: Name,
    role: Role,
    at: Timestamp,
    expires: Option<Timestamp>,
    previous: Option<CommitId>,
    target: Target,
    /// Left out where it is not known, as of entries from before there was such a field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seen: Option<CommitId>,
}

#[derive(Serialize, Deserialize)]
struct Subject {
    name: String,
    digest: SubjectDigest,
}

#[derive(Serialize, Deserialize)]
enum SubjectDigest {
    #[serde(rename = "gitCommit")]
    Commit(CommitId),
    #[serde(rename = "gitTree")]
    Tree(TreeId),
    #[serde(rename = "sha256")]
    Sha256(Digest),
}

/// An event, and what else its statement says.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded {
    pub event: Event,
    /// `path = value` of fields that are not known here.
    pub unknown: Vec<String>,
}

/// The bytes that are signed and stored: an in-toto Statement v1 in the canonical form.
pub fn encode(event: &Event) -> Result<Vec<u8>, serde_json::Error> {
    canonical(&statement(event)?)
}

/// Digest over what two people sign alike: all but who they are, when, after which entry, and what they saw of the target.
pub fn payload(event: &Event) -> Result<Digest, serde_json::Error> {
    digest_of(&json!({
        "track": event.track,
        "transition": event.transition,
        "target": event.target,
        "subject": subjects(event),
    }))
}

fn statement(event: &Event) -> Result<Value, serde_json::Error> {
    let predicate = Predicate {
        track: event.track.clone(),
        transition: event.transition.clone(),
        person: event.person.clone(),
        role: event.role,
        at: event.at,
        expires: event.expires,
        previous: event.previous.clone(),
        target: event.target.clone(),
        seen: event.seen.clone(),
    };
    Ok(json!({
        "_type": STATEMENT,
        "subject": subjects(event),
        "predicateType": PREDICATE,
        "predicate": serde_json::to_value(predicate)?,
    }))
}

fn subjects(event: &Event) -> Vec<Subject> {
    let subject = |name: &str, digest| Subject { name: name.to_owned(), digest };
    let mut subjects = vec![subject("head", SubjectDigest::Commit(event.head.clone()))];
    let tree = event.merge_tree.clone().map(SubjectDigest::Tree);
    subjects.extend(tree.map(|digest| subject("merge", digest)));
    let package = event.package.clone().map(SubjectDigest::Sha256);
    subjects.extend(package.map(|digest| subject("package", digest)));
    subjects
}

/// Reads a statement back. Strict: it has to be in the canonical form, and all that is known has to be there and valid; what
/// is not known is kept and told.
pub fn decode(bytes: &[u8]) -> Result<Decoded, Fault> {
    let bad = |why: String| Fault::NotAStatement(why);
    let value = read_canonical(bytes).map_err(bad)?;
    for (key, expected) in [("_type", STATEMENT), ("predicateType", PREDICATE)] {
        if value[key] != *expected {
            return Err(bad(format!("its {key} is not {expected}")));
        }
    }
    let transition = value["predicate"]["transition"].as_str().unwrap_or_default();
    if !TRANSITIONS.contains(&transition) {
        return Err(Fault::UnknownEvent(transition.to_owned()));
    }
    let part = |key: &str| value.get(key).cloned().unwrap_or_default();
    let predicate: Predicate =
        serde_json::from_value(part("predicate")).map_err(|error| bad(error.to_string()))?;
    let mut event = Event {
        track: predicate.track,
        transition: predicate.transition,
        person: predicate.person,
        role: predicate.role,
        at: predicate.at,
        expires: predicate.expires,
        previous: predicate.previous,
        target: predicate.target,
        seen: predicate.seen,
        head: about(&value, "head", |digest| match digest {
            SubjectDigest::Commit(id) => Some(id),
            _ => None,
        })?
        .ok_or_else(|| bad("it has no subject `head`".to_owned()))?,
        merge_tree: None,
        package: None,
    };
    event.merge_tree = about(&value, "merge", |digest| match digest {
        SubjectDigest::Tree(id) => Some(id),
        _ => None,
    })?;
    event.package = about(&value, "package", |digest| match digest {
        SubjectDigest::Sha256(digest) => Some(digest),
        _ => None,
    })?;
    let known = statement(&event).map_err(|error| bad(error.to_string()))?;
    let mut unknown = Vec::new();
    more(&value, &known, "", &mut unknown).map_err(bad)?;
    Ok(Decoded { event, unknown })
}

/// The digest of the one subject of that name.
fn about<T>(value: &Value, name: &str, of: impl Fn(SubjectDigest) -> Option<T>) -> Result<Option<T>, Fault> {
    let bad = |why: &str| Fault::NotAStatement(format!("its subject `{name}` {why}"));
    let subjects = value["subject"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut named = subjects.iter().filter(|subject| subject["name"] == *name);
    let Some(subject) = named.next() else { return Ok(None) };
    if named.next().is_some() {
        return Err(bad("is there twice"));
    }
    let digest = serde_json::from_value(subject["digest"].clone()).ok().and_then(of);
    digest.map(Some).ok_or_else(|| bad("has no digest of its kind"))
}

/// Collects what `found` has beyond `known`.
fn more(found: &Value, known: &Value, path: &str, into: &mut Vec<String>) -> Result<(), String> {
    match (found, known) {
        (Value::Object(found), Value::Object(known)) => {
            for (key, value) in found {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                match known.get(key) {
                    Some(known) => more(value, known, &path, into)?,
                    None => into.push(format!("{path} = {value}")),
                }
            }
            Ok(())
        }
        (Value::Array(found), Value::Array(known)) if path == "subject" => {
            for subject in found {
                match known.iter().find(|known| known["name"] == subject["name"]) {
                    Some(known) => more(subject, known, path, into)?,
                    None => into.push(format!("{path} = {subject}")),
                }
            }
            Ok(())
        }
        (Value::Array(found), Value::Array(known)) if found.len() == known.len() => {
            found.iter().zip(known).try_for_each(|(found, known)| more(found, known, path, into))
        }
        (found, known) if found == known => Ok(()),
        _ => Err(format!("`{path}` is not written as Greenroom writes it")),
    }
}
