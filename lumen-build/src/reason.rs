//! Why a module was dealt with, and how: what the build log records and `lumen why` explains.

use lumen_compiler::interface::Digest;
use lumen_vm::lir::ModuleId;

/// What made the build look at a module: the first part of its key that is not what it was, in the order in which keys are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The workspace has no state of an earlier build.
    FirstBuild,
    /// Its document was not there at the last build.
    NewModule,
    /// The settings of the whole build are different.
    SettingChanged {
        /// Which one.
        setting: Setting,
        /// At the last build.
        old: String,
        /// Now.
        new: String,
    },
    /// Its package is different, and so the module has another name or lies elsewhere.
    PackageChanged {
        /// What of the package.
        part: PackagePart,
        /// At the last build.
        old: String,
        /// Now.
        new: String,
    },
    /// Its code is different.
    CodeChanged {
        /// Code hash of the last build.
        old: Digest,
        /// Code hash now.
        new: Digest,
    },
    /// Its document is different, its code is the same.
    ProseChanged,
    /// An import leads to another module than before.
    ImportMoved {
        /// The import as written; empty for a module that was met through imports, and is met no more.
        import: String,
        /// Where it led.
        old: Option<ModuleId>,
        /// Where it leads; nothing if there is no such module.
        new: Option<ModuleId>,
    },
    /// An item that it uses is different.
    ItemChanged {
        /// Where the item is declared.
        module: ModuleId,
        /// Its name; empty for the set of all names.
        name: String,
        /// Its hash when this module was compiled; nothing if there was no such item.
        old: Option<Digest>,
        /// Its hash now; nothing if there is none.
        new: Option<Digest>,
    },
    /// It imports itself, over other modules.
    ImportCycle,
    /// Its document is gone, or belongs to a package of another name or version.
    DocumentGone,
    /// It imports something that has errors, or was skipped itself.
    ImportFailed,
    /// It had errors at the last build, or imports something that had.
    NoResult,
    /// Its result is no longer in the cache.
    ResultGone,
}

/// What is the same for all modules of a build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// The sources of the compiler, by hash.
    Compiler,
    /// The version of LIR.
    Lir,
    /// The profile.
    Profile,
}

/// What makes a package another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PackagePart {
    /// Its name.
    Name,
    /// Its version.
    Version,
    /// Its folder.
    Folder,
    /// The content of an archive, the revision of a repository.
    Content,
}

impl Setting {
    pub(crate) const ALL: [Setting; 3] = [Setting::Compiler, Setting::Lir, Setting::Profile];

    /// Its name in logs and events.
    pub fn name(self) -> &'static str {
        match self {
            Setting::Compiler => "compiler",
            Setting::Lir => "lir",
            Setting::Profile => "profile",
        }
    }
}

impl PackagePart {
    pub(crate) const ALL: [PackagePart; 4] = [
        PackagePart::Name,
        PackagePart::Version,
        PackagePart::Folder,
        PackagePart::Content,
    ];

    /// Its name in logs and events.
    pub fn name(self) -> &'static str {
        match self {
            PackagePart::Name => "name",
            PackagePart::Version => "version",
            PackagePart::Folder => "folder",
            PackagePart::Content => "content",
        }
    }
}

impl Reason {
    /// The part of the key that differs first; nothing if there is no earlier key to compare with, or none differs.
    pub fn component(&self) -> Option<&'static str> {
        match self {
            Reason::SettingChanged { setting, .. } => Some(setting.name()),
            Reason::PackageChanged { .. } => Some("package"),
            Reason::CodeChanged { .. } => Some("code"),
            Reason::ImportMoved { .. } | Reason::ImportCycle => Some("import"),
            Reason::ItemChanged { .. } => Some("item"),
            Reason::FirstBuild
            | Reason::NewModule
            | Reason::ProseChanged
            | Reason::DocumentGone
            | Reason::ImportFailed
            | Reason::NoResult
            | Reason::ResultGone => None,
        }
    }

    /// Its name in logs and events.
    pub fn name(&self) -> &'static str {
        match self {
            Reason::FirstBuild => "first build",
            Reason::NewModule => "new module",
            Reason::SettingChanged { .. } => "setting changed",
            Reason::PackageChanged { .. } => "package changed",
            Reason::CodeChanged { .. } => "code changed",
            Reason::ProseChanged => "prose changed",
            Reason::ImportMoved { .. } => "import moved",
            Reason::ItemChanged { .. } => "item changed",
            Reason::ImportCycle => "import cycle",
            Reason::DocumentGone => "document gone",
            Reason::ImportFailed => "import failed",
            Reason::NoResult => "no result",
            Reason::ResultGone => "result gone",
        }
    }

    /// What belongs to it in logs and events, in the order of the log: a key each, and the value if there is one. Where an import
    /// led and leads is text: the version may be all that is another.
    pub fn fields<'r>(&'r self, mut field: impl FnMut(&'static str, Option<ReasonField<'r>>)) {
        use ReasonField::{Hash, Module, Text};
        let mut change = |old, new| {
            field("old", old);
            field("new", new);
        };
        match self {
            Reason::FirstBuild
            | Reason::NewModule
            | Reason::ProseChanged
            | Reason::ImportCycle
            | Reason::DocumentGone
            | Reason::ImportFailed
            | Reason::NoResult
            | Reason::ResultGone => {}
            Reason::SettingChanged { old, new, .. } => change(Some(Text(old)), Some(Text(new))),
            Reason::PackageChanged { part, old, new } => {
                change(Some(Text(old)), Some(Text(new)));
                field("part", Some(Text(part.name())));
            }
            Reason::CodeChanged { old, new } => change(Some(Hash(old)), Some(Hash(new))),
            Reason::ImportMoved { import, old, new } => {
                let [old, new] = [old, new].map(|module| module.as_ref().map(|id| Text(id.as_str())));
                change(old, new);
                field("import", Some(Text(import)));
            }
            Reason::ItemChanged {
                module,
                name,
                old,
                new,
            } => {
                change(old.as_ref().map(Hash), new.as_ref().map(Hash));
                field("of", Some(Module(module)));
                field("item", Some(Text(name)));
            }
        }
    }
}

/// A value of [`Reason::fields`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReasonField<'r> {
    /// As it is.
    Text(&'r str),
    /// A hash.
    Hash(&'r Digest),
    /// A module.
    Module(&'r ModuleId),
}

/// What was done with a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Compiled without an error.
    Compiled,
    /// The result of an earlier compilation was found in the cache.
    Cached,
    /// Its result is still the right one.
    Kept,
    /// It has errors.
    Failed,
    /// It imports this module, which has errors or was skipped itself.
    Skipped(ModuleId),
    /// Its document is gone.
    Removed,
}

impl Decision {
    /// Its name in logs and events.
    pub fn name(&self) -> &'static str {
        match self {
            Decision::Compiled => "compiled",
            Decision::Cached => "cached",
            Decision::Kept => "kept",
            Decision::Failed => "failed",
            Decision::Skipped(_) => "skipped",
            Decision::Removed => "removed",
        }
    }
}
