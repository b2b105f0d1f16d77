use minijinja::machinery::ast::{BinOpKind, CallArg, Expr};

/// Whether it can give a list, or something with one in it. What a name stands for is a single value.
pub(super) fn may_be_list(expr: &Expr<'_>) -> bool {
    match expr {
        Expr::List(_) | Expr::Tuple(_) | Expr::Map(_) => true,
        Expr::GetAttr(get) => may_be_list(&get.expr),
        Expr::GetItem(get) => may_be_list(&get.expr),
        Expr::Slice(slice) => may_be_list(&slice.expr),
        Expr::IfExpr(test) => {
            may_be_list(&test.true_expr) || test.false_expr.as_ref().is_some_and(may_be_list)
        }
        Expr::BinOp(op) => match op.op {
            BinOpKind::Add | BinOpKind::ScAnd | BinOpKind::ScOr => {
                may_be_list(&op.left) || may_be_list(&op.right)
            }
            _ => false,
        },
        Expr::Filter(filter) => match filter.name {
            "split" => true,
            // What they give may be what they were given.
            "default" | "first" | "last" | "int" | "float" => {
                filter.expr.iter().any(may_be_list) || filter.args.iter().map(argument).any(may_be_list)
            }
            _ => false,
        },
        _ => false,
    }
}

pub(super) fn argument<'e, 'a>(arg: &'e CallArg<'a>) -> &'e Expr<'a> {
    match arg {
        CallArg::Pos(expr)
        | CallArg::Kwarg(_, expr)
        | CallArg::PosSplat(expr)
        | CallArg::KwargSplat(expr) => expr,
    }
}

#[cfg(test)]
mod tests {
    use super::super::expression::parse;

    #[test]
    fn a_list_is_not_multiplied_and_what_is_made_of_one_is() {
        for bad in [
            "[1] * 9",
            "9 * (1, 2)",
            "params.a | split(',') * 9",
            "(params.a | int(default=[1])) * 9",
            "([1] + [2])[0:1] * 9",
            "({'a': [1]}['a'] if params.b else 1) * 9",
            "[[1]] | first * 9",
        ] {
            assert_eq!(parse(bad).unwrap().faults[0].message, "a list is not multiplied", "{bad}");
        }
        for good in ["'a' * 9", "params.a * 9", "[1, 2] | length * 2", "(1 if params.a in [1, 2] else 2) * 9"]
        {
            assert!(parse(good).unwrap().faults.is_empty(), "{good}");
        }
    }
}
