use std::env;

use camino::{Utf8Path, Utf8PathBuf};

use super::LocalError;
use crate::docker::HostCertificates;
use crate::domain::Digest;

/// Where images and containers have it.
pub(super) const TARGET: &str = "/etc/greenroom/certificates.crt";

/// Each makes some client read the bundle: OpenSSL, requests, pip, curl, node, git, gRPC, the AWS tools.
pub(super) const VARIABLES: [&str; 8] = [
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "PIP_CERT",
    "CURL_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
    "GIT_SSL_CAINFO",
    "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH",
    "AWS_CA_BUNDLE",
];

const BUNDLES: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];
/// Where an administrator puts certificates that the distribution does not have.
const ADDED: [&str; 2] = ["/usr/local/share/ca-certificates", "/etc/pki/ca-trust/source/anchors"];

/// The host's trusted certificates, where containers need them: behind a company's proxy nothing else is trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    pub path: Utf8PathBuf,
    pub text: Vec<u8>,
    pub digest: Digest,
    /// Why containers need it, for people.
    pub why: String,
}

impl Bundle {
    /// None where the host trusts only what its distribution does.
    pub fn find() -> Result<Option<Self>, LocalError> {
        let named = ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"]
            .into_iter()
            .find_map(|name| Some((name, env::var(name).ok().filter(|path| !path.is_empty())?)));
        let added = ADDED.into_iter().find(|dir| has_certificates(Utf8Path::new(dir)));
        let Some((path, why)) = choose(named, added) else { return Ok(None) };
        let text = fs_err::read(&path).map_err(LocalError::io("cannot read the host's certificates"))?;
        let digest = Digest::of(&text);
        Ok(Some(Self { path, text, digest, why }))
    }

    pub fn for_containers(&self) -> HostCertificates {
        HostCertificates {
            bundle: self.path.clone(),
            target: Utf8PathBuf::from(TARGET),
            variables: VARIABLES.to_vec(),
        }
    }
}

fn choose(named: Option<(&str, String)>, added: Option<&str>) -> Option<(Utf8PathBuf, String)> {
    if let Some((name, path)) = named {
        return Some((path.into(), format!("{name} names it")));
    }
    let bundle = BUNDLES.into_iter().find(|path| Utf8Path::new(path).is_file())?;
    added.map(|dir| (bundle.into(), format!("certificates were added in {dir}")))
}

fn has_certificates(dir: &Utf8Path) -> bool {
    let end = |path: &std::path::Path| path.extension().is_some_and(|end| end == "crt" || end == "pem");
    walkdir::WalkDir::new(dir)
        .into_iter()
        .flatten()
        .any(|entry| entry.file_type().is_file() && end(entry.path()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_is_needed_where_somebody_named_or_added_one() {
        let (path, why) = choose(Some(("SSL_CERT_FILE", "/own.pem".to_owned())), None).unwrap();
        assert_eq!((path.as_str(), why.as_str()), ("/own.pem", "SSL_CERT_FILE names it"));
        assert_eq!(choose(None, None), None);
    }

    #[test]
    fn only_certificates_count_as_added() {
        let dir = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(dir.path()).unwrap();
        assert!(!has_certificates(path));
        fs_err::write(path.join("README"), "").unwrap();
        assert!(!has_certificates(path));
        fs_err::create_dir(path.join("company")).unwrap();
        fs_err::write(path.join("company/proxy.crt"), "x").unwrap();
        assert!(has_certificates(path));
        assert!(!has_certificates(&path.join("missing")));
    }
}
