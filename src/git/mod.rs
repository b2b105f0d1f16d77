//! The only room that knows git2 and the git command.
