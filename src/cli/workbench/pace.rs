use std::time::Duration;

use tokio::time::Instant;

/// No two frames are closer together, but for what a person has just done.
const FRAME: Duration = Duration::from_millis(16);

/// When the next frame is drawn.
#[derive(Default)]
pub struct Pace {
    /// Something has changed that no frame shows.
    pub dirty: bool,
    /// The person has done some of it.
    pub pressed: bool,
    /// The last frame.
    drawn: Option<Instant>,
    /// The last one that showed what a person had done.
    answered: Option<Instant>,
}

impl Pace {
    /// Not before. What a person does waits for none of the frames that a busy log causes, only for those that it causes
    /// itself: keys that are held are not drawn one by one.
    pub fn next(&self) -> Instant {
        let last = if self.pressed { self.answered } else { self.drawn };
        last.map_or_else(Instant::now, |last| last + FRAME)
    }

    pub fn drawn(&mut self) {
        let now = Instant::now();
        self.drawn = Some(now);
        if self.pressed {
            self.answered = Some(now);
        }
        (self.dirty, self.pressed) = (false, false);
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::{advance, pause};

    use super::*;

    fn is_due(pace: &Pace) -> bool {
        pace.next() <= Instant::now()
    }

    #[tokio::test]
    async fn what_a_person_does_is_drawn_before_the_next_frame_of_a_log() {
        pause();
        let mut pace = Pace::default();
        assert!(is_due(&pace), "the first frame");
        (pace.dirty, pace.pressed) = (true, true);
        pace.drawn();
        assert!(!pace.dirty && !pace.pressed, "all of it is shown");
        pace.dirty = true;
        assert!(!is_due(&pace), "more of a log");
        advance(FRAME).await;
        assert!(is_due(&pace), "it need not wait for a key");
        pace.drawn();
        pace.pressed = true;
        assert!(is_due(&pace), "a key");
        pace.drawn();
        pace.pressed = true;
        assert!(!is_due(&pace), "one that is held");
        advance(FRAME).await;
        assert!(is_due(&pace));
    }
}
