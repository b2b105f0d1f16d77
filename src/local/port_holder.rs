use std::path::Path;

use camino::Utf8PathBuf;

use crate::docker::Engine;

/// Who has a port of this machine.
pub(super) struct PortHolder {
    pub told: String,
    /// The project whose service it is.
    pub folder: Option<Utf8PathBuf>,
}

/// As far as one may know: a container, or a process.
pub(super) async fn port_holder(engine: &Engine, port: u16) -> PortHolder {
    // An engine that does not answer any more is told by what is done next.
    if let Ok(Some((container, folder))) = engine.publisher(port).await {
        let folder = Some(folder).filter(|folder| !folder.is_empty()).map(Utf8PathBuf::from);
        let told = match &folder {
            Some(folder) => format!("a service of the project in {folder} (the container {container})"),
            None => format!("the container {container}"),
        };
        return PortHolder { told, folder };
    }
    PortHolder { told: process(port).unwrap_or_else(|| "another program".to_owned()), folder: None }
}

/// Processes of other users can only be seen by root.
fn process(port: u16) -> Option<String> {
    let sockets: Vec<String> = ["/proc/net/tcp", "/proc/net/tcp6"]
        .into_iter()
        .filter_map(|file| fs_err::read_to_string(file).ok())
        .flat_map(|list| inodes(&list, port))
        .map(|inode| format!("socket:[{inode}]"))
        .collect();
    let processes = fs_err::read_dir("/proc").ok()?.flatten();
    processes.into_iter().find_map(|process| {
        let dir = process.path();
        let pid = dir.file_name()?.to_str()?.parse::<u32>().ok()?;
        holds(&dir, &sockets).then(|| {
            let name = fs_err::read_to_string(dir.join("comm")).unwrap_or_default();
            format!("{} (process {pid})", name.trim())
        })
    })
}

fn inodes(list: &str, port: u16) -> Vec<String> {
    let inode = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let (_, found) = fields.get(1)?.split_once(':')?;
        let listens = fields.get(3) == Some(&"0A") && u16::from_str_radix(found, 16) == Ok(port);
        listens.then(|| fields.get(9).map(|inode| (*inode).to_owned()))?
    };
    list.lines().filter_map(inode).collect()
}

fn holds(process: &Path, sockets: &[String]) -> bool {
    fs_err::read_dir(process.join("fd")).into_iter().flatten().flatten().any(|fd| {
        let target = fs_err::read_link(fd.path()).unwrap_or_default();
        sockets.iter().any(|socket| target.as_os_str() == socket.as_str())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listener_is_known_by_its_process() {
        let server = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = server.local_addr().unwrap().port();
        let found = process(port).unwrap();
        assert!(found.ends_with(&format!("(process {})", std::process::id())), "{found}");
        drop(server);
        assert_eq!(process(port), None);
    }
}
