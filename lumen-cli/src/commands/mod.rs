//! One file a subcommand. A command turns its arguments into calls of the libraries and their answers into output and
//! an exit status; it decides nothing else.

mod add;
mod build;
mod builder;
mod cache;
mod clean;
mod completions;
mod doc;
mod emit;
mod explain;
mod fetch;
mod fix;
mod forecast;
mod graph;
mod info;
mod log;
mod login;
mod man;
mod manifest;
mod modules;
mod new;
mod owner;
mod packages;
mod packing;
mod pkg;
mod program;
mod publish;
mod reasons;
mod registry;
mod remove;
mod run;
mod search;
mod test;
mod timings;
mod tree;
mod update;
mod verify;
mod watch;
mod why;
mod yank;

use crate::arguments::Command;
use crate::environment::Environment;
use crate::exit::Exit;
use crate::interrupt::Interrupt;
use crate::output::Output;
use anyhow::Result;
use std::sync::Arc;
pub(crate) use test::CoverageArguments;

/// What every command has at hand.
pub(crate) struct Session {
    /// The surroundings.
    pub(crate) environment: Environment,
    /// Where to write.
    pub(crate) output: Arc<Output>,
    /// Ctrl-C.
    pub(crate) interrupt: Interrupt,
}

/// Runs a command.
///
/// # Errors
/// If it could not do its work for a reason that is neither in a document nor in the program that was run.
pub(crate) fn dispatch(session: &Session, command: &Command) -> Result<Exit> {
    match command {
        Command::Run(arguments) => run::run(session, arguments),
        Command::Test(arguments) => test::test(session, arguments),
        Command::Build(arguments) | Command::Check(arguments) => build::build(session, arguments),
        Command::Watch(arguments) => watch::watch(session, arguments),
        Command::Fix(arguments) => fix::fix(session, arguments),
        Command::Explain(arguments) => explain::explain(session, arguments),
        Command::Doc(arguments) => doc::doc(session, arguments),
        Command::Update(arguments) => update::update(session, arguments),
        Command::Tree(arguments) => tree::tree(session, arguments),
        Command::Fetch(arguments) => fetch::fetch(session, arguments),
        Command::New(arguments) => new::new(session, arguments),
        Command::Init(arguments) => new::init(session, arguments),
        Command::Add(arguments) => add::add(session, arguments),
        Command::Remove(arguments) => remove::remove(session, arguments),
        Command::Pkg(arguments) => pkg::pkg(session, &arguments.command),
        Command::Why(arguments) => why::why(session, arguments),
        Command::Graph(arguments) => graph::graph(session, arguments),
        Command::Emit(arguments) => emit::emit(session, arguments),
        Command::Search(arguments) => search::search(session, arguments),
        Command::Info(arguments) => info::info(session, arguments),
        Command::Publish(arguments) => publish::publish(session, arguments),
        Command::Yank(arguments) => yank::yank(session, arguments),
        Command::Owner(arguments) => owner::owner(session, arguments),
        Command::Verify(arguments) => verify::verify(session, arguments),
        Command::Log(arguments) => log::log(session, arguments),
        Command::Login(arguments) => login::login(session, arguments),
        Command::Logout(arguments) => login::logout(session, arguments),
        Command::Whoami(arguments) => login::whoami(session, arguments),
        Command::Cache(arguments) => cache::cache(session, arguments),
        Command::Clean(_) => clean::clean(session),
        Command::Completions(arguments) => completions::completions(session, arguments),
        Command::Man(arguments) => man::man(session, arguments),
    }
}
