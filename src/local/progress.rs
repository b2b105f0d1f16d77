/// What happens while something takes its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Something that takes longer than a moment begins; such as "building the image default".
    Started { what: String },
    /// A line that the tool at work printed.
    Line(String),
    /// What was started last has ended well. After a failure comes the error instead.
    Done,
}

/// Who shows it: spinners on a terminal, plain lines elsewhere.
pub trait Progress: Send + Sync {
    fn report(&self, event: Event);
}

impl<F: Fn(Event) + Send + Sync> Progress for F {
    fn report(&self, event: Event) {
        self(event);
    }
}
