/// The one of what there is that was probably meant.
pub fn nearest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let close = |known: &str| strsim::jaro_winkler(wanted, known);
    let best = known.into_iter().max_by(|a, b| close(a).total_cmp(&close(b)));
    best.filter(|best| close(best) > 0.8)
}
