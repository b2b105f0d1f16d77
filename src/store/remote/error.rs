use std::error::Error;
use std::io;

use object_store::client::{HttpError, HttpErrorKind};

use super::Address;

/// What went wrong between this machine and a bucket.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    #[error("there is no bucket {0}")]
    NoBucket(Address),
    #[error("{0} is not in the bucket")]
    NotThere(String),
    #[error("{0} is in the bucket already")]
    Exists(String),
    /// Nobody was let in, or not as who they are.
    #[error("{at} does not let you in: {why}")]
    Denied { at: Address, why: String },
    /// Nobody answered, or only with trouble of their own. Worth trying again.
    #[error("{at} does not answer: {why}")]
    Unreachable { at: Address, why: String },
    #[error("{at} cannot be used: {why}")]
    Unusable { at: Address, why: String },
    /// What the bucket holds is not what a run would have left there.
    #[error("{0}")]
    Refused(String),
    #[error("{what}: {source}")]
    Local { what: String, source: io::Error },
}

impl RemoteError {
    /// `.map_err(RemoteError::local("…"))`: this machine's fault, with what was being done.
    pub(super) fn local(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |source| Self::Local { what, source }
    }

    /// `key`: what was asked for; empty for the bucket itself.
    pub(super) fn of(at: &Address, key: &str, error: object_store::Error) -> Self {
        use object_store::Error as Of;
        let why = why(&error);
        let at = at.clone();
        match error {
            _ if key.is_empty() && answered(&error, "404") => Self::NoBucket(at),
            _ if answered(&error, "403") || answered(&error, "401") => Self::Denied { at, why },
            Of::NotFound { .. } if key.is_empty() || why.contains("NoSuchBucket") => Self::NoBucket(at),
            Of::NotFound { .. } => Self::NotThere(key.to_owned()),
            Of::AlreadyExists { .. } | Of::Precondition { .. } => Self::Exists(key.to_owned()),
            Of::PermissionDenied { .. } | Of::Unauthenticated { .. } => Self::Denied { at, why },
            // With the key, which the deepest cause does not name.
            Of::InvalidPath { source: why } => Self::Refused(format!(
                "{at} holds what no run has left there, and what is new beside it is not seen before that is removed: {why}"
            )),
            error if has_none(&error) => {
                Self::Denied { at, why: "no credentials were found for it".to_owned() }
            }
            error if is_unreachable(&error) => Self::Unreachable { at, why },
            _ => Self::Unusable { at, why },
        }
    }

    /// Would it be otherwise once the network, or who is at its other end, is back?
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Unreachable { .. })
    }
}

fn is_unreachable(error: &object_store::Error) -> bool {
    causes(error).any(|cause| {
        if let Some(http) = cause.downcast_ref::<HttpError>() {
            return !matches!(http.kind(), HttpErrorKind::Decode);
        }
        false
    }) || ["5", "429"].iter().any(|status| answered(error, status))
}

/// Did it answer with a status that begins so? Only its words tell of it.
fn answered(error: &object_store::Error, status: &str) -> bool {
    let said = format!("status code: {status}");
    causes(error).any(|cause| cause.to_string().contains(&said))
}

/// Who has no credentials is taken for a machine in the cloud, which could ask there who it is.
fn has_none(error: &object_store::Error) -> bool {
    let asked = ["169.254.", "metadata.google.internal"];
    causes(error).any(|cause| asked.iter().any(|host| cause.to_string().contains(host)))
}

fn causes<'a>(error: &'a object_store::Error) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let first: &(dyn Error + 'static) = error;
    std::iter::successors(Some(first), |error: &&'a (dyn Error + 'static)| (*error).source())
}

/// The deepest cause says most; those above repeat it, with the library's words around it.
fn why(error: &object_store::Error) -> String {
    causes(error).last().map(|cause| told(&cause.to_string())).unwrap_or_default()
}

/// Of an answer in XML only what it says to people.
fn told(text: &str) -> String {
    let inside = |tag: &str| {
        let rest = text.split_once(&format!("<{tag}>"))?.1;
        Some(rest.split_once(&format!("</{tag}>"))?.0.to_owned())
    };
    match (inside("Code"), inside("Message")) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(code), None) => code,
        _ => {
            let text = text.lines().collect::<Vec<_>>().join(" ");
            // The system's number of an error says nothing that its words do not.
            let text = text.trim().trim_end_matches(':');
            text.split(" (os error ").next().unwrap_or_default().chars().take(400).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_answer_in_xml_is_told_what_it_says() {
        let text = "Server returned non-2xx status code: 404 Not Found: <?xml version=\"1.0\"?><Error>\n\
                    <Code>NoSuchBucket</Code><Message>The bucket is gone</Message></Error>";
        assert_eq!(told(text), "NoSuchBucket: The bucket is gone");
        assert_eq!(told("one\ntwo\n"), "one two");
    }
}
