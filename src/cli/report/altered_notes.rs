use camino::Utf8Path;
use indexmap::IndexMap;

use crate::cli::Output;
use crate::domain::Token;
use crate::store::Broken;

/// Runs that are named where many are the same way.
const NAMED: usize = 5;

/// Tells of runs whose figures count for nothing: machines of each, people of each reason once.
pub fn tell_altered(altered: &[Broken], root: &Utf8Path, output: &Output) {
    match output.json {
        true => altered.iter().for_each(|one| output.remark(&format!("{}: {}", one.path, one.why))),
        false => notes(altered, root).iter().for_each(|note| output.warn(note)),
    }
}

/// `root`: the project's, in which most of them lie.
fn notes(altered: &[Broken], root: &Utf8Path) -> Vec<String> {
    let mut by_reason: IndexMap<&str, Vec<&Utf8Path>> = IndexMap::new();
    for one in altered {
        let path = one.path.strip_prefix(root).unwrap_or(&one.path);
        let known = by_reason.entry(&one.why).or_default();
        if !known.contains(&path) {
            known.push(path);
        }
    }
    let note = |(why, paths): (&str, Vec<&Utf8Path>)| match paths.as_slice() {
        [one] => format!("{one}: {why}"),
        many => {
            let named: Vec<String> = many.iter().take(NAMED).map(|path| short(path)).collect();
            let more = if many.len() > NAMED { " and others" } else { "" };
            format!("{} runs, {}{more}: {why}", many.len(), named.join(", "))
        }
    };
    by_reason.into_iter().map(note).collect()
}

fn short(path: &Utf8Path) -> String {
    let token = path.file_name().and_then(|name| name.parse::<Token>().ok());
    token.map_or_else(|| path.to_string(), |token| token.short())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::scene;

    #[test]
    fn a_reason_is_told_once_and_a_path_from_the_project_on() {
        let altered = |token: &str| {
            Broken::altered(
                format!("/data/flights/.greenroom/store/x/{token}").into(),
                &["evaluate.m".to_owned()],
            )
        };
        let of = scene::token().to_string();
        let other = of.replace("3f2a", "3f2b");
        let told = notes(&[altered(&of)], "/data/flights".into());
        let why = "evaluate.m was changed after the step had made it: its figures count for nothing";
        assert_eq!(told, [format!(".greenroom/store/x/{of}: {why}")]);
        let told = notes(&[altered(&of), altered(&other), altered(&of)], "/data/flights".into());
        assert_eq!(told, [format!("2 runs, 3f2a, 3f2b: {why}")]);
    }
}
