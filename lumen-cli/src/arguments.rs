//! The command line as data: every command, option and help text. What they do is in `commands`.

mod build;
mod cache;
mod graph;
mod log;
mod registry;
mod shells;
mod test;
mod watch;

pub(crate) use build::{BuildArguments, BuildOptions, PackageOptions, SingleBuildArguments, TargetArguments};
pub(crate) use cache::{CacheArguments, CacheCollectArguments, CacheCommand};
pub(crate) use graph::{GraphArguments, GraphFormat};
pub(crate) use log::{BuildChoice, LogArguments, LogCommand, WhyArguments};
pub(crate) use registry::{
    AllowedArguments, InfoArguments, LoginArguments, OwnedPackage, OwnerArguments, OwnerChange, OwnerCommand,
    PublishArguments, RegistryArguments, SearchArguments, VerifyArguments, YankArguments,
};
pub(crate) use shells::{CompletionsArguments, ManArguments};
pub(crate) use test::{TestArguments, Unreferenced};
pub(crate) use watch::{WatchArguments, WatchCommand};

use crate::output::{ColorChoice, MessageFormat};
use clap::{Args, Parser, Subcommand};
use lumen_build::hex;
use lumen_compiler::COMPILER_ID;
use std::path::PathBuf;
use std::sync::LazyLock;

/// Markdown that executes: build, run and test Lumen documents.
#[derive(Debug, Parser)]
#[command(name = "lumen", version = version(), propagate_version = true, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) output: OutputArguments,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// `0.1.0 (compiler 1a2b3c4d)`: builds of one version that compile differently are told apart by what the keys of the cache have of
/// the compiler.
fn version() -> &'static str {
    static VERSION: LazyLock<String> = LazyLock::new(|| {
        let compiler = hex(&COMPILER_ID);
        let compiler = compiler.get(..8).unwrap_or_default();
        format!("{} (compiler {compiler})", env!("CARGO_PKG_VERSION"))
    });
    VERSION.as_str()
}

/// Options of every command.
#[derive(Debug, Args)]
pub(crate) struct OutputArguments {
    /// Print nothing but errors and what a program prints itself
    #[arg(long, short, global = true, help_heading = "Output")]
    pub(crate) quiet: bool,
    /// Colour the output; `auto` colours terminals, unless NO_COLOR is set
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        help_heading = "Output"
    )]
    pub(crate) color: ColorChoice,
    /// Print diagnostics and events for people, or as one JSON object a line
    #[arg(
        long,
        global = true,
        value_name = "FORMAT",
        default_value = "text",
        help_heading = "Output"
    )]
    pub(crate) message_format: MessageFormat,
}

