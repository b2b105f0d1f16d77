//! The built-in operators: their specs and their image-side code.
