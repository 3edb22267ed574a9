//! `lumen run`: builds, links what the entry reaches, and runs it.

use super::Session;
use super::builder::{Builder, Built, Target};
use super::program::{link, link_built};
use crate::arguments::{LimitArguments, RunArguments};
use crate::exit::Exit;
use crate::output::{FailureReport, Output, error_line};
use crate::paths::{absolute, shown};
use anyhow::{Context, Result, bail};
use lumen_build::{ProgramError, document_stem};
use lumen_vm::lir::{CellKind, Module, ModuleId};
use lumen_vm::{ArgumentError, CellRef, Failure, Limits, Program, Value, Vm};
use std::collections::BTreeMap;
use std::io::{ErrorKind, Read};
use std::path::Path;

/// What hand-written LIR is called.
const LIR_SUFFIX: &str = ".lir.json";

/// The largest LIR file that is read, in bytes (64 MiB).
const MAXIMUM_LIR_BYTES: u64 = 64 << 20;

/// Runs a document, a package, or a LIR module.
pub(crate) fn run(session: &Session, arguments: &RunArguments) -> Result<Exit> {
    match &arguments.document {
        Some(path) if path.to_string_lossy().ends_with(LIR_SUFFIX) => run_lir(session, arguments, path),
        _ => run_built(session, arguments),
    }
}

/// Budgets from the command line.
pub(crate) fn limits(arguments: &LimitArguments) -> Limits {
    let bytes = usize::try_from(arguments.memory.saturating_mul(1 << 20)).unwrap_or(usize::MAX);
    Limits {
        fuel: arguments.fuel,
        bytes,
    }
}

fn run_built(session: &Session, arguments: &RunArguments) -> Result<Exit> {
    let target = Target::of(
        session,
        arguments.document.as_deref(),
        arguments.package.as_deref(),
    );
    let mut built = match Builder::new(session, target, &arguments.options).run() {
        Ok(built) => built,
        Err(exit) => return Ok(exit),
    };
    if !built.outcome.succeeded() {
        session.output.ended(&built.outcome);
        return Ok(built.exit());
    }
    let folder = &session.environment.folder;
    session.output.notes(&built.outcome.notes);
    let entry = match entry_module(session, &built, arguments) {
        Ok(entry) => entry,
        Err(message) => {
            session.output.error(&message);
            return Ok(Exit::Usage);
        }
    };
    let modules = match built.program(std::slice::from_ref(&entry)) {
        Ok(modules) => modules,
        Err(ProgramError::Build(error)) => bail!(error),
        Err(error) => bail!(error),
    };
    let program = match link_built(&modules) {
        Ok(program) => program,
        Err(error) => return Ok(unverified(session, &error)),
    };
    let report = FailureReport {
        program: Some(&modules),
        root: &built.outcome.root,
        folder,
    };
    let Some(module) = modules.modules.first() else {
        bail!("the program is empty")
    };
    run_module(session, arguments, &program, &module.module, &report)
}

fn run_lir(session: &Session, arguments: &RunArguments, path: &Path) -> Result<Exit> {
    let name = path.display();
    #[expect(
        clippy::disallowed_methods,
        reason = "the command line reads what it is given"
    )]
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            session.output.error(&format!("`{name}` does not exist"));
            return Ok(Exit::Usage);
        }
        Err(error) => return Err(error).with_context(|| format!("`{name}` cannot be read")),
    };
    let mut text = String::new();
    file.take(MAXIMUM_LIR_BYTES + 1)
        .read_to_string(&mut text)
        .with_context(|| format!("`{name}` cannot be read"))?;
    if text.len() as u64 > MAXIMUM_LIR_BYTES {
        bail!("`{name}` is larger than 64 MiB");
    }
    let module = match Module::from_json(&text) {
        Ok(module) => module,
        Err(error) => {
            session
                .output
                .error(&format!("`{name}` is not a LIR module: {error}"));
            return Ok(Exit::Failed);
        }
    };
    let program = match link([&module]) {
        Ok(program) => program,
        Err(error) => return Ok(unverified(session, &error)),
    };
    let folder = &session.environment.folder;
    run_module(
        session,
        arguments,
        &program,
        &module,
        &FailureReport {
            program: None,
            root: folder,
            folder,
        },
    )
}

fn unverified(session: &Session, error: &anyhow::Error) -> Exit {
    session.output.error(&format!("{error:#}"));
    Exit::Security
}

