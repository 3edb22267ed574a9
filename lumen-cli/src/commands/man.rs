//! `lumen man`: manual pages, made from the same table as the help.

use super::Session;
use crate::arguments::{Arguments, ManArguments};
use crate::exit::Exit;
use crate::output::plural;
use crate::paths::absolute;
use anyhow::{Context, Result};
use clap::{Command, CommandFactory};
use clap_mangen::Man;
use std::path::Path;

/// Prints the page of `lumen`, or writes all pages.
pub(crate) fn man(session: &Session, arguments: &ManArguments) -> Result<Exit> {
    let mut command = Arguments::command().disable_help_subcommand(true);
    command.build();
    match &arguments.output {
        None => session.output.data(page("lumen", &command)?.trim_end()),
        Some(folder) => {
            let folder = absolute(&session.environment.folder, folder);
            let pages = pages("lumen", &command)?;
            write(&folder, &pages)?;
            let written = format!("{} to {}", plural(pages.len(), "page"), folder.display());
            session.output.status("Written", &written);
        }
    }
    Ok(Exit::Done)
}

/// Names and texts of the pages of a command and of those below it.
fn pages(name: &str, command: &Command) -> Result<Vec<(String, String)>> {
    let mut found = vec![(name.to_owned(), page(name, command)?)];
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        found.extend(pages(&format!("{name}-{}", below.get_name()), below)?);
    }
    Ok(found)
}

fn page(name: &str, command: &Command) -> Result<String> {
    let title = name.to_uppercase();
    let man = Man::new(command.clone().display_name(name.to_owned()))
        .title(title)
        .section("1")
        .source(concat!("lumen ", env!("CARGO_PKG_VERSION")))
        .manual("Lumen");
    let mut text = Vec::new();
    man.render(&mut text)?;
    Ok(tidied(&String::from_utf8(text)?))
}

/// The page as checkers of manual pages want it: no space at the end of lines, `.sp` for an empty line between two breaks, and an
/// empty date, which would differ from build to build, instead of none, which moves all that follows it.
fn tidied(page: &str) -> String {
    let page = page
        .replace(".br\n\n.br\n", ".sp\n")
        .replacen(" 1  \"", " 1 \"\" \"", 1);
    let lines = page.lines().map(|line| line.trim_end().to_owned() + "\n");
    lines.collect()
}

#[expect(
    clippy::disallowed_methods,
    reason = "writing pages is this command's purpose"
)]
fn write(folder: &Path, pages: &[(String, String)]) -> Result<()> {
    let written = || format!("`{}` cannot be written", folder.display());
    std::fs::create_dir_all(folder).with_context(written)?;
    for (name, text) in pages {
        std::fs::write(folder.join(format!("{name}.1")), text).with_context(written)?;
    }
    Ok(())
}
