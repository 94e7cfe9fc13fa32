//! Tests that run on more than one engine.

pub mod model;
pub mod store;