/// The module whose entry cell is run: the document's, else `main`, else `lib`, of the package that is asked for, of the
/// one around the current folder, or of the only one that has an entry.
fn entry_module(session: &Session, built: &Built<'_>, arguments: &RunArguments) -> Result<ModuleId, String> {
    let image = built
        .outcome
        .image
        .as_ref()
        .ok_or("the build left nothing to run")?;
    let folder = &session.environment.folder;
    if let Some(document) = &arguments.document {
        let path = absolute(folder, document);
        let inside = shown(&path, &built.outcome.root);
        return image
            .module_at(&inside)
            .ok_or_else(|| format!("`{}` is not a document of the workspace", document.display()));
    }
    let mut entries: BTreeMap<String, (ModuleId, String)> = BTreeMap::new();
    for wanted in ["lib", "main"] {
        for module in image
            .modules()
            .into_iter()
            .filter(|module| module.id.path() == wanted && image.is_member(&module.id))
        {
            let package = module.id.package().unwrap_or_default().to_owned();
            if arguments.package.as_ref().is_none_or(|wanted| *wanted == package) {
                entries.insert(package, (module.id, module.path));
            }
        }
    }
    let here = shown(folder, &built.outcome.root);
    let nearest = entries
        .values()
        .filter_map(|(module, path)| Some((package_folder(path)?, module)))
        .filter(|(package, module)| {
            format!("{here}/").starts_with(package) && (!package.is_empty() || entries_with_main(module))
        })
        .max_by_key(|(package, _)| package.len());
    if let Some((_, module)) = nearest {
        return Ok(module.clone());
    }
    entries.retain(|_, (module, _)| entries_with_main(module));
    match entries.len() {
        0 => Err("nothing to run: no package has `src/main.lm.md` with a cell `main` or `run`".to_owned()),
        1 => Ok(entries
            .into_values()
            .next()
            .map(|(module, _)| module)
            .unwrap_or_else(|| ModuleId::document(""))),
        _ => {
            let names: Vec<&str> = entries.keys().map(String::as_str).collect();
            Err(format!(
                "several packages can be run: choose one of {} with `-p`",
                names.join(", ")
            ))
        }
    }
}

/// The folder of the package whose entry document has this path, with a `/` at its end unless it is the workspace's own.
fn package_folder(path: &str) -> Option<&str> {
    let stem = document_stem(path)?;
    stem.strip_suffix("src/main")
        .or_else(|| stem.strip_suffix("src/lib"))
}

/// Of several packages, those with a `main` document are programs; the others are libraries.
fn entries_with_main(module: &ModuleId) -> bool {
    module.path() == "main"
}

/// Runs the entry cell of a module and prints its value.
fn run_module(
    session: &Session,
    arguments: &RunArguments,
    program: &Program,
    module: &Module,
    report: &FailureReport<'_>,
) -> Result<Exit> {
    let Some(cell) = entry_cell(session, arguments, program, module) else {
        return Ok(Exit::Usage);
    };
    let texts = match argument_texts(session, arguments, program, cell)? {
        Some(texts) => texts,
        None => return Ok(Exit::Usage),
    };
    let mut streams = Streams {
        output: &session.output,
    };
    let mut vm = Vm::new(program, limits(&arguments.limits), &mut streams);
    let mut values = Vec::new();
    for position in 0..program.cell(cell).parameters.len() {
        match parameter(&mut vm, &module.id, cell, position, &values, &texts) {
            Ok(value) => values.push(value),
            Err(ParameterError::Usage(message)) => {
                values.into_iter().for_each(|value| vm.release(value));
                session.output.error(&message);
                return Ok(Exit::Usage);
            }
            Err(ParameterError::Failure(failure)) => {
                values.into_iter().for_each(|value| vm.release(value));
                report.print(&session.output, &failure);
                return Ok(Exit::Halted);
            }
        }
    }
    match vm.run(cell, values) {
        Ok(value) => print_value(session, arguments, &mut vm, value, report),
        Err(failure) => {
            report.print(&session.output, &failure);
            Ok(Exit::Halted)
        }
    }
}

/// `--cell`, else `main`, else `run`.
fn entry_cell(
    session: &Session,
    arguments: &RunArguments,
    program: &Program,
    module: &Module,
) -> Option<CellRef> {
    let wanted: Vec<&str> = match &arguments.cell {
        Some(name) => vec![name],
        None => vec!["main", "run"],
    };
    let found = wanted.iter().find_map(|name| program.find_cell(&module.id, name));
    if found.is_none() {
        let generic = |name: &&&str| {
            let mut cells = module.cells.iter();
            cells.any(|cell| cell.name == **name && cell.kind == CellKind::Declared)
        };
        if let Some(name) = wanted.iter().find(generic) {
            session.output.error(&format!(
                "the cell `{name}` of `{}` has type parameters, which only a call can determine: run a cell without them",
                module.id.path(),
            ));
            return None;
        }
        let declared = module.cells.iter().filter(|cell| cell.kind == CellKind::Declared);
        let names: Vec<&str> = declared.map(|cell| cell.name.as_str()).collect();
        let have = if names.is_empty() {
            "no cell".to_owned()
        } else {
            names.join(", ")
        };
        session.output.error(&format!(
            "`{}` has no cell `{}`; it has {have}",
            module.id.path(),
            wanted.join("` or `")
        ));
    }
    found
}

