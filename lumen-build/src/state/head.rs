//! The head of the state file: settings, manifests, packages, packs and the stat cache.

use crate::codec::{Reader, Writer};
use crate::files::Stat;
use crate::package::PackageTable;
use crate::settings::Settings;

/// Everything that a build without changes compares.
#[derive(Debug)]
pub(crate) struct Head<'a> {
    /// Compiler, LIR version and profile.
    pub(crate) settings: Settings,
    /// The workspace's folder when the file was written.
    pub(crate) root: &'a str,
    /// What the package graph depends on; empty if the manifests must be read every time, to warn again.
    pub(crate) inputs: Vec<Input<'a>>,
    /// The package graph.
    pub(crate) packages: PackageTable,
    /// Packs that were there when the build ended.
    pub(crate) packs: Vec<&'a str>,
    /// Documents in the order of the scan.
    pub(crate) files: Vec<StateFile<'a>>,
}

/// A path that the package graph depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Input<'a> {
    pub(crate) path: &'a str,
    pub(crate) kind: InputKind,
    pub(crate) stat: Stat,
    /// Whether equal times mean equal content.
    pub(crate) settled: bool,
}

/// What an input was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InputKind {
    /// A file or folder that was there.
    Present,
    /// Something that was not there.
    Absent,
}

/// A document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StateFile<'a> {
    /// As seen from the workspace's folder.
    pub(crate) path: &'a str,
    pub(crate) package: u32,
    pub(crate) stat: Stat,
    /// Whether equal times mean equal content.
    pub(crate) settled: bool,
    /// Whether the record holds a result that was valid when the file was written.
    pub(crate) has_result: bool,
    /// Whether the record holds a result that may be valid: it was not looked at to the end, since something that it depends on
    /// failed. It is no part of an image.
    pub(crate) is_held: bool,
    /// Whether the result has warnings to show again.
    pub(crate) has_warnings: bool,
    /// Where its record lies in the body, in bytes.
    pub(crate) offset: u32,
    /// Length of the record, in bytes.
    pub(crate) length: u32,
}

const SETTLED: u8 = 1;
const HAS_RESULT: u8 = 2;
const HAS_WARNINGS: u8 = 4;
const IS_HELD: u8 = 8;

impl<'a> Head<'a> {
    pub(super) fn encode(&self, writer: &mut Writer) {
        self.settings.encode(writer);
        writer.text(self.root);
        writer.count(self.inputs.len());
        for input in &self.inputs {
            writer.text(input.path);
            writer.u8(u8::from(input.kind == InputKind::Present) | u8::from(input.settled) << 1);
            encode_stat(writer, &input.stat);
        }
        self.packages.encode(writer);
        writer.count(self.packs.len());
        self.packs.iter().for_each(|pack| writer.text(pack));
        writer.count(self.files.len());
        for file in &self.files {
            writer.text(file.path);
            writer.u32(file.package);
            encode_stat(writer, &file.stat);
            let flags = [
                (file.settled, SETTLED),
                (file.has_result, HAS_RESULT),
                (file.has_warnings, HAS_WARNINGS),
                (file.is_held, IS_HELD),
            ];
            writer.u8(flags.iter().filter(|(set, _)| *set).map(|(_, bit)| bit).sum());
            writer.u32(file.offset);
            writer.u32(file.length);
        }
    }

    pub(super) fn decode(reader: &mut Reader<'a>) -> Option<Head<'a>> {
        let mut head = Head::decode_start(reader)?;
        let count = reader.count(57)?;
        head.files.reserve_exact(count);
        for _ in 0..count {
            head.files.push(decode_file(reader)?);
        }
        reader.rest().is_empty().then_some(head)
    }

    /// Everything before the documents; none of those.
    pub(super) fn decode_start(reader: &mut Reader<'a>) -> Option<Head<'a>> {
        let settings = Settings::decode(reader)?;
        let root = reader.text()?;
        let inputs = (0..reader.count(45)?)
            .map(|_| decode_input(reader))
            .collect::<Option<_>>()?;
        let packages = PackageTable::decode(reader)?;
        let packs = (0..reader.count(4)?)
            .map(|_| reader.text())
            .collect::<Option<_>>()?;
        Some(Head {
            settings,
            root,
            inputs,
            packages,
            packs,
            files: Vec::new(),
        })
    }
}

fn decode_input<'a>(reader: &mut Reader<'a>) -> Option<Input<'a>> {
    let path = reader.text()?;
    let flags = reader.u8()?;
    let kind = match flags & 1 {
        1 => InputKind::Present,
        _ => InputKind::Absent,
    };
    Some(Input {
        path,
        kind,
        settled: flags & 2 != 0,
        stat: decode_stat(reader)?,
    })
}

fn decode_file<'a>(reader: &mut Reader<'a>) -> Option<StateFile<'a>> {
    let path = reader.text()?;
    let package = reader.u32()?;
    let stat = decode_stat(reader)?;
    let flags = reader.u8()?;
    Some(StateFile {
        path,
        package,
        stat,
        settled: flags & SETTLED != 0,
        has_result: flags & HAS_RESULT != 0,
        has_warnings: flags & HAS_WARNINGS != 0,
        is_held: flags & IS_HELD != 0,
        offset: reader.u32()?,
        length: reader.u32()?,
    })
}

fn encode_stat(writer: &mut Writer, stat: &Stat) {
    writer.u64(stat.device);
    writer.u64(stat.inode);
    writer.u64(stat.size);
    writer.i64(stat.modified);
    writer.i64(stat.changed);
}

fn decode_stat(reader: &mut Reader<'_>) -> Option<Stat> {
    Some(Stat {
        device: reader.u64()?,
        inode: reader.u64()?,
        size: reader.u64()?,
        modified: reader.i64()?,
        changed: reader.i64()?,
    })
}
