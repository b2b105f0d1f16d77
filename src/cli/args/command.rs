use clap::Subcommand;

use super::{
    Alias, Approve, Artifacts, Cancel, Check, Comment, Completions, Demo, Diff, Doctor, ExportRun, Fork, Gc,
    ImportRun, Init, Lineage, LocalCommand, Logs, Metrics, New, Note, Notebook, Operators, OutputPath,
    Package, Plan, PreviewFile, Promote, RequestChanges, Resume, Review, ReviewCommand, Run, Runs, Schema,
    Shell, Show, Sql, Supervise, TrackCommand,
};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// From nothing to a finished run: sets up what is missing, writes the sample project, runs it
    Demo(Demo),
    /// Start a project in a directory
    Init(Init),
    /// Add a workflow, blueprint or operator from a pattern
    New(New),
    /// Check what this machine needs, and say or do what is missing
    Doctor(Doctor),
    /// The dockerized environment of this project: images and services
    #[command(subcommand)]
    Local(LocalCommand),
    /// Check specs: every problem with its file, line, column and what to do
    Check(Check),
    /// Print the JSON Schema of a kind of file, for editors
    Schema(Schema),
    /// What engineers offer: operators, their inputs, an example and who uses them
    Operators(Operators),
    /// Who makes and who reads which table, down to the column
    Lineage(Lineage),
    /// Run a query on the lake and show its first rows
    Sql(Sql),
    /// Show what would run, with what, and why
    Plan(Plan),
    /// Run a workflow, or a use case of a blueprint, step by step in containers
    Run(Run),
    /// Go on with an interrupted, failed or cancelled run, with its own frozen plan and code
    Resume(Resume),
    /// A new run from an old one, with a parameter changed or one step alone; the rest is taken over
    Fork(Fork),
    /// Stop a run: its containers may clean up, then it is recorded as cancelled
    Cancel(Cancel),
    /// List runs, newest first
    Runs(Runs),
    /// One run: its steps, times, memory, and what each made
    Show(Show),
    /// What a step's container wrote
    Logs(Logs),
    /// The files a run made, as a tree
    Artifacts(Artifacts),
    /// Print where an output lies on this machine, for scripts
    Path(OutputPath),
    /// A look into a file: the first rows of a table, text, or bytes
    Preview(PreviewFile),
    /// Compare two runs, and say where they first parted
    Diff(Diff),
    /// A shell in the container of a run's step: same image, code, inputs and environment
    Shell(Shell),
    /// JupyterLab in the container of a run's step, to look at it and go on from there
    Notebook(Notebook),
    /// Give a run a name, such as champion, or list those there are
    Alias(Alias),
    /// Figures over time and between versions, as charts and tables
    Metrics(Metrics),
    /// Write something down beside a run, or pin it
    Note(Note),
    /// Let go of runs that nobody needs: shows what would go, and asks
    Gc(Gc),
    /// Pack a run into one file, for a colleague
    ExportRun(ExportRun),
    /// Take in a run that a colleague has packed, once all of it was looked at
    ImportRun(ImportRun),
    /// A workflow's way to production: eight steps, each signed by whoever takes it
    #[command(subcommand)]
    Track(TrackCommand),
    /// Seal the branch for review: checks, its run, what changed; push branch and ledger
    Package(Package),
    /// What waits for a review, and the decision card of one
    Review(Review),
    /// Approve a package: this commit and no other
    Approve(Approve),
    /// Say what has to change before a package is approved
    RequestChanges(RequestChanges),
    /// Say something about a track, or a line of it
    Comment(Comment),
    /// Merge what was approved to the target branch, and only that
    Promote(Promote),
    /// Print a completion script for a shell
    Completions(Completions),
    /// Drive one run until it ends; started by `run` and `resume`
    #[command(hide = true)]
    Supervise(Supervise),
}

impl Command {
    /// The environment that is asked for, of the commands that take one.
    pub fn env(&self) -> Option<&str> {
        Some(match self {
            Self::Plan(asked) => &asked.target.env,
            Self::Run(asked) => &asked.target.env,
            Self::Resume(asked) => &asked.env,
            Self::Fork(asked) => &asked.env,
            Self::Cancel(asked) => &asked.env,
            Self::Sql(asked) => &asked.env,
            Self::Lineage(asked) => &asked.env,
            Self::Check(asked) => &asked.env,
            Self::Runs(asked) => &asked.env,
            Self::Show(asked) => &asked.env,
            Self::Logs(asked) => &asked.env,
            Self::Artifacts(asked) => &asked.env,
            Self::Path(asked) => &asked.env,
            Self::Diff(asked) => &asked.env,
            Self::Shell(asked) => &asked.inside.env,
            Self::Notebook(asked) => &asked.inside.env,
            Self::Alias(asked) => &asked.env,
            Self::Note(asked) => &asked.env,
            Self::Gc(asked) => &asked.env,
            Self::Metrics(asked) => &asked.env,
            Self::ExportRun(asked) => &asked.env,
            Self::Package(asked) => &asked.env,
            Self::Review(Review { command: Some(ReviewCommand::Rerun(asked)) }) => &asked.env,
            _ => return None,
        })
    }
}