/// Texts for parameters, by name: from `--arg`, and standard input for `--stdin`. Nothing after a reported mistake.
fn argument_texts(
    session: &Session,
    arguments: &RunArguments,
    program: &Program,
    cell: CellRef,
) -> Result<Option<BTreeMap<String, String>>> {
    let mut texts = BTreeMap::new();
    for argument in &arguments.arguments {
        let Some((name, value)) = argument.split_once('=') else {
            session.output.error(&format!(
                "`--arg {argument}` has no `=`: write `--arg name=value`"
            ));
            return Ok(None);
        };
        if texts.insert(name.to_owned(), value.to_owned()).is_some() {
            session.output.error(&format!("`--arg {name}` is given twice"));
            return Ok(None);
        }
    }
    if let Some(name) = &arguments.stdin {
        let mut text = String::new();
        std::io::stdin()
            .read_to_string(&mut text)
            .context("standard input is not UTF-8 text")?;
        if texts.insert(name.clone(), text).is_some() {
            session.output.error(&format!(
                "`{name}` is given by `--arg` and by `--stdin`: leave one out"
            ));
            return Ok(None);
        }
    }
    let parameters = &program.cell(cell).parameters;
    if let Some(unknown) = texts
        .keys()
        .find(|name| parameters.iter().all(|parameter| parameter.name != **name))
    {
        let names: Vec<&str> = parameters
            .iter()
            .map(|parameter| parameter.name.as_str())
            .collect();
        let have = if names.is_empty() {
            "no parameters".to_owned()
        } else {
            format!("the parameters {}", names.join(", "))
        };
        session.output.error(&format!(
            "cell `{}` has no parameter `{unknown}`; it has {have}",
            program.cell(cell).name
        ));
        return Ok(None);
    }
    Ok(Some(texts))
}

/// Why a parameter has no value.
enum ParameterError {
    /// The command line is wrong.
    Usage(String),
    /// A default or a constructor failed.
    Failure(Failure),
}

/// The value of a parameter: what the command line says, else its default, which may use the parameters before it.
fn parameter(
    vm: &mut Vm<'_>,
    module: &ModuleId,
    cell: CellRef,
    position: usize,
    before: &[Value],
    texts: &BTreeMap<String, String>,
) -> Result<Value, ParameterError> {
    let declared = vm.program().cell(cell);
    let name = &declared.parameters[position].name;
    if let Some(text) = texts.get(name) {
        return vm
            .read_argument(cell, position, text)
            .map_err(|error| match error {
                ArgumentError::Failed(failure) => ParameterError::Failure(failure),
                error => ParameterError::Usage(format!("argument `{name}`: {error}")),
            });
    }
    let Some(default) = vm
        .program()
        .find_cell(module, &format!("{}.default.{name}", declared.name))
    else {
        return Err(ParameterError::Usage(format!(
            "cell `{}` needs a value for `{name}`: give it with `--arg {name}=...`, or `--stdin {name}`",
            declared.name
        )));
    };
    let arguments = before.iter().map(|value| vm.duplicate(value)).collect();
    vm.run(default, arguments).map_err(ParameterError::Failure)
}

/// Prints the entry's value, unless it is null or `--quiet` was asked for; an `err` is printed too, and fails.
fn print_value(
    session: &Session,
    arguments: &RunArguments,
    vm: &mut Vm<'_>,
    value: Value,
    report: &FailureReport<'_>,
) -> Result<Exit> {
    let shown = match (vm.is_null(&value), arguments.json) {
        (true, false) => Ok(None),
        (_, true) => vm.show_json(&value).map(Some),
        (false, false) => vm.show(&value).map(Some),
    };
    let failed = vm.is_err(&value);
    vm.release(value);
    match shown {
        Ok(text) => {
            if let Some(text) = text.filter(|_| !session.output.quiet) {
                session.output.data(&text);
            }
            Ok(if failed { Exit::Failed } else { Exit::Done })
        }
        Err(failure) => {
            report.print(&session.output, &failure);
            Ok(Exit::Halted)
        }
    }
}

/// `print` and `debug` of a program that is run.
struct Streams<'s> {
    output: &'s Output,
}

impl lumen_vm::Output for Streams<'_> {
    fn print_line(&mut self, line: &str) {
        self.output.program_line(line);
    }

    fn debug_line(&mut self, line: &str) {
        error_line(line);
    }
}
