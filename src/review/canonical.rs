use serde::Serialize;
use serde_json::Value;

use crate::domain::Digest;

/// The one way in which a value is written: keys in their order, no spaces. So what was signed can be told from anything
/// that only reads like it.
pub(super) fn canonical(value: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    let mut value = serde_json::to_value(value)?;
    value.sort_all_objects();
    serde_json::to_vec(&value)
}

pub(crate) fn digest_of(value: &impl Serialize) -> Result<Digest, serde_json::Error> {
    Ok(Digest::of(&canonical(value)?))
}

/// Only what was written that way: a key that is there twice, or in another place, could be read differently elsewhere.
pub(super) fn read_canonical(bytes: &[u8]) -> Result<Value, String> {
    let value: Value = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    match canonical(&value) {
        Ok(again) if again == bytes => Ok(value),
        _ => Err("it is not in the canonical form".to_owned()),
    }
}
