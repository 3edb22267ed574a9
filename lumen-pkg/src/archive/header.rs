//! The header of a file in a canonical tar: 512 bytes, every one of which follows from path, mode and size.
//!
//! The layout is that of POSIX.1-1988 `ustar`. One table of fields drives writing, and naming the field in which a foreign header
//! departs from ours.

use super::path::{ArchivePath, PathFault};
use std::ops::Range;

/// The size of a block: headers are one, contents are padded to whole ones.
pub(crate) const BLOCK: usize = 512;

/// What a header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) path: ArchivePath,
    pub(crate) executable: bool,
    /// Bytes of content.
    pub(crate) size: u64,
}

/// Why a header is not canonical. Completes "... has a header that ".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeaderFault {
    /// Not `0`: a link, a folder, a device, an extension of pax or GNU.
    #[error("describes {kind}; an archive has regular files only")]
    Kind {
        /// With its article: `a symbolic link`.
        kind: &'static str,
    },
    /// The path is no UTF-8.
    #[error("has a path that is not UTF-8")]
    NotText,
    /// The path breaks the path rule.
    #[error("has a bad path: `{}` {fault}", path.escape_default())]
    Path {
        /// As it is in the header.
        path: String,
        /// The rule.
        fault: PathFault,
    },
    /// Neither `0000644` nor `0000755`.
    #[error("has a mode that is neither 644 nor 755")]
    Mode,
    /// Not eleven octal digits and a NUL.
    #[error("has a size that is not eleven octal digits")]
    Size,
    /// Some other byte is not what it must be.
    #[error("is not canonical in the field `{field}`")]
    Field {
        /// The field's name in POSIX.
        field: &'static str,
    },
}

/// The fields in the order of their bytes: name and length.
const FIELDS: [(&str, usize); 17] = [
    ("name", 100),
    ("mode", 8),
    ("uid", 8),
    ("gid", 8),
    ("size", 12),
    ("mtime", 12),
    ("chksum", 8),
    ("typeflag", 1),
    ("linkname", 100),
    ("magic", 6),
    ("version", 2),
    ("uname", 32),
    ("gname", 32),
    ("devmajor", 8),
    ("devminor", 8),
    ("prefix", 155),
    ("padding", 12),
];

const NAME: Range<usize> = 0..100;
const MODE: Range<usize> = 100..108;
const SIZE: Range<usize> = 124..136;
const CHECKSUM: Range<usize> = 148..156;
const KIND: usize = 156;
const PREFIX: Range<usize> = 345..500;

impl Header {
    /// The one encoding.
    pub(crate) fn encode(&self) -> [u8; BLOCK] {
        let (prefix, name) = self.path.split();
        let mode = if self.executable { "0000755\0" } else { "0000644\0" };
        let size = format!("{:011o}\0", self.size);
        let mut block = [0; BLOCK];
        let mut rest = block.as_mut_slice();
        for (field, length) in FIELDS {
            let (space, after) = rest.split_at_mut(length);
            let value = match field {
                "name" => name,
                "prefix" => prefix,
                "mode" => mode,
                "size" => &size,
                "uid" | "gid" | "devmajor" | "devminor" => "0000000\0",
                "mtime" => "00000000000\0",
                // The sum is taken as if the field were spaces.
                "chksum" => "        ",
                "typeflag" => "0",
                "magic" => "ustar\0",
                "version" => "00",
                _ => "",
            };
            for (byte, value) in space.iter_mut().zip(value.bytes()) {
                *byte = value;
            }
            rest = after;
        }
        let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        let sum = format!("{sum:06o}\0 ");
        for (byte, digit) in block.iter_mut().skip(CHECKSUM.start).zip(sum.bytes()) {
            *byte = digit;
        }
        block
    }

    /// Reads a header, and refuses one that is not the encoding of what it says.
    pub(crate) fn decode(block: &[u8; BLOCK]) -> Result<Self, HeaderFault> {
        let kind = block.get(KIND).copied().unwrap_or_default();
        if kind != b'0' {
            return Err(HeaderFault::Kind {
                kind: kind_name(kind),
            });
        }
        let header = Self {
            path: path(block)?,
            executable: match field(block, MODE) {
                b"0000644\0" => false,
                b"0000755\0" => true,
                _ => return Err(HeaderFault::Mode),
            },
            size: size(field(block, SIZE)).ok_or(HeaderFault::Size)?,
        };
        let ours = header.encode();
        let mut differing = (0..BLOCK).filter(|at| ours.get(*at) != block.get(*at));
        let Some(first) = differing.next() else {
            return Ok(header);
        };
        // A departure elsewhere changes the sum as well, which comes before most fields; the sum is to blame only if it is alone.
        let at = [first]
            .into_iter()
            .chain(differing)
            .find(|at| !CHECKSUM.contains(at));
        let field = field_at(at.unwrap_or(first));
        Err(HeaderFault::Field { field })
    }
}

fn field(block: &[u8; BLOCK], range: Range<usize>) -> &[u8] {
    block.get(range).unwrap_or_default()
}

fn field_at(at: usize) -> &'static str {
    let mut end = 0;
    for (name, length) in FIELDS {
        end += length;
        if at < end {
            return name;
        }
    }
    "padding"
}

/// The path, up to the first NUL of each field; what comes after is compared with the encoding.
fn path(block: &[u8; BLOCK]) -> Result<ArchivePath, HeaderFault> {
    let until_nul = |bytes: &[u8]| -> Result<String, HeaderFault> {
        let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
        String::from_utf8(text.to_vec()).map_err(|_| HeaderFault::NotText)
    };
    let prefix = until_nul(field(block, PREFIX))?;
    let name = until_nul(field(block, NAME))?;
    let path = match prefix.is_empty() {
        true => name,
        false => format!("{prefix}/{name}"),
    };
    ArchivePath::parse(&path).map_err(|fault| HeaderFault::Path { path, fault })
}

fn size(field: &[u8]) -> Option<u64> {
    let digits = field.strip_suffix(b"\0")?;
    digits.iter().try_fold(0, |size: u64, digit| match digit {
        b'0'..=b'7' => Some(size << 3 | u64::from(digit - b'0')),
        _ => None,
    })
}

/// What a type flag stands for (POSIX.1-2017 pax, GNU tar 1.35 `tar.h`).
fn kind_name(kind: u8) -> &'static str {
    match kind {
        0 => "a file of the format before ustar",
        b'1' => "a hard link",
        b'2' => "a symbolic link",
        b'3' => "a character device",
        b'4' => "a block device",
        b'5' => "a folder",
        b'6' => "a pipe",
        b'7' => "a contiguous file",
        b'x' => "a pax header",
        b'g' => "a global pax header",
        b'L' => "a long name of GNU tar",
        b'K' => "a long link of GNU tar",
        b'S' => "a sparse file",
        b'D' => "a folder listing of GNU tar",
        b'M' => "a part of a multi-volume archive",
        b'V' => "a volume label",
        _ => "something of an unknown type",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_fill_the_block() {
        assert_eq!(FIELDS.iter().map(|(_, length)| length).sum::<usize>(), BLOCK);
        let start = |name: &str| -> usize {
            FIELDS
                .iter()
                .take_while(|(field, _)| *field != name)
                .map(|(_, length)| length)
                .sum()
        };
        assert_eq!(
            [
                start("mode"),
                start("size"),
                start("chksum"),
                start("typeflag"),
                start("prefix")
            ],
            [MODE.start, SIZE.start, CHECKSUM.start, KIND, PREFIX.start]
        );
    }
}
