use super::{Finding, Health, Host};
use crate::local::Bundle;

const WHAT: &str = "certificates";

pub(super) fn look(host: &Host) -> Finding {
    match Bundle::find() {
        Ok(None) => Finding::new(Health::Ok, WHAT, "containers need no others than their own"),
        Ok(Some(bundle)) => {
            let found = format!("{} goes into images and containers, because {}", bundle.path, bundle.why);
            Finding::new(Health::Ok, WHAT, found)
        }
        Err(error) => Finding::new(Health::Missing, WHAT, error.to_string())
            .to_fix(["unset SSL_CERT_FILE REQUESTS_CA_BUNDLE".to_owned()])
            .to_fix([host.as_root("update-ca-certificates")]),
    }
}
