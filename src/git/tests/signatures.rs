use std::process::{Command, Stdio};

use camino::Utf8PathBuf;

use super::world::*;
use crate::git::ssh::{BadSignature, NAMESPACE, SigningKey, Verifier};
use crate::git::testing::Repository as Folder;
use crate::git::{GitError, Prompt};

/// A new key below a folder, and its public half.
fn key(folder: &Folder, name: &str, passphrase: &str) -> (Utf8PathBuf, String) {
    let path = folder.root.join(name);
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-C", "somebody's", "-N", passphrase, "-f", path.as_str()])
        .status()
        .unwrap();
    assert!(made.success());
    let public = fs_err::read_to_string(format!("{path}.pub")).unwrap();
    (path, public.rsplit_once(' ').unwrap().0.to_owned())
}

fn sign(path: &Utf8PathBuf, namespace: &str) -> Vec<u8> {
    SigningKey::file(path).sign(namespace, b"payload", Prompt::Never).unwrap()
}

#[test]
fn a_signature_is_good_for_its_signer_its_words_and_its_purpose() {
    let folder = Folder::bare_folder();
    let (ana, public) = key(&folder, "ana", "");
    let (eve, _) = key(&folder, "eve", "");
    let signature = sign(&ana, NAMESPACE);
    let verify = |allowed: String, revoked: &[u8], bytes: &[u8], signature: &[u8]| {
        Verifier::new(&allowed, revoked).unwrap().verify(NAMESPACE, bytes, signature).unwrap()
    };
    let plain = format!("ana@example.com {public}\n");
    let good = verify(plain.clone(), b"", b"payload", &signature).unwrap();
    assert_eq!(good.principals, ["ana@example.com"]);
    assert_eq!(verify(plain.replace('\n', "\r\n"), b"", b"payload", &signature), Ok(good.clone()));
    assert_eq!(good.key_fingerprint, SigningKey::file(&ana).fingerprint().unwrap());

    let bad = |allowed: String, revoked: &[u8]| verify(allowed, revoked, b"payload", &signature).unwrap_err();
    assert_eq!(
        bad(format!("ana@example.com valid-before=\"20200101\" {public}"), b""),
        BadSignature::Expired
    );
    assert_eq!(bad(format!("ana@example.com valid-after=\"29990101\" {public}"), b""), BadSignature::NotYet);
    assert_eq!(bad(format!("ana@example.com namespaces=\"git\" {public}"), b""), BadSignature::NotPermitted);
    assert_eq!(bad(format!("*@example.com {public}"), b""), BadSignature::UnknownKey);
    assert_eq!(bad(String::new(), b""), BadSignature::UnknownKey);
    assert_eq!(bad(plain.clone(), public.as_bytes()), BadSignature::Revoked);

    let check = |bytes: &[u8], signature: &[u8]| verify(plain.clone(), b"", bytes, signature).unwrap_err();
    assert_eq!(check(b"payload.", &signature), BadSignature::Altered);
    assert_eq!(check(b"payload", &sign(&ana, "git")), BadSignature::OtherNamespace("git".into()));
    assert_eq!(check(b"payload", &sign(&eve, NAMESPACE)), BadSignature::UnknownKey);
    for junk in [&b""[..], b"junk", b"-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n"] {
        assert_eq!(check(b"payload", junk), BadSignature::Malformed);
    }
    // Someone else's key in the place of hers, within the envelope.
    let forged = String::from_utf8(signature.clone()).unwrap().replacen("AAAAA", "AAAAB", 1);
    assert!(verify(plain.clone(), b"", b"payload", forged.as_bytes()).is_err());
}

#[test]
fn a_revoked_key_is_known_by_a_krl_and_another_by_neither() {
    let folder = Folder::bare_folder();
    let (ana, public) = key(&folder, "ana", "");
    let (_, other) = key(&folder, "other", "");
    let krl = folder.root.join("krl");
    let made =
        Command::new("ssh-keygen").args(["-q", "-k", "-f", krl.as_str(), &format!("{ana}.pub")]).status();
    assert!(made.unwrap().success());
    let allowed = format!("ana@example.com {public}\n");
    let signature = sign(&ana, NAMESPACE);
    let verify = |revoked: &[u8]| {
        Verifier::new(&allowed, revoked).unwrap().verify(NAMESPACE, b"payload", &signature).unwrap()
    };
    assert_eq!(verify(&fs_err::read(&krl).unwrap()), Err(BadSignature::Revoked));
    assert!(verify(other.as_bytes()).is_ok());
    // Its line is mostly gone as well by then.
    let lists = [String::new(), format!("ana@example.com valid-before=\"20200101\" {public}\n")];
    for allowed in lists {
        let verify = |revoked: &[u8], bytes: &[u8]| {
            Verifier::new(&allowed, revoked)
                .unwrap()
                .verify(NAMESPACE, bytes, &signature)
                .unwrap()
                .unwrap_err()
        };
        assert_eq!(verify(public.as_bytes(), b"payload"), BadSignature::Revoked);
        assert_eq!(verify(&fs_err::read(&krl).unwrap(), b"payload"), BadSignature::Revoked);
        assert_ne!(verify(public.as_bytes(), b"other"), BadSignature::Revoked, "nobody has signed that");
        assert_ne!(verify(other.as_bytes(), b"payload"), BadSignature::Revoked);
    }
}

