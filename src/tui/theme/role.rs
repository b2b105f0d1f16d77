/// What something on the screen means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    Text,
    /// Less important than what stands beside it.
    Dim,
    Strong,
    /// Names a person can type, and places.
    Accent,
    Good,
    Bad,
    Warn,
    Running,
    /// The row that keys act on.
    Selected,
    /// The same where the keys go elsewhere.
    Marked,
    Border,
    /// Around what has the keys.
    Focus,
    Title,
    /// The first and the last line.
    Bar,
    /// A key in the footer and in the help.
    Key,
    /// What was searched for.
    Match,
    Stderr,
    /// In programs: a word of the language.
    Keyword,
    String,
    Number,
    Comment,
    /// A key, or what a function is called.
    Name,
}

impl Role {
    pub const ALL: [Self; 22] = [
        Self::Text,
        Self::Dim,
        Self::Strong,
        Self::Accent,
        Self::Good,
        Self::Bad,
        Self::Warn,
        Self::Running,
        Self::Selected,
        Self::Marked,
        Self::Border,
        Self::Focus,
        Self::Title,
        Self::Bar,
        Self::Key,
        Self::Match,
        Self::Stderr,
        Self::Keyword,
        Self::String,
        Self::Number,
        Self::Comment,
        Self::Name,
    ];

    /// As theme files name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Dim => "dim",
            Self::Strong => "strong",
            Self::Accent => "accent",
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Warn => "warn",
            Self::Running => "running",
            Self::Selected => "selected",
            Self::Marked => "marked",
            Self::Border => "border",
            Self::Focus => "focus",
            Self::Title => "title",
            Self::Bar => "bar",
            Self::Key => "key",
            Self::Match => "match",
            Self::Stderr => "stderr",
            Self::Keyword => "keyword",
            Self::String => "string",
            Self::Number => "number",
            Self::Comment => "comment",
            Self::Name => "name",
        }
    }
}
