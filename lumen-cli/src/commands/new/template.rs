//! `--template`: finds a template, gathers its answers, and writes all of its files or none.

use crate::arguments::{ProjectArguments, RegistryArguments};
use crate::commands::Session;
use crate::commands::info::newest;
use crate::commands::registry::{Access, optional_version};
use crate::exit::Exit;
use crate::output::plural;
use anyhow::{Context, Result, anyhow, bail};
use lumen_pkg::client::{ClientError, Freshness};
use lumen_pkg::{
    BUNDLED_TEMPLATES, BundledTemplate, PackageName, ProjectFile, TEMPLATE_FILE, Template, TemplateError,
    Variable, VariableKind,
};
use serde_json::json;
use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};

/// A template with more files is refused.
const MAXIMUM_FILES: usize = 1_000;

/// A template with more bytes is refused (16 MiB).
const MAXIMUM_BYTES: u64 = 16 << 20;

/// `--list`: a line for each template that comes with the command.
pub(super) fn list(session: &Session) -> Exit {
    for bundled in BUNDLED_TEMPLATES {
        let description = bundled
            .read()
            .map(|template| template.description)
            .unwrap_or_default();
        session.output.item(
            &format!("{:<10} {description}", bundled.name),
            &json!({"event": "listed-template", "version": 1, "name": bundled.name, "description": description}),
        );
    }
    Exit::Done
}

/// Makes a project of the template in `folder`.
pub(super) fn make(
    session: &Session,
    wanted: &str,
    folder: &Path,
    name: &PackageName,
    project: &ProjectArguments,
    shown: &str,
) -> Result<()> {
    let template = find(session, wanted)?;
    let mut given = given(&project.answers)?;
    let asks_for_name = template
        .variables
        .iter()
        .any(|variable| variable.name == "name" && variable.kind == VariableKind::PackageName);
    if asks_for_name {
        given
            .entry("name".to_owned())
            .or_insert_with(|| name.as_str().to_owned());
    }
    if !project.no_input && io::stdin().is_terminal() {
        let named = project.name.is_some();
        ask(&template, &mut given, named)?;
    }
    let answers = template.answers(&given).map_err(|error| {
        let help = match &error {
            TemplateError::Missing { name } => format!("; give it with `--set {name}=...`"),
            _ => String::new(),
        };
        anyhow!("the template `{wanted}`: {error}{help}")
    })?;
    let files = template
        .expand(&answers)
        .map_err(|error| anyhow!("the template `{wanted}`: {error}"))?;
    write(folder, &files, shown)?;
    session.output.status(
        "Made",
        &format!("{} from `{wanted}` in {shown}", plural(files.len(), "file")),
    );
    session
        .output
        .note("           `lumen test` tests it, README.md says what else there is");
    Ok(())
}

/// A name of `--list`, a package, or a folder.
fn find(session: &Session, wanted: &str) -> Result<Template> {
    if let Some(bundled) = BundledTemplate::find(wanted) {
        return bundled.read().map_err(|error| anyhow!("`{wanted}`: {error}"));
    }
    if wanted.starts_with('@') {
        let files = read_package(session, wanted)?;
        return Template::read(files).map_err(|error| anyhow!("`{wanted}` is not a template: {error}"));
    }
    let names: Vec<&str> = BUNDLED_TEMPLATES.iter().map(|bundled| bundled.name).collect();
    let names = names.join(", ");
    // Joined with nothing it would be the current folder, which nobody asked for.
    if wanted.is_empty() {
        bail!(
            "the template's name is empty; give a folder, a package (`@scope/name`), or one of the templates {names}"
        );
    }
    let folder = session.environment.folder.join(wanted);
    if !folder.is_dir() {
        bail!(
            "`{wanted}` is neither a folder, nor a package (`@scope/name`), nor one of the templates {names}"
        );
    }
    let files = read_folder(&folder).with_context(|| format!("the template `{wanted}`"))?;
    Template::read(files).map_err(|error| anyhow!("`{wanted}` is not a template: {error}"))
}

/// The files of a package that its registry proves, below its folder `template` if that is one; nothing is installed.
fn read_package(session: &Session, wanted: &str) -> Result<Vec<(String, Vec<u8>)>> {
    let (package, version) = optional_version(wanted)?;
    let access = Access::new(session, Freshness::Now)?;
    let registry = access.choose(&RegistryArguments { registry: None }, Some(&package))?;
    let opened = access.open(registry)?;
    let Some(found) = opened.record(&package)? else {
        return Err(ClientError::NoPackage {
            package,
            registry: opened.origin(),
        }
        .into());
    };
    let Some(version) = version.or_else(|| newest(&found.record.versions)) else {
        bail!("all versions of {package} are yanked; name one, `--template {package}@1.2.0`");
    };
    let release = opened.release(&package, &version)?;
    let mut files = Vec::new();
    opened.obtain(&[release], &(), &mut |_, archive| {
        let entries = archive.files().iter();
        files.extend(entries.map(|entry| (entry.path.as_str().to_owned(), entry.content.clone())));
        Ok(())
    })?;
    session.output.status(
        "Verified",
        &format!("{package} {version} from {}", opened.origin()),
    );
    Ok(inner_template(files))
}

