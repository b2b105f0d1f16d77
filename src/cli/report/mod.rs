//! What people and machines see of runs: pure functions from data to text, and reporters that follow events.

pub mod figures;
pub mod table;
