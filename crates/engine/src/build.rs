//! Build script: embeds the knowledge base anew when one of its files changes.

fn main() {
    println!("cargo::rerun-if-changed=../../knowledge");
}
