//! A package on its way into the graph: its manifest with everything inherited filled in.

use crate::MANIFEST_FILE;
use crate::files::ManifestFile;
use crate::graph::{Dependency, Metadata, PackageIndex, PackageNode, PackageSource};
use crate::load::Report;
use crate::manifest::{Field, Manifest, Origin, PackageSection, SharedFields};
use crate::name::PackageName;
use crate::outside::{Place, Want};
use crate::path::relative;
use crate::position::{Span, Spanned};
use crate::problem::Problem;
use crate::requirement::Requirement;
use semver::Version;
use std::path::Path;
use std::rc::Rc;

/// A package and its edges. Name and version are `None` where the manifest is wrong.
pub(super) struct Candidate {
    pub(super) file: Rc<ManifestFile>,
    /// The manifest of the workspace that the package inherits from.
    pub(super) context: Option<Rc<ManifestFile>>,
    pub(super) member: bool,
    pub(super) name: Option<Spanned<PackageName>>,
    pub(super) version: Option<Version>,
    pub(super) metadata: Metadata,
    pub(super) edges: Vec<Edge>,
    pub(super) dev_edges: Vec<Edge>,
    /// What comes from elsewhere.
    pub(super) wants: Vec<CandidateWant>,
}

/// A dependency that leads out of what lies on this disk.
pub(super) struct CandidateWant {
    pub(super) name: PackageName,
    pub(super) dev: bool,
    pub(super) requirement: Option<Requirement>,
    pub(super) place: Place,
    /// The key in the manifest of the package that depends.
    pub(super) span: Span,
}

/// A dependency that leads to a package.
pub(super) struct Edge {
    pub(super) name: PackageName,
    /// The key in the manifest of the package that depends.
    pub(super) span: Span,
    /// Position in the resolver's list.
    pub(super) target: usize,
}

impl Candidate {
    /// `None` if the manifest has no `[package]`.
    pub(super) fn new(
        file: Rc<ManifestFile>,
        context: Option<Rc<ManifestFile>>,
        member: bool,
        report: &mut Report,
    ) -> Option<Self> {
        let package = file.manifest.package.as_ref()?;
        let name = package.name.clone();
        let shared = context
            .as_ref()
            .and_then(|root| root.manifest.workspace.as_ref())
            .map(|workspace| &workspace.package);
        let inheritance = Inheritance {
            file: &file,
            context: context.as_deref(),
            shared,
        };
        let version = inheritance.take(
            "version",
            &package.shared.version,
            |shared| &shared.version,
            report,
        );
        let metadata = inheritance.metadata(package, report);
        Some(Self {
            member,
            name,
            version,
            metadata,
            edges: Vec::new(),
            dev_edges: Vec::new(),
            wants: Vec::new(),
            context,
            file,
        })
    }

    /// By name; those without a usable one first, by folder.
    pub(super) fn sort_key(&self) -> (Option<&PackageName>, &Path) {
        (self.name.as_ref().map(|name| &name.value), &self.file.folder)
    }

    /// What the package at `owner` takes from elsewhere.
    pub(super) fn take_wants(&mut self, owner: PackageIndex) -> Vec<Want> {
        let wants = std::mem::take(&mut self.wants);
        let file = &self.file;
        let want = |want: CandidateWant| Want {
            owner,
            name: want.name,
            dev: want.dev,
            requirement: want.requirement,
            place: want.place,
            location: file.location(want.span),
        };
        wants.into_iter().map(want).collect()
    }

    /// The finished package; `None` without a usable name or version.
    pub(super) fn into_node(self) -> Option<PackageNode> {
        let dependencies = |edges: Vec<Edge>| {
            let dependency = |edge: Edge| Dependency {
                name: edge.name,
                package: PackageIndex::new(edge.target),
            };
            edges.into_iter().map(dependency).collect()
        };
        Some(PackageNode {
            name: self.name?.value,
            version: self.version?,
            root: self.file.folder.clone(),
            manifest_path: self.file.path.clone(),
            source: match self.member {
                true => PackageSource::Member,
                false => PackageSource::Path,
            },
            dependencies: dependencies(self.edges),
            dev_dependencies: dependencies(self.dev_edges),
            grants: self
                .file
                .manifest
                .tools
                .iter()
                .map(|tool| tool.value.clone())
                .collect(),
            metadata: self.metadata,
        })
    }
}

/// Whether anything in a manifest comes from its workspace.
pub(super) fn inherits(manifest: &Manifest) -> bool {
    let SharedFields {
        version,
        description,
        license,
        authors,
        repository,
        keywords,
        publish,
    } = match &manifest.package {
        None => return false,
        Some(package) => &package.shared,
    };
    let fields = [description, license, repository].into_iter().any(inherited)
        || [authors, keywords].into_iter().any(inherited)
        || inherited(version)
        || inherited(publish);
    fields
        || manifest
            .dependencies
            .iter()
            .any(|declaration| matches!(declaration.origin, Origin::Workspace(_)))
}

fn inherited<T>(field: &Field<T>) -> bool {
    matches!(field, Field::Inherited(_))
}

/// What one package takes from `[workspace.package]`.
struct Inheritance<'i> {
    file: &'i ManifestFile,
    context: Option<&'i ManifestFile>,
    shared: Option<&'i SharedFields>,
}

impl Inheritance<'_> {
    fn metadata(&self, package: &PackageSection, report: &mut Report) -> Metadata {
        let own = &package.shared;
        Metadata {
            description: self.take(
                "description",
                &own.description,
                |shared| &shared.description,
                report,
            ),
            license: self.take("license", &own.license, |shared| &shared.license, report),
            authors: self
                .take("authors", &own.authors, |shared| &shared.authors, report)
                .unwrap_or_default(),
            repository: self.take("repository", &own.repository, |shared| &shared.repository, report),
            keywords: self
                .take("keywords", &own.keywords, |shared| &shared.keywords, report)
                .unwrap_or_default(),
            readme: package.readme.clone(),
            include: package.include.clone(),
            exclude: package.exclude.clone(),
            publish: self.take("publish", &own.publish, |shared| &shared.publish, report),
        }
    }

    /// The value of a field; inheriting what is not there is an error.
    fn take<T: Clone>(
        &self,
        key: &str,
        own: &Field<T>,
        shared: fn(&SharedFields) -> &Field<T>,
        report: &mut Report,
    ) -> Option<T> {
        let span = match own {
            Field::Value(value) => return Some(value.value.clone()),
            Field::Absent | Field::Broken => return None,
            Field::Inherited(span) => *span,
        };
        match self.shared.map(shared) {
            Some(Field::Value(value)) => return Some(value.value.clone()),
            Some(Field::Broken | Field::Inherited(_)) => {}
            Some(Field::Absent) => report.add(|| {
                let file = self
                    .context
                    .map(|context| shown(&self.file.folder, &context.path))
                    .unwrap_or_default();
                Problem {
                    help: Some(format!("add `{key}` to `[workspace.package]`, or write it here")),
                    ..self.file.error(
                        span,
                        format!("`{key}` is inherited, but `[workspace.package]` of `{file}` has none"),
                    )
                }
            }),
            None => report.add(|| Problem {
                help: Some(format!(
                    "write the `{key}` here, or make the package a member of a workspace"
                )),
                ..self.file.error(
                    span,
                    format!("`{key}` is inherited, but this package is in no workspace"),
                )
            }),
        }
        None
    }
}

/// A file as people see it from a package's folder.
pub(super) fn shown(from: &Path, file: &Path) -> String {
    match relative(from, file) {
        path if path.is_empty() => MANIFEST_FILE.to_owned(),
        path => path,
    }
}
