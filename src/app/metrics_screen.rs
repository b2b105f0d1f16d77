use super::picker::moved;
use super::{Ask, Effect, Fetched, MetricsLook, Model, Screen, Slot};
use crate::domain::{Measured, Token, figures_in_order};

/// Which of the lists the keys move in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MetricsPane {
    #[default]
    Figures,
    Runs,
}

/// Figures of one algorithm, or of all, over time.
#[derive(Clone, Debug, Default)]
pub struct MetricsScreen {
    /// Whose; None: nobody has chosen yet.
    pub of: Option<String>,
    /// Beside all others.
    pub all: bool,
    pub look: Fetched<MetricsLook>,
    pub pane: MetricsPane,
    /// Names, those first that are watched.
    figures: Vec<String>,
    /// Among the figures.
    pub figure: usize,
    /// Positions of the runs that have the figure.
    having: Vec<usize>,
    /// Among those.
    pub run: usize,
}

impl MetricsScreen {
    pub fn figures(&self) -> &[String] {
        &self.figures
    }

    pub fn figure(&self) -> Option<&str> {
        self.figures.get(self.figure).map(String::as_str)
    }

    /// The runs that have the figure, newest first.
    pub fn having(&self) -> Vec<&Measured> {
        let runs = self.look.get().map_or(&[][..], |look| &look.runs);
        self.having.iter().filter_map(|at| runs.get(*at)).collect()
    }

    fn place_of(&self, token: Token) -> Option<usize> {
        self.having().iter().position(|run| run.token == token)
    }

    pub fn selected(&self) -> Option<&Measured> {
        self.look.get()?.runs.get(*self.having.get(self.run)?)
    }

    /// How many have the figure.
    pub fn count(&self) -> usize {
        self.having.len()
    }

    /// What stays chosen is the figure and the run, wherever they stand now.
    fn arrange(&mut self, look: MetricsLook) {
        let figure = self.figure().map(str::to_owned);
        let run = self.selected().map(|run| run.token).filter(|_| self.run > 0);
        let watched = look.thresholds.iter().filter_map(|threshold| threshold.figure(&look.runs));
        self.figures = figures_in_order(&look.runs, watched).into_iter().map(str::to_owned).collect();
        self.look.set(Ok(look));
        self.figure = figure.and_then(|name| self.figures.iter().position(|at| *at == name)).unwrap_or(0);
        self.find_having();
        self.run = run.and_then(|token| self.place_of(token)).unwrap_or(0);
    }

    fn find_having(&mut self) {
        let Some((look, figure)) = self.look.get().zip(self.figures.get(self.figure)) else {
            self.having.clear();
            return;
        };
        let has = |(at, run): (usize, &Measured)| run.metrics.contains_key(figure).then_some(at);
        self.having = look.runs.iter().enumerate().filter_map(has).collect();
        self.run = moved(self.run, 0, self.having.len());
    }

    pub(super) fn go(&mut self, rows: i64) {
        match self.pane {
            MetricsPane::Figures => {
                self.figure = moved(self.figure, rows, self.figures.len());
                self.find_having();
            }
            MetricsPane::Runs => self.run = moved(self.run, rows, self.having.len()),
        }
    }

    /// To the run that first broke what is asked of the figure, the last time it was broken; false: none has.
    pub(super) fn go_to_breach(&mut self) -> bool {
        let breach = self.look.get().and_then(|look| {
            let figure = self.figure()?;
            look.breaches.iter().find(|breach| breach.threshold.is_of(figure, &look.runs))
        });
        let Some(token) = breach.map(|breach| breach.token) else { return false };
        self.pane = MetricsPane::Runs;
        self.run = self.place_of(token).unwrap_or(self.run);
        true
    }
}

impl Model {
    /// Turns to the figures of what is looked at.
    pub(super) fn show_metrics(&mut self) -> Vec<Effect> {
        let of = match self.screen {
            Screen::Workflow => self.workflow.name.clone(),
            Screen::Runs => self.selected_run().map(|past| past.run.name.to_string()),
            Screen::Metrics => self.metrics.of.clone(),
            _ => None,
        };
        let of = of.or_else(|| self.selected_workflow().map(|flow| flow.name.clone()));
        if of != self.metrics.of {
            self.metrics = MetricsScreen { of, all: self.metrics.all, ..MetricsScreen::default() };
        }
        self.screen = Screen::Metrics;
        self.ask_metrics()
    }

    pub(super) fn ask_metrics(&mut self) -> Vec<Effect> {
        match self.metrics.of.clone() {
            Some(of) => {
                let of = Some(of).filter(|_| !self.metrics.all);
                vec![self.tasks.ask(Slot::Metrics, Ask::Metrics(of))]
            }
            None => Vec::new(),
        }
    }

    /// They are read again when a run has come or ended, if somebody looks.
    pub(super) fn metrics_changed(&mut self) -> Vec<Effect> {
        if self.screen == Screen::Metrics { self.ask_metrics() } else { Vec::new() }
    }

    pub(super) fn take_metrics(&mut self, look: MetricsLook) {
        self.metrics.arrange(look);
    }

    /// Nobody looks at figures that change any more.
    pub(super) fn leave_metrics(&mut self) -> Option<Effect> {
        let waits = self.screen != Screen::Metrics && self.tasks.waits(Slot::Metrics);
        waits.then(|| self.tasks.forget(Slot::Metrics))
    }
}