/// Daily commands first.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a document or a package
    Run(RunArguments),
    /// Run tests: `@test` cells and `lumen test` fences
    Test(TestArguments),
    /// Compile what changed, and link
    Build(SingleBuildArguments),
    /// Look for errors only
    Check(SingleBuildArguments),
    /// Build, test or run again whenever something has changed
    Watch(WatchArguments),
    /// Follow the advice of findings: change documents as it says
    Fix(FixArguments),
    /// Explain a diagnostic code, with a wrong and a right program
    Explain(ExplainArguments),
    /// Print what a module offers: its declarations and their documentation
    Doc(DocArguments),
    /// Take newer versions of packages into the lock
    Update(UpdateArguments),
    /// Show the packages of a workspace and what they depend on
    Tree(TreeArguments),
    /// Fetch the packages that a build needs, without building
    Fetch(FetchArguments),
    /// Make a package in a new folder
    New(NewArguments),
    /// Make a package in an existing folder
    Init(InitArguments),
    /// Add a dependency to a package's manifest, or change one
    Add(AddArguments),
    /// Take a dependency out of a package's manifest
    Remove(RemoveArguments),
    /// Package verbs in their long form
    Pkg(PkgArguments),
    /// Say why a module was, or was not, compiled in the last build
    Why(WhyArguments),
    /// Write which module imports which: for graphviz, as JSON, or as a page to browse
    Graph(GraphArguments),
    /// Print the LIR of a document or module
    Emit(EmitArguments),
    /// Look for packages in a registry
    Search(SearchArguments),
    /// Show a package of a registry: its versions, and what one of them needs
    Info(InfoArguments),
    /// Publish a package
    Publish(PublishArguments),
    /// Keep a version from being chosen for new locks; what is locked goes on to work
    Yank(YankArguments),
    /// List and change the owners of a package
    Owner(OwnerArguments),
    /// Verify every package of the lock again
    Verify(VerifyArguments),
    /// Say what builds did and where the time went; prove, verify and audit what is in a registry's log
    Log(LogArguments),
    /// Pin a registry and keep a token for it
    Login(LoginArguments),
    /// Forget the token for a registry
    Logout(RegistryArguments),
    /// Say whose token is kept for a registry
    Whoami(RegistryArguments),
    /// Look at the cache of compiled modules, make room in it, verify or clear it
    Cache(CacheArguments),
    /// Remove the build state of a workspace; the shared cache stays
    Clean(CleanArguments),
    /// Print what a shell needs to complete commands and options
    Completions(CompletionsArguments),
    /// Print the manual page, or write those of all commands
    Man(ManArguments),
}

/// `lumen run`.
#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    /// A document (`notes.lm.md`) or a LIR module (`x.lir.json`); without it, the package around the current folder
    #[arg(value_name = "DOCUMENT", conflicts_with = "package")]
    pub(crate) document: Option<PathBuf>,
    /// Run this package of the workspace
    #[arg(long, short, value_name = "PACKAGE")]
    pub(crate) package: Option<String>,
    /// Run this cell; default: `main`, else `run`
    #[arg(long, value_name = "NAME")]
    pub(crate) cell: Option<String>,
    /// Give a parameter a value: text for a String, JSON for everything else
    #[arg(long = "arg", value_name = "NAME=VALUE")]
    pub(crate) arguments: Vec<String>,
    /// Give this parameter what comes on standard input
    #[arg(long, value_name = "NAME")]
    pub(crate) stdin: Option<String>,
    /// Print the value as canonical JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) limits: LimitArguments,
    #[command(flatten)]
    pub(crate) options: BuildOptions,
}

/// Budgets of a run.
#[derive(Debug, Args)]
pub(crate) struct LimitArguments {
    /// Stop after so many calls and loop rounds; default: no limit
    #[arg(long, value_name = "N")]
    pub(crate) fuel: Option<u64>,
    /// Let the program hold at most so many MiB
    #[arg(long, value_name = "MIB", default_value_t = 1024)]
    pub(crate) memory: u64,
}

/// `lumen fix`.
#[derive(Debug, Args)]
pub(crate) struct FixArguments {
    #[command(flatten)]
    pub(crate) target: TargetArguments,
    /// Print what would change, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Follow advice too that is one way of several, or that leaves something to fill in
    #[arg(long)]
    pub(crate) all: bool,
    /// Only deal with findings of this code; may be given more than once
    #[arg(long = "code", value_name = "CODE")]
    pub(crate) codes: Vec<String>,
    #[command(flatten)]
    pub(crate) options: BuildOptions,
}

/// `lumen explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArguments {
    /// A code, `E0012`; without it, all codes are listed
    #[arg(value_name = "CODE")]
    pub(crate) code: Option<String>,
}

/// `lumen new`.
#[derive(Debug, Args)]
pub(crate) struct NewArguments {
    /// The folder to make
    #[arg(value_name = "FOLDER", required_unless_present = "list")]
    pub(crate) folder: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
}

