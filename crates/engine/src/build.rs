//! Build script: makes Cargo embed the knowledge base again when one of its files changes.

fn main() {
    println!("cargo::rerun-if-changed=../../knowledge");
}