#[test]
fn whoever_shares_a_key_is_named() {
    let folder = Folder::bare_folder();
    let (ana, public) = key(&folder, "ana", "");
    let allowed = format!(
        "ana@example.com {public}\neli@example.com {public}\nold@example.com valid-before=\"20200101\" {public}\n"
    );
    let verifier = Verifier::new(&allowed, b"").unwrap();
    let good = verifier.verify(NAMESPACE, b"payload", &sign(&ana, NAMESPACE)).unwrap().unwrap();
    assert_eq!(good.principals, ["ana@example.com", "eli@example.com"]);
}

#[test]
fn an_authority_may_vouch_for_a_key() {
    let folder = Folder::bare_folder();
    let (authority, public) = key(&folder, "authority", "");
    let (ana, _) = key(&folder, "ana", "");
    let certified = Command::new("ssh-keygen")
        .args(["-q", "-s", authority.as_str(), "-I", "ana", "-n", "ana@example.com", &format!("{ana}.pub")])
        .status();
    assert!(certified.unwrap().success());
    let signature = sign(&format!("{ana}-cert.pub").into(), NAMESPACE);
    let allowed = format!("*@example.com cert-authority {public}\n");
    let good = Verifier::new(&allowed, b"").unwrap().verify(NAMESPACE, b"payload", &signature).unwrap();
    assert_eq!(good.unwrap().principals, ["ana@example.com"]);
}

#[test]
fn the_key_is_the_one_that_git_signs_with_unless_another_is_named() {
    let world = World::new();
    let (folder, keys) = (&world.ana, Folder::bare_folder());
    let (path, public) = key(&keys, "my key", "");
    let (own, own_public) = key(&keys, "own", "");
    let configured = || SigningKey::configured(&folder.root).unwrap();
    folder.git(&["config", "gpg.format", "openpgp"]);
    folder.git(&["config", "user.signingKey", path.as_str()]);
    assert_eq!(configured(), None, "it is no key of ssh's");
    folder.git(&["config", "gpg.format", "ssh"]);
    assert_eq!(configured().unwrap().public_key().unwrap(), public);
    fs_err::remove_file(format!("{path}.pub")).unwrap();
    assert_eq!(configured().unwrap().public_key().unwrap(), public, "read from the private key");
    assert!(configured().unwrap().sign(NAMESPACE, b"payload", Prompt::Never).is_ok());
    folder.git(&["config", "greenroom.signingKey", own.as_str()]);
    assert_eq!(configured().unwrap().public_key().unwrap(), own_public);
    let literal = format!("key::{own_public} somebody's");
    folder.git(&["config", "greenroom.signingKey", &literal]);
    assert_eq!(configured().unwrap().public_key().unwrap(), own_public);
}

/// In a child process of this test, because an agent is found by the environment.
#[test]
fn a_key_that_an_agent_holds_signs_by_its_public_half() {
    const MARK: &str = "GREENROOM_TEST_AGENT_HOLDS";
    if let Ok(folder) = std::env::var(MARK) {
        let key = SigningKey::configured(folder.as_str().into()).unwrap().unwrap();
        let signature = key.sign(NAMESPACE, b"payload", Prompt::Never).unwrap();
        let verifier = Verifier::new(&format!("ana@example.com {}", key.public_key().unwrap()), b"").unwrap();
        assert!(verifier.verify(NAMESPACE, b"payload", &signature).unwrap().is_ok());
        return;
    }
    let (world, keys) = (World::new(), Folder::bare_folder());
    let (path, public) = key(&keys, "ana", "");
    world.ana.git(&["config", "greenroom.signingKey", &format!("key::{public}")]);
    let socket = keys.root.join("agent");
    let mut agent =
        Command::new("ssh-agent").args(["-D", "-a", socket.as_str()]).stdout(Stdio::null()).spawn().unwrap();
    while !socket.exists() && agent.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    let added = Command::new("ssh-add").args(["-q", path.as_str()]).env("SSH_AUTH_SOCK", &socket).status();
    fs_err::remove_file(&path).unwrap();
    let ended = Command::new(std::env::current_exe().unwrap())
        .args(["a_key_that_an_agent_holds_signs_by_its_public_half", "--nocapture"])
        .env("SSH_AUTH_SOCK", &socket)
        .env(MARK, &world.ana.root)
        .output()
        .unwrap();
    agent.kill().unwrap();
    agent.wait().unwrap();
    assert!(added.unwrap().success());
    let told = String::from_utf8_lossy(&ended.stdout);
    assert!(ended.status.success() && told.contains("1 passed"), "{told}");
}

#[test]
fn a_key_without_its_passphrase_or_its_file_says_so_and_asks_nobody() {
    let folder = Folder::bare_folder();
    let (locked, public) = key(&folder, "locked", "secret words");
    let refused = SigningKey::file(&locked).sign(NAMESPACE, b"payload", Prompt::Never);
    let Err(GitError::Sign(said)) = refused else { panic!("{refused:?}") };
    assert!(said.contains("passphrase"), "{said}");
    assert_eq!(SigningKey::file(&locked).public_key().unwrap(), public);
    let gone = SigningKey::file(&folder.root.join("gone"));
    assert!(matches!(gone.sign(NAMESPACE, b"payload", Prompt::Never), Err(GitError::Sign(_))));
    assert!(matches!(gone.public_key(), Err(GitError::PublicKey { .. })));
    let Err(BadSignature::UnknownKey) = Verifier::new("", b"")
        .unwrap()
        .verify(NAMESPACE, b"payload", &sign(&key(&folder, "b", "").0, NAMESPACE))
        .unwrap()
    else {
        panic!("nobody is allowed")
    };
}