/// What a new project is made from.
#[derive(Debug, Args)]
pub(crate) struct ProjectArguments {
    /// The package's name, `@scope/name`; default: after the folder
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Start from a template: a name of `--list`, a folder with a template.toml, or a package (`@scope/name`, `@scope/name@1.2.0`)
    #[arg(long, value_name = "TEMPLATE")]
    pub(crate) template: Option<String>,
    /// Answer a question of the template; what is not answered is asked for on a terminal, and has its default elsewhere
    #[arg(long = "set", value_name = "NAME=ANSWER", requires = "template")]
    pub(crate) answers: Vec<String>,
    /// Ask nothing
    #[arg(long, requires = "template")]
    pub(crate) no_input: bool,
    /// List the templates that come with lumen
    #[arg(long, conflicts_with_all = ["name", "template", "folder"])]
    pub(crate) list: bool,
}

/// `lumen init`.
#[derive(Debug, Args)]
pub(crate) struct InitArguments {
    /// The folder; default: the current one
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
}

/// `lumen pkg`.
#[derive(Debug, Args)]
pub(crate) struct PkgArguments {
    #[command(subcommand)]
    pub(crate) command: PkgCommand,
}

/// What to do with a package.
#[derive(Debug, Subcommand)]
pub(crate) enum PkgCommand {
    /// Make a package in an existing folder, or a project from a template
    Init(InitArguments),
    /// Make a package in a new folder, or a project from a template
    New(NewArguments),
    /// Add a dependency to a manifest
    Add(AddArguments),
    /// Remove a dependency from a manifest
    Remove(RemoveArguments),
    /// Choose newer versions for the lock
    Update(UpdateArguments),
    /// Get what the lock names, and build nothing
    Fetch(FetchArguments),
    /// Show what depends on what
    Tree(TreeArguments),
    /// Write the archive of a package, or list what would be in it
    Pack(PackArguments),
    /// Publish a package
    Publish(PublishArguments),
    /// Keep a version from being chosen for new locks; what is locked goes on to work
    Yank(YankArguments),
    /// List and change the owners of a package
    Owner(OwnerArguments),
    /// Look for packages in a registry
    Search(SearchArguments),
    /// Show a package of a registry: its versions, and what one of them needs
    Info(InfoArguments),
    /// Verify every package of the lock again
    Verify(VerifyArguments),
}

/// `lumen pkg pack`.
#[derive(Debug, Args)]
pub(crate) struct PackArguments {
    /// Pack this package of the workspace; default: the one around the current folder
    #[arg(long, short, value_name = "PACKAGE")]
    pub(crate) package: Option<String>,
    /// List the files instead of writing an archive
    #[arg(long)]
    pub(crate) list: bool,
    /// Write to this file: a tar, or compressed if its name ends with `.zst`; default: below `.lumen/packages`
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) allowed: AllowedArguments,
}

/// `lumen add`.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("origin").args(["path", "git", "registry"]).multiple(false))]
#[command(group = clap::ArgGroup::new("reference").args(["rev", "tag", "branch"]).multiple(false).requires("git"))]
pub(crate) struct AddArguments {
    /// The package, and which versions of it will do: `@acme/money`, `@acme/money@^1.2`
    #[arg(value_name = "PACKAGE[@VERSIONS]")]
    pub(crate) dependency: String,
    /// Only tests need it
    #[arg(long)]
    pub(crate) dev: bool,
    /// It is in this folder
    #[arg(long, value_name = "FOLDER")]
    pub(crate) path: Option<PathBuf>,
    /// It is in this git repository
    #[arg(long, value_name = "URL")]
    pub(crate) git: Option<String>,
    /// At this commit
    #[arg(long, value_name = "COMMIT")]
    pub(crate) rev: Option<String>,
    /// At this tag
    #[arg(long, value_name = "TAG")]
    pub(crate) tag: Option<String>,
    /// At the end of this branch
    #[arg(long, value_name = "BRANCH")]
    pub(crate) branch: Option<String>,
    /// It is in the registry of this name
    #[arg(long, value_name = "NAME")]
    pub(crate) registry: Option<String>,
    /// Change the manifest of this package of the workspace; default: the one around the current folder
    #[arg(long, short, value_name = "PACKAGE")]
    pub(crate) package: Option<String>,
}

