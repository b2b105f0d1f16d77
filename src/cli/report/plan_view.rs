use crate::cli::{Ink, Look};
use crate::domain::figures::{counted, exact_duration};
use crate::domain::text::safe;
use crate::domain::{Access, Expect, InputSource, Launch, Node, Plan, PlannedOutput, Warehouse};

/// What would run, in order: what each step needs, gets and makes.
pub fn plan_view(plan: &Plan, look: &Look) -> String {
    let title = look.paint(Ink::Strong, format!("{} {}", plan.title(), plan.version));
    let place = look.paint(Ink::Dim, safe(plan.file.as_str()));
    let mut text = format!("{title} in {}  {place}\n", plan.env);
    for (name, value) in &plan.params {
        text += &fact(look, 2, "param", &format!("{name} = {value}"));
    }
    match &plan.warehouse {
        Some(Warehouse::Duckdb { path }) => text += &fact(look, 2, "lake", path.as_str()),
        Some(Warehouse::Bigquery { project, .. }) => {
            text += &fact(look, 2, "lake", &format!("BigQuery {project}"));
        }
        None => {}
    }
    for (name, image) in &plan.images {
        text += &fact(look, 2, "image", &format!("{name}  {}", image.tag));
    }
    for (index, node) in plan.nodes.iter().enumerate() {
        let number = look.paint(Ink::Dim, format!("{:>2}", index + 1));
        let name = look.paint(Ink::Strong, &node.id);
        text += &format!("\n{number}  {name}  {}\n", look.paint(Ink::Accent, does(node)));
        for (title, told) in facts(node) {
            text += &fact(look, 4, title, &told);
        }
    }
    text
}

/// So many columns in.
fn fact(look: &Look, lead: usize, title: &str, told: &str) -> String {
    let title = look.paint(Ink::Dim, format!("{title:<7}"));
    format!("{:lead$}{title}  {}\n", "", look.hanging(lead + 9, told))
}

fn does(node: &Node) -> String {
    match (&node.taken, &node.operator, &node.launch) {
        (Some(taken), ..) => format!("taken from run {}", taken.token.short()),
        (_, Some(operator), _) => format!("uses {operator}"),
        (_, _, Launch::Script(_)) => format!("script in {}", node.image),
        (_, _, Launch::Argv(_)) => format!("command in {}", node.image),
    }
}

fn facts(node: &Node) -> Vec<(&'static str, String)> {
    if let Some(taken) = &node.taken {
        return vec![("why", taken.why.clone())];
    }
    let mut facts = Vec::new();
    let join = |texts: Vec<String>| texts.join(", ");
    let mut tell = |title, told: String| {
        if !told.is_empty() {
            facts.push((title, told));
        }
    };
    tell("cell", join(node.matrix.iter().map(|(name, value)| format!("{name} = {value}")).collect()));
    // A need that an input implies is told by the input.
    let by_name = node.needs.iter().filter(|need| !need.by_input);
    tell("needs", join(by_name.map(|need| need.node.to_string()).collect()));
    tell("when", node.when.as_ref().map(|when| when.text.clone()).unwrap_or_default());
    if let Some(sql) = &node.sql {
        tell("query", format!("{}:{}", sql.file, sql.line));
    }
    for (name, input) in &node.inputs {
        let from = match &input.source {
            InputSource::Step { step, output } => format!("{step}.{output}"),
            InputSource::Value => input.value.clone(),
        };
        tell("input", format!("{name} ← {from}"));
    }
    let tables = |access| {
        let of = node.tables.iter().filter(|table| table.access == access);
        join(of.map(|table| table.table.to_string()).collect())
    };
    tell("reads", tables(Access::Read));
    for (name, output) in &node.outputs {
        tell("makes", makes(name.as_str(), output));
    }
    tell("files", node.files.as_ref().map(|files| files.join(", ")).unwrap_or_default());
    tell("secrets", join(node.secrets.iter().map(ToString::to_string).collect()));
    tell("limits", limits(node));
    facts
}

fn makes(name: &str, output: &PlannedOutput) -> String {
    let target = match &output.table {
        Some(write) => match &write.partition {
            Some((column, value)) => format!("{} where {column} = {value}", write.table),
            None => write.table.to_string(),
        },
        None => output.path.clone(),
    };
    let named = if target.split('.').next() == Some(name) { target } else { format!("{name} → {target}") };
    let expected = expected(&output.expect);
    if expected.is_empty() { named } else { format!("{named}  (expects {expected})") }
}

