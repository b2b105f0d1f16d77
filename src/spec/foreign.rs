//! Keys and templates of other tools, and what they are called here.

/// What a key of another tool is called here.
pub(super) fn key(word: &str) -> Option<&'static str> {
    Some(match word {
        "depends_on" | "depends-on" | "dependsOn" | "depends" | "dependencies" | "upstream" | "after" => {
            "needs"
        }
        "if" | "condition" | "run_if" => "when",
        "retries" | "max_retries" | "retry_policy" | "retryStrategy" => "retry: {limit: …}",
        "retry_delay" => "retry: {delay: …}",
        "script" | "bash_command" | "shell" | "bash" => "run",
        "cmd" | "cmds" | "entrypoint" => "command",
        "tests" | "data_tests" | "checks" => "outputs: {…: {expect: …}}",
        "environment" | "env_vars" | "variables" => "env",
        "timeout-minutes" | "execution_timeout" | "timeout_seconds" | "activeDeadlineSeconds" => "timeout",
        "operator" | "type" | "action" => "uses",
        "strategy" | "foreach" | "expand" | "withItems" => "matrix",
        "parameters" | "arguments" | "vars" => "params",
        "jobs" | "tasks" | "stages" | "nodes" | "components" => "steps",
        "steps" => "components",
        "schedule_interval" | "on" | "cron" => "schedule: {cron: …}",
        "poke_interval" => "poll: {every: …}",
        "artifacts" | "produces" | "outs" => "outputs",
        "deps" | "consumes" => "inputs",
        _ => return None,
    })
}

/// A template of another tool in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Template<'t> {
    /// As written.
    pub text: &'t str,
    pub kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `{{ ds }}` and what else Airflow's macros give a date by.
    Date,
    /// `{{ ref('x') }}`, `{{ source('x', 'y') }}`
    Table,
    /// `{{ var.x }}`, `{{ var('x') }}`, `{{ params.x }}`
    Variable,
    /// `{{ … }}`
    Braces,
    /// `${X}`
    Shell,
}

const DATES: [&str; 10] = [
    "ds",
    "ds_nodash",
    "ts",
    "execution_date",
    "logical_date",
    "data_interval_start",
    "data_interval_end",
    "next_ds",
    "prev_ds",
    "yesterday_ds",
];

/// The first `{{ … }}` that is not ours.
pub(super) fn braces(text: &str) -> Option<Template<'_>> {
    let mut from = 0;
    while let Some(found) = text[from..].find("{{").map(|found| from + found) {
        let length = text[found..].find("}}").map(|end| end + 2)?;
        if !text[..found].ends_with('$') {
            let text = &text[found..found + length];
            return Some(Template { text, kind: kind(text.trim_matches(['{', '}', ' '])) });
        }
        from = found + length;
    }
    None
}

fn kind(inner: &str) -> Kind {
    let word = inner.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default();
    match word {
        _ if DATES.contains(&word) => Kind::Date,
        "macros" if inner.starts_with("macros.ds") => Kind::Date,
        "ref" | "source" => Kind::Table,
        "var" | "params" | "conf" | "dag_run" | "env_var" => Kind::Variable,
        _ => Kind::Braces,
    }
}

/// As `braces`, but only what another tool's template surely is: a script may well have braces of its own.
pub(super) fn known_braces(text: &str) -> Option<Template<'_>> {
    let mut rest = text;
    while let Some(found) = braces(rest) {
        if found.kind != Kind::Braces {
            return Some(found);
        }
        let after = rest.find(found.text)? + found.text.len();
        rest = &rest[after..];
    }
    None
}

/// The first `${X}`.
pub(super) fn shell(text: &str) -> Option<Template<'_>> {
    let mut from = 0;
    while let Some(found) = text[from..].find("${").map(|found| from + found) {
        let inner = &text[found + 2..];
        let name = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(inner.len());
        if name > 0 && inner[name..].starts_with('}') {
            return Some(Template { text: &text[found..found + 2 + name + 1], kind: Kind::Shell });
        }
        from = found + 2;
    }
    None
}

impl Template<'_> {
    /// What to write in a value. In SQL and scripts other things are meant.
    pub fn in_value(&self) -> String {
        let inner = self.text.trim_matches(['$', '{', '}', ' ']);
        match self.kind {
            Kind::Date => "did you mean ${{ params.day }}? A schedule binds it: \
                           schedule: {params: {day: \"${{ schedule.date }}\"}}"
                .into(),
            Kind::Table => {
                "name the table, dataset.table, or another step's output: ${{ steps.x.outputs.y }}".into()
            }
            Kind::Variable => "did you mean ${{ params.x }}? Declare it below `params`".into(),
            Kind::Braces => format!("did you mean ${{{{ {inner} }}}}?"),
            Kind::Shell => format!("did you mean ${{{{ params.{} }}}}?", inner.to_ascii_lowercase()),
        }
    }

    pub fn in_sql(&self) -> String {
        let inner = self.text.trim_matches(['$', '{', '}', ' ']);
        match self.kind {
            Kind::Date => "did you mean @day? Parameters are bound as @name".into(),
            Kind::Table => "name the table: dataset.table".into(),
            Kind::Shell => {
                format!("did you mean @{}? Parameters are bound as @name", inner.to_ascii_lowercase())
            }
            Kind::Variable | Kind::Braces => "parameters are bound as @name, with their types".into(),
        }
    }

    pub fn in_script(&self) -> String {
        match self.kind {
            Kind::Date => "did you mean \"$GREENROOM_PARAM_DAY\"?".into(),
            Kind::Table => "use an operator such as sql_export, or declare an input".into(),
            _ => "parameters are in the environment: \"$GREENROOM_PARAM_X\"".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_of_others_are_found_and_ours_are_not() {
        let found = |text| braces(text).map(|found| (found.text, found.kind));
        assert_eq!(found("a {{ ds }} b"), Some(("{{ ds }}", Kind::Date)));
        assert_eq!(found("{{ ref('x') }}"), Some(("{{ ref('x') }}", Kind::Table)));
        assert_eq!(found("{{ var.x }}"), Some(("{{ var.x }}", Kind::Variable)));
        assert_eq!(found("${{ a }} {{ b }}"), Some(("{{ b }}", Kind::Braces)));
        assert_eq!(found("${{ a }} {{ b"), None);
        assert_eq!(shell("a ${X} ${{ y }}").map(|found| found.text), Some("${X}"));
        assert_eq!(shell("${{ y }} ${} ${x:-1}"), None);
        assert_eq!(known_braces("{{.Names}} {{ ds }}").map(|found| found.text), Some("{{ ds }}"));
        assert_eq!(known_braces("{{.Names}}"), None);
    }
}
