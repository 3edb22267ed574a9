//! Which tests a command line asks for.

use crate::arguments::{TestArguments, Unreferenced};
use crate::commands::Session;
use crate::commands::builder::Target;
use crate::commands::run::limits;
use lumen_build::{
    KnownTest, Shard, TestLimits, TestMemory, TestScope, TestVerdict, divide, document_stem, short_hex,
};
use lumen_compiler::diagnostic::closest;
use lumen_vm::Limits;
use std::path::PathBuf;
use std::time::Duration;

use super::names::split_name;
use super::property::CASES;
use super::snapshots::Mode;

/// What is asked for.
#[derive(Clone, Debug)]
pub(super) struct Selection {
    document: Option<PathBuf>,
    package: Option<String>,
    filters: Vec<String>,
    pub(super) shard: Option<Shard>,
    pub(super) affected: Option<String>,
    pub(super) limits: Limits,
    seed: Option<u64>,
    cases: u32,
    pub(super) list: bool,
    pub(super) no_cache: bool,
    pub(super) mode: Mode,
    pub(super) unreferenced: Unreferenced,
    /// Whether what no test asks for was mentioned on the command line.
    asks_for_unreferenced: bool,
}

impl Selection {
    /// What the arguments ask for.
    ///
    /// # Errors
    /// What is wrong with them.
    pub(super) fn of(session: &Session, arguments: &TestArguments) -> Result<Selection, String> {
        // Documents are told from filters by how they end.
        let (documents, filters): (Vec<_>, Vec<_>) = arguments
            .filters
            .iter()
            .cloned()
            .partition(|filter| document_stem(filter).is_some());
        if documents.len() > 1 {
            return Err("one document at a time: `lumen test notes.lm.md`".to_owned());
        }
        if !documents.is_empty() && arguments.package.is_some() {
            return Err("a document or a package (`-p`): leave one out".to_owned());
        }
        let is_locked = arguments.options.packages.is_locked();
        let strict = session.environment.ci || is_locked;
        Ok(Selection {
            document: documents.first().map(PathBuf::from),
            package: arguments.package.clone(),
            filters,
            shard: arguments.shard,
            affected: arguments.affected.clone(),
            limits: limits(&arguments.limits),
            seed: arguments.seed,
            cases: arguments.cases.unwrap_or(CASES),
            list: arguments.list,
            // What is answered from memory counts nothing.
            no_cache: arguments.no_cache || arguments.coverage.is_wanted(),
            mode: mode(session, arguments)?,
            unreferenced: arguments.snapshots.unreferenced.unwrap_or(match strict {
                true => Unreferenced::Reject,
                false => Unreferenced::Warn,
            }),
            asks_for_unreferenced: arguments.snapshots.unreferenced.is_some(),
        })
    }

    pub(super) fn target(&self, session: &Session) -> Target {
        Target::of(session, self.document.as_deref(), self.package.as_deref())
    }

    pub(super) fn scope(&self) -> TestScope {
        match (&self.document, &self.package) {
            (Some(_), _) => TestScope::Document,
            (None, Some(package)) => TestScope::Package(package.clone()),
            (None, None) => TestScope::Workspace,
        }
    }

    pub(super) fn test_limits(&self) -> TestLimits {
        TestLimits {
            fuel: self.limits.fuel,
            bytes: self.limits.bytes as u64,
            seed: self.seed,
            cases: self.cases,
        }
    }

    /// Whether a test is asked for by its name; which package it is of is seen to by whoever lists the tests.
    pub(super) fn wants(&self, name: &str) -> bool {
        self.filters.is_empty() || self.filters.iter().any(|filter| name.contains(filter.as_str()))
    }

