//! Keys and entries of the two-level cache: a weak key leads to the traces of earlier compilations, a trace whose
//! answers are still the same leads to the result (`docs/spec/build-cache-v1.md`, Keys).

use crate::codec::{Reader, Writer};
use crate::digest::PartHasher;
use crate::settings::Settings;
use crate::state::{Import, Results, decode_imports, encode_imports};
use lumen_compiler::interface::{Consulted, Digest};
use lumen_vm::lir::ModuleId;

/// What is known before a module is parsed: settings, its logical name (never a path), its code.
pub(crate) fn weak_key(settings: &Settings, module: &ModuleId, code: &Digest) -> Digest {
    let mut hasher = PartHasher::new("lumen action v1");
    hasher
        .part(settings.digest())
        .part(module.as_str().as_bytes())
        .part(code);
    hasher.finish()
}

/// An earlier compilation: what it asked, what it was answered, what it yielded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Action {
    /// Imports as written and what they resolved to.
    pub(crate) imports: Vec<(Import, ModuleId)>,
    /// The trace, ascending.
    pub(crate) trace: Vec<Consulted>,
    pub(crate) results: Results,
}

impl Action {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut modules: Vec<&ModuleId> = self.imports.iter().map(|(_, module)| module).collect();
        modules.extend(self.trace.iter().map(|consulted| &consulted.module));
        modules.sort_unstable();
        modules.dedup();
        let number = |module: &ModuleId| {
            modules
                .binary_search(&module)
                .map_or(u32::MAX, |position| position as u32)
        };
        let mut writer = Writer::default();
        self.results.encode(&mut writer);
        writer.count(modules.len());
        modules.iter().for_each(|module| writer.text(module.as_str()));
        let imports: Vec<(Import, u32)> = self
            .imports
            .iter()
            .map(|(import, module)| (import.clone(), number(module)))
            .collect();
        encode_imports(&mut writer, &imports);
        writer.count(self.trace.len());
        for consulted in &self.trace {
            writer.u32(number(&consulted.module));
            writer.text(&consulted.name);
            writer.u8(u8::from(consulted.hash.is_some()));
            if let Some(hash) = &consulted.hash {
                writer.digest(hash);
            }
        }
        writer.bytes
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Action> {
        let mut reader = Reader::new(bytes);
        let results = Results::decode(&mut reader)?;
        let mut modules = Vec::new();
        for _ in 0..reader.count(4)? {
            modules.push(ModuleId::parse(reader.text()?));
        }
        let module = |number: u32| modules.get(number as usize).cloned();
        let imports = decode_imports(&mut reader)?;
        let imports = imports
            .into_iter()
            .map(|(import, number)| Some((import, module(number)?)));
        let imports = imports.collect::<Option<_>>()?;
        let mut trace = Vec::new();
        for _ in 0..reader.count(9)? {
            let module = module(reader.u32()?)?;
            let name = reader.text()?.to_owned();
            let hash = match reader.u8()? {
                0 => None,
                _ => Some(reader.digest()?),
            };
            trace.push(Consulted { module, name, hash });
        }
        reader.rest().is_empty().then_some(Action {
            imports,
            trace,
            results,
        })
    }
}
