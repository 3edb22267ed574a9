//! A document that no package has: built on its own. Its results are cached, but no state is kept beside it.

use crate::build::Build;
use crate::files::document_stem;
use crate::finish::StateFrame;
use crate::image::Image;
use crate::log::PhaseKind;
use crate::options::{BuildError, Scope};
use crate::outcome::Outcome;
use crate::package::PackageTable;
use crate::plan::Plan;
use crate::progress::Progress;
use crate::reason::Reason;
use crate::scan::Scan;
use crate::scope::A_FOLDER;
use crate::session::{Old, Session};
use crate::state::State;
use crate::timeline::Timeline;
use crate::topology::Topology;

impl Build {
    /// Builds a document that no package has. Its results are cached, but no state is kept.
    pub(crate) fn run_standalone(
        &self,
        timeline: &mut Timeline,
        progress: &dyn Progress,
    ) -> Result<Outcome, BuildError> {
        let session = self.open_standalone(timeline, progress)?;
        timeline.end_of(PhaseKind::Plan);
        session.run(1);
        timeline.end_of(PhaseKind::Compile);
        let snippets = self.snippets(&session, &[0]);
        if self.options.snippets {
            timeline.end_of(PhaseKind::Snippets);
        }
        self.store.seal();
        timeline.end_of(PhaseKind::Store);
        let failures = session.scheduler().failures();
        let mut outcome = session.outcome(&failures);
        outcome.snippets = snippets;
        let frame = StateFrame {
            root: &session.root.to_string_lossy(),
            inputs: Vec::new(),
            packs: &[],
        };
        outcome.image = State::parse(session.state(frame)).ok().map(Image::new);
        timeline.end_of(PhaseKind::Link);
        outcome.log = self.log(&session, &failures, outcome.modules, timeline);
        Ok(outcome)
    }

    /// A session with the document as its only module beside the bundled ones.
    pub(crate) fn open_standalone<'s>(
        &'s self,
        timeline: &Timeline,
        progress: &'s dyn Progress,
    ) -> Result<Session<'s>, BuildError> {
        let Scope::Document(path) = &self.options.scope else {
            return Err(BuildError::NoWorkspace(self.options.start.clone()));
        };
        let no_document = |reason: &str| BuildError::NoDocument {
            path: path.to_owned(),
            reason: reason.to_owned(),
        };
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .ok_or_else(|| no_document("is not the name of a document"))?;
        if document_stem(name).is_none() {
            return Err(no_document(match self.is_folder(path) {
                true => A_FOLDER,
                false => "is no document: their names end in `.lm.md` or `.lm`",
            }));
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
        let plans = vec![Plan::Build(Reason::FirstBuild); topology.len()];
        let session = self.session(root, topology, old, plans, timeline, progress);
        session.activate([0]);
        self.mark_lost(&session);
        Ok(session)
    }
}