/// `lumen remove`.
#[derive(Debug, Args)]
pub(crate) struct RemoveArguments {
    /// The package: `@acme/money`
    #[arg(value_name = "PACKAGE")]
    pub(crate) dependency: String,
    /// Take it out of what only tests need
    #[arg(long)]
    pub(crate) dev: bool,
    /// Change the manifest of this package of the workspace; default: the one around the current folder
    #[arg(long, short, value_name = "PACKAGE")]
    pub(crate) package: Option<String>,
}

/// `lumen update`.
#[derive(Debug, Args)]
pub(crate) struct UpdateArguments {
    /// Only these packages; default: all
    #[arg(value_name = "PACKAGE")]
    pub(crate) named: Vec<String>,
    /// The same
    #[arg(long = "package", short, value_name = "PACKAGE")]
    pub(crate) packages: Vec<String>,
    /// To exactly this version; one package has to be named
    #[arg(long, value_name = "VERSION")]
    pub(crate) precise: Option<String>,
    /// Take the oldest versions that fit, not the newest: shows whether requirements ask for too little
    #[arg(long, conflicts_with = "precise")]
    pub(crate) minimal: bool,
    /// Show what would change, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Ask no registry and no repository: choose from what the lock has
    #[arg(long)]
    pub(crate) offline: bool,
    /// Give packages the grants that they newly ask for
    #[arg(long)]
    pub(crate) accept_grants: bool,
}

/// `lumen tree`.
#[derive(Debug, Args)]
pub(crate) struct TreeArguments {
    /// Begin with this package instead of the members of the workspace
    #[arg(long, short, value_name = "PACKAGE")]
    pub(crate) package: Option<String>,
    /// Show who needs this package
    #[arg(long, short, value_name = "PACKAGE", conflicts_with = "package")]
    pub(crate) invert: Option<String>,
    /// Show packages that are there in several versions, and who needs each
    #[arg(long, short, conflicts_with_all = ["package", "invert"])]
    pub(crate) duplicates: bool,
    /// Show so many levels below the first
    #[arg(long, value_name = "N")]
    pub(crate) depth: Option<usize>,
    #[command(flatten)]
    pub(crate) options: PackageOptions,
}

/// `lumen fetch`.
#[derive(Debug, Args)]
pub(crate) struct FetchArguments {
    #[command(flatten)]
    pub(crate) options: PackageOptions,
}

/// `lumen emit`.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("form").multiple(false))]
pub(crate) struct EmitArguments {
    /// A document that stands alone, a document of the workspace, or a module (`@acme/money fx`)
    #[arg(value_name = "MODULE", required = true, num_args = 1..=2)]
    pub(crate) module: Vec<String>,
    /// Canonical JSON, which `lumen run x.lir.json` runs (the default)
    #[arg(long, group = "form")]
    pub(crate) json: bool,
    /// A listing for people
    #[arg(long, group = "form")]
    pub(crate) disasm: bool,
}

/// `lumen doc`.
#[derive(Debug, Args)]
pub(crate) struct DocArguments {
    /// A document, a module of the workspace (`@acme/money fx`), or one of the standard library (`std.text`)
    #[arg(value_name = "MODULE", required = true, num_args = 1..=2)]
    pub(crate) module: Vec<String>,
    /// Show what is not `pub` too
    #[arg(long)]
    pub(crate) all: bool,
    /// One JSON object instead of Markdown
    #[arg(long)]
    pub(crate) json: bool,
}

/// `lumen clean`.
#[derive(Debug, Args)]
pub(crate) struct CleanArguments {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        <Arguments as clap::CommandFactory>::command().debug_assert();
    }
}
