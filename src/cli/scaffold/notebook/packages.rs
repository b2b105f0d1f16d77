/// What is imported by another name than it is installed by.
const OTHERWISE: [(&str, &[&str]); 16] = [
    ("bs4", &["beautifulsoup4"]),
    ("cv2", &["opencv-python", "opencv-python-headless", "opencv-contrib-python"]),
    ("dateutil", &["python-dateutil"]),
    ("docx", &["python-docx"]),
    ("dotenv", &["python-dotenv"]),
    ("faiss", &["faiss-cpu", "faiss-gpu"]),
    ("imblearn", &["imbalanced-learn"]),
    ("mpl-toolkits", &["matplotlib"]),
    ("pil", &["pillow"]),
    ("psycopg2", &["psycopg2-binary"]),
    ("skimage", &["scikit-image"]),
    ("sklearn", &["scikit-learn"]),
    ("tensorflow", &["tensorflow-cpu", "tensorflow-gpu"]),
    ("umap", &["umap-learn"]),
    ("yaml", &["pyyaml"]),
    ("attr", &["attrs"]),
];
/// What well-known packages never come without.
const WITH: [(&str, &[&str]); 7] = [
    ("pandas", &["numpy", "python-dateutil"]),
    ("scikit-learn", &["numpy", "scipy", "joblib"]),
    ("scipy", &["numpy"]),
    ("matplotlib", &["numpy", "pillow"]),
    ("seaborn", &["matplotlib", "pandas", "numpy"]),
    ("statsmodels", &["pandas", "scipy", "numpy"]),
    ("xgboost", &["scipy", "numpy"]),
];

/// The packages of Python that a requirements file and Debian's packages name, and what comes with them.
pub fn modules_of(requirements: &str, apt: &[String]) -> Vec<String> {
    let lines = requirements.lines().map(str::trim).filter(|line| !line.starts_with(['#', '-']));
    let by_pip = lines.map(|line| {
        let part = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        line.split(|c| !part(c)).next().unwrap_or_default()
    });
    let by_apt = apt.iter().filter_map(|name| name.strip_prefix("python3-"));
    // Debian calls them by what is imported.
    let mut found: Vec<String> = by_pip.chain(by_apt).filter(|name| !name.is_empty()).map(plain).collect();
    for (package, with) in WITH {
        if names(&found, package) {
            found.extend(with.iter().map(|name| (*name).to_owned()));
        }
    }
    found
}

/// A module is among what these packages have.
pub fn names(packages: &[String], module: &str) -> bool {
    let module = plain(module);
    let others =
        OTHERWISE.iter().find(|(name, _)| *name == module).map_or(&[] as &[&str], |(_, others)| others);
    packages.iter().any(|package| {
        *package == module
            || others.contains(&package.as_str())
            // Many packages share that one.
            || module == "google" && package.starts_with("google-")
    })
}

/// The module, and what to install for it where that is called otherwise: `sklearn (scikit-learn)`.
pub fn with_package(module: &str) -> String {
    let others = OTHERWISE.iter().find(|(name, _)| *name == plain(module));
    match others.and_then(|(_, others)| others.first()) {
        Some(package) => format!("{module} ({package})"),
        None => module.to_owned(),
    }
}

/// As the index of packages compares names.
fn plain(name: &str) -> String {
    name.to_lowercase().replace(['_', '.'], "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_is_known_by_the_package_that_brings_it() {
        let text = "# Pinned.\nscikit_learn[plot]==1.9.1 ; python_version > '3'\n  Pillow>=9\n-r more.txt\n\
                    google-cloud-storage @ https://example.com/a.whl\napache-beam\n";
        let packages = modules_of(text, &["python3-yaml".to_owned(), "git".to_owned()]);
        for module in ["sklearn", "numpy", "scipy", "joblib", "PIL", "google", "apache_beam", "yaml"] {
            assert!(names(&packages, module), "{module} in {packages:?}");
        }
        for module in ["pandas", "more", "git", "python_version", "scikit"] {
            assert!(!names(&packages, module), "{module} in {packages:?}");
        }
        assert_eq!(modules_of("", &["python3".to_owned()]), [""; 0]);
        assert_eq!(
            ["sklearn", "PIL", "numpy"].map(with_package),
            ["sklearn (scikit-learn)", "PIL (pillow)", "numpy"]
        );
    }
}
