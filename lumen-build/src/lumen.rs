//! The Lumen compiler behind the build's seam.

use crate::bundled::{Bundle, STD};
use crate::outcome::Unreadable;
use crate::state::Import;
use crate::toolchain::{Artefact, Compiled, Reading, SnippetReading, Toolchain, Unit};
use lumen_compiler::check::{Request, Unresolved};
use lumen_compiler::compile::compile;
use lumen_compiler::diagnostic::Severity;
use lumen_compiler::document::{Document, Form, read_text};
use lumen_compiler::interface::{self, Digest, Environment};
use lumen_compiler::syntax::ast::Ast;
use lumen_vm::lir::ModuleId;

/// The compiler of this version of Lumen.
pub(crate) struct Lumen;

impl Toolchain for Lumen {
    fn id(&self) -> Digest {
        lumen_compiler::COMPILER_ID
    }

    fn bundle(&self) -> Option<&'static Bundle> {
        Some(&STD)
    }

    fn text<'b>(&self, bytes: &'b [u8]) -> Result<&'b str, Unreadable> {
        read_text(bytes).map_err(|unreadable| {
            let place = unreadable.place();
            Unreadable {
                reason: unreadable.to_string(),
                position: Some((place.line as usize, place.column as usize)),
            }
        })
    }

    fn read(&self, text: &str, form: Form) -> Reading {
        let document = form.parse(text);
        let snippets = document.snippets.iter().map(|snippet| SnippetReading {
            code: snippet.code_hash(),
            imports: imports(&snippet.ast),
            kind: snippet.kind,
        });
        Reading {
            code: document.code_hash(),
            imports: imports(&document.module),
            snippets: snippets.collect(),
            document: Box::new(document),
        }
    }

    fn compile(
        &self,
        reading: &Reading,
        unit: Unit,
        id: &ModuleId,
        environment: &dyn Environment,
    ) -> Compiled {
        let document: &Document = reading
            .document
            .downcast_ref()
            .expect("this toolchain made the reading");
        let (ast, syntax, host, positions, unresolved) = match unit {
            Unit::Module => (
                &document.module,
                &document.diagnostics,
                None,
                &document.positions,
                Unresolved::Reported,
            ),
            Unit::Snippet(number, host) => {
                let snippet = document
                    .snippets
                    .get(number)
                    .expect("the reading lists the snippets");
                (
                    &snippet.ast,
                    &snippet.diagnostics,
                    Some(host),
                    &snippet.positions,
                    snippet.unresolved,
                )
            }
        };
        let syntax_errors = syntax
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Error);
        let compilation = compile(&Request {
            id,
            ast,
            environment,
            host,
            unresolved,
            syntax_errors,
        });
        let mut diagnostics = syntax.clone();
        diagnostics.extend(compilation.diagnostics);
        positions.sort(&mut diagnostics);
        let failed = diagnostics
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Error);
        let artefact = compilation.lowered.filter(|_| !failed).map(|lowered| Artefact {
            module: lowered.module.encode(),
            debug: lowered.debug.encode(),
            tests: match compilation.tests.is_empty() {
                true => Vec::new(),
                false => interface::encode_tests(&compilation.tests),
            },
        });
        Compiled {
            interface: compilation.interface,
            trace: compilation.trace,
            diagnostics,
            artefact,
        }
    }
}

/// What a syntax tree imports, as written.
fn imports(ast: &Ast) -> Vec<Import> {
    let text = |name| ast.names.text(name);
    let import = |import: &lumen_compiler::syntax::ast::Import| Import {
        package: import.package.map(|package| match text(package.name) {
            "std" => "@lumen/std".to_owned(),
            name => name.to_owned(),
        }),
        path: import
            .path
            .iter()
            .map(|part| text(part.name))
            .collect::<Vec<_>>()
            .join("."),
    };
    ast.imports.iter().chain(&ast.inherited).map(import).collect()
}
