//! A writer of any tar at all, that shares nothing with the one of the crate: it writes what it is told, right or wrong.

/// A header and its content. As made by `file`, it is what the format asks for.
#[derive(Clone)]
pub(crate) struct Raw {
    pub(crate) name: Vec<u8>,
    pub(crate) prefix: Vec<u8>,
    pub(crate) mode: &'static [u8],
    pub(crate) uid: &'static [u8],
    pub(crate) gid: &'static [u8],
    pub(crate) size: Vec<u8>,
    pub(crate) mtime: &'static [u8],
    pub(crate) kind: u8,
    pub(crate) link: &'static [u8],
    pub(crate) magic: &'static [u8],
    pub(crate) owner: &'static [u8],
    pub(crate) group: &'static [u8],
    pub(crate) device: &'static [u8],
    pub(crate) tail: &'static [u8],
    /// Instead of the right sum.
    pub(crate) checksum: Option<&'static [u8]>,
    pub(crate) content: Vec<u8>,
    pub(crate) padding: u8,
}

pub(crate) fn file(name: &str, content: &str) -> Raw {
    Raw {
        name: name.as_bytes().to_vec(),
        prefix: Vec::new(),
        mode: b"0000644\0",
        uid: b"0000000\0",
        gid: b"0000000\0",
        size: format!("{:011o}\0", content.len()).into_bytes(),
        mtime: b"00000000000\0",
        kind: b'0',
        link: b"",
        magic: b"ustar\x0000",
        owner: b"",
        group: b"",
        device: b"0000000\0",
        tail: b"",
        checksum: None,
        content: content.as_bytes().to_vec(),
        padding: 0,
    }
}

impl Raw {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut header = [0; 512];
        let mut put = |at: usize, value: &[u8]| header[at..at + value.len()].copy_from_slice(value);
        put(0, &self.name);
        put(100, self.mode);
        put(108, self.uid);
        put(116, self.gid);
        put(124, &self.size);
        put(136, self.mtime);
        put(148, b"        ");
        put(156, &[self.kind]);
        put(157, self.link);
        put(257, self.magic);
        put(265, self.owner);
        put(297, self.group);
        put(329, self.device);
        put(337, self.device);
        put(345, &self.prefix);
        put(500, self.tail);
        let sum: usize = header.iter().map(|byte| usize::from(*byte)).sum();
        let right = format!("{sum:06o}\0 ");
        let sum = self.checksum.unwrap_or(right.as_bytes());
        header[148..148 + sum.len()].copy_from_slice(sum);
        let mut bytes = header.to_vec();
        bytes.extend(&self.content);
        while bytes.len() % 512 != 0 {
            bytes.push(self.padding);
        }
        bytes
    }
}

/// Headers and contents, without an end.
pub(crate) fn open_tar(files: &[Raw]) -> Vec<u8> {
    files.iter().flat_map(Raw::bytes).collect()
}

/// The same with two blocks of zeros.
pub(crate) fn tar(files: &[Raw]) -> Vec<u8> {
    let mut bytes = open_tar(files);
    bytes.extend([0; 1024]);
    bytes
}
