/// The candidate that was probably meant, if one is near enough.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&lower, candidate), candidate))
        .filter(|(distance, candidate)| {
            *distance <= candidate.chars().count().max(lower.chars().count()) / 3 + 1
        })
        .filter(|(distance, candidate)| *distance < candidate.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// As a help: the nearest one, or all there are.
pub fn did_you_mean<'a>(
    word: &str,
    what: &str,
    candidates: impl IntoIterator<Item = &'a str> + Clone,
) -> String {
    if let Some(near) = nearest(word, candidates.clone()) {
        return format!("did you mean `{near}`?");
    }
    let mut all: Vec<&str> = candidates.into_iter().collect();
    match all.len() {
        0 => format!("there are no {what}"),
        many => {
            all.truncate(20);
            let more = if many > all.len() { ", …" } else { "" };
            format!("the {what} there can be: {}{more}", all.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn near_is_near() {
        let keys = ["needs", "uses", "with", "outputs", "inputs"];
        assert_eq!(nearest("need", keys), Some("needs"));
        assert_eq!(nearest("ouptuts", keys), Some("outputs"));
        assert_eq!(nearest("OUTPUTS", keys), Some("outputs"));
        assert_eq!(nearest("frobnicate", keys), None);
        assert_eq!(nearest("x", keys), None);
    }
}
