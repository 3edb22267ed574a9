//! `[patch]`: packages that come from a folder or a git repository instead of what dependencies say.

use super::dependency::{Declaration, Origin};
use crate::finding::Findings;
use crate::reader::{Entry, excerpt};

/// Reads `[patch]`, sorted by name. The origin of each is a path, a git repository, or broken.
pub(super) fn read_patches(section: &Entry<'_>, findings: &mut Findings) -> Vec<Declaration> {
    let mut patches = Declaration::read_all(section, findings);
    for patch in &mut patches {
        let span = match &patch.origin {
            Origin::Path(_) | Origin::Git(_) | Origin::Broken => continue,
            Origin::Workspace(span) => *span,
            Origin::Registry(registry) => registry.span,
        };
        let message = format!(
            "the patch of `{}` is neither a folder nor a git repository",
            excerpt(&patch.key)
        );
        findings.error(span, message).help =
            Some("write `{ path = \"...\" }` or `{ git = \"https://...\" }`".to_owned());
        patch.origin = Origin::Broken;
    }
    patches
}
