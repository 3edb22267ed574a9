//! A language of six words, so that caching is tested without the real compiler.
//!
//! ```text
//! import @a/b.c: f     use the item f of a module
//! cell f Int           a public item with a signature
//! body TEXT            more code
//! warn TEXT            a warning
//! fail                 an error
//! panic                a defect of the compiler
//! ```
//! Every other line is prose. Using an item that does not exist is E0010. An artefact is the code and the signatures used.

use crate::bundled::Bundle;
use crate::digest::{self, PartHasher};
use crate::outcome::Unreadable;
use crate::state::Import;
use crate::toolchain::{Artefact, Compiled, Reading, Toolchain, Unit};
use lumen_compiler::diagnostic::{Code, Diagnostic, Span};
use lumen_compiler::document::Form;
use lumen_compiler::interface::{
    Consulted, Digest, Environment, Interface, InterfaceItem, InterfaceKind, InterfaceType, Resolved,
};
use lumen_vm::lir::ModuleId;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The toolchain, which counts how often it compiles.
#[derive(Clone, Default)]
pub(crate) struct Toy {
    pub(crate) compilations: Arc<AtomicUsize>,
    /// Another version is another compiler.
    pub(crate) version: u8,
}

struct ToyDocument {
    lines: Vec<String>,
}

const WORDS: [&str; 6] = ["import ", "cell ", "body ", "warn ", "fail", "panic"];

impl Toolchain for Toy {
    fn id(&self) -> Digest {
        [self.version; 32]
    }

    fn bundle(&self) -> Option<&'static Bundle> {
        None
    }

    fn text<'b>(&self, bytes: &'b [u8]) -> Result<&'b str, Unreadable> {
        std::str::from_utf8(bytes).map_err(|_| Unreadable {
            reason: "it is not UTF-8".to_owned(),
            position: Some((1, 1)),
        })
    }

    fn read(&self, text: &str, _form: Form) -> Reading {
        let code = text
            .lines()
            .filter(|line| WORDS.iter().any(|word| line.starts_with(word)));
        let lines: Vec<String> = code.map(str::to_owned).collect();
        Reading {
            code: digest::of(lines.join("\n").as_bytes()),
            imports: lines
                .iter()
                .filter_map(|line| Some(parse_import(line)?.0))
                .collect(),
            snippets: Vec::new(),
            document: Box::new(ToyDocument { lines }),
        }
    }

    fn compile(
        &self,
        reading: &Reading,
        _unit: Unit,
        id: &ModuleId,
        environment: &dyn Environment,
    ) -> Compiled {
        self.compilations.fetch_add(1, Ordering::Relaxed);
        let document: &ToyDocument = reading.document.downcast_ref().expect("the toy made it");
        let (mut items, mut diagnostics, mut trace) = (Vec::new(), Vec::new(), Vec::new());
        let mut output = format!("{id}\n");
        for (number, line) in document.lines.iter().enumerate() {
            let span = Span {
                fence: 0,
                start: number as u32,
                end: number as u32 + 1,
            };
            let mut report = |code, message: String| diagnostics.push(Diagnostic::new(code, span, message));
            assert!(line != "panic", "as the document wishes");
            output += line;
            output += "\n";
            if let Some((import, item)) = parse_import(line) {
                match environment.resolve(import.package.as_deref(), &import.path) {
                    Resolved::Found(interface) => {
                        let hash = interface.item(&item).map(|item| item.hash);
                        trace.push(Consulted {
                            module: interface.module.clone(),
                            name: item.clone(),
                            hash,
                        });
                        match hash {
                            Some(hash) => output += &digest::hex(&hash),
                            None => report(Code::E0010, format!("no {item}")),
                        }
                    }
                    Resolved::Broken => {}
                    Resolved::Cycle(chain) => report(Code::E0031, chain.join(" -> ")),
                    Resolved::NoPackage(_) | Resolved::NoModule(_) => {
                        report(Code::E0030, format!("no module {}", import.path))
                    }
                }
            } else if let Some((name, signature)) =
                line.strip_prefix("cell ").and_then(|rest| rest.split_once(' '))
            {
                items.push(item(name, signature));
            } else if let Some(text) = line.strip_prefix("warn ") {
                report(Code::W0001, text.to_owned());
            } else if line == "fail" {
                report(Code::E0001, "fail".to_owned());
            }
        }
        items.sort_by(|left: &InterfaceItem, right| left.name.cmp(&right.name));
        items.dedup_by(|left, right| left.name == right.name);
        trace.sort();
        trace.dedup();
        let mut names = PartHasher::new("names");
        items.iter().for_each(|item| _ = names.part(item.name.as_bytes()));
        let failed = diagnostics
            .iter()
            .any(|diagnostic| diagnostic.code.info().name.starts_with('E'));
        Compiled {
            interface: Interface {
                module: id.clone(),
                items,
                names_hash: names.finish(),
            },
            trace,
            diagnostics,
            artefact: (!failed).then(|| Artefact {
                module: output.into_bytes(),
                debug: Vec::new(),
                tests: Vec::new(),
            }),
        }
    }
}

fn item(name: &str, signature: &str) -> InterfaceItem {
    let mut hasher = PartHasher::new("item");
    hasher.part(name.as_bytes()).part(signature.as_bytes());
    let kind = InterfaceKind::Const {
        ty: InterfaceType::Nominal(ModuleId::document("toy"), signature.to_owned(), Vec::new()),
    };
    InterfaceItem {
        name: name.to_owned(),
        public: true,
        kind,
        deprecated: None,
        hash: hasher.finish(),
    }
}

/// `import @a/b.c: f`, `import c: f`, `import @a/b: f`.
fn parse_import(line: &str) -> Option<(Import, String)> {
    let (module, item) = line.strip_prefix("import ")?.split_once(": ")?;
    let import = match module.starts_with('@') {
        true => {
            let (package, path) = module.split_once('.').unwrap_or((module, ""));
            Import {
                package: Some(package.to_owned()),
                path: path.to_owned(),
            }
        }
        false => Import {
            package: None,
            path: module.to_owned(),
        },
    };
    Some((import, item.to_owned()))
}
