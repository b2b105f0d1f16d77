use async_trait::async_trait;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_RANGE, ETAG, IF_NONE_MATCH, LAST_MODIFIED, LOCATION, RANGE};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::BodyExt;
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService,
    ReqwestConnector,
};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::Deserialize;

use super::upload::PIECE;

/// The emulators of Google's storage that run beside a project know its JSON interface, the library its XML one. This
/// stands between the two, for the few requests that are made here.
#[derive(Debug)]
pub(super) struct Emulator {
    base: String,
}

impl Emulator {
    pub fn at(base: &str) -> Self {
        Self { base: base.to_owned() }
    }
}

impl HttpConnector for Emulator {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        let inner = ReqwestConnector::default().connect(options)?;
        Ok(HttpClient::new(Translated { base: self.base.clone(), inner }))
    }
}

#[derive(Debug)]
struct Translated {
    base: String,
    inner: HttpClient,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Meta {
    name: String,
    size: String,
    etag: String,
    updated: jiff::Timestamp,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    #[serde(default)]
    prefixes: Vec<String>,
    #[serde(default)]
    items: Vec<Meta>,
    next_page_token: Option<String>,
}

/// What is asked for, out of a request of the XML interface.
struct Asked {
    bucket: String,
    object: String,
    query: Vec<(String, String)>,
}

impl Asked {
    fn of(uri: &http::Uri) -> Self {
        let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let path = uri.path().trim_start_matches('/');
        let (bucket, object) = path.split_once('/').unwrap_or((path, ""));
        let pairs = uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
        let query = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(&value.replace('+', " ")))
        });
        Self { bucket: decode(bucket), object: decode(object), query: query.collect() }
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

fn text(value: &str) -> String {
    utf8_percent_encode(value, NON_ALPHANUMERIC).to_string()
}

#[async_trait]
impl HttpService for Translated {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let asked = Asked::of(request.uri());
        match (request.method().clone(), asked.object.is_empty(), asked.value("uploadId").map(str::to_owned))
        {
            (Method::GET, true, _) => self.list(&asked).await,
            (Method::GET | Method::HEAD, false, _) => self.get(&asked, &request).await,
            (Method::POST, _, None) => self.begin(&asked).await,
            (Method::PUT, _, Some(id)) => self.part(&asked, &id, request).await,
            (Method::POST, _, Some(id)) => self.complete(&asked, &id).await,
            (Method::DELETE, _, Some(_)) => answer(StatusCode::NO_CONTENT, &[], Bytes::new()),
            (Method::PUT, _, None) => self.put(&asked, request).await,
            _ => answer(StatusCode::NOT_IMPLEMENTED, &[], Bytes::new()),
        }
    }
}

impl Translated {
    fn upload(&self, asked: &Asked, kind: &str) -> String {
        let name = text(&asked.object);
        format!("{}/upload/storage/v1/b/{}/o?uploadType={kind}&name={name}", self.base, asked.bucket)
    }

    fn object(&self, asked: &Asked) -> String {
        format!("{}/storage/v1/b/{}/o/{}", self.base, asked.bucket, text(&asked.object))
    }

    async fn send(
        &self,
        method: Method,
        uri: &str,
        headers: &[(http::HeaderName, String)],
        body: impl Into<object_store::client::HttpRequestBody>,
    ) -> Result<HttpResponse, HttpError> {
        let mut request = Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        self.inner.execute(request.body(body.into()).map_err(decode)?).await
    }

    /// Of an object; the error is an answer that goes on as it is.
    async fn meta(&self, asked: &Asked) -> Result<Result<Meta, HttpResponse>, HttpError> {
        let found = self.send(Method::GET, &self.object(asked), &[], Bytes::new()).await?;
        if !found.status().is_success() {
            return Ok(Err(found));
        }
        Ok(Ok(read(found).await?))
    }

