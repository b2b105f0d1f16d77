//! Run directories, artifacts, the lake, the index of runs.
