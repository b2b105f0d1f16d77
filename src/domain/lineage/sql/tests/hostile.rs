use proptest::prelude::*;

use super::*;

#[test]
fn the_longest_and_the_deepest_texts_are_survived() {
    let sum = format!("SELECT 1{}", "+1".repeat(MOST / 2 - 10));
    assert_eq!(told(&sum).len(), 1);
    let union = vec!["SELECT a FROM t"; MOST / 40].join(" UNION ALL ");
    assert_eq!(told(&union).len(), 1);
    for (open, close) in [("(", ")"), ("(SELECT ", ")"), ("NOT ", ""), ("-", ""), ("CASE WHEN ", "")] {
        let count = (MOST - 100) / (open.len() + close.len());
        let text = format!("SELECT {}1{}", open.repeat(count), close.repeat(count));
        let _ = read(&text, &tables);
    }
    let mut nested = "SELECT a FROM t".to_owned();
    for at in 0..30 {
        nested = format!(
            "WITH RECURSIVE w{at} AS ({nested} UNION ALL SELECT a FROM w{at}) SELECT a FROM w{at} ORDER BY a"
        );
    }
    let _ = read(&nested, &tables);
}

/// Each opens something within itself, and is closed or not.
const OPENERS: [(&str, &str); 24] = [
    ("(", ")"),
    ("((", "))"),
    ("[", "]"),
    ("f(", ")"),
    ("CAST(", " AS INT64)"),
    ("STRUCT(", ")"),
    ("ARRAY(SELECT ", ")"),
    ("(SELECT ", ")"),
    ("EXISTS(SELECT ", ")"),
    ("x IN (", ")"),
    ("CASE WHEN ", " END"),
    ("IF(", ",1,2)"),
    ("NOT ", ""),
    ("- ", ""),
    ("a.", ""),
    ("1 BETWEEN ", " AND 2"),
    ("INTERVAL ", " DAY"),
    ("STRUCT<a ", ">(1)"),
    ("1 FROM (SELECT ", ")"),
    ("1 FROM ((SELECT ", "))"),
    ("1 FROM (a JOIN ", ")"),
    ("1 UNION ALL SELECT ", ""),
    ("x -> ", ""),
    ("SUM(", ") OVER (ORDER BY 1)"),
];

#[test]
fn what_lies_deep_in_itself_is_survived_closed_or_not() {
    for (open, close) in OPENERS {
        for depth in [10, 20, 30, 50, 90, 130, 1000] {
            for closed in [depth, depth - 1, 0, depth + 1] {
                let text = format!("SELECT {}1{}", open.repeat(depth), close.repeat(closed));
                let _ = read(&text, &tables);
            }
        }
    }
}

#[test]
fn what_is_long_and_wide_is_survived() {
    let many = |part: &str, between: &str| vec![part; MOST / (part.len() + between.len()) - 10].join(between);
    let wide = [
        format!("SELECT {}", many("DATE_TRUNC(a,DAY)", ",")),
        format!("SELECT {} FROM lake.flights", many("*", ",")),
        format!("SELECT {} FROM t", many("x", ",")),
        format!("SELECT a FROM {}", many("t", ",")),
        format!("SELECT * FROM {}", many("lake.flights", ",")),
        format!("SELECT a FROM t {}", many("JOIN t ON a=b", " ")),
        format!("SELECT a FROM t {}", many("JOIN t USING(a)", " ")),
        format!("SELECT a FROM t WHERE {}", many("a=1", " OR ")),
        format!("SELECT a FROM t WHERE a IN ({})", many("1", ",")),
        format!("WITH {} SELECT 1", many("a AS (SELECT * FROM a)", ",")),
        many("SELECT 1", ";"),
        many("DECLARE x INT64", ";"),
        many("(", ";"),
        many("BEGIN", ";"),
        format!("SELECT '{}", many("x", "")),
        format!("SELECT /*{}", many("/*", "")),
        format!("SELECT {}", many("`", "")),
        format!("SELECT {}", many("\u{202e}\u{0}\u{1F9EA}é", " ")),
        format!("SELECT '{}'", many("\\", "")),
    ];
    for text in wide {
        let _ = read(&text, &tables);
    }
}

proptest! {
    #[test]
    fn any_text_is_survived(text in any::<std::string::String>()) {
        let _ = read(&text, &tables);
    }

    #[test]
    fn anything_like_a_query_is_survived(words in prop::collection::vec(prop::sample::select(vec![
        "SELECT", "FROM", "WITH", "a", "b.c", "lake.flights", "*", ",", "(", ")", "AS", "JOIN", "ON", "=", "UNION ALL",
        "GROUP BY", "ORDER BY", "UNNEST", "[", "]", "1", "'x'", "@p", "`", "EXCEPT", "CASE", "WHEN", "END", "OVER", "|>",
        "PIVOT(", "RECURSIVE", "DECLARE x", "SET x =", "BEGIN", "IF", "THEN", "END IF", "MERGE", "USING", "QUALIFY",
        "CREATE TABLE t AS", "CREATE TEMP TABLE t AS", "SELECT AS STRUCT", "UNPIVOT(", "JSON '{}'", "${{ x }}", "\u{202e}", "VALUES", "INSERT INTO", "DATE_TRUNC(", "STRUCT", ".", ";", "USING", "\"", "é",
    ]), 0..40)) {
        let _ = read(&words.join(" "), &tables);
        let _ = read(&format!("SELECT {} FROM lake.flights", words.join(" ")), &tables);
    }

    #[test]
    fn statements_of_one_text_do_not_undo_each_other(broken in "[a-z(){}\\[\\],'` ]{0,20}") {
        let text = format!("CREATE TABLE lake.x AS SELECT carrier FROM lake.flights; {broken}");
        if let Ok(sql) = read(&text, &tables) {
            prop_assert!(sql.writes.contains_key("lake.x"));
            prop_assert_eq!(sql.reads["lake.flights"].needs("carrier"), Some(true));
        }
    }
}