/// What lies below `template/`, if that folder is the template.
fn inner_template(files: Vec<(String, Vec<u8>)>) -> Vec<(String, Vec<u8>)> {
    let is_inner = |path: &str| path.strip_prefix("template/") == Some(TEMPLATE_FILE);
    if !files.iter().any(|(path, _)| is_inner(path)) {
        return files;
    }
    let inner =
        |(path, content): (String, Vec<u8>)| Some((path.strip_prefix("template/")?.to_owned(), content));
    files.into_iter().filter_map(inner).collect()
}

/// All regular files below a folder that has a `template.toml`, or has one in its folder `template`.
fn read_folder(folder: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let inner = folder.join("template");
    let root = match inner.join(TEMPLATE_FILE).is_file() {
        true => inner,
        false => folder.to_owned(),
    };
    let mut files = Vec::new();
    let mut bytes = 0;
    let walk = walkdir::WalkDir::new(&root)
        .max_depth(32)
        .into_iter()
        .filter_entry(|entry| {
            entry.depth() == 0 || !matches!(entry.file_name().to_str(), Some(".git" | ".lumen"))
        });
    for entry in walk {
        let entry = entry?;
        if entry.file_type().is_dir() {
            continue;
        }
        let path = relative(&root, entry.path())?;
        if !entry.file_type().is_file() {
            bail!("{path} is not a regular file");
        }
        bytes += entry.metadata()?.len();
        if files.len() == MAXIMUM_FILES || bytes > MAXIMUM_BYTES {
            bail!("it has more than {MAXIMUM_FILES} files or {MAXIMUM_BYTES} bytes");
        }
        #[expect(
            clippy::disallowed_methods,
            reason = "reading templates is this command's purpose"
        )]
        let content = fs::read(entry.path()).with_context(|| format!("{path} cannot be read"))?;
        files.push((path, content));
    }
    Ok(files)
}

fn relative(root: &Path, path: &Path) -> Result<String> {
    let components: Option<Vec<&str>> = path
        .strip_prefix(root)?
        .components()
        .map(|component| component.as_os_str().to_str())
        .collect();
    components
        .map(|components| components.join("/"))
        .ok_or_else(|| anyhow!("the name of {} is not UTF-8", path.display()))
}

/// `--set NAME=ANSWER`, each name once.
fn given(answers: &[String]) -> Result<BTreeMap<String, String>> {
    let mut given = BTreeMap::new();
    for answer in answers {
        let (name, value) = answer
            .split_once('=')
            .ok_or_else(|| anyhow!("`--set {answer}` has no `=`; write `--set NAME=ANSWER`"))?;
        if given.insert(name.to_owned(), value.to_owned()).is_some() {
            bail!("`--set {name}=...` is given twice");
        }
    }
    Ok(given)
}

/// Asks a person for what is not given; an empty line takes the default. A suggested name is only a default.
fn ask(template: &Template, given: &mut BTreeMap<String, String>, named: bool) -> Result<()> {
    for variable in &template.variables {
        let suggestion = match given.get(&variable.name) {
            Some(name) if variable.name == "name" && !named => Some(name.clone()),
            Some(_) => continue,
            None => variable.default.clone(),
        };
        let answer = ask_one(variable, suggestion.as_deref())?;
        given.insert(variable.name.clone(), answer);
    }
    Ok(())
}

/// Asks until the answer keeps the variable's rule.
fn ask_one(variable: &Variable, suggestion: Option<&str>) -> Result<String> {
    let mut terminal = io::stderr();
    loop {
        match suggestion {
            Some(suggestion) => write!(terminal, "{} [{suggestion}]: ", variable.question)?,
            None => write!(terminal, "{}: ", variable.question)?,
        }
        terminal.flush()?;
        let mut line = String::new();
        if io::stdin().lock().read_line(&mut line)? == 0 {
            bail!("no answer to \"{}\"; nothing was written", variable.question);
        }
        let answer = match (line.trim(), suggestion) {
            ("", Some(suggestion)) => suggestion,
            (answer, _) => answer,
        };
        match variable.kind.check(answer) {
            Ok(()) => return Ok(answer.to_owned()),
            Err(reason) => writeln!(terminal, "{reason}")?,
        }
    }
}

/// Writes all files. Nothing is overwritten: if one of them exists already, or cannot be written, none is left behind.
fn write(folder: &Path, files: &[ProjectFile], shown: &str) -> Result<()> {
    let taken: Vec<&str> = files
        .iter()
        .filter(|file| folder.join(&file.path).symlink_metadata().is_ok())
        .map(|file| file.path.as_str())
        .collect();
    if !taken.is_empty() {
        bail!("`{shown}` has {} already; nothing was written", taken.join(", "));
    }
    let mut written: Vec<PathBuf> = Vec::new();
    for file in files {
        let path = folder.join(&file.path);
        if let Err(error) = write_file(&path, &file.content) {
            for path in &written {
                #[expect(clippy::disallowed_methods, reason = "takes back what this command wrote")]
                let removed = fs::remove_file(path);
                drop(removed);
            }
            return Err(error).with_context(|| format!("`{}` cannot be written", path.display()));
        }
        written.push(path);
    }
    Ok(())
}

fn write_file(path: &Path, content: &[u8]) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        #[expect(clippy::disallowed_methods, reason = "making files is this command's purpose")]
        fs::create_dir_all(parent)?;
    }
    #[expect(clippy::disallowed_methods, reason = "making files is this command's purpose")]
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(content)
}
