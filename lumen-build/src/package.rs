//! What the build knows of packages: the part of `lumen-pkg`'s graph that decides what modules are called and what
//! they may import. Small enough to lie in the state file, so that a build without changes reads no manifest.

use crate::codec::{Reader, Writer};
use crate::files::document_stem;
use lumen_pkg::Workspace;
use lumen_vm::lir::ModuleId;
use std::path::Path;

/// Packages by name and version; positions in the table are their numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PackageTable {
    pub(crate) packages: Vec<Package>,
}

/// One package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Package {
    /// `@scope/name`; empty for a document without a manifest.
    pub(crate) name: String,
    pub(crate) version: String,
    /// Its folder with `/`: as seen from the workspace's, or absolute if its files cannot change.
    pub(crate) root: String,
    /// Whether it belongs to the workspace.
    pub(crate) member: bool,
    /// What its files are, if they cannot change: the digest of an archive, the revision of a checkout. Empty otherwise.
    pub(crate) content: String,
    /// Numbers of the packages that its modules may import.
    pub(crate) dependencies: Vec<u32>,
    /// Numbers of those that only its test snippets may import.
    pub(crate) dev_dependencies: Vec<u32>,
}

/// A folder's path with `/` between components.
fn with_slashes(folder: &Path) -> String {
    folder.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}

/// The last part of the module path of a package's root document, `src/lib.lm.md`.
pub(crate) const ROOT_MODULE: &str = "lib";

impl Package {
    /// The id of its module at a dotted path.
    pub(crate) fn module_id(&self, path: &str) -> ModuleId {
        match self.name.is_empty() {
            true => ModuleId::document(path),
            false => ModuleId::in_package(&self.name, &self.version, path),
        }
    }

    /// Its source folder as seen from the workspace's, with `/` at the end. A document that stands alone lies in its root.
    pub(crate) fn source_folder(&self) -> String {
        match self.root.as_str() {
            _ if self.name.is_empty() => String::new(),
            "." => "src/".to_owned(),
            root => format!("{root}/src/"),
        }
    }

    /// Whether its files are what they were the last time that anybody looked.
    pub(crate) fn is_fixed(&self) -> bool {
        !self.content.is_empty()
    }

    /// Whether its modules are only built for those who import them: nobody here can change them.
    pub(crate) fn is_on_demand(&self) -> bool {
        self.is_bundled() || self.is_fixed()
    }

    /// The module of the document at a path as seen from the workspace's folder.
    pub(crate) fn module_of(&self, path: &str) -> Option<ModuleId> {
        let below = document_stem(path.strip_prefix(&self.source_folder())?)?;
        Some(self.module_id(&below.replace('/', ".")))
    }
}

impl PackageTable {
    pub(crate) fn of(workspace: &Workspace) -> PackageTable {
        let numbers = |dependencies: &[lumen_pkg::Dependency]| {
            dependencies
                .iter()
                .map(|dependency| dependency.package.as_usize() as u32)
                .collect()
        };
        let package = |package: &lumen_pkg::PackageNode| Package {
            name: package.name.to_string(),
            version: package.version.to_string(),
            root: match package.content() {
                None => workspace.relative_root(package),
                // The same folder, wherever the workspace is moved.
                Some(_) => with_slashes(&package.root),
            },
            member: package.is_member(),
            content: package.content().unwrap_or_default().to_owned(),
            dependencies: numbers(&package.dependencies),
            dev_dependencies: numbers(&package.dev_dependencies),
        };
        PackageTable {
            packages: workspace.packages.iter().map(package).collect(),
        }
    }

    /// The table of a document that stands alone.
    pub(crate) fn standalone() -> PackageTable {
        PackageTable {
            packages: vec![Package {
                name: String::new(),
                version: String::new(),
                root: ".".to_owned(),
                member: true,
                content: String::new(),
                dependencies: Vec::new(),
                dev_dependencies: Vec::new(),
            }],
        }
    }

    pub(crate) fn get(&self, number: u32) -> Option<&Package> {
        self.packages.get(number as usize)
    }

    /// The package of that name and version; there is at most one.
    pub(crate) fn find(&self, name: &str, version: &str) -> Option<u32> {
        let is_it = |package: &Package| package.name == name && package.version == version;
        let position = self.packages.iter().position(is_it)?;
        Some(position as u32)
    }

    /// The package that a module belongs to.
    pub(crate) fn of_module(&self, id: &ModuleId) -> Option<u32> {
        self.find(id.package().unwrap_or_default(), id.version().unwrap_or_default())
    }

    /// What people mean by a name alone: the member, else the newest version.
    pub(crate) fn named(&self, name: &str) -> Option<u32> {
        let named = || {
            let numbered = (0u32..).zip(&self.packages);
            numbered.filter(|(_, package)| package.name == name)
        };
        let member = named().find(|(_, package)| package.member);
        // Packages are sorted by name and version.
        member.or_else(|| named().last()).map(|(number, _)| number)
    }

    /// Whether the modules of the package of that number are only built for those who import them.
    pub(crate) fn is_on_demand(&self, package: u32) -> bool {
        self.get(package).is_some_and(Package::is_on_demand)
    }

    /// Whether there are packages from registries or repositories.
    pub(crate) fn has_fetched(&self) -> bool {
        self.packages
            .iter()
            .any(|package| package.is_fixed() && !package.is_bundled())
    }

    /// Whether a module belongs to the workspace.
    pub(crate) fn is_member(&self, id: &ModuleId) -> bool {
        let package = self.of_module(id).and_then(|number| self.get(number));
        package.is_some_and(|package| package.member)
    }

    pub(crate) fn encode(&self, writer: &mut Writer) {
        writer.count(self.packages.len());
        for package in &self.packages {
            writer.text(&package.name);
            writer.text(&package.version);
            writer.text(&package.root);
            writer.u8(u8::from(package.member));
            writer.text(&package.content);
            for numbers in [&package.dependencies, &package.dev_dependencies] {
                writer.count(numbers.len());
                numbers.iter().for_each(|number| writer.u32(*number));
            }
        }
    }

    pub(crate) fn decode(reader: &mut Reader<'_>) -> Option<PackageTable> {
        let count = reader.count(25)?;
        let mut packages = Vec::with_capacity(count);
        for _ in 0..count {
            let mut package = Package {
                name: reader.text()?.to_owned(),
                version: reader.text()?.to_owned(),
                root: reader.text()?.to_owned(),
                member: reader.u8()? == 1,
                content: reader.text()?.to_owned(),
                dependencies: Vec::new(),
                dev_dependencies: Vec::new(),
            };
            for numbers in [&mut package.dependencies, &mut package.dev_dependencies] {
                for _ in 0..reader.count(4)? {
                    numbers.push(reader.u32().filter(|number| (*number as usize) < count)?);
                }
            }
            packages.push(package);
        }
        Some(PackageTable { packages })
    }
}
