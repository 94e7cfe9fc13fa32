//! Tests of the store that run on both SQLite and PostgreSQL.

pub mod model;
pub mod store;
