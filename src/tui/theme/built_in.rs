use include_dir::{Dir, include_dir};

static THEMES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/themes");

/// Name and text of each theme that comes along, in order of name.
pub fn built_in() -> Vec<(&'static str, &'static str)> {
    let files =
        THEMES.files().filter_map(|file| Some((file.path().file_stem()?.to_str()?, file.contents_utf8()?)));
    let mut themes: Vec<_> = files.collect();
    themes.sort_unstable();
    themes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::{Colours, Role, Theme};
    use ratatui::style::{Modifier, Style};

    #[test]
    fn each_shows_what_is_selected_and_what_is_wrong_on_every_terminal() {
        let names: Vec<&str> = built_in().iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["contrast", "dark", "light", "plain"]);
        for (name, text) in built_in() {
            for colours in [Colours::None, Colours::Sixteen, Colours::TwoHundredFiftySix, Colours::True] {
                let theme = Theme::read(text, colours).unwrap_or_else(|wrong| panic!("{name}: {wrong:?}"));
                assert_ne!(theme.style(Role::Selected), Style::new(), "{name}");
                assert_ne!(theme.style(Role::Selected), theme.style(Role::Text), "{name}");
            }
            let plain = Theme::read(text, Colours::None).unwrap();
            assert!(plain.style(Role::Selected).add_modifier.contains(Modifier::REVERSED), "{name}");
        }
    }
}
