//! Arguments, composition of the rooms, reporters, exit codes.
