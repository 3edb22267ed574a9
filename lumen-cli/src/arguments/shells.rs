//! `lumen completions` and `lumen man`.

use clap::Args;
use std::path::PathBuf;

/// `lumen completions`.
#[derive(Debug, Args)]
#[command(
    after_help = "bash: lumen completions bash > ~/.local/share/bash-completion/completions/lumen\nzsh:  lumen completions zsh > _lumen, in a folder of $fpath\nfish: lumen completions fish > ~/.config/fish/completions/lumen.fish"
)]
pub(crate) struct CompletionsArguments {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub(crate) shell: clap_complete::Shell,
}

/// `lumen man`.
#[derive(Debug, Args)]
pub(crate) struct ManArguments {
    /// Write a page for each command to this folder: `lumen.1`, `lumen-cache-gc.1`
    #[arg(long, short, value_name = "FOLDER")]
    pub(crate) output: Option<PathBuf>,
}