    async fn list(&self, asked: &Asked) -> Result<HttpResponse, HttpError> {
        let mut uri = format!("{}/storage/v1/b/{}/o?", self.base, asked.bucket);
        for (theirs, ours) in
            [("prefix", "prefix"), ("delimiter", "delimiter"), ("continuation-token", "pageToken")]
        {
            if let Some(value) = asked.value(theirs) {
                uri += &format!("{ours}={}&", text(value));
            }
        }
        let found = self.send(Method::GET, uri.trim_end_matches(['&', '?']), &[], Bytes::new()).await?;
        if !found.status().is_success() {
            return Ok(found);
        }
        let listed: Listed = read(found).await?;
        let mut xml = String::from("<ListBucketResult>");
        for item in &listed.items {
            let (name, etag) = (escaped(&item.name), escaped(&item.etag));
            let (size, updated) = (&item.size, item.updated);
            xml += &format!(
                "<Contents><Key>{name}</Key><Size>{size}</Size><LastModified>{updated}</LastModified><ETag>{etag}</ETag></Contents>"
            );
        }
        for prefix in &listed.prefixes {
            xml += &format!("<CommonPrefixes><Prefix>{}</Prefix></CommonPrefixes>", escaped(prefix));
        }
        if let Some(token) = &listed.next_page_token {
            xml += &format!("<NextContinuationToken>{}</NextContinuationToken>", escaped(token));
        }
        answer(StatusCode::OK, &[], Bytes::from(xml + "</ListBucketResult>"))
    }

    async fn get(&self, asked: &Asked, request: &HttpRequest) -> Result<HttpResponse, HttpError> {
        let meta = match self.meta(asked).await? {
            Ok(meta) => meta,
            Err(answer) => return Ok(answer),
        };
        let known = request.headers().get(IF_NONE_MATCH);
        if known.is_some_and(|known| known.as_bytes() == meta.etag.as_bytes()) {
            return answer(StatusCode::NOT_MODIFIED, &[], Bytes::new());
        }
        let modified =
            jiff::fmt::rfc2822::to_string(&meta.updated.to_zoned(jiff::tz::TimeZone::UTC)).map_err(decode)?;
        let mut headers = vec![(ETAG, meta.etag), (LAST_MODIFIED, modified)];
        if request.method() == Method::HEAD {
            headers.push((CONTENT_LENGTH, meta.size));
            return answer(StatusCode::OK, &headers, Bytes::new());
        }
        let range = request.headers().get(RANGE).and_then(|range| range.to_str().ok());
        let range: Vec<_> = range.map(|range| (RANGE, range.to_owned())).into_iter().collect();
        let mut found = self
            .send(Method::GET, &format!("{}?alt=media", self.object(asked)), &range, Bytes::new())
            .await?;
        for (name, value) in headers {
            found.headers_mut().insert(name, value.parse().map_err(decode)?);
        }
        Ok(found)
    }

    /// `from`: bucket and object, as a path is written.
    async fn copy(&self, asked: &Asked, from: &str) -> Result<HttpResponse, HttpError> {
        let (bucket, object) = from.split_once('/').unwrap_or((from, ""));
        let (base, to) = (&self.base, text(&asked.object));
        let uri = format!("{base}/storage/v1/b/{bucket}/o/{object}/copyTo/b/{}/o/{to}", asked.bucket);
        self.send(Method::POST, &uri, &[], Bytes::new()).await
    }

    async fn put(&self, asked: &Asked, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        if let Some(from) = request.headers().get("x-goog-copy-source") {
            return self.copy(asked, from.to_str().map_err(decode)?).await;
        }
        let mut uri = self.upload(asked, "media");
        if let Some(generation) = request.headers().get("x-goog-if-generation-match") {
            uri += &format!("&ifGenerationMatch={}", generation.to_str().map_err(decode)?);
        }
        // An emulator may take a body of nothing for none.
        let done = if request.body().content_length() == 0 {
            match self.start(asked).await? {
                Ok(id) => self.end(asked, &id, 0).await?,
                Err(answer) => answer,
            }
        } else {
            self.send(Method::POST, &uri, &[], request.into_body()).await?
        };
        if !done.status().is_success() {
            return Ok(done);
        }
        let meta: Meta = read(done).await?;
        answer(StatusCode::OK, &[(ETAG, meta.etag)], Bytes::new())
    }

    /// A long upload's name.
    async fn start(&self, asked: &Asked) -> Result<Result<String, HttpResponse>, HttpError> {
        let begun = self.send(Method::POST, &self.upload(asked, "resumable"), &[], Bytes::new()).await?;
        if !begun.status().is_success() {
            return Ok(Err(begun));
        }
        let location = begun.headers().get(LOCATION).and_then(|at| at.to_str().ok()).unwrap_or_default();
        Ok(Ok(location.split_once("upload_id=").map_or("", |(_, id)| id).to_owned()))
    }

