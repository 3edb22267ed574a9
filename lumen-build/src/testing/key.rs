//! What decides whether a test passes, and the key under which it is kept that it did.
//!
//! A stored pass is the description itself, under its hash: so a pass is checked like any other content, and says what it is
//! about.

use crate::codec::Writer;
use crate::digest::PartHasher;
use lumen_compiler::MACHINE_ID;
use lumen_compiler::interface::Digest;

/// What decides whether a test passes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestKey {
    description: Vec<u8>,
}

/// What a run may use, as far as it decides about results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TestLimits {
    /// Calls and loop rounds; nothing for no limit.
    pub fuel: Option<u64>,
    /// Memory, in bytes.
    pub bytes: u64,
    /// What the arguments of properties are made from; nothing for any seed.
    pub seed: Option<u64>,
    /// How many cases properties are run with.
    pub cases: u32,
}

/// Whether a test has parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestShape {
    /// It has none, and runs once.
    Plain,
    /// It has some, and runs with many arguments.
    Property,
}

impl TestLimits {
    fn encode(self, writer: &mut Writer) {
        writer.u8(u8::from(self.fuel.is_some()));
        writer.u64(self.fuel.unwrap_or_default());
        writer.u64(self.bytes);
    }

    /// A pass with any seed will do if none is asked for.
    fn encode_property(self, writer: &mut Writer) {
        writer.u8(u8::from(self.seed.is_some()));
        writer.u64(self.seed.unwrap_or_default());
        writer.u32(self.cases);
    }

    /// A hash of what is the same for all tests of a run: the machine, and these limits.
    pub(crate) fn circumstances(self) -> Digest {
        let mut writer = Writer::default();
        self.encode(&mut writer);
        self.encode_property(&mut writer);
        let mut hasher = PartHasher::new("lumen test circumstances v1");
        hasher.part(&MACHINE_ID).part(&writer.bytes);
        hasher.finish()
    }
}

impl TestKey {
    /// Of a test with this closure ([`super::Closures`]) that reads these files: names and hashes, ascending by name.
    pub fn new(
        closure: &Digest,
        limits: TestLimits,
        shape: TestShape,
        files: &[(String, Digest)],
    ) -> TestKey {
        let mut writer = Writer::default();
        writer.digest(&MACHINE_ID);
        writer.digest(closure);
        limits.encode(&mut writer);
        if shape == TestShape::Property {
            limits.encode_property(&mut writer);
        }
        writer.count(files.len());
        for (name, content) in files {
            writer.text(name);
            writer.digest(content);
        }
        TestKey {
            description: writer.bytes,
        }
    }

    /// The hash that it is known by.
    pub fn digest(&self) -> Digest {
        TestKey::digest_of(&self.description)
    }

    /// What is stored.
    pub(crate) fn description(&self) -> &[u8] {
        &self.description
    }

    /// The hash of a description.
    pub(crate) fn digest_of(description: &[u8]) -> Digest {
        let mut hasher = PartHasher::new("lumen test v1");
        hasher.part(description);
        hasher.finish()
    }
}
