//! What a branch has to be before it goes on stage. It knows the domain only; git and the store come through traits.

pub mod checks;
