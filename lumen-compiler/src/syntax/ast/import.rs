//! Directives and imports.

use super::Ident;
use crate::diagnostic::Span;
use crate::syntax::name::Name;

/// `@name value`.
#[derive(Clone, Debug)]
pub struct Directive {
    /// Its name, without the `@`.
    pub name: Ident,
    /// The rest of the line, trimmed.
    pub value: String,
    /// The whole line.
    pub span: Span,
}

/// `import path: names`, `import path`, `import path: *`.
#[derive(Clone, Debug)]
pub struct Import {
    /// `@scope/name`, if it names a package (`std` stands for `@lumen/std`).
    pub package: Option<Ident>,
    /// Dotted path within the package; empty for the package's root module.
    pub path: Vec<Ident>,
    /// What it brings into scope.
    pub names: ImportNames,
    /// The whole line.
    pub span: Span,
    /// Package and path alone, for errors about the module.
    pub module_span: Span,
}

impl Import {
    /// The same import with its names numbered by another interner: `rename` maps one to the other.
    #[must_use]
    pub fn renamed(&self, mut rename: impl FnMut(Name) -> Name) -> Import {
        let mut ident = |ident: Ident| Ident {
            name: rename(ident.name),
            span: ident.span,
        };
        Import {
            package: self.package.map(&mut ident),
            path: self.path.iter().copied().map(&mut ident).collect(),
            names: match &self.names {
                ImportNames::Some(names) => ImportNames::Some(
                    names
                        .iter()
                        .map(|imported| ImportedName {
                            name: ident(imported.name),
                            alias: imported.alias.map(&mut ident),
                        })
                        .collect(),
                ),
                other => other.clone(),
            },
            ..*self
        }
    }
}

/// What an import brings into scope.
#[derive(Clone, Debug)]
pub enum ImportNames {
    /// The module under its last path segment (for a package root, the package's name).
    Module,
    /// Everything visible.
    All(Span),
    /// These, each perhaps under another name.
    Some(Vec<ImportedName>),
}

/// `name` or `name as alias`.
#[derive(Clone, Copy, Debug)]
pub struct ImportedName {
    /// Its name in the other module.
    pub name: Ident,
    /// Its name here, if another.
    pub alias: Option<Ident>,
}
