//! Build script: what is embedded is built in anew when a file of it is added, changed or removed.

fn main() {
    println!("cargo::rerun-if-changed=knowledge");
    println!("cargo::rerun-if-changed=src/store/migrations");
}
