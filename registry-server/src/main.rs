//! The `registry-server` command.

fn main() {}
