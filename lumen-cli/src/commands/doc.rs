//! `lumen doc`: what a module offers, as Markdown or JSON. It reads the document and compiles nothing of it.

use super::Session;
use super::builder::{Builder, Target};
use super::modules::{find_module, spoken};
use crate::arguments::{BuildOptions, DocArguments};
use crate::exit::Exit;
use anyhow::{Context, Result, bail};
use lumen_build::{bundled_module, bundled_modules, document_stem};
use lumen_compiler::diagnostic::closest;
use lumen_compiler::document::{Entry, Form, Outline, read_text};
use serde_json::json;
use std::path::Path;

/// A document to describe.
struct Module {
    /// What people call it.
    name: String,
    path: String,
    text: String,
}

/// Finds the module, and prints its outline.
pub(crate) fn doc(session: &Session, arguments: &DocArguments) -> Result<Exit> {
    let module = match find(session, &arguments.module)? {
        Ok(module) => module,
        Err(exit) => return Ok(exit),
    };
    let outline = Outline::of(&module.text, Form::of_path(&module.path));
    let shown: Vec<&Entry> = outline
        .entries
        .iter()
        .filter(|entry| (entry.public || arguments.all) && !entry.test)
        .collect();
    if arguments.json {
        session
            .output
            .data(&object(&module, &outline, &shown).to_string());
    } else {
        session.output.data(page(&module, &outline, &shown).trim_end());
    }
    if shown.is_empty() && !outline.entries.is_empty() && !arguments.all {
        session
            .output
            .note("nothing of it is `pub`; `--all` shows the rest");
    }
    Ok(Exit::Done)
}

/// The module that the words name, or the status after a printed error.
fn find(session: &Session, words: &[String]) -> Result<Result<Module, Exit>> {
    let bundled = match words {
        [word] => word.strip_prefix("std."),
        [package, path] if package == "@lumen/std" => Some(path.as_str()),
        _ => None,
    };
    if let Some(path) = bundled {
        return Ok(match bundled_module(path) {
            Some((file, text)) => Ok(Module {
                name: format!("std.{path}"),
                path: file,
                text: text.to_owned(),
            }),
            None => {
                let question = closest(path, bundled_modules())
                    .map_or(String::new(), |near| format!("; did you mean `{near}`?"));
                session
                    .output
                    .error(&format!("the standard library has no module `{path}`{question}"));
                Err(Exit::Usage)
            }
        });
    }
    if let [path] = words
        && let Some(stem) = document_stem(path)
    {
        let name = stem.rsplit(['/', '\\']).next().unwrap_or(stem).to_owned();
        return Ok(Ok(Module {
            name,
            path: path.clone(),
            text: read(&session.environment.folder.join(path), path)?,
        }));
    }
    let target = Target::of(session, None, None);
    let built = match Builder::new(session, target, &BuildOptions::default()).run_silently() {
        Ok(built) => built,
        Err(exit) => return Ok(Err(exit)),
    };
    let (root, image) = (&built.outcome.root, &built.outcome.image);
    let Some(image) = image else {
        bail!("the build left nothing to read")
    };
    let Some(id) = find_module(session, root, image, words) else {
        return Ok(Err(Exit::Usage));
    };
    let Some((_, path)) = image.documents().into_iter().find(|(known, _)| *known == id) else {
        bail!("the module has no document")
    };
    Ok(Ok(Module {
        name: spoken(&id),
        text: read(&root.join(&path), &path)?,
        path,
    }))
}

fn read(path: &Path, shown: &str) -> Result<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the document is what this command shows"
    )]
    let bytes = std::fs::read(path).with_context(|| format!("`{shown}` cannot be read"))?;
    match read_text(&bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(unreadable) => bail!("`{shown}`: {unreadable}"),
    }
}

/// The outline as Markdown.
fn page(module: &Module, outline: &Outline, shown: &[&Entry]) -> String {
    let mut page = format!("# {}\n\n", module.name);
    if !outline.introduction.is_empty() {
        page += &format!("{}\n\n", outline.introduction);
    }
    for entry in shown {
        let fence = fence(&entry.signature);
        page += &format!(
            "## `{}`\n\n{fence}lumen ignore\n{}\n{fence}\n\n",
            entry.name, entry.signature
        );
        if let Some(why) = &entry.deprecated {
            page += &format!("Deprecated: {why}\n\n");
        }
        if !entry.documentation.is_empty() {
            page += &format!("{}\n\n", entry.documentation);
        }
    }
    page
}

/// Backticks that enclose a text.
fn fence(text: &str) -> String {
    let longest = text
        .split(|character| character != '`')
        .map(str::len)
        .max()
        .unwrap_or(0);
    "`".repeat((longest + 1).max(3))
}

/// The outline as JSON.
fn object(module: &Module, outline: &Outline, shown: &[&Entry]) -> serde_json::Value {
    let entries: Vec<serde_json::Value> = shown
        .iter()
        .map(|entry| {
            json!({
                "name": entry.name,
                "kind": entry.kind,
                "public": entry.public,
                "deprecated": entry.deprecated,
                "signature": entry.signature,
                "documentation": entry.documentation,
                "line": entry.line,
            })
        })
        .collect();
    json!({
        "version": 1,
        "module": module.name,
        "file": module.path,
        "introduction": outline.introduction,
        "items": entries,
    })
}