fn expected(expect: &Expect) -> String {
    let mut told = Vec::new();
    match (expect.min_rows, expect.max_rows) {
        (Some(least), Some(most)) => told.push(format!("{least} to {}", counted(most, "row"))),
        (Some(least), None) => told.push(format!("at least {}", counted(least, "row"))),
        (None, Some(most)) => told.push(format!("at most {}", counted(most, "row"))),
        (None, None) => {}
    }
    let lists = [
        ("columns", expect.columns.keys().cloned().collect::<Vec<_>>()),
        ("unique", expect.unique.clone()),
        ("not null", expect.not_null.clone()),
        ("known values of", expect.accepted_values.keys().cloned().collect()),
    ];
    for (what, columns) in lists.into_iter().filter(|(_, columns)| !columns.is_empty()) {
        told.push(format!("{what} {}", columns.join(" ")));
    }
    told.join(", ")
}

fn limits(node: &Node) -> String {
    let mut told = Vec::new();
    if let Some(memory) = node.resources.limits.memory {
        told.push(format!("memory {memory}"));
    }
    if let Some(cpu) = node.resources.limits.cpu {
        told.push(format!("cpu {cpu}"));
    }
    if let Some(storage) = node.resources.limits.ephemeral_storage {
        told.push(format!("disk {storage}"));
    }
    if let Some(timeout) = node.timeout {
        told.push(format!("{} an attempt", exact_duration(timeout)));
    }
    if node.retry.limit > 0 {
        told.push(counted(node.retry.limit.into(), "more attempt"));
    }
    if let Some(poll) = &node.poll {
        told.push(format!("asks every {} for {}", exact_duration(poll.every), exact_duration(poll.limit)));
    }
    told.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::report::scene;
    use crate::domain::{TableWrite, Taken, Template};

    #[test]
    fn it_reads_from_the_first_step_to_the_last() {
        let mut plan = scene::plan();
        plan.nodes[1].taken = Some(Taken {
            token: plan.token,
            path: "/data".into(),
            why: "the newest run of daily_delays 1.0.0 that has it".into(),
            older: None,
        });
        plan.nodes[3].when =
            Some(Template { text: "params.day > '2013-01-01'".into(), span: crate::domain::Span::START });
        insta::assert_snapshot!(plan_view(&plan, &Look { width: 80, colour: false }), @r#"
        daily_delays 1.0.0 in dev  workflows/daily_delays.yaml
          param    day = 2013-01-01
          lake     .greenroom/lake
          image    default  greenroom/flights-default:latest

         1  flights_ready  uses data_available
            limits   30m an attempt, 2 more attempts, asks every 5s for 10m

         2  delays  taken from run 3f2a
            why      the newest run of daily_delays 1.0.0 that has it

         3  report  script in default
            input    delays ← delays.delays
            makes    page → report.html
            limits   30m an attempt, 2 more attempts

         4  publish  script in default
            when     params.day > '2013-01-01'
            limits   30m an attempt, 2 more attempts
        "#);
    }

    #[test]
    fn a_long_fact_goes_on_below_its_beginning() {
        let mut plan = scene::plan();
        plan.nodes.truncate(1);
        plan.nodes[0].files =
            Some(["delay_model/train.py", "delay_model/columns.py"].map(str::to_owned).to_vec());
        insta::assert_snapshot!(plan_view(&plan, &Look { width: 44, colour: false }), @r#"
        daily_delays 1.0.0 in dev  workflows/daily_delays.yaml
          param    day = 2013-01-01
          lake     .greenroom/lake
          image    default
                   greenroom/flights-default:latest

         1  flights_ready  uses data_available
            files    delay_model/train.py,
                     delay_model/columns.py
            limits   30m an attempt, 2 more
                     attempts, asks every 5s for 10m
        "#);
    }

    #[test]
    fn an_output_says_what_it_becomes_and_what_must_hold() {
        let mut output = scene::plan().nodes[1].outputs["delays"].clone();
        output.table = Some(TableWrite {
            table: "lake.delays".parse().unwrap(),
            partition: Some(("day".into(), "2013-01-01".into())),
        });
        output.expect.min_rows = Some(1);
        output.expect.unique = vec!["carrier".into(), "origin".into()];
        assert_eq!(
            makes("delays", &output),
            "delays → lake.delays where day = 2013-01-01  (expects at least 1 row, unique carrier origin)"
        );
    }
}
