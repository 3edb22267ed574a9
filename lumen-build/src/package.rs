//! What the build knows of packages: the part of `lumen-pkg`'s graph that decides what modules are called and what
//! they may import. Small enough to lie in the state file, so that a build without changes reads no manifest.

use crate::codec::{Reader, Writer};
use crate::files::document_stem;
use lumen_pkg::Workspace;
use lumen_vm::lir::ModuleId;

/// Packages by name; positions in the table are their numbers.
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
    /// Its folder as seen from the workspace's, with `/`.
    pub(crate) root: String,
    /// Whether it belongs to the workspace.
    pub(crate) member: bool,
    /// Numbers of the packages that its modules may import.
    pub(crate) dependencies: Vec<u32>,
    /// Numbers of those that only its test snippets may import.
    pub(crate) dev_dependencies: Vec<u32>,
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
            root: workspace.relative_root(package),
            member: package.member,
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
                dependencies: Vec::new(),
                dev_dependencies: Vec::new(),
            }],
        }
    }

    pub(crate) fn get(&self, number: u32) -> Option<&Package> {
        self.packages.get(number as usize)
    }

    pub(crate) fn find(&self, name: &str) -> Option<u32> {
        let position = self.packages.iter().position(|package| package.name == name)?;
        Some(position as u32)
    }

    pub(crate) fn encode(&self, writer: &mut Writer) {
        writer.count(self.packages.len());
        for package in &self.packages {
            writer.text(&package.name);
            writer.text(&package.version);
            writer.text(&package.root);
            writer.u8(u8::from(package.member));
            for numbers in [&package.dependencies, &package.dev_dependencies] {
                writer.count(numbers.len());
                numbers.iter().for_each(|number| writer.u32(*number));
            }
        }
    }

    pub(crate) fn decode(reader: &mut Reader<'_>) -> Option<PackageTable> {
        let count = reader.count(21)?;
        let mut packages = Vec::with_capacity(count);
        for _ in 0..count {
            let mut package = Package {
                name: reader.text()?.to_owned(),
                version: reader.text()?.to_owned(),
                root: reader.text()?.to_owned(),
                member: reader.u8()? == 1,
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
