use super::requirements::Requirements;
use crate::domain::{Digest, Image};

/// What an image is made of, as sums: equal keys are equal images, so nothing is built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Keys {
    /// Everything below the pip layer.
    pub layers: Digest,
    pub whole: Digest,
}

impl Keys {
    pub fn of(image: &Image, requirements: &Requirements, certificates: Option<&Digest>) -> Self {
        let certificates = certificates.map_or("", |digest| digest.as_str());
        let layers = sum(&["image 1", &image.base, &apt(image).join(" "), certificates]);
        let whole = sum(&[layers.as_str(), &requirements.text()]);
        Self { layers, whole }
    }
}

/// In one order, so that moving a name rebuilds nothing.
pub(super) fn apt(image: &Image) -> Vec<String> {
    let mut packages = image.apt.clone();
    packages.sort();
    packages.dedup();
    packages
}

/// The parts are told apart whatever they hold.
pub(super) fn sum(parts: &[&str]) -> Digest {
    let joined: String = parts.iter().map(|part| format!("{}:{part}\n", part.len())).collect();
    Digest::of(joined.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(base: &str, apt: &[&str]) -> Image {
        Image { base: base.to_owned(), apt: apt.iter().map(|name| (*name).to_owned()).collect(), pip: None }
    }

    #[test]
    fn a_key_changes_with_everything_the_image_is_made_of_and_nothing_else() {
        let none = Requirements::default();
        let key = |image: &Image, text: &str| Keys::of(image, &Requirements::read(text), None);
        let plain = key(&image("debian:12", &["git", "curl"]), "duckdb\n");
        assert_eq!(plain, key(&image("debian:12", &["curl", "git", "curl"]), "# why\nduckdb\n"));
        for other in [
            key(&image("debian:13", &["git", "curl"]), "duckdb\n"),
            key(&image("debian:12", &["git"]), "duckdb\n"),
            key(&image("debian:12", &["git", "curl"]), "duckdb\nsix\n"),
            Keys::of(&image("debian:12", &["git", "curl"]), &none, Some(&Digest::of(b"bundle"))),
        ] {
            assert_ne!(other.whole, plain.whole);
        }
        assert_eq!(key(&image("debian:12", &["git", "curl"]), "six\n").layers, plain.layers);
    }
}
