//! The library gives up a whole page of a list for one key that no path can have, such as one with `//`: whatever else is
//! on that page would not be seen. So such keys, which no run leaves, are taken out of a bucket's answers before it reads
//! them.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use http::header::CONTENT_LENGTH;
use http::{Method, Response};
use object_store::ClientOptions;
use object_store::client::{HttpClient, HttpConnector, HttpError, HttpRequest, HttpResponse, HttpService};
use object_store::path::Path;

/// Those that were met.
#[derive(Clone, Debug, Default)]
pub(super) struct OddKeys(Arc<Mutex<BTreeSet<String>>>);

impl OddKeys {
    fn add(&self, keys: Vec<String>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(keys);
    }

    pub fn all(&self) -> BTreeSet<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[derive(Debug)]
pub(super) struct Sieve<C> {
    pub inner: C,
    pub odd: OddKeys,
}

impl<C: HttpConnector> HttpConnector for Sieve<C> {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        let inner = self.inner.connect(options)?;
        Ok(HttpClient::new(Sieved { inner, odd: self.odd.clone() }))
    }
}

#[derive(Debug)]
struct Sieved {
    inner: HttpClient,
    odd: OddKeys,
}

#[async_trait]
impl HttpService for Sieved {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let query = request.uri().query().unwrap_or_default();
        let lists = request.method() == Method::GET && query.split('&').any(|pair| pair == "list-type=2");
        let answer = self.inner.execute(request).await?;
        if !lists || !answer.status().is_success() {
            return Ok(answer);
        }
        let (mut head, body) = answer.into_parts();
        let body = body.bytes().await?;
        // What is no text, the library refuses.
        let Ok(text) = std::str::from_utf8(&body) else { return Ok(Response::from_parts(head, body.into())) };
        let (kept, odd) = sieved(text);
        self.odd.add(odd);
        head.headers.remove(CONTENT_LENGTH);
        Ok(Response::from_parts(head, kept.into()))
    }
}

/// A page of a list without what no path can be, and that.
fn sieved(page: &str) -> (String, Vec<String>) {
    const PARTS: [(&str, &str, &str); 2] =
        [("<Contents>", "</Contents>", "Key"), ("<CommonPrefixes>", "</CommonPrefixes>", "Prefix")];
    let (mut kept, mut odd) = (String::with_capacity(page.len()), Vec::new());
    let mut rest = page;
    loop {
        let next = PARTS.iter().filter_map(|part| Some((rest.find(part.0)?, part))).min_by_key(|next| next.0);
        let part =
            next.and_then(|(at, (_, end, key))| Some((at, at + rest[at..].find(end)? + end.len(), key)));
        let Some((start, end, key)) = part else { break };
        let key = inside(&rest[start..end], key).map(unescaped);
        match key.filter(|key| Path::parse(key).is_err()) {
            Some(key) => {
                kept.push_str(&rest[..start]);
                odd.push(key);
            }
            None => kept.push_str(&rest[..end]),
        }
        rest = &rest[end..];
    }
    kept.push_str(rest);
    (kept, odd)
}

fn inside<'a>(text: &'a str, tag: &str) -> Option<&'a str> {
    let rest = text.split_once(&format!("<{tag}>"))?.1;
    Some(rest.split_once(&format!("</{tag}>"))?.0)
}

/// What XML writes otherwise, as it is meant.
fn unescaped(text: &str) -> String {
    let mut pieces = text.split('&');
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let meant = piece.split_once(';').and_then(|(name, rest)| Some((letter(name)?, rest)));
        match meant {
            Some((letter, rest)) => {
                plain.push(letter);
                plain.push_str(rest);
            }
            None => plain.extend(["&", piece]),
        }
    }
    plain
}

fn letter(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_no_path_can_be_is_taken_out_of_a_page() {
        let page = "<?xml version=\"1.0\"?><ListBucketResult><Prefix>a/</Prefix>\
            <Contents><Key>a/b&amp;c</Key><Size>1</Size></Contents>\
            <Contents><Key>a//x</Key><Size>1</Size></Contents>\n\
            <Contents><Key>a/&#x2e;./x</Key></Contents>\
            <CommonPrefixes><Prefix>a/1.0.0/</Prefix></CommonPrefixes>\
            <CommonPrefixes><Prefix>a//</Prefix></CommonPrefixes>\
            <NextContinuationToken>t</NextContinuationToken></ListBucketResult>";
        let kept = "<?xml version=\"1.0\"?><ListBucketResult><Prefix>a/</Prefix>\
            <Contents><Key>a/b&amp;c</Key><Size>1</Size></Contents>\n\
            <CommonPrefixes><Prefix>a/1.0.0/</Prefix></CommonPrefixes>\
            <NextContinuationToken>t</NextContinuationToken></ListBucketResult>";
        let odd = ["a//x", "a/../x", "a//"].map(str::to_owned).to_vec();
        assert_eq!(sieved(page), (kept.to_owned(), odd));
        // What is cut short is the library's to refuse.
        for text in ["", "<Contents><Key>a//x", "<Contents></Contents>", "&;&#xffffffff;<Key>"] {
            assert_eq!(sieved(text), (text.to_owned(), Vec::new()), "{text}");
        }
    }
}
