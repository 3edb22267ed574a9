//! Dependencies: from an entry of a manifest to the place where it says its package is. `paths` goes there.

use super::candidate::{Edge, shown};
use super::{CandidateIndex, Resolver};
use crate::files::ManifestFile;
use crate::finding::NOT_SUPPORTED;
use crate::manifest::{Declaration, Origin};
use crate::name::PackageName;
use crate::path::relative;
use crate::position::Span;
use crate::problem::Problem;
use crate::suggest;
use std::rc::Rc;

impl Resolver<'_, '_> {
    /// Finds the packages that a candidate depends on, adding those that are new.
    pub(super) fn connect(&mut self, owner: CandidateIndex) {
        let candidate = self.candidates.get(owner).expect("only candidates are connected");
        let file = Rc::clone(&candidate.file);
        let edges = self.edges(owner, &file, &file.manifest.dependencies);
        let dev_edges = match self
            .candidates
            .get(owner)
            .is_some_and(|candidate| candidate.member)
        {
            true => self.edges(owner, &file, &file.manifest.dev_dependencies),
            false => Vec::new(),
        };
        let candidate = self
            .candidates
            .get_mut(owner)
            .expect("only candidates are connected");
        candidate.edges = edges;
        candidate.dev_edges = dev_edges;
    }

    fn edges(
        &mut self,
        owner: CandidateIndex,
        file: &Rc<ManifestFile>,
        declarations: &[Declaration],
    ) -> Vec<Edge> {
        let mut edges = Vec::with_capacity(declarations.len());
        for declaration in declarations {
            let Some(name) = &declaration.name else { continue };
            let site = Site {
                owner,
                file,
                declaration,
                name,
            };
            if let Some(target) = self.target(&site) {
                edges.push(Edge {
                    name: name.clone(),
                    span: declaration.key_span,
                    target,
                });
            }
        }
        edges
    }

    fn target(&mut self, site: &Site<'_>) -> Option<CandidateIndex> {
        let owner = self.candidates.get(site.owner)?;
        if owner.name.as_ref().is_some_and(|own| own.value == *site.name) {
            self.report.add(|| {
                site.file.error(
                    site.declaration.key_span,
                    format!("`{}` depends on itself", site.name),
                )
            });
            return None;
        }
        match &site.declaration.origin {
            Origin::Workspace(_) => {
                let context = owner.context.clone();
                let (root, origin) = self.inherited(site, context)?;
                self.follow(site, &root, &origin)
            }
            origin => self.follow(site, site.file, origin),
        }
    }

    /// The entry of `[workspace.dependencies]` that a dependency stands for, and the manifest it is written in.
    fn inherited(
        &mut self,
        site: &Site<'_>,
        context: Option<Rc<ManifestFile>>,
    ) -> Option<(Rc<ManifestFile>, Origin)> {
        let Site {
            file,
            declaration,
            name,
            ..
        } = site;
        let Some(root) = context else {
            let message = format!("`{name}` is inherited, but this package is in no workspace");
            self.report.add(|| file.error(declaration.key_span, message));
            return None;
        };
        let shared = root
            .manifest
            .workspace
            .as_ref()
            .map(|workspace| workspace.dependencies.as_slice())
            .unwrap_or_default();
        if let Some(found) = shared.iter().find(|shared| shared.key == declaration.key) {
            let origin = found.origin.clone();
            return Some((root, origin));
        }
        let near = suggest::nearest(name.as_str(), shared.iter().map(|shared| shared.key.as_str()));
        let help = match (
            self.by_name
                .get(*name)
                .and_then(|index| self.candidates.get(*index)),
            near,
        ) {
            (Some(package), _) => {
                let path = relative(&root.folder, &package.file.folder);
                Some(format!("add `\"{name}\" = {{ path = \"{path}\" }}` to it"))
            }
            (None, near) => near.map(|near| format!("did you mean `{near}`?")),
        };
        let place = shown(&file.folder, &root.path);
        let message =
            format!("`{name}` is inherited, but `[workspace.dependencies]` of `{place}` does not have it");
        self.report.add(|| Problem {
            help,
            ..file.error(declaration.key_span, message)
        });
        None
    }

    /// Follows an origin written in `file`, which is the owner's manifest or that of its workspace.
    fn follow(
        &mut self,
        site: &Site<'_>,
        file: &Rc<ManifestFile>,
        origin: &Origin,
    ) -> Option<CandidateIndex> {
        match origin {
            Origin::Path(path) => self.follow_path(site, file, path),
            Origin::Registry(registry) => {
                self.not_supported(file, registry.span, site.name, origin);
                None
            }
            Origin::Git(git) => {
                self.not_supported(file, git.url.span, site.name, origin);
                None
            }
            // An entry to inherit from that is itself inherited is broken.
            Origin::Broken | Origin::Workspace(_) => None,
        }
    }

    /// Reports what `[workspace.dependencies]` of the root has from elsewhere, whether a member uses it or not.
    pub(super) fn check_shared(&mut self) {
        let root = Rc::clone(self.root);
        let shared = root
            .manifest
            .workspace
            .iter()
            .flat_map(|workspace| &workspace.dependencies);
        for Declaration { name, origin, .. } in shared {
            match (name, origin) {
                (Some(name), Origin::Registry(registry)) => {
                    self.not_supported(&root, registry.span, name, origin);
                }
                (Some(name), Origin::Git(git)) => {
                    self.not_supported(&root, git.url.span, name, origin);
                }
                _ => {}
            }
        }
    }

    fn not_supported(&mut self, file: &ManifestFile, span: Span, name: &PackageName, origin: &Origin) {
        let help = match self
            .by_name
            .get(name)
            .and_then(|index| self.candidates.get(*index))
        {
            Some(package) => {
                let path = relative(&file.folder, &package.file.folder);
                format!("`{name}` is in this workspace: write `{{ path = \"{path}\" }}`")
            }
            None => "until then, keep the package in a folder and name it with `path`".to_owned(),
        };
        let versions = origin.requirement().map(|requirement| format!(" {requirement}"));
        let message = format!(
            "`{name}{}` comes from {origin}, which is not supported yet",
            versions.unwrap_or_default()
        );
        self.report.add(|| Problem {
            code: Some(NOT_SUPPORTED),
            help: Some(help),
            ..file.error(span, message)
        });
    }
}

/// One entry of a dependency table, and whose it is.
pub(super) struct Site<'d> {
    pub(super) owner: CandidateIndex,
    pub(super) file: &'d Rc<ManifestFile>,
    pub(super) declaration: &'d Declaration,
    pub(super) name: &'d PackageName,
}
