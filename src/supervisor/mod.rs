//! The detached process that drives one run, and how readers tail a run.
