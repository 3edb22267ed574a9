//! Path dependencies: the package in the folder, its name, its version.

use super::candidate::Candidate;
use super::edges::Site;
use super::{CandidateIndex, Resolver};
use crate::MANIFEST_FILE;
use crate::files::{ManifestFile, Slot};
use crate::manifest::PathOrigin;
use crate::position::{Span, Spanned};
use crate::problem::{Label, Problem};
use crate::requirement::Requirement;
use std::rc::Rc;

impl Resolver<'_, '_> {
    /// The package in the folder that `origin`, written in `file`, names; added if it is new.
    pub(super) fn follow_path(
        &mut self,
        site: &Site<'_>,
        file: &Rc<ManifestFile>,
        origin: &PathOrigin,
    ) -> Option<CandidateIndex> {
        let path = origin.path.value.as_str();
        let folder = origin.path.value.resolve(&file.folder);
        if folder == site.file.folder {
            self.report.add(|| {
                file.error(
                    origin.path.span,
                    format!("`{path}` is the folder of this package itself"),
                )
            });
            return None;
        }
        let slot = self.files.manifest(&folder);
        if matches!(slot, Slot::Absent) {
            let names_file = path.ends_with(MANIFEST_FILE);
            let help = names_file.then(|| "`path` names the folder, without the file".to_owned());
            let message = format!("no package in `{path}`: there is no `{MANIFEST_FILE}`");
            self.report.add(|| Problem {
                help,
                ..file.error(origin.path.span, message)
            });
            return None;
        }
        self.report.adopt(self.files, &folder);
        let Slot::Ready(target) = slot else { return None };
        self.check_name(site, file, origin, &target)?;
        let index = self.add_reached(target)?;
        self.check_requirement(site, file, origin.requirement.as_ref(), index);
        Some(index)
    }

    /// `None` if the manifest is that of no package, or of a package with another name.
    fn check_name(
        &mut self,
        site: &Site<'_>,
        file: &ManifestFile,
        origin: &PathOrigin,
        target: &ManifestFile,
    ) -> Option<()> {
        let path = origin.path.value.as_str();
        let Some(package) = &target.manifest.package else {
            // A manifest with neither section has been reported by itself.
            if target.manifest.workspace.is_some() {
                self.report.add(|| Problem {
                    help: Some("name the folder of one of its members".to_owned()),
                    ..file.error(
                        origin.path.span,
                        format!("`{path}` is a workspace without a package of its own"),
                    )
                });
            }
            return None;
        };
        let Some(actual) = package.name.as_ref().filter(|actual| actual.value != *site.name) else {
            return Some(());
        };
        let message = format!("`{path}` is the package `{}`, not `{}`", actual.value, site.name);
        self.report.add(|| Problem {
            labels: vec![Label {
                location: target.location(actual.span),
                message: "its name".to_owned(),
            }],
            help: Some(format!("write `\"{}\" = {{ path = \"{path}\" }}`", actual.value)),
            ..file.error(origin.path.span, message)
        });
        None
    }

    fn check_requirement(
        &mut self,
        site: &Site<'_>,
        file: &ManifestFile,
        requirement: Option<&Spanned<Requirement>>,
        index: CandidateIndex,
    ) {
        let Some(requirement) = requirement else { return };
        let (span, requirement) = (requirement.span, &requirement.value);
        self.check_version(site, (file, span), requirement, index, "this is");
    }

    /// A patch has to be of a version that the dependency allows.
    pub(super) fn check_patched(
        &mut self,
        site: &Site<'_>,
        requirement: Option<&Requirement>,
        index: CandidateIndex,
    ) {
        if let Some(requirement) = requirement {
            let place = (&**site.file, site.declaration.key_span);
            self.check_version(
                site,
                place,
                requirement,
                index,
                "`[patch]` puts this in its place:",
            );
        }
    }

    fn check_version(
        &mut self,
        site: &Site<'_>,
        (file, span): (&ManifestFile, Span),
        requirement: &Requirement,
        index: CandidateIndex,
        found: &str,
    ) {
        let Some(Candidate {
            version: Some(version),
            file: target,
            ..
        }) = self.candidates.get(index)
        else {
            return;
        };
        if !requirement.matches(version) {
            let header = target
                .manifest
                .package
                .as_ref()
                .map(|package| package.header)
                .unwrap_or_default();
            let label = Label {
                location: target.location(header),
                message: format!("{found} version {version}"),
            };
            let message = format!(
                "`{}` has version {version}, which `{}` does not allow",
                site.name, requirement
            );
            self.report.add(|| Problem {
                labels: vec![label],
                ..file.error(span, message)
            });
        }
    }
}
