//! Imports: modules are found, their names brought into scope, and what is wrong is said once.

use super::context::Checker;
use super::definition::Definition;
use super::messages::{e0011, e0030, e0031, e0032};
use super::recorder::{ImportAnswer, ModuleRef};
use super::scope::Binding;
use crate::diagnostic::Span;
use crate::syntax::ast::{Import, ImportNames, ImportedName};
use crate::syntax::name::Name;

impl<'a> Checker<'a> {
    /// Brings the names of all imports into scope.
    pub(crate) fn declare_imports(&mut self) {
        let ast = self.ast;
        for import in &ast.imports {
            match self.find_module(import) {
                Some(module) => self.import_from(module, import),
                None => self.import_broken(import),
            }
        }
    }

    /// Brings what a snippet's document imports into scope, below the snippet's own names. The document was checked
    /// itself, so what cannot be found here was reported there.
    pub(crate) fn declare_inherited_imports(&mut self) {
        let ast = self.ast;
        for import in &ast.inherited {
            let ImportAnswer::Found(module) = self.answer(import) else {
                self.import_broken(import);
                continue;
            };
            match &import.names {
                ImportNames::Module => {
                    if let Some((name, span)) = self.module_name(import) {
                        self.inherit(name, span, Definition::Module(module));
                    }
                }
                ImportNames::All(_) => self.scope.add_inherited_star(module),
                ImportNames::Some(names) => {
                    for imported in names {
                        let text = self.text(imported.name.name);
                        if let Some(item) = self.recorder.item(module, text) {
                            let definition = self.define_imported(module, text, &item);
                            let local = imported.alias.unwrap_or(imported.name);
                            self.inherit(local.name, local.span, definition);
                        }
                    }
                }
            }
        }
    }

    /// Binds a name unless the snippet has it already.
    fn inherit(&mut self, name: Name, span: Span, definition: Definition) {
        let binding = Binding {
            definition,
            span,
            import: None,
        };
        let hidden = self.scope.declare(name, binding).is_some();
        if let (false, Definition::Nominal(nominal)) = (hidden, definition) {
            self.bring_variants(nominal, None);
        }
    }

    /// What the environment says of an import.
    fn answer(&mut self, import: &Import) -> ImportAnswer {
        let (package, path) = self.written(import);
        self.recorder.resolve(package, &path)
    }

    /// Package and dotted path of an import.
    fn written(&self, import: &Import) -> (Option<&'a str>, String) {
        let package = import.package.map(|package| match self.text(package.name) {
            "std" => "@lumen/std",
            name => name,
        });
        let path: Vec<&str> = import
            .path
            .iter()
            .map(|segment| self.text(segment.name))
            .collect();
        (package, path.join("."))
    }

    fn find_module(&mut self, import: &Import) -> Option<ModuleRef> {
        let (package, path) = self.written(import);
        let span = import.module_span;
        match self.recorder.resolve(package, &path) {
            ImportAnswer::Found(module) => return Some(module),
            ImportAnswer::Broken => {}
            ImportAnswer::Cycle(chain) => self.report(e0031::cycle(span, &chain)),
            ImportAnswer::NoPackage(known) => {
                let package = package.unwrap_or_default();
                self.report_unresolved(match self.id.package() {
                    Some(_) => e0030::no_package(span, package, &known),
                    None => e0030::no_dependencies(span, package),
                });
            }
            ImportAnswer::NoModule(_) if package.is_none() && self.id.package().is_none() => {
                self.report_unresolved(e0030::no_package_around(span, &path));
            }
            ImportAnswer::NoModule(known) => {
                self.report_unresolved(e0030::no_module(span, package, &path, &known))
            }
        }
        None
    }

    fn import_from(&mut self, module: ModuleRef, import: &Import) {
        match &import.names {
            ImportNames::Module => {
                if let Some((name, span)) = self.module_name(import) {
                    let text = self.text(name).to_owned();
                    self.bind_import(name, span, import.span, text, Definition::Module(module));
                }
            }
            ImportNames::All(span) => {
                let path = self.module_path(module);
                let id = self.scope.add_import(*span, format!("{path}: *"));
                self.recorder.names(module);
                self.scope.add_star(module, id);
            }
            ImportNames::Some(names) => {
                for name in names {
                    self.import_name(module, name);
                }
            }
        }
    }

    fn import_name(&mut self, module: ModuleRef, imported: &ImportedName) {
        let text = self.text(imported.name.name);
        let path = self.module_path(module);
        let definition = match self.recorder.item(module, text) {
            None => {
                let visible = self.visible_names(module);
                let visible = visible.iter().map(String::as_str);
                self.report_unresolved(e0030::no_name(imported.name.span, &path, text, visible));
                Definition::Broken
            }
            Some(item) if !item.is_public() && !self.is_same_package(module) => {
                self.report(e0032::private(imported.name.span, &path, text));
                Definition::Broken
            }
            Some(item) => self.define_imported(module, text, &item),
        };
        let local = imported.alias.unwrap_or(imported.name);
        let span = imported.alias.map_or(imported.name.span, |alias| alias.span);
        self.bind_import(
            local.name,
            span,
            span,
            self.text(local.name).to_owned(),
            definition,
        );
    }

    /// Binds an imported name; `unused` is where W0002 would point.
    fn bind_import(&mut self, name: Name, span: Span, unused: Span, text: String, definition: Definition) {
        let import = self.scope.add_import(unused, text);
        if definition == Definition::Broken {
            self.scope.has_unknown_variants = true;
            self.scope.use_import(Some(import));
        }
        self.scope.forget_broken_import(name);
        if let Some(first) = self.scope.declare(
            name,
            Binding {
                definition,
                span,
                import: Some(import),
            },
        ) {
            self.scope.use_import(Some(import));
            self.report(e0011::duplicate(span, "import", self.text(name), first.span));
        } else if let Definition::Nominal(nominal) = definition {
            self.bring_variants(nominal, Some(import));
        }
    }

    /// The name that `import path` binds, if the module ever says it: the last segment, or the package's own name.
    fn module_name(&self, import: &Import) -> Option<(Name, Span)> {
        match (import.path.last(), import.package) {
            (Some(segment), _) => Some((segment.name, segment.span)),
            (None, Some(package)) => {
                let text = self.text(package.name);
                let own = text.rsplit('/').next().unwrap_or(text).replace('-', "_");
                // A name that occurs nowhere else has no number; then the import is not used either.
                Some((self.ast.names.find(&own).unwrap_or(package.name), package.span))
            }
            (None, None) => None,
        }
    }

    /// What a module with errors would have brought is broken, so that its uses are no errors.
    fn import_broken(&mut self, import: &Import) {
        self.leans_on_broken = true;
        self.scope.has_unknown_variants = true;
        match &import.names {
            ImportNames::Module => {
                if let Some((name, span)) = self.module_name(import) {
                    self.declare_broken_import(name, span);
                }
            }
            ImportNames::All(_) => self.scope.has_unknown_names = true,
            ImportNames::Some(names) => {
                for name in names {
                    let local = name.alias.unwrap_or(name.name);
                    self.declare_broken_import(local.name, local.span);
                }
            }
        }
    }

    fn declare_broken_import(&mut self, name: Name, span: Span) {
        let import = self.scope.add_import(span, self.text(name).to_owned());
        self.scope.use_import(Some(import));
        self.scope.declare(
            name,
            Binding {
                definition: Definition::Broken,
                span,
                import: Some(import),
            },
        );
    }
}
