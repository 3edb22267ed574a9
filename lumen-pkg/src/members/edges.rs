//! Dependencies: from an entry of a manifest to the place where it says its package is. `paths` goes there.

use super::candidate::{CandidateWant, Edge, shown};
use super::{CandidateIndex, Resolver};
use crate::files::ManifestFile;
use crate::git::{GitReference, GitUrl};
use crate::manifest::{Declaration, Origin};
use crate::name::PackageName;
use crate::outside::Place;
use crate::path::relative;
use crate::problem::Problem;
use crate::requirement::Requirement;
use crate::suggest;
use std::rc::Rc;

impl Resolver<'_, '_> {
    /// Finds the packages that a candidate depends on, adding those that are new.
    pub(super) fn connect(&mut self, owner: CandidateIndex) {
        let candidate = self.candidates.get(owner).expect("only candidates are connected");
        let file = Rc::clone(&candidate.file);
        let member = candidate.member;
        let (edges, mut wants) = self.edges(owner, &file, &file.manifest.dependencies, false);
        let (dev_edges, dev_wants) = match member {
            true => self.edges(owner, &file, &file.manifest.dev_dependencies, true),
            false => Default::default(),
        };
        wants.extend(dev_wants);
        let candidate = self
            .candidates
            .get_mut(owner)
            .expect("only candidates are connected");
        candidate.edges = edges;
        candidate.dev_edges = dev_edges;
        candidate.wants = wants;
    }

    fn edges(
        &mut self,
        owner: CandidateIndex,
        file: &Rc<ManifestFile>,
        declarations: &[Declaration],
        dev: bool,
    ) -> (Vec<Edge>, Vec<CandidateWant>) {
        let (mut edges, mut wants) = (Vec::with_capacity(declarations.len()), Vec::new());
        for declaration in declarations {
            let Some(name) = &declaration.name else { continue };
            let site = Site {
                owner,
                file,
                declaration,
                name,
            };
            match self.target(&site) {
                None => {}
                Some(Target::Here(target)) => edges.push(Edge {
                    name: name.clone(),
                    span: declaration.key_span,
                    target,
                }),
                Some(Target::Elsewhere(place, requirement)) => wants.push(CandidateWant {
                    name: name.clone(),
                    dev,
                    requirement,
                    place,
                    span: declaration.key_span,
                }),
            }
        }
        (edges, wants)
    }

    fn target(&mut self, site: &Site<'_>) -> Option<Target> {
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

    /// Follows an origin written in `file`, which is the owner's manifest or that of its workspace. A patch counts instead.
    fn follow(&mut self, site: &Site<'_>, file: &Rc<ManifestFile>, origin: &Origin) -> Option<Target> {
        match (self.patches.get(site.name), origin) {
            (_, Origin::Broken | Origin::Workspace(_)) => None,
            (Some(None), _) => None,
            (Some(Some(Patch::Here(index))), origin) => {
                let index = *index;
                self.check_patched(site, origin.requirement(), index);
                Some(Target::Here(index))
            }
            (Some(Some(Patch::Git { url, reference })), origin) => {
                let place = Place::Git {
                    url: url.clone(),
                    reference: reference.clone(),
                };
                Some(Target::Elsewhere(place, origin.requirement().cloned()))
            }
            (None, Origin::Path(path)) => self.follow_path(site, file, path).map(Target::Here),
            (None, Origin::Registry(registry)) => {
                let asked = registry.registry.as_ref().map(|asked| asked.value.clone());
                let requirement = Some(registry.requirement.clone());
                Some(Target::Elsewhere(Place::Registry { asked }, requirement))
            }
            (None, Origin::Git(git)) => {
                let place = Place::Git {
                    url: git.url.value.clone(),
                    reference: git.reference.clone(),
                };
                let requirement = git
                    .requirement
                    .as_ref()
                    .map(|requirement| requirement.value.clone());
                Some(Target::Elsewhere(place, requirement))
            }
        }
    }

    /// Finds what `[patch]` of the root names, before anybody depends on it. A patch that leads nowhere is reported here, and whoever
    /// depends on its name is not.
    pub(super) fn read_patches(&mut self) {
        let root = Rc::clone(self.root);
        for declaration in &root.manifest.patches {
            let Some(name) = &declaration.name else { continue };
            let site = Site {
                owner: 0,
                file: &root,
                declaration,
                name,
            };
            let patch = match &declaration.origin {
                Origin::Path(path) => {
                    let folder = path.path.value.resolve(&root.folder);
                    let member = self.by_folder.get(&folder).copied();
                    let index = member.or_else(|| self.follow_path(&site, &root, path));
                    index.map(Patch::Here)
                }
                Origin::Git(git) => Some(Patch::Git {
                    url: git.url.value.clone(),
                    reference: git.reference.clone(),
                }),
                Origin::Workspace(_) | Origin::Registry(_) | Origin::Broken => None,
            };
            self.patches.insert(name.clone(), patch);
        }
    }
}

/// Where a dependency leads.
enum Target {
    /// To a package on this disk.
    Here(CandidateIndex),
    /// Out of it; the versions that will do.
    Elsewhere(Place, Option<Requirement>),
}

/// What stands for a name, wherever it is needed.
pub(super) enum Patch {
    /// A package on this disk.
    Here(CandidateIndex),
    /// A state of a repository.
    Git {
        /// The repository.
        url: GitUrl,
        /// Which state.
        reference: GitReference,
    },
}

/// One entry of a dependency table, and whose it is.
pub(super) struct Site<'d> {
    pub(super) owner: CandidateIndex,
    pub(super) file: &'d Rc<ManifestFile>,
    pub(super) declaration: &'d Declaration,
    pub(super) name: &'d PackageName,
}