    /// Why no test is left, though every filter matches one.
    pub(super) fn why_none(&self) -> &'static str {
        match (&self.affected, self.shard) {
            (Some(_), _) => "no test is affected",
            (None, Some(_)) => "no test is in this shard",
            (None, None) => "there are no tests",
        }
    }

    /// What is wrong with the first filter that none of these names, those of the scope, matches: a typing error must not end
    /// as if tests had passed.
    pub(super) fn unmatched<'n>(&self, names: impl Iterator<Item = &'n str> + Clone) -> Option<String> {
        let matches = |filter: &str| names.clone().any(|name| name.contains(filter));
        let filter = self.filters.iter().find(|filter| !matches(filter))?;
        let whole = || closest(filter, names.clone().flat_map(|name| [split_name(name).1, name]));
        let word = || {
            let words = |name: &'n str| name.split(|letter: char| !letter.is_alphanumeric());
            let near = closest(filter, names.clone().flat_map(words))?;
            names.clone().find(|name| name.contains(near))
        };
        let help = match (whole().or_else(word), names.clone().next()) {
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, Some(_)) => "`lumen test --list` lists them".to_owned(),
            (None, None) => "there are no tests".to_owned(),
        };
        Some(format!("no test has `{filter}` in its name; {help}"))
    }

    /// Whether every test of the workspace is asked for.
    pub(super) fn is_whole(&self) -> bool {
        self.filters.is_empty()
            && self.shard.is_none()
            && self.affected.is_none()
            && self.document.is_none()
            && self.package.is_none()
    }

    /// Whether what the last run left, if nothing has changed since, is all that is wanted.
    pub(super) fn is_answered_by(&self, memory: &TestMemory) -> bool {
        let plain = self.affected.is_none()
            && !self.no_cache
            && !self.asks_for_unreferenced
            && matches!(self.mode, Mode::Pend | Mode::Check);
        if !plain || !memory.is_about(&self.scope(), self.test_limits()) {
            return false;
        }
        self.list
            || self
                .known(memory)
                .all(|test| test.current && test.verdict == TestVerdict::Passed)
    }

    /// The tests of the last run that are asked for by package and name.
    pub(super) fn known<'m>(
        &'m self,
        memory: &'m TestMemory,
    ) -> impl Iterator<Item = &'m KnownTest> + Clone + 'm {
        self.known_of_package(memory)
            .filter(|test| self.wants(&test.name))
    }

    /// The tests of the last run that are asked for by package.
    pub(super) fn known_of_package<'m>(
        &'m self,
        memory: &'m TestMemory,
    ) -> impl Iterator<Item = &'m KnownTest> + Clone + 'm {
        let of_package = |name: &str| match &self.package {
            None => true,
            Some(package) => name
                .strip_prefix(package.as_str())
                .is_some_and(|rest| rest.starts_with(' ')),
        };
        let tests = memory.tests().iter();
        tests.filter(move |test| of_package(&test.name))
    }

    /// Which of these tests are in the shard that is asked for, and says by what they were divided.
    pub(super) fn in_shard(&self, session: &Session, tests: &[(&str, Duration)]) -> Vec<bool> {
        let Some(shard) = self.shard else {
            return vec![true; tests.len()];
        };
        let division = divide(tests, shard.of);
        let by = match division.balanced {
            true => "durations of the last run of all tests",
            false => "names",
        };
        let digest = short_hex(&division.digest);
        session.output.status(
            "Divided",
            &format!("{} of {} by {by} ({digest})", shard.number, shard.of),
        );
        session.output.event(&serde_json::json!({
            "event": "tests-divided",
            "version": 1,
            "shard": shard.number,
            "of": shard.of,
            "balanced": division.balanced,
            "division": digest,
        }));
        division
            .shards
            .iter()
            .map(|number| *number == shard.number)
            .collect()
    }
}

fn mode(session: &Session, arguments: &TestArguments) -> Result<Mode, String> {
    let option = match (arguments.snapshots.accept, arguments.snapshots.review) {
        (false, false) if session.environment.ci => return Ok(Mode::Check),
        (false, false) => return Ok(Mode::Pend),
        (true, _) => "--accept",
        (false, true) => "--review",
    };
    if session.environment.ci {
        return Err(format!(
            "`{option}` writes snapshots, and CI is set, where none are written: accept them in a checkout and commit them"
        ));
    }
    if arguments.snapshots.accept {
        return Ok(Mode::Accept);
    }
    match super::review::is_possible(session) {
        true => Ok(Mode::Review),
        false => Err(
            "`--review` asks on a terminal, and this is none: `lumen test --accept` accepts every snapshot"
                .to_owned(),
        ),
    }
}
