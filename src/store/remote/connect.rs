use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey, Checksum, S3ConditionalPut};
use object_store::client::ReqwestConnector;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::{ClientOptions, RetryConfig, StaticCredentialProvider};

use super::bucket::Store;
use super::emulator::Emulator;
use super::sieve::{OddKeys, Sieve};
use super::{Address, Scheme};
use super::{RemoteError, credentials};

/// How long trouble is waited out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Haste {
    /// Somebody waits for the answer.
    Asking,
    /// A run's files are sent: a network that is away for some seconds cuts nothing off.
    Sending,
}

impl Haste {
    fn retries(self) -> RetryConfig {
        let (max_retries, seconds) = match self {
            Self::Asking => (2, 10),
            Self::Sending => (8, 120),
        };
        let retry_timeout = Duration::from_secs(seconds);
        RetryConfig { max_retries, retry_timeout, ..RetryConfig::default() }
    }

    fn options(self, plain: bool) -> ClientOptions {
        // Of a silent peer, not of a long transfer. To put a long file together takes a bucket its time.
        let silence = match self {
            Self::Asking => 30,
            Self::Sending => 300,
        };
        ClientOptions::new()
            .with_allow_http(plain)
            .with_connect_timeout(Duration::from_secs(5))
            .with_timeout_disabled()
            .with_read_timeout(Duration::from_secs(silence))
    }
}

/// Where an emulator of Google's storage listens, as its own libraries have it.
const EMULATOR: &str = "STORAGE_EMULATOR_HOST";

/// The store behind an address, with the credentials that the clouds' own tools would find for this user: a spec never
/// says any.
/// `odd`: takes the keys that are passed over.
pub(super) fn connect(address: &Address, haste: Haste, odd: &OddKeys) -> Result<Arc<dyn Store>, RemoteError> {
    // Fails where one is installed already, which is as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match address.scheme {
        Scheme::Gs => gs(address, haste, odd.clone()),
        Scheme::S3 => s3(address, haste, odd.clone()),
    }
}

fn gs(address: &Address, haste: Haste, odd: OddKeys) -> Result<Arc<dyn Store>, RemoteError> {
    let builder = match variable(EMULATOR) {
        // It asks nobody who they are, so it is told nothing.
        Some(host) => {
            let url = if host.contains("://") { host } else { format!("http://{host}") };
            let url = plain_only_here(address, EMULATOR, &url)?;
            GoogleCloudStorageBuilder::new()
                .with_credentials(Arc::new(StaticCredentialProvider::new(credentials::nobody())))
                .with_http_connector(Sieve { inner: Emulator::at(&url), odd })
                .with_base_url(&url)
                .with_client_options(haste.options(url.starts_with("http://")))
        }
        None => GoogleCloudStorageBuilder::from_env()
            .with_http_connector(Sieve { inner: ReqwestConnector::default(), odd })
            .with_client_options(haste.options(false)),
    };
    let builder = builder.with_bucket_name(&address.bucket).with_retry(haste.retries());
    Ok(Arc::new(builder.build().map_err(|error| RemoteError::of(address, "", error))?))
}

fn s3(address: &Address, haste: Haste, odd: OddKeys) -> Result<Arc<dyn Store>, RemoteError> {
    let builder = AmazonS3Builder::from_env();
    let mut plain = false;
    for key in [AmazonS3ConfigKey::S3Endpoint, AmazonS3ConfigKey::Endpoint] {
        if let Some(url) = builder.get_config_value(&key) {
            plain |= plain_only_here(address, "AWS_ENDPOINT_URL", &url)?.starts_with("http://");
        }
    }
    let builder = credentials::of_profile(builder)
        .map_err(|why| RemoteError::Denied { at: address.clone(), why })?
        .with_http_connector(Sieve { inner: ReqwestConnector::default(), odd })
        .with_client_options(haste.options(plain))
        .with_bucket_name(&address.bucket)
        .with_retry(haste.retries())
        // The store compares each piece with the sum that comes along.
        .with_checksum_algorithm(Checksum::SHA256)
        .with_conditional_put(S3ConditionalPut::ETagMatch);
    Ok(Arc::new(builder.build().map_err(|error| RemoteError::of(address, "", error))?))
}

/// What goes over a network goes encrypted.
fn plain_only_here(address: &Address, variable: &str, url: &str) -> Result<String, RemoteError> {
    let unusable = |why: String| RemoteError::Unusable { at: address.clone(), why };
    let parsed: http::Uri =
        url.parse().map_err(|error| unusable(format!("{variable} is no URL: {error}")))?;
    let here = match parsed.host() {
        Some("localhost") => true,
        Some(host) => {
            let host = host.trim_start_matches('[').trim_end_matches(']');
            host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
        }
        None => false,
    };
    match (parsed.scheme_str(), here) {
        (Some("https"), _) | (Some("http"), true) => Ok(url.trim_end_matches('/').to_owned()),
        // Somebody may have written a password into it.
        _ => {
            let host = parsed.host().unwrap_or_default();
            Err(unusable(format!("{variable} leads to {host}, and only https:// leaves this machine")))
        }
    }
}

pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_goes_unencrypted_over_a_network() {
        let address = Address::parse("s3://b").unwrap();
        let allowed = |url: &str| plain_only_here(&address, "AWS_ENDPOINT_URL", url).is_ok();
        for good in
            ["http://127.0.0.1:9023/", "http://localhost:1", "http://[::1]:1", "https://minio.example"]
        {
            assert!(allowed(good), "{good}");
        }
        for bad in [
            "http://10.0.0.1",
            "http://127.0.0.1.example",
            "http://localhost.example",
            "ftp://localhost",
            "x",
        ] {
            assert!(!allowed(bad), "{bad}");
        }
    }
}
