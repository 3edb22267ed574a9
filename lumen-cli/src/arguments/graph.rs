//! `lumen graph`.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// `lumen graph`.
#[derive(Debug, Args)]
pub(crate) struct GraphArguments {
    /// Only the modules of this package, and what they import
    #[arg(long, short, value_name = "PACKAGE")]
    pub(crate) package: Option<String>,
    /// How to write it; default: what the name of the file says, else dot
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<GraphFormat>,
    /// Only what lies around this module: `@acme/money fx`, `fx` if only one package has it, or its file
    #[arg(long, value_name = "MODULE", num_args = 1..=2)]
    pub(crate) focus: Vec<String>,
    /// With --focus: so many imports away, in both directions; default: 2
    #[arg(long, value_name = "N", requires = "focus")]
    pub(crate) depth: Option<usize>,
    /// Write to this file (.dot, .json, .html); default: standard output, and for html `.lumen/graph.html`
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// How a graph is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum GraphFormat {
    /// For graphviz: `lumen graph | dot -Tsvg`
    Dot,
    /// One object
    Json,
    /// One page for a browser, with search, for graphs of any size
    Html,
}
