/// What a container uses at a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Usage {
    /// Cores at work since the moment before; 0.5 is half of one.
    pub cores: f64,
    /// Bytes, without the cache of files.
    pub memory: u64,
}
