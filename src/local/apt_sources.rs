use std::path::Path;

use super::suite::Suite;

/// This machine's own package archive, for a release: lines of a sources.list. Empty where this machine is of
/// another distribution: the bootstrap tool then knows its archive.
pub(super) fn host_sources(suite: &Suite) -> Vec<String> {
    let Ok(release) = fs_err::read_to_string("/etc/os-release") else { return Vec::new() };
    let field = |name: &str| {
        let line = release.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        line.map(|value| value.trim_matches('"').to_owned())
    };
    if field("ID").as_deref() != Some(suite.distribution) {
        return Vec::new();
    }
    let Some(own) = field("VERSION_CODENAME") else { return Vec::new() };
    let mut lines = Vec::new();
    for (name, text) in source_files() {
        let entries = if name.ends_with(".sources") { stanzas(&text) } else { one_liners(&text) };
        lines.extend(entries.iter().flat_map(|entry| entry.lines(&own, &suite.codename)));
    }
    lines.dedup();
    lines
}

fn source_files() -> Vec<(String, String)> {
    let dir = fs_err::read_dir("/etc/apt/sources.list.d").into_iter().flatten().flatten();
    let mut paths: Vec<_> = dir.map(|entry| entry.path()).collect();
    paths.push(Path::new("/etc/apt/sources.list").to_owned());
    paths.sort();
    paths
        .into_iter()
        .filter(|path| path.extension().is_some_and(|end| end == "list" || end == "sources"))
        .filter_map(|path| Some((path.to_str()?.to_owned(), fs_err::read_to_string(&path).ok()?)))
        .collect()
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Entry {
    uris: Vec<String>,
    suites: Vec<String>,
    components: Vec<String>,
}

impl Entry {
    /// Only what belongs to the release of this machine (not other vendors' archives), told for another release.
    fn lines(&self, own: &str, wanted: &str) -> Vec<String> {
        let components = self.components.join(" ");
        let mut lines = Vec::new();
        for suite in &self.suites {
            let Some(pocket) =
                suite.strip_prefix(own).filter(|rest| rest.is_empty() || rest.starts_with('-'))
            else {
                continue;
            };
            lines.extend(self.uris.iter().map(|uri| format!("deb {uri} {wanted}{pocket} {components}")));
        }
        lines
    }
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// The deb822 format: stanzas of `Key: value`.
fn stanzas(text: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut entry = Entry::default();
    let mut kept = false;
    for line in text.lines().chain([""]) {
        if line.trim().is_empty() {
            if std::mem::take(&mut kept) {
                entries.push(std::mem::take(&mut entry));
            }
            entry = Entry::default();
            continue;
        }
        let Some((key, value)) = line.split_once(':').filter(|_| !line.starts_with('#')) else { continue };
        match key.to_ascii_lowercase().as_str() {
            "types" => kept = value.split_whitespace().any(|kind| kind == "deb"),
            "uris" => entry.uris = words(value),
            "suites" => entry.suites = words(value),
            "components" => entry.components = words(value),
            _ => {}
        }
    }
    entries
}

/// `deb [options] uri suite component…`
fn one_liners(text: &str) -> Vec<Entry> {
    let entry = |line: &str| {
        let rest = line.trim().strip_prefix("deb ")?.trim();
        let rest = match rest.strip_prefix('[') {
            Some(options) => options.split_once(']')?.1,
            None => rest,
        };
        let mut words = words(rest).into_iter();
        Some(Entry { uris: vec![words.next()?], suites: vec![words.next()?], components: words.collect() })
    };
    text.lines().filter_map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_formats_are_read_and_other_vendors_left_out() {
        let modern = "Types: deb\n# old: x\nURIs: http://mirror/debian\nSuites: bookworm bookworm-updates\n\
                      Components: main\nSigned-By: /k.gpg\n\nTypes: deb\nURIs: http://vendor\nSuites: nodistro\n";
        let lines: Vec<_> =
            stanzas(modern).iter().flat_map(|entry| entry.lines("bookworm", "bookworm")).collect();
        assert_eq!(
            lines,
            ["deb http://mirror/debian bookworm main", "deb http://mirror/debian bookworm-updates main"]
        );
        let old =
            "# c\ndeb [arch=amd64 signed-by=/k] http://mirror/debian bookworm main contrib\ndeb-src x y z\n";
        let lines: Vec<_> =
            one_liners(old).iter().flat_map(|entry| entry.lines("bookworm", "trixie")).collect();
        assert_eq!(lines, ["deb http://mirror/debian trixie main contrib"]);
    }
}
