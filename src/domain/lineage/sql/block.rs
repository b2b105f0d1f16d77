use sqlparser::ast::{ConditionalStatementBlock, Statement};

use super::columns::Reading;
use super::scope::Scope;
use crate::domain::lineage::Columns;

impl Reading<'_> {
    /// Statements in a statement: of IF, CASE and WHILE some may not run.
    pub(super) fn block(&mut self, statement: &Statement) -> Option<Columns> {
        match statement {
            Statement::If(all) => {
                let rest = all.elseif_blocks.iter().chain(&all.else_block);
                self.conditional(std::iter::once(&all.if_block).chain(rest))
            }
            Statement::Case(all) => {
                self.expressions(&all.match_expr, &Scope::default());
                self.conditional(all.when_blocks.iter().chain(&all.else_block))
            }
            Statement::While(all) => self.conditional([&all.while_block]),
            Statement::StartTransaction { statements, exception, .. } => {
                let gives = self.each(statements);
                let handlers = exception.iter().flatten().flat_map(|when| &when.statements);
                self.depends += 1;
                let other = self.each(handlers);
                self.depends -= 1;
                if other.is_some() { Some(unknown()) } else { gives }
            }
            _ => None,
        }
    }

    fn conditional<'b>(
        &mut self,
        blocks: impl IntoIterator<Item = &'b ConditionalStatementBlock>,
    ) -> Option<Columns> {
        let mut gives = false;
        self.depends += 1;
        for block in blocks {
            self.expressions(&block.condition, &Scope::default());
            gives |= self.each(block.statements()).is_some();
        }
        self.depends -= 1;
        gives.then(unknown)
    }

    /// What the last of them gives.
    fn each<'s>(&mut self, statements: impl IntoIterator<Item = &'s Statement>) -> Option<Columns> {
        let mut last = None;
        for statement in statements {
            last = self.statement(statement).or(last);
        }
        last
    }
}

fn unknown() -> Columns {
    Columns::unknown("which of its statements is the last, only a run knows")
}
