//! One build after another, of which only what is new is printed.

use super::news::News;
use super::waiting::Waiting;
use super::{Session, Subject};
use crate::commands::builder::{Builder, print_error};
use crate::exit::Exit;
use lumen_build::{BuildError, Changes, Note, Outcome, Report};
use lumen_pkg::Problem;

/// Builds of one subject.
pub(super) struct Builds<'s> {
    session: &'s Session,
    subject: Subject<'s>,
    /// What was said last.
    said: Option<Said>,
    /// Whether a build that succeeds says so; else the program that is then run speaks.
    speaks: bool,
}

/// What a build has to say.
#[derive(PartialEq)]
enum Said {
    Outcome {
        reports: Vec<Report>,
        notes: Vec<Note>,
        problems: Vec<Problem>,
        modules: usize,
        succeeded: bool,
    },
    Error(String, Vec<Problem>),
}

/// How a build went.
pub(super) enum Step {
    /// As the one before, and nothing was compiled.
    Same,
    /// It has something new to say, and has said it.
    Ended {
        succeeded: bool,
        /// The hash of what was built, if it was.
        image: Option<[u8; 32]>,
    },
}

impl<'s> Builds<'s> {
    pub(super) fn new(session: &'s Session, subject: Subject<'s>) -> Builds<'s> {
        Builds {
            session,
            subject,
            said: None,
            speaks: true,
        }
    }

    /// Says nothing of builds that succeed.
    pub(super) fn silent_if_built(self) -> Builds<'s> {
        Builds {
            speaks: false,
            ..self
        }
    }

    /// Builds what is there now: the ordinary incremental build, for which nothing is kept in memory. Or yields how all of it ends:
    /// after Ctrl-C, and if nothing has changed yet and nothing can be built at all, which is wrong usage. Later it may be
    /// mended.
    pub(super) fn build(
        &mut self,
        waiting: &mut Waiting<'_>,
        changes: Option<&Changes>,
    ) -> Result<Step, Exit> {
        let session = self.session;
        let target = self.subject.target(session);
        let (problems, reports) = self.said.as_ref().map_or((&[][..], &[][..]), Said::findings);
        let beginning = waiting.beginning(changes);
        let news = News::new(&beginning, problems, reports, !self.speaks);
        let built = Builder::new(session, target, self.subject.options).outcome(Some(&news));
        let remains = news.end();
        if waiting.is_stopped() {
            return Err(Exit::Done);
        }
        let (exit, image) = match built {
            Ok(built) => {
                waiting.follow_outcome(&built.outcome);
                let nothing_done = built.outcome.compiled + built.outcome.cached == 0;
                if !self.is_new(Said::of(&built.outcome)) && nothing_done {
                    return Ok(Step::Same);
                }
                let speaks = self.speaks || !built.outcome.succeeded();
                if let Some(held) = remains {
                    beginning.tell();
                    if speaks {
                        held.print(&beginning);
                    }
                }
                waiting.begun();
                if speaks {
                    session.output.ended(&built.outcome);
                }
                let image = built.outcome.image.as_ref().filter(|_| !self.speaks);
                (built.exit(), image.map(|image| image.hash()))
            }
            Err(error) => {
                if !self.is_new(Said::of_error(&error)) {
                    return Ok(Step::Same);
                }
                // Whoever used it wrongly did not get it to watch anything.
                let is_usage = matches!(
                    error,
                    BuildError::NoWorkspace(_) | BuildError::NoPackage { .. } | BuildError::NoDocument { .. }
                );
                if remains.is_some() && !(is_usage && changes.is_none()) {
                    beginning.tell();
                }
                waiting.begun();
                (print_error(session, &error), None)
            }
        };
        match exit {
            Exit::Usage if changes.is_none() => Err(Exit::Usage),
            _ => Ok(Step::Ended {
                succeeded: exit == Exit::Done,
                image,
            }),
        }
    }

    /// Whether the last build succeeded.
    pub(super) fn succeeded(&self) -> bool {
        match &self.said {
            Some(Said::Outcome { succeeded, .. }) => *succeeded,
            _ => false,
        }
    }

    fn is_new(&mut self, said: Said) -> bool {
        let is_new = self.said.as_ref() != Some(&said);
        self.said = Some(said);
        is_new
    }
}

impl Said {
    /// Problems of manifests, and findings.
    fn findings(&self) -> (&[Problem], &[Report]) {
        match self {
            Said::Outcome {
                reports, problems, ..
            } => (problems, reports),
            Said::Error(..) => (&[], &[]),
        }
    }

    fn of(outcome: &Outcome) -> Said {
        let manifests = outcome.manifests.as_ref();
        Said::Outcome {
            reports: outcome.reports.clone(),
            notes: outcome.notes.clone(),
            problems: manifests
                .map(|loaded| loaded.problems.clone())
                .unwrap_or_default(),
            modules: outcome.modules,
            succeeded: outcome.succeeded(),
        }
    }

    fn of_error(error: &BuildError) -> Said {
        let problems = match error {
            BuildError::Manifest(loaded) => loaded.problems.clone(),
            BuildError::Lock(problems) | BuildError::Configuration(problems) => problems.clone(),
            _ => Vec::new(),
        };
        Said::Error(error.to_string(), problems)
    }
}
