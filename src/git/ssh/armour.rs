use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----";
const END: &str = "-----END SSH SIGNATURE-----";
const MAGIC: &[u8] = b"SSHSIG\0\0\0\x01";

/// What a signature says of itself, by OpenSSH's PROTOCOL.sshsig. None of it is verified.
pub(super) struct Armour {
    /// The public key as in a list of signers, in base64.
    pub key: String,
    /// `ssh-ed25519` and the like.
    pub kind: String,
    pub namespace: String,
}

/// None: it is no signature.
pub(super) fn read(signature: &[u8]) -> Option<Armour> {
    let text = std::str::from_utf8(signature).ok()?.trim();
    let body: String = text.strip_prefix(BEGIN)?.strip_suffix(END)?.split_whitespace().collect();
    let bytes = STANDARD.decode(body).ok()?;
    let (key, rest) = string(bytes.strip_prefix(MAGIC)?)?;
    let (namespace, _) = string(rest)?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (kind, _) = string(key)?;
    Some(Armour { key: STANDARD.encode(key), kind: text(kind), namespace: text(namespace) })
}

/// A length of four bytes, and so many.
fn string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn no_signature_is_too_odd(bytes: Vec<u8>, cut in 0usize..300) {
            read(&bytes);
            let mut inner = MAGIC.to_vec();
            inner.extend(&bytes);
            inner.truncate(cut);
            read(format!("{BEGIN}\n{}\n{END}", STANDARD.encode(inner)).as_bytes());
        }
    }
}
