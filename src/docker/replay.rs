use bollard::query_parameters::LogsOptionsBuilder;
use bytes::{BufMut, Bytes, BytesMut};
use futures_util::{StreamExt, future};

use super::Engine;
use super::attach::frame;
use crate::engine::{ContainerId, ContainersError, Frame, Frames, Stream};

/// The log driver cuts lines into pieces of this many bytes.
const PIECE: usize = 16 * 1024;

impl Engine {
    pub(super) async fn replay(&self, id: &ContainerId) -> Result<Frames, ContainersError> {
        let options =
            LogsOptionsBuilder::default().follow(true).stdout(true).stderr(true).tail("all").build();
        let frames = self.docker.logs(&id.0, Some(options)).map(frame);
        let mut newlines = Newlines::default();
        let whole = frames.map(move |frame| frame.map(|frame| newlines.restore(frame)));
        // A container that is gone shows in the first frame, not in the call.
        let mut whole = Box::pin(whole.peekable());
        match whole.as_mut().peek().await {
            Some(Err(ContainersError::Gone)) => Err(ContainersError::Gone),
            _ => Ok(whole.filter(|frame| future::ready(!is_empty(frame))).boxed()),
        }
    }
}

fn is_empty(frame: &Result<Frame, ContainersError>) -> bool {
    matches!(frame, Ok(Frame { bytes, .. }) if bytes.is_empty())
}

/// The driver `local` loses the newline after a line of 16 KiB or more: its last piece, shorter than the others,
/// comes without one. Only the end of a stream may lack it, so it is due as soon as its stream goes on.
#[derive(Default)]
struct Newlines {
    due: [bool; 2],
}

impl Newlines {
    fn restore(&mut self, frame: Frame) -> Frame {
        let due = match frame.stream {
            Stream::Stdout => &mut self.due[0],
            Stream::Stderr => &mut self.due[1],
        };
        let missing = std::mem::replace(due, frame.bytes.len() < PIECE && !frame.bytes.ends_with(b"\n"));
        match missing {
            false => frame,
            true => Frame { stream: frame.stream, bytes: after_newline(&frame.bytes) },
        }
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
    }
}
