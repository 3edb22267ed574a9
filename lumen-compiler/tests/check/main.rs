//! The checker from outside: cases with their findings and what they print, properties, and hostile documents.

#[path = "../support/case_files.rs"]
mod case_files;
mod cases;
mod corpus;
mod exhaustiveness;
mod hostile;
mod modules;
mod mutations;
mod properties;
mod running;
mod snippets;
mod trace;
