//! Frames → mask → spool and index on disk; windows of lines.
