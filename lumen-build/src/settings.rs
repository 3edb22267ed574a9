//! What is the same for every module of a build, and part of every key: compiler, LIR version and profile.

use crate::codec::{Reader, Writer};
use crate::digest::{self, PartHasher};
use crate::reason::{Reason, Setting};
use lumen_compiler::interface::Digest;
use lumen_vm::lir::LIR_VERSION;

/// The settings of a build. They are stored one by one, so that a difference can be named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    /// Hash of the compiler's sources.
    pub(crate) compiler: Digest,
    pub(crate) lir: u32,
    pub(crate) profile: String,
    digest: Digest,
}

impl Settings {
    /// Those of this compiler.
    pub(crate) fn new(compiler: Digest, profile: &str) -> Settings {
        Settings::of(compiler, LIR_VERSION, profile)
    }

    fn of(compiler: Digest, lir: u32, profile: &str) -> Settings {
        let mut hasher = PartHasher::new("lumen build settings v1");
        hasher
            .part(&compiler)
            .part(&lir.to_le_bytes())
            .part(profile.as_bytes());
        Settings {
            compiler,
            lir,
            profile: profile.to_owned(),
            digest: hasher.finish(),
        }
    }

    /// What keys are made with.
    pub(crate) fn digest(&self) -> &Digest {
        &self.digest
    }

    /// One of them as text.
    pub(crate) fn text(&self, setting: Setting) -> String {
        match setting {
            Setting::Compiler => digest::hex(&self.compiler),
            Setting::Lir => self.lir.to_string(),
            Setting::Profile => self.profile.clone(),
        }
    }

    /// All of them as text, as [`Setting`] lists them.
    pub(crate) fn texts(&self) -> [String; 3] {
        Setting::ALL.map(|setting| self.text(setting))
    }

    /// The first setting that is not what it was.
    pub(crate) fn difference(&self, old: &Settings) -> Option<Reason> {
        let differs = |setting: &Setting| self.text(*setting) != old.text(*setting);
        let setting = Setting::ALL.into_iter().find(differs)?;
        Some(Reason::SettingChanged {
            setting,
            old: old.text(setting),
            new: self.text(setting),
        })
    }

    pub(crate) fn encode(&self, writer: &mut Writer) {
        writer.digest(&self.compiler);
        writer.u32(self.lir);
        writer.text(&self.profile);
    }

    pub(crate) fn decode(reader: &mut Reader<'_>) -> Option<Settings> {
        let compiler = reader.digest()?;
        let lir = reader.u32()?;
        Some(Settings::of(compiler, lir, reader.text()?))
    }
}
