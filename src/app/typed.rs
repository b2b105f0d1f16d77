use super::manners::Typed;
use super::{Effect, Form, Key, Model, Overlay};

impl Model {
    /// A key for the text that is being typed.
    pub(super) fn type_key(&mut self, key: Key) -> Vec<Effect> {
        if self.overlays.is_empty()
            && let Some(effects) = (self.screen.manners().press)(self, key)
        {
            return effects;
        }
        let changed = match self.typed() {
            Some(Typed::Line(line)) => line.press(key),
            Some(Typed::Text(text)) => text.press(key),
            None => false,
        };
        if changed { self.text_changed() } else { Vec::new() }
    }

    pub(super) fn type_text(&mut self, text: &str) -> Vec<Effect> {
        // Terminals send each end of a line as the key enter does.
        let text = &text.replace("\r\n", "\n").replace('\r', "\n");
        match self.typed() {
            Some(Typed::Line(line)) => line.paste(text),
            Some(Typed::Text(buffer)) => buffer.paste(text),
            None => return Vec::new(),
        }
        self.text_changed()
    }

    /// Where letters go, if they go into a text.
    fn typed(&mut self) -> Option<Typed<'_>> {
        if self.overlays.is_empty() {
            return (self.screen.manners().typed)(self);
        }
        match self.overlays.last_mut()? {
            Overlay::Palette(picker) => Some(Typed::Line(&mut picker.filter.input)),
            Overlay::Themes { picker, .. } => Some(Typed::Line(&mut picker.filter.input)),
            Overlay::Files(picker) => Some(Typed::Line(&mut picker.filter.input)),
            Overlay::Form(form) => Form::field(form).map(|field| Typed::Line(&mut field.input)),
            Overlay::Confirm(confirm) => Some(Typed::Line(&mut confirm.name.as_mut()?.input)),
            _ => None,
        }
    }

    /// What a list is narrowed to is another: it begins at its top.
    fn text_changed(&mut self) -> Vec<Effect> {
        match self.overlays.last_mut() {
            Some(Overlay::Palette(picker)) => picker.retyped(None),
            Some(Overlay::Files(picker)) => {
                let typed = self.editor.new_file(picker.filter.text());
                picker.retyped(typed);
            }
            Some(Overlay::Themes { picker, .. }) => {
                picker.retyped(None);
                self.preview_theme();
            }
            Some(_) => {}
            None => return (self.screen.manners().retyped)(self),
        }
        Vec::new()
    }

    /// The theme that is pointed at is the one that is shown.
    pub(super) fn preview_theme(&mut self) {
        if let Some(Overlay::Themes { picker, .. }) = self.overlays.last()
            && let Some(theme) = picker.chosen()
        {
            self.theme.clone_from(theme);
        }
    }
}
