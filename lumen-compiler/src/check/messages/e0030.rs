//! E0030: imports that lead nowhere.

use super::{enumeration, suggest};
use crate::diagnostic::closest;
use crate::diagnostic::{Code, Diagnostic, Span};

/// The package that comes with the compiler.
const STD: &str = "@lumen/std";

/// The package is not a dependency.
pub(crate) fn no_package(span: Span, package: &str, known: &[String]) -> Diagnostic {
    let near = closest(package, known.iter().map(String::as_str));
    let diagnostic = Diagnostic::new(
        Code::E0030,
        span,
        format!("package `{package}` is not a dependency of this one"),
    );
    match near {
        Some(_) => suggest(diagnostic, package, near),
        None => diagnostic.help("add it to [dependencies] in lumen.toml"),
    }
}

/// The document is of no package, so it has no dependencies.
pub(crate) fn no_dependencies(span: Span, package: &str) -> Diagnostic {
    let message = format!("package `{package}` cannot be imported here");
    let diagnostic = Diagnostic::new(Code::E0030, span, message);
    match closest(package, [STD]) {
        Some(near) => suggest(diagnostic, package, Some(near)),
        None => diagnostic.help(format!(
            "a document outside of a package has no dependencies: it imports modules of `std` only; \
             `lumen init` makes a package here, whose documents lie in `src`, and `lumen add {package}` adds the dependency"
        )),
    }
}

/// The package has no such module.
pub(crate) fn no_module(span: Span, package: Option<&str>, path: &str, known: &[String]) -> Diagnostic {
    let near = closest(path, known.iter().map(String::as_str));
    let message = match (package, path) {
        (Some(package), "") => format!("package `{package}` has no root module"),
        (Some(package), _) => format!("package `{package}` has no module `{path}`"),
        (None, _) => format!("there is no module `{path}`"),
    };
    let diagnostic = Diagnostic::new(Code::E0030, span, message);
    match (near, package) {
        (Some(_), _) => suggest(diagnostic, path, near),
        (None, None) => diagnostic.help(format!("it would be src/{}.lm.md", path.replace('.', "/"))),
        (None, Some(STD)) if path.is_empty() => {
            let module = known.first().map_or("text", String::as_str);
            diagnostic.help(format!("import one of its modules: `import std.{module}`"))
        }
        (None, Some(STD)) => diagnostic.help(format!("it has {}", enumeration(known))),
        (None, Some(_)) if path.is_empty() => diagnostic.help("it would be its src/lib.lm.md"),
        (None, Some(_)) => diagnostic,
    }
}

/// The document is of no package, so there are no modules of its own package.
pub(crate) fn no_package_around(span: Span, path: &str) -> Diagnostic {
    Diagnostic::new(Code::E0030, span, format!("there is no module `{path}`")).help(
        "a document outside of a package imports modules of `std` only; `lumen init` makes a package here",
    )
}

/// The module has no such name.
pub(crate) fn no_name<'a>(
    span: Span,
    module: &str,
    name: &str,
    known: impl Iterator<Item = &'a str>,
) -> Diagnostic {
    let near = closest(name, known);
    suggest(
        Diagnostic::new(Code::E0030, span, format!("module `{module}` has no `{name}`")),
        name,
        near,
    )
}
