use bollard::query_parameters::LogsOptionsBuilder;
use bytes::{BufMut, Bytes, BytesMut};
use futures_util::{StreamExt, future, stream};

use super::Engine;
use super::attach::frame;
use crate::engine::{ContainerId, ContainerState, ContainersError, Frame, Frames, Stream};

/// The log driver cuts lines into pieces of this many bytes.
const PIECE: usize = 16 * 1024;

impl Engine {
    /// `follow`: also what it writes from now on. An engine may end that early, with a part of it untold.
    pub(super) async fn replay(&self, id: &ContainerId, follow: bool) -> Result<Frames, ContainersError> {
        // Times are asked for because only then an engine sends the empty piece that ends a line of exactly so many
        // full ones; without it that line's newline would be lost unseen.
        let options = LogsOptionsBuilder::default()
            .follow(follow)
            .stdout(true)
            .stderr(true)
            .timestamps(true)
            .tail("all")
            .build();
        let frames = self.docker.logs(&id.0, Some(options)).map(frame).map(|next| next.map(without_time));
        let mut newlines = Newlines::default();
        let marked = frames.map(Some).chain(stream::once(future::ready(None)));
        let whole = marked.filter_map(move |next| {
            future::ready(match next {
                Some(frame) => Some(frame.map(|frame| newlines.restore(frame))),
                None => newlines.end(),
            })
        });
        // A container that is gone shows in the first frame, not in the call; one that still runs may write that in hours.
        let mut whole = Box::pin(whole.peekable());
        let gone = match follow {
            true => matches!(self.state(id).await?, ContainerState::Gone),
            false => matches!(whole.as_mut().peek().await, Some(Err(ContainersError::Gone))),
        };
        match gone {
            true => Err(ContainersError::Gone),
            false => Ok(whole.filter(|frame| future::ready(!is_empty(frame))).boxed()),
        }
    }
}

/// `2026-01-31T06:00:00.123456789Z text` → `text`.
fn without_time(frame: Frame) -> Frame {
    let start = frame.bytes.iter().position(|byte| *byte == b' ').map_or(0, |space| space + 1);
    Frame { stream: frame.stream, bytes: frame.bytes.slice(start..) }
}

fn is_empty(frame: &Result<Frame, ContainersError>) -> bool {
    matches!(frame, Ok(Frame { bytes, .. }) if bytes.is_empty())
}

/// The driver `local` loses the newline after a line of 16 KiB or more: its last piece, shorter than the others,
/// comes without one. Only the end of a stream may lack it, so it is due as soon as its stream goes on.
#[derive(Default)]
struct Newlines {
    streams: [Line; 2],
}

/// Where a stream stands.
#[derive(Default)]
struct Line {
    /// Its last frame filled a piece: its line goes on in the next.
    long: bool,
    due: bool,
    /// The line whose newline is due was a long one.
    unsure: bool,
}

impl Newlines {
    fn restore(&mut self, frame: Frame) -> Frame {
        let line = match frame.stream {
            Stream::Stdout => &mut self.streams[0],
            Stream::Stderr => &mut self.streams[1],
        };
        let missing = line.due;
        line.due = frame.bytes.len() < PIECE && !frame.bytes.ends_with(b"\n");
        line.unsure = line.due && line.long;
        line.long = frame.bytes.len() >= PIECE && !frame.bytes.ends_with(b"\n");
        match missing {
            false => frame,
            true => Frame { stream: frame.stream, bytes: after_newline(&frame.bytes) },
        }
    }

    /// Whether a last line that was long had a newline, nobody can tell any more. None: there was no such line, or
    /// it was told already.
    fn end(&mut self) -> Option<Result<Frame, ContainersError>> {
        let unsure = std::mem::take(&mut self.streams).iter().any(|line| line.unsure);
        let why = "it keeps no newline after a line of 16 KiB or more, and such a line is the last one";
        unsure.then(|| Err(ContainersError::Refused(why.into())))
    }
}

fn after_newline(bytes: &Bytes) -> Bytes {
    let mut whole = BytesMut::with_capacity(bytes.len() + 1);
    whole.put_u8(b'\n');
    whole.extend_from_slice(bytes);
    whole.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_taken_off_and_nothing_else() {
        let sent = b"2026-01-31T06:00:00.123456789Z two words ";
        let frame = Frame { stream: Stream::Stdout, bytes: Bytes::from_static(sent) };
        assert_eq!(&without_time(frame).bytes[..], b"two words ");
        let empty = Frame { stream: Stream::Stdout, bytes: Bytes::from_static(b"2026-01-31T06:00:00Z ") };
        assert!(without_time(empty).bytes.is_empty());
    }

    #[test]
    fn a_newline_is_put_back_only_where_its_stream_goes_on() {
        let piece = vec![b'x'; PIECE];
        let sent: [(Stream, &[u8]); 6] = [
            (Stream::Stdout, &piece),
            (Stream::Stdout, b"end of long"),
            (Stream::Stderr, b"other\n"),
            (Stream::Stdout, &piece),
            (Stream::Stdout, b""),
            (Stream::Stdout, b"no newline"),
        ];
        let mut newlines = Newlines::default();
        let mut seen = Vec::new();
        for (stream, bytes) in sent {
            let frame = newlines.restore(Frame { stream, bytes: Bytes::copy_from_slice(bytes) });
            if stream == Stream::Stdout {
                seen.extend_from_slice(&frame.bytes);
            }
        }
        let mut expected = piece.clone();
        expected.extend_from_slice(b"end of long\n");
        expected.extend_from_slice(&piece);
        expected.extend_from_slice(b"\nno newline");
        assert!(seen == expected);
        assert!(newlines.end().is_none(), "a short last line is as it was");
    }

    #[test]
    fn a_long_last_line_is_told_to_be_unsure_once() {
        let mut newlines = Newlines::default();
        for bytes in [vec![b'x'; PIECE], b"end of long".to_vec()] {
            newlines.restore(Frame { stream: Stream::Stderr, bytes: bytes.into() });
        }
        assert!(matches!(newlines.end(), Some(Err(ContainersError::Refused(_)))));
        assert!(newlines.end().is_none());
    }
}
