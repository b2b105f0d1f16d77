use std::ops::Range;

use super::Plain;
use crate::domain::Span;

/// A value and where it stands. An alias stands where what it names was written.
#[derive(Clone, Debug)]
pub(in crate::spec) struct Node {
    pub span: Span,
    pub tree: Tree,
}

#[derive(Clone, Debug)]
pub(in crate::spec) enum Tree {
    Scalar(Scalar),
    List(Vec<Node>),
    Map(Map),
}

/// The entries as written, each key once; only a step that was written twice, which has been told, is here twice.
pub(in crate::spec) type Map = Vec<Entry>;

#[derive(Clone, Debug)]
pub(in crate::spec) struct Entry {
    pub key: String,
    pub span: Span,
    pub value: Node,
}

#[derive(Clone, Debug)]
pub(in crate::spec) struct Scalar {
    pub text: String,
    /// Written without quotes, so it may be something else than a text.
    pub plain: bool,
    /// Where it was written, in bytes of the file, with its quotes.
    pub source: Range<usize>,
}

impl Scalar {
    pub fn typed(&self) -> Plain {
        if self.plain { Plain::of(&self.text) } else { Plain::Text }
    }
}

impl Node {
    pub fn as_map(&self) -> Option<&Map> {
        match &self.tree {
            Tree::Map(map) => Some(map),
            _ => None,
        }
    }

    pub fn as_list(&self) -> Option<&[Node]> {
        match &self.tree {
            Tree::List(items) => Some(items),
            _ => None,
        }
    }

    pub fn as_scalar(&self) -> Option<&Scalar> {
        match &self.tree {
            Tree::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    pub fn is_null(&self) -> bool {
        self.as_scalar().is_some_and(|scalar| scalar.typed() == Plain::Null)
    }

    /// What it is, for people.
    pub fn kind(&self) -> &'static str {
        match &self.tree {
            Tree::Map(_) => "a mapping",
            Tree::List(_) => "a list",
            Tree::Scalar(scalar) => scalar.typed().kind(),
        }
    }
}
