use std::path::PathBuf;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::gcp::GcpCredential;

use super::connect::variable;

/// For an emulator, which lets everybody in.
pub(super) fn nobody() -> GcpCredential {
    GcpCredential { bearer: String::new() }
}

/// The keys of the user's profile in `~/.aws/credentials`, where no variable tells any other way in. A profile that
/// asks somebody for keys (a role, a login) is none that can be read.
pub(super) fn of_profile(builder: AmazonS3Builder) -> Result<AmazonS3Builder, String> {
    let others = [
        "AWS_ACCESS_KEY_ID",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    ];
    let named = variable("AWS_PROFILE");
    if named.is_none() && others.into_iter().any(|name| variable(name).is_some()) {
        return Ok(builder);
    }
    if variable("AWS_ACCESS_KEY_ID").is_some() {
        return Ok(builder);
    }
    let home = variable("HOME").map(PathBuf::from).unwrap_or_default();
    let file = |name: &str, default: &str| {
        let path = variable(name).map_or_else(|| home.join(".aws").join(default), PathBuf::from);
        fs_err::read_to_string(path).unwrap_or_default()
    };
    let credentials = file("AWS_SHARED_CREDENTIALS_FILE", "credentials");
    let config = file("AWS_CONFIG_FILE", "config");
    let profile = named.clone().unwrap_or_else(|| "default".to_owned());
    let of = |key: &str| {
        let in_config = if profile == "default" { profile.clone() } else { format!("profile {profile}") };
        value(&credentials, &profile, key).or_else(|| value(&config, &in_config, key))
    };
    let mut builder = builder;
    if variable("AWS_REGION").is_none()
        && variable("AWS_DEFAULT_REGION").is_none()
        && let Some(region) = of("region")
    {
        builder = builder.with_region(region);
    }
    match (of("aws_access_key_id"), of("aws_secret_access_key"), named) {
        (Some(id), Some(secret), _) => {
            let builder = builder.with_access_key_id(id).with_secret_access_key(secret);
            Ok(match of("aws_session_token") {
                Some(token) => builder.with_config(AmazonS3ConfigKey::Token, token),
                None => builder,
            })
        }
        (_, _, Some(named)) => {
            Err(format!("the profile {named} (AWS_PROFILE) has no keys in ~/.aws/credentials"))
        }
        // A machine in the cloud is asked who it is.
        _ => Ok(builder),
    }
}

/// Of a file of `[section]`s and `key = value`s.
fn value(text: &str, section: &str, key: &str) -> Option<String> {
    let mut here = false;
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.split_once(']')) {
            here = name.0.trim() == section;
        } else if here
            && let Some((name, value)) = line.split_once('=')
            && name.trim() == key
        {
            return Some(value.trim().to_owned()).filter(|value| !value.is_empty());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_has_the_keys_of_its_own_section() {
        let text = "# mine\n[default]\naws_access_key_id = A\n\n[ work ]\naws_access_key_id=B\nregion =\n";
        assert_eq!(value(text, "default", "aws_access_key_id").as_deref(), Some("A"));
        assert_eq!(value(text, "work", "aws_access_key_id").as_deref(), Some("B"));
        assert_eq!(value(text, "work", "region"), None);
        assert_eq!(value(text, "other", "aws_access_key_id"), None);
    }
}