    async fn end(&self, asked: &Asked, id: &str, total: u64) -> Result<HttpResponse, HttpError> {
        let uri = format!("{}&upload_id={id}", self.upload(asked, "resumable"));
        self.send(Method::PUT, &uri, &[(CONTENT_RANGE, format!("bytes */{total}"))], Bytes::new()).await
    }

    async fn begin(&self, asked: &Asked) -> Result<HttpResponse, HttpError> {
        let id = match self.start(asked).await? {
            Ok(id) => id,
            Err(answer) => return Ok(answer),
        };
        let xml = format!(
            "<InitiateMultipartUploadResult><UploadId>{id}</UploadId></InitiateMultipartUploadResult>"
        );
        answer(StatusCode::OK, &[], Bytes::from(xml))
    }

    /// What of an upload has arrived, in bytes.
    async fn arrived(&self, asked: &Asked, id: &str) -> Result<Result<u64, HttpResponse>, HttpError> {
        let uri = format!("{}&upload_id={id}", self.upload(asked, "resumable"));
        let told =
            self.send(Method::PUT, &uri, &[(CONTENT_RANGE, "bytes */*".to_owned())], Bytes::new()).await?;
        if told.status() != StatusCode::PERMANENT_REDIRECT {
            return Ok(Err(told));
        }
        let last =
            told.headers().get(RANGE).and_then(|range| range.to_str().ok()?.rsplit('-').next()?.parse().ok());
        // An emulator tells of none as of a first byte.
        Ok(Ok(last.map_or(0, |last: u64| if last == 0 { 0 } else { last + 1 })))
    }

    /// Pieces go one after the other here, each where the one before it ends. Of one that was cut off, its beginning may
    /// have arrived.
    async fn part(&self, asked: &Asked, id: &str, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let arrived = match self.arrived(asked, id).await? {
            Ok(arrived) => arrived,
            Err(answer) => return Ok(answer),
        };
        let body = request.into_body().collect().await?.to_bytes();
        let number: u64 = asked.value("partNumber").and_then(|number| number.parse().ok()).unwrap_or(1);
        let start = (number - 1) * PIECE;
        let there = answer(StatusCode::OK, &[(ETAG, number.to_string())], Bytes::new());
        let Some(skip) = arrived.checked_sub(start) else {
            return answer(StatusCode::NOT_FOUND, &[], Bytes::new());
        };
        let rest = body.slice(body.len().min(usize::try_from(skip).unwrap_or(usize::MAX))..);
        if rest.is_empty() {
            return there;
        }
        let range = format!("bytes {arrived}-{}/*", arrived + rest.len() as u64 - 1);
        let uri = format!("{}&upload_id={id}", self.upload(asked, "resumable"));
        let done = self.send(Method::PUT, &uri, &[(CONTENT_RANGE, range)], rest).await?;
        if matches!(done.status(), StatusCode::PERMANENT_REDIRECT | StatusCode::OK) {
            there
        } else {
            Ok(done)
        }
    }

    async fn complete(&self, asked: &Asked, id: &str) -> Result<HttpResponse, HttpError> {
        let total = match self.arrived(asked, id).await? {
            Ok(total) => total,
            Err(answer) => return Ok(answer),
        };
        let done = self.end(asked, id, total).await?;
        if !done.status().is_success() {
            return Ok(done);
        }
        let meta: Meta = read(done).await?;
        let etag = escaped(&meta.etag);
        let xml =
            format!("<CompleteMultipartUploadResult><ETag>{etag}</ETag></CompleteMultipartUploadResult>");
        answer(StatusCode::OK, &[], Bytes::from(xml))
    }
}

async fn read<T: serde::de::DeserializeOwned>(answer: HttpResponse) -> Result<T, HttpError> {
    let body = answer.into_body().bytes().await?;
    serde_json::from_slice(&body).map_err(decode)
}

fn answer(
    status: StatusCode,
    headers: &[(http::HeaderName, String)],
    body: Bytes,
) -> Result<HttpResponse, HttpError> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    for (name, value) in headers {
        response.headers_mut().insert(name, HeaderValue::from_str(value).map_err(decode)?);
    }
    Ok(response)
}

fn decode(error: impl std::error::Error + Send + Sync + 'static) -> HttpError {
    HttpError::new(HttpErrorKind::Decode, error)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
