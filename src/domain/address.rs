use std::fmt;

use super::Digest;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    Gs,
    S3,
}

/// `gs://bucket/prefix` or `s3://bucket/prefix`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    pub scheme: Scheme,
    pub bucket: String,
    /// Without slashes at its ends; empty: the whole bucket.
    pub prefix: String,
}

impl Address {
    /// None: it is a directory's path, or no bucket can have that name.
    pub fn parse(root: &str) -> Option<Self> {
        let (scheme, rest) = root.split_once("://")?;
        let scheme = match scheme {
            "gs" => Scheme::Gs,
            "s3" => Scheme::S3,
            _ => return None,
        };
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
        // What is no name there would end up in the path, or the host, of a request.
        if bucket.is_empty() || !bucket.chars().all(fits) || bucket.starts_with('.') {
            return None;
        }
        let parts: Vec<&str> = prefix.split('/').filter(|part| !part.is_empty()).collect();
        if parts.iter().any(|part| matches!(*part, "." | "..")) {
            return None;
        }
        Some(Self { scheme, bucket: bucket.to_owned(), prefix: parts.join("/") })
    }

    /// Tells it from others in the name of a folder.
    pub fn digest(&self) -> String {
        Digest::of(self.to_string().as_bytes()).as_str()[..8].to_owned()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.scheme {
            Scheme::Gs => "gs",
            Scheme::S3 => "s3",
        };
        write!(f, "{scheme}://{}", self.bucket)?;
        if self.prefix.is_empty() { Ok(()) } else { write!(f, "/{}", self.prefix) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_written_the_same() {
        for (text, same) in [
            ("gs://flights-stage", "gs://flights-stage"),
            ("s3://b/team/a/", "s3://b/team/a"),
            ("gs://b//x//y", "gs://b/x/y"),
        ] {
            let address = Address::parse(text).unwrap();
            assert_eq!(address.to_string(), same);
            assert_eq!(Address::parse(same), Some(address));
        }
        let digest = |text: &str| Address::parse(text).unwrap().digest();
        assert_eq!(digest("gs://b/x/"), digest("gs://b/x"));
        assert_ne!(digest("gs://b/x"), digest("s3://b/x"));
        for bad in [
            ".greenroom/store",
            "gs://",
            "gs:///x",
            "gs://Bucket/x",
            "gs://b@host/x",
            "gs://../x",
            "s3://b/../x",
            "http://b/x",
            "gs://b:80/x",
        ] {
            assert_eq!(Address::parse(bad), None, "{bad}");
        }
    }
}
