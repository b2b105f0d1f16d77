use serde::Serialize;

/// How a figure went on within one run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Curve {
    /// `train.progress`
    pub output: String,
    /// The figure, and what tells it from others of its name: `loss fold=a`.
    pub name: String,
    /// What counts its points: `epoch`; empty where nothing does.
    pub over: String,
    /// Count and value.
    pub points: Vec<(f64, f64)>,
}
