use super::key::Key;
use super::{GitError, Prompt, SigningKey, private_file, said, ssh_keygen, text_of};

impl SigningKey {
    /// An armoured SSHSIG over `bytes`, good in `namespace` only. With a passphrase that no agent knows, `prompt`
    /// decides whether it is asked for.
    pub fn sign(&self, namespace: &str, bytes: &[u8], prompt: Prompt) -> Result<Vec<u8>, GitError> {
        let public = match &self.key {
            Key::Agent(public) => Some(private_file(format!("{public}\n").as_bytes())?),
            Key::File(_) => None,
        };
        let mut args = vec!["-Y", "sign", "-n", namespace, "-f"];
        match (&self.key, &public) {
            (_, Some(file)) => args.extend([text_of(file)?, "-U"]),
            (Key::File(path) | Key::Agent(path), None) => args.push(path),
        }
        let program = self.program.as_deref().unwrap_or("ssh-keygen");
        // A name of a file, as git gives it: other programs than ssh-keygen know no other way.
        let message = private_file(bytes)?;
        args.push(text_of(&message)?);
        let ended = ssh_keygen(program, &args, b"", prompt)?;
        let made = tempfile::TempPath::try_from_path(format!("{}.sig", text_of(&message)?));
        let signature = made.and_then(std::fs::read);
        match (ended.status.success(), signature) {
            (true, Ok(signature)) => Ok(signature),
            _ => Err(GitError::Sign(said(&ended))),
        }
    }
}
