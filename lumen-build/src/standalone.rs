//! A document that no package has: built on its own. Its results are cached, but no state is kept beside it.

use crate::build::Build;
use crate::files::document_stem;
use crate::finish::StateFrame;
use crate::image::Image;
use crate::options::BuildError;
use crate::outcome::Outcome;
use crate::package::PackageTable;
use crate::plan::Plan;
use crate::progress::Progress;
use crate::reason::Reason;
use crate::scan::Scan;
use crate::session::Old;
use crate::state::State;
use crate::topology::Topology;
use std::path::Path;

impl Build {
    /// Builds a document that no package has. Its results are cached, but no state is kept.
    pub(crate) fn run_standalone(&self, path: &Path, progress: &dyn Progress) -> Result<Outcome, BuildError> {
        let no_document = |reason: &str| BuildError::NoDocument {
            path: path.to_owned(),
            reason: reason.to_owned(),
        };
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .ok_or_else(|| no_document("is not the name of a document"))?;
        if document_stem(name).is_none() {
            return Err(no_document(
                "is no document: their names end in `.lm.md` or `.lm`",
            ));
        }
        let stat = self
            .files
            .stat(path)
            .ok_or_else(|| no_document("does not exist"))?;
        let root = path.parent().unwrap_or(path).to_owned();
        let bundle = self.toolchain.bundle();
        let packages = PackageTable::standalone().with_bundle(bundle);
        let scan = Scan::standalone(name, Ok(stat)).with_bundle(&packages, bundle);
        let topology = Topology::new(packages, scan);
        let old = Old::default();
        let settings = self.settings();
        let plans = vec![Plan::Build(Reason::FirstBuild); topology.len()];
        let session = self.session(settings, root.clone(), topology, old, plans, progress);
        session.activate([0]);
        self.mark_lost(&session);
        session.run(1);
        let snippets = self.snippets(&session, &[0]);
        self.store.seal();
        let failures = session.scheduler().failures();
        let mut outcome = session.outcome(&failures);
        outcome.snippets = snippets;
        let frame = StateFrame {
            root: &root.to_string_lossy(),
            inputs: Vec::new(),
            packs: &[],
        };
        outcome.image = State::parse(session.state(frame)).ok().map(Image::new);
        Ok(outcome)
    }
}
