//! The migrations of the database schema, embedded in the binary.
//!
//! This module lists the SQL files instead of using sqlx's `migrate!` macro. The macro would
//! compile the SQLite and PostgreSQL drivers a second time, for use at compile time.

use std::borrow::Cow;

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// Creates a migrator from the SQL files in a subfolder of `migrations/`. Each entry contains the
/// version, the description and the SQL of a file.
macro_rules! migrator {
    ($folder:literal) => {
        migrator(&[
            (1, "start", include_str!(concat!("migrations/", $folder, "/0001_start.sql"))),
            (2, "parked", include_str!(concat!("migrations/", $folder, "/0002_parked.sql"))),
        ])
    };
}

pub(super) fn sqlite() -> Migrator {
    migrator!("sqlite")
}

pub(super) fn postgres() -> Migrator {
    migrator!("postgres")
}

fn migrator(versions: &[(i64, &'static str, &'static str)]) -> Migrator {
    let migration = |&(version, description, sql): &(i64, &'static str, &'static str)| {
        Migration::new(version, Cow::Borrowed(description), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(versions.iter().map(migration).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Asserts that the list contains every file in the folder, because a migration that is not
    /// listed would never be applied.
    #[test]
    fn every_migration_file_is_listed() {
        for (folder, migrator) in [("sqlite", sqlite()), ("postgres", postgres())] {
            let path = format!("{}/src/store/migrations/{folder}", env!("CARGO_MANIFEST_DIR"));
            let mut files: Vec<String> = std::fs::read_dir(path)
                .expect("the folder is part of the source")
                .map(|entry| entry.expect("readable").file_name().into_string().expect("ASCII"))
                .collect();
            files.sort();
            let listed: Vec<String> =
                migrator.iter().map(|m| format!("{:04}_{}.sql", m.version, m.description)).collect();
            assert_eq!(listed, files, "{folder}");
        }
    }
}
