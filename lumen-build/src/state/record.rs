//! The record of one document in the body of the state file: its hashes, what it imports, the trace of its result.
//!
//! Other modules are named by *edges*: positions in the head's list of documents. Edges come first in the record, so
//! that a build can walk the graph without reading anything else, and can write a record again by copying what follows.

use crate::codec::{Reader, Writer};
use crate::digest;
use lumen_compiler::interface::Digest;

/// Stands for an edge to a document that is no longer there.
pub(crate) const NO_EDGE: u32 = u32::MAX;

/// Digests of what a compilation yielded. `NONE` (zeros) stands for no warnings and no tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Results {
    pub(crate) module: Digest,
    pub(crate) debug: Digest,
    pub(crate) interface: Digest,
    pub(crate) warnings: Digest,
    pub(crate) tests: Digest,
}

impl Results {
    /// The fields in the order in which they are stored.
    pub(crate) fn digests(&self) -> [&Digest; 5] {
        [
            &self.module,
            &self.debug,
            &self.interface,
            &self.warnings,
            &self.tests,
        ]
    }

    pub(crate) fn has_warnings(&self) -> bool {
        self.warnings != digest::NONE
    }

    pub(crate) fn encode(&self, writer: &mut Writer) {
        self.digests()
            .into_iter()
            .for_each(|digest| writer.digest(digest));
    }

    pub(crate) fn decode(reader: &mut Reader<'_>) -> Option<Results> {
        Some(Results {
            module: reader.digest()?,
            debug: reader.digest()?,
            interface: reader.digest()?,
            warnings: reader.digest()?,
            tests: reader.digest()?,
        })
    }
}

/// An import as written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Import {
    /// `@scope/name`; none for the own package.
    pub(crate) package: Option<String>,
    /// Dotted; empty for the root module.
    pub(crate) path: String,
}

/// One answer that the result depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TraceEntry<'a> {
    /// Position in the record's edges.
    pub(crate) edge: u32,
    /// The item; empty for the set of all names.
    pub(crate) name: &'a str,
    /// Its hash; nothing if there was none.
    pub(crate) hash: Option<Digest>,
}

/// A record to write.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    /// Documents that it depends on: those it imports and those its trace names, each once.
    pub(crate) edges: Vec<u32>,
    /// Everything else, in stored form.
    pub(crate) rest: Vec<u8>,
}

/// A record where it lies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RecordRef<'a> {
    edges: &'a [u8],
    pub(crate) rest: &'a [u8],
    pub(crate) source: Digest,
    pub(crate) code: Digest,
    /// Snippets that `lumen test` compiles.
    pub(crate) snippets: u32,
    pub(crate) results: Results,
    tail: &'a [u8],
}

impl<'a> RecordRef<'a> {
    /// Reads a record; imports and trace are read when asked for.
    pub(crate) fn parse(bytes: &'a [u8]) -> Option<RecordRef<'a>> {
        let mut reader = Reader::new(bytes);
        let count = reader.count(4)?;
        let edges = reader.take(count * 4)?;
        let rest = reader.rest();
        let source = reader.digest()?;
        let code = reader.digest()?;
        let snippets = reader.u32()?;
        let results = Results::decode(&mut reader)?;
        Some(RecordRef {
            edges,
            rest,
            source,
            code,
            snippets,
            results,
            tail: reader.rest(),
        })
    }

    pub(crate) fn edges(&self) -> impl Iterator<Item = u32> + use<'a> {
        self.edges
            .chunks_exact(4)
            .filter_map(|bytes| Reader::new(bytes).u32())
    }

    pub(crate) fn edge(&self, position: u32) -> Option<u32> {
        self.edges().nth(position as usize)
    }

    /// Imports, each with its position in the edges.
    pub(crate) fn imports(&self) -> Option<Vec<(Import, u32)>> {
        decode_imports(&mut Reader::new(self.tail))
    }

    /// The edges that are imports, without reading their names.
    pub(crate) fn import_edges(&self) -> impl Iterator<Item = u32> + use<'a> {
        let mut reader = Reader::new(self.tail);
        let count = reader.count(12).unwrap_or_default();
        let record = *self;
        (0..count).map_while(move |_| {
            for _ in 0..2 {
                let length = reader.u32()?;
                reader.take(length as usize)?;
            }
            record.edge(reader.u32()?)
        })
    }

    pub(crate) fn trace(&self) -> Option<Vec<TraceEntry<'a>>> {
        let mut reader = Reader::new(self.tail);
        decode_imports(&mut reader)?;
        let count = reader.count(9)?;
        let mut trace = Vec::with_capacity(count);
        for _ in 0..count {
            let edge = reader.u32()?;
            let name = reader.text()?;
            let hash = match reader.u8()? {
                0 => None,
                _ => Some(reader.digest()?),
            };
            trace.push(TraceEntry { edge, name, hash });
        }
        Some(trace)
    }

    /// The stored rest with another source hash and number of snippets: what prose edits change.
    pub(crate) fn rest_with_source(&self, source: &Digest, snippets: u32) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.digest(source);
        writer.digest(&self.code);
        writer.u32(snippets);
        writer
            .bytes
            .extend_from_slice(self.rest.get(68..).unwrap_or_default());
        writer.bytes
    }
}

/// The parts of a new record.
pub(crate) struct RecordParts<'a> {
    pub(crate) source: &'a Digest,
    pub(crate) code: &'a Digest,
    pub(crate) snippets: u32,
    pub(crate) results: &'a Results,
    /// Each with its position in the edges.
    pub(crate) imports: &'a [(Import, u32)],
    pub(crate) trace: &'a [TraceEntry<'a>],
}

impl Record {
    pub(crate) fn new(edges: Vec<u32>, parts: &RecordParts<'_>) -> Record {
        let mut writer = Writer::default();
        writer.digest(parts.source);
        writer.digest(parts.code);
        writer.u32(parts.snippets);
        parts.results.encode(&mut writer);
        encode_imports(&mut writer, parts.imports);
        writer.count(parts.trace.len());
        for entry in parts.trace {
            writer.u32(entry.edge);
            writer.text(entry.name);
            writer.u8(u8::from(entry.hash.is_some()));
            if let Some(hash) = &entry.hash {
                writer.digest(hash);
            }
        }
        Record {
            edges,
            rest: writer.bytes,
        }
    }
}

/// Appends a record in stored form.
pub(crate) fn append_record(body: &mut Vec<u8>, edges: impl ExactSizeIterator<Item = u32>, rest: &[u8]) {
    let mut writer = Writer {
        bytes: std::mem::take(body),
    };
    writer.count(edges.len());
    edges.for_each(|edge| writer.u32(edge));
    writer.bytes.extend_from_slice(rest);
    *body = writer.bytes;
}

/// Imports with a number each: its position in a list of modules.
pub(crate) fn encode_imports(writer: &mut Writer, imports: &[(Import, u32)]) {
    writer.count(imports.len());
    for (import, module) in imports {
        writer.text(import.package.as_deref().unwrap_or_default());
        writer.text(&import.path);
        writer.u32(*module);
    }
}

pub(crate) fn decode_imports(reader: &mut Reader<'_>) -> Option<Vec<(Import, u32)>> {
    let count = reader.count(12)?;
    let mut imports = Vec::with_capacity(count);
    for _ in 0..count {
        let package = reader.text()?;
        let package = (!package.is_empty()).then(|| package.to_owned());
        let import = Import {
            package,
            path: reader.text()?.to_owned(),
        };
        imports.push((import, reader.u32()?));
    }
    Some(imports)
}
