//! The project's files frozen by content.
