use super::context::Lower;
use super::fields::Fields;
use super::project::known_image;
use super::texts::Program;
use crate::domain::nearest::did_you_mean;
use crate::domain::{Image, Name, Span};
use crate::spec::yaml::Node;
use indexmap::IndexMap;

impl<'a> Lower<'a> {
    /// One of `images:`.
    pub(super) fn image(&mut self, node: &'a Node, span: Span) -> Option<Image> {
        let fields = Fields::of(node, "an image", &["base", "apt", "pip"], self)?;
        let base = fields.need("base", "an image", span, self);
        let base = base.and_then(|node| self.base(node));
        let apt = self.list(fields.get("apt"), "`apt`", |lower, node| lower.package(node));
        let pip = fields.get("pip").map(|node| self.project_file(node, "`pip`"));
        Some(Image { base: base?, apt, pip: pip.flatten() })
    }

    fn base(&mut self, node: &'a Node) -> Option<String> {
        let text = self.text(node, "`base`")?;
        let good = |c: char| c.is_ascii_alphanumeric() || "._-/:@".contains(c);
        if text.is_empty()
            || !text.chars().all(good)
            || !text.starts_with(|c: char| c.is_ascii_alphanumeric())
        {
            self.problems.error("bad-image", node.span, format!("`{text}` is no image")).help =
                "write a repository and a tag, such as debian:bookworm-slim".into();
            return None;
        }
        Some(text.to_owned())
    }

    /// It becomes a word of a shell command, so it must be nothing else than a package's name.
    fn package(&mut self, node: &'a Node) -> Option<String> {
        let text = self.text(node, "a package of `apt`")?;
        let good = |c: char| c.is_ascii_alphanumeric() || "+-._:=~/".contains(c);
        if !text.starts_with(|c: char| c.is_ascii_alphanumeric()) || !text.chars().all(good) {
            self.problems.error("bad-package", node.span, format!("`{text}` is no package's name")).help =
                "each package is an item of its own: [python3, python3-pip]".into();
            return None;
        }
        Some(text.to_owned())
    }

    /// `image:` of a step or operator: one of the project's.
    pub(super) fn image_of(&mut self, node: &'a Node) -> Option<Name> {
        let scalar = self.scalar(node, "`image`")?;
        let before = self.problems.errors();
        self.program(scalar, node, "`image`", Program::Fixed);
        if self.problems.errors() > before {
            return None;
        }
        let Some(project) = self.around.project else {
            return Name::new(&scalar.text).ok();
        };
        match Name::new(&scalar.text) {
            Ok(name) if known_image(&name, &project.images) => Some(name),
            _ => {
                let known = project.images.keys().map(Name::as_str);
                let help = match scalar.text.contains([':', '/']) {
                    true => format!(
                        "declare it in greenroom.yaml, images: {{my_image: {{base: \"{}\"}}}}, and name it here",
                        scalar.text
                    ),
                    false => did_you_mean(&scalar.text, "images of greenroom.yaml", known),
                };
                let message = format!("greenroom.yaml has no image `{}`", scalar.text);
                self.problems.error("unknown-image", node.span, message).help = help;
                None
            }
        }
    }

    /// Tells that there is no `default` image where one is needed.
    pub(super) fn default_image(&mut self, at: Span) {
        if self.around.project.is_some_and(|project| !project.images.contains_key("default")) {
            let message = "there is no image to run it in: greenroom.yaml has no `default`";
            self.problems.error("unknown-image", at, message).help =
                "name one with `image`, or add images: {default: {base: \"debian:bookworm-slim\"}}".into();
        }
    }

    pub(super) fn service_image(&mut self, node: &'a Node, images: &IndexMap<Name, Image>) -> Option<Name> {
        let name = self.name(node, "`image`")?;
        if !known_image(&name, images) {
            let help = did_you_mean(name.as_str(), "images", images.keys().map(Name::as_str));
            self.problems.error("unknown-image", node.span, format!("there is no image `{name}`")).help =
                help;
        }
        Some(name)
    }
}
