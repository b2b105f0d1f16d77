use indexmap::IndexMap;

use super::context::{Lower, Place};
use super::fields::Fields;
use crate::domain::nearest::did_you_mean;
use crate::domain::{Name, Param, ParamType, Schedule, Span, Template};
use crate::spec::templates::has_template;
use crate::spec::yaml::Node;

impl<'a> Lower<'a> {
    pub(super) fn schedule(
        &mut self,
        node: &'a Node,
        at: Span,
        params: &IndexMap<Name, Param>,
    ) -> Option<Schedule> {
        if let Some(scalar) = node.as_scalar() {
            self.wrong_type(node, "`schedule`", "a mapping");
            if let Some(last) = self.problems.last() {
                last.help = format!("write schedule: {{cron: \"{}\"}}", scalar.text);
            }
            return None;
        }
        let fields = Fields::of(node, "`schedule`", &["cron", "timezone", "catchup", "params"], self)?;
        let cron = fields.need("cron", "`schedule`", at, self).and_then(|node| self.cron(node));
        let timezone = match fields.get("timezone") {
            Some(node) => self.timezone(node),
            None => Some("UTC".to_owned()),
        };
        let catchup = fields.get("catchup").and_then(|node| self.bool(node, "`catchup`")).unwrap_or(false);
        let bound = self.named(fields.get("params"), "`params`", "a parameter", |lower, name, span, node| {
            lower.bound(name, span, node, params)
        });
        self.unbound(params, &bound, at);
        Some(Schedule { cron: cron?, timezone: timezone?, catchup, params: bound })
    }

    fn cron(&mut self, node: &'a Node) -> Option<String> {
        let text = self.text(node, "`cron`")?;
        let fields = text.split_whitespace().count();
        let wrong = match text.parse::<croner::Cron>() {
            _ if fields != 5 => Some(format!("it has {fields} fields, and five are needed")),
            Ok(cron) if !fires(&cron) => Some("there is no such day".to_owned()),
            Ok(_) => None,
            Err(error) => Some(error.to_string()),
        };
        if let Some(why) = wrong {
            let help = match text {
                "@daily" | "@midnight" => "write 0 0 * * *",
                "@hourly" => "write 0 * * * *",
                "@weekly" => "write 0 0 * * 0",
                "@monthly" => "write 0 0 1 * *",
                _ => "minute, hour, day of the month, month, day of the week: 0 6 * * *",
            };
            self.problems
                .error("bad-cron", node.span, format!("`{text}` is no cron expression: {why}"))
                .help = help.into();
            return None;
        }
        Some(text.to_owned())
    }

    fn timezone(&mut self, node: &'a Node) -> Option<String> {
        let text = self.text(node, "`timezone`")?;
        if (text.contains('/') || text == "UTC") && jiff::tz::TimeZone::get(text).is_ok() {
            return Some(text.to_owned());
        }
        let zones: Vec<String> = jiff::tz::db().available().map(|zone| zone.to_string()).collect();
        let near = zones.iter().min_by_key(|zone| strsim::damerau_levenshtein(zone, text));
        // `Paris` is a slip, and far from `Europe/Paris` by its letters.
        let city = zones
            .iter()
            .find(|zone| zone.rsplit('/').next().is_some_and(|city| city.eq_ignore_ascii_case(text)));
        let help = match (city, near) {
            (Some(zone), _) => format!("did you mean `{zone}`?"),
            (None, Some(zone)) if strsim::damerau_levenshtein(zone, text) <= 3 => {
                format!("did you mean `{zone}`?")
            }
            _ => "write an IANA name such as Europe/Paris, or UTC".to_owned(),
        };
        self.problems.error("bad-timezone", node.span, format!("there is no time zone `{text}`")).help = help;
        None
    }

    fn bound(
        &mut self,
        name: &Name,
        span: Span,
        node: &'a Node,
        params: &IndexMap<Name, Param>,
    ) -> Option<Template> {
        let Some(param) = params.get(name) else {
            let help = did_you_mean(name.as_str(), "parameters", params.keys().map(Name::as_str));
            self.problems.error("unknown-name", span, format!("there is no parameter `{name}`")).help = help;
            return None;
        };
        let scalar = self.scalar(node, &format!("the parameter `{name}`"))?;
        self.note_template(scalar, node, Place::Schedule);
        if !has_template(&scalar.text) {
            let value = self.value(node, &param.kind, &format!("the parameter `{name}`"));
            if value.is_some() && is_dated(param) {
                let message = format!("the schedule always gives `{name}` the same day");
                self.problems.warn("schedule-binds-no-date", node.span, message).help =
                    "bind it to the day of the run: ${{ schedule.previous_date }}".into();
            }
        }
        Some(Template { text: scalar.text.clone(), span: node.span })
    }

    /// A run that a schedule starts is asked nothing.
    fn unbound(&mut self, params: &IndexMap<Name, Param>, bound: &IndexMap<Name, Template>, at: Span) {
        for (name, param) in params.iter().filter(|(name, _)| !bound.contains_key(*name)) {
            if is_dated(param) {
                let message = format!(
                    "the schedule does not bind the date parameter `{name}`: each run would do the same day"
                );
                self.problems.error("schedule-binds-no-date", at, message).help =
                    format!("add params: {{{name}: \"${{{{ schedule.previous_date }}}}\"}}");
            } else if param.default.is_none() {
                let message = format!("the schedule gives no value to `{name}`, which has no default");
                self.problems.error("unbound-parameter", at, message).help =
                    format!("add params: {{{name}: …}} to the schedule, or a default");
            }
        }
    }
}

fn is_dated(param: &Param) -> bool {
    matches!(param.kind, ParamType::Date | ParamType::Datetime)
}

/// Whether any day fits, in the 28 years after which weekdays and leap years come again.
fn fires(cron: &croner::Cron) -> bool {
    let days = (2000..2028).flat_map(|year| (1..=12).map(move |month| (year, month)));
    let mut days = days.filter(|(_, month)| cron.pattern.month_match(*month).unwrap_or(true));
    days.any(|(year, month)| (1..=31).any(|day| cron.pattern.day_match(year, month, day).unwrap_or(false)))
}
