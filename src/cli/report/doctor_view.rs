use crate::cli::{Ink, Invocation, Look};
use crate::domain::figures::counted;
use crate::domain::text::safe;
use crate::domain::{Finding, Health};

/// What this machine has and lacks, and the commands that help.
pub fn doctor_view(findings: &[Finding], invocation: &Invocation, look: &Look) -> String {
    let name_width = findings.iter().map(|finding| finding.what.chars().count()).max().unwrap_or_default();
    let mut text = String::new();
    for finding in findings {
        let (sign, ink) = match finding.health {
            Health::Ok => ("✓", Ink::Good),
            Health::Warn => ("!", Ink::Warn),
            Health::Missing => ("✗", Ink::Bad),
        };
        let what = safe(&finding.what);
        let indent = " ".repeat(name_width + 4);
        let mut found = finding.found.lines();
        let first = safe(found.next().unwrap_or_default());
        text += &format!("{} {what:name_width$}  {first}\n", look.paint(ink, sign));
        for more in found {
            text += &format!("{indent}{}\n", look.paint(Ink::Dim, safe(more)));
        }
        for command in &finding.fix {
            text += &format!("{indent}{}\n", look.paint(Ink::Accent, safe(command)));
        }
    }
    let missing = findings.iter().filter(|finding| finding.health == Health::Missing).count() as u64;
    text + &match missing {
        0 => format!("\n{}\n", look.paint(Ink::Good, "This machine is ready.")),
        _ if findings.iter().any(|finding| finding.fixable && finding.health == Health::Missing) => {
            let command = look.paint(Ink::Accent, invocation.command(&["doctor", "--fix"]));
            format!("\n{} missing. Run the commands above, or: {command}\n", counted(missing, "thing"))
        }
        _ => format!("\n{} missing. Run the commands above.\n", counted(missing, "thing")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(health: Health, what: &str, found: &str, fix: &[&str]) -> Finding {
        let fix: Vec<_> = fix.iter().map(|command| (*command).to_owned()).collect();
        Finding {
            health,
            what: what.into(),
            found: found.into(),
            fixable: !fix.is_empty(),
            question: None,
            fix,
        }
    }

    #[test]
    fn what_is_missing_comes_with_its_commands() {
        let ok = finding(Health::Ok, "git", "2.39.2, as Ana <ana@example.com>", &[]);
        let findings = [
            ok.clone(),
            finding(Health::Warn, "disk", "3.1 GiB free; images need about 5 GiB", &[]),
            finding(
                Health::Missing,
                "bootstrap tool",
                "neither mmdebstrap nor debootstrap\nno such host",
                &["apt-get update", "apt-get install -y mmdebstrap"],
            ),
        ];
        let shown = |findings: &[Finding]| doctor_view(findings, &Invocation::default(), &Look::PLAIN);
        insta::assert_snapshot!(shown(&findings), @r#"
        ✓ git             2.39.2, as Ana <ana@example.com>
        ! disk            3.1 GiB free; images need about 5 GiB
        ✗ bootstrap tool  neither mmdebstrap nor debootstrap
                          no such host
                          apt-get update
                          apt-get install -y mmdebstrap

        1 thing missing. Run the commands above, or: greenroom doctor --fix
        "#);
        assert!(shown(&[ok]).ends_with("This machine is ready.\n"));
    }
}
