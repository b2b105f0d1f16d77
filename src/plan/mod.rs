//! Domain, parameters and history → Plan.
