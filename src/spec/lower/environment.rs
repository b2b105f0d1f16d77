use camino::Utf8PathBuf;
use indexmap::IndexMap;

use super::context::Lower;
use super::fields::Fields;
use crate::domain::nearest::did_you_mean;
use crate::domain::{Address, Airflow, Environment, Name, Span, Warehouse};
use crate::spec::yaml::Node;

const NAMES: [&str; 3] = ["dev", "stage", "prod"];

#[derive(Clone, Copy)]
enum Engine {
    Duckdb,
    Bigquery,
}

impl<'a> Lower<'a> {
    /// `environments:`; `dev` is always among them.
    pub(super) fn environments(&mut self, node: Option<&'a Node>) -> IndexMap<Name, Environment> {
        let mut found = self.named(node, "`environments`", "an environment", |lower, name, span, node| {
            if !NAMES.contains(&name.as_str()) {
                let help = did_you_mean(name.as_str(), "environments", NAMES);
                lower
                    .problems
                    .error("unknown-value", span, format!("there is no environment `{name}`"))
                    .help = help;
            }
            lower.environment(node, name, span)
        });
        if let Ok(dev) = Name::new("dev") {
            found.entry(dev).or_insert_with(|| Environment {
                root: ".greenroom/store".to_owned(),
                warehouse: Some(Warehouse::Duckdb { path: Utf8PathBuf::from(".greenroom/lake") }),
                branch: None,
                airflow: None,
            });
        }
        found
    }

    fn environment(&mut self, node: &'a Node, name: &Name, span: Span) -> Option<Environment> {
        let fields = Fields::of(node, "an environment", &["root", "warehouse", "branch", "airflow"], self)?;
        let root = match (fields.get("root"), name.as_str()) {
            (None, "dev") => Some(".greenroom/store".to_owned()),
            _ => fields.need("root", "an environment", span, self).and_then(|node| self.root(node)),
        };
        let warehouse = fields.get("warehouse").and_then(|node| self.warehouse(node));
        let branch = fields.get("branch").and_then(|node| self.text(node, "`branch`")).map(str::to_owned);
        let airflow = fields.get("airflow").and_then(|node| self.airflow(node));
        Some(Environment { root: root?, warehouse, branch, airflow })
    }

    fn root(&mut self, node: &'a Node) -> Option<String> {
        let text = self.written_out(node, "`root`")?;
        match text.split_once("://") {
            _ if Address::parse(text).is_some() => Some(text.to_owned()),
            Some(("gs" | "s3", rest)) if !rest.is_empty() && !rest.starts_with('/') => {
                self.problems
                    .error("unknown-value", node.span, format!("`root`: `{text}` is the address of no bucket"))
                    .help = "a bucket's name has small letters, digits, `-`, `_` and `.`, and no part of what follows \
                             is `.` or `..`"
                    .into();
                None
            }
            Some((scheme, _)) => {
                self.problems
                    .error("unknown-value", node.span, format!("`root` cannot be `{scheme}://…`"))
                    .help = "a directory of the project, gs://bucket/prefix or s3://bucket/prefix".into();
                None
            }
            None => self.project_path(node, "`root`").map(Utf8PathBuf::into_string),
        }
    }

    fn warehouse(&mut self, node: &'a Node) -> Option<Warehouse> {
        let fields = Fields::of(node, "a warehouse", &["engine", "path", "project", "endpoint"], self)?;
        let engine = fields.need("engine", "a warehouse", node.span, self)?;
        let words = [("duckdb", Engine::Duckdb), ("bigquery", Engine::Bigquery)];
        match self.one_of(engine, "`engine`", &words)? {
            Engine::Duckdb => {
                self.not_of(&fields, "duckdb", &["project", "endpoint"]);
                let path = fields.need("path", "a duckdb warehouse", node.span, self);
                Some(Warehouse::Duckdb { path: path.and_then(|node| self.project_path(node, "`path`"))? })
            }
            Engine::Bigquery => {
                self.not_of(&fields, "bigquery", &["path"]);
                let project = fields.need("project", "a bigquery warehouse", node.span, self);
                let project = project.and_then(|node| self.text(node, "`project`")).map(str::to_owned);
                let endpoint = fields.get("endpoint").and_then(|node| self.url(node, "`endpoint`"));
                Some(Warehouse::Bigquery { project: project?, endpoint })
            }
        }
    }

    fn not_of(&mut self, fields: &Fields<'_>, engine: &str, keys: &[&str]) {
        for key in keys {
            if let Some(span) = fields.key(key) {
                self.problems.error("unknown-key", span, format!("a {engine} warehouse has no key `{key}`"));
            }
        }
    }

    fn airflow(&mut self, node: &'a Node) -> Option<Airflow> {
        let fields = Fields::of(node, "`airflow`", &["url", "namespace"], self)?;
        let url = fields.need("url", "`airflow`", node.span, self).and_then(|node| self.url(node, "`url`"));
        let namespace = fields.need("namespace", "`airflow`", node.span, self);
        let namespace = namespace.and_then(|node| self.text(node, "`namespace`"));
        Some(Airflow { url: url?, namespace: namespace?.to_owned() })
    }

    fn url(&mut self, node: &'a Node, what: &str) -> Option<String> {
        let text = self.text(node, what)?;
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        if rest.is_none_or(|rest| rest.is_empty() || rest.contains(char::is_whitespace)) {
            self.problems.error("bad-url", node.span, format!("{what}: `{text}` is no URL")).help =
                "write https://host".into();
            return None;
        }
        Some(text.to_owned())
    }
}
