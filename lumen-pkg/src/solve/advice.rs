//! What can be done about a conflict: versions that would fit but may not be used, and requirements of the workspace that take part.

use super::derivation::Step;
use super::exclusion::Exclusion;
use super::model::{Need, Source};
use super::node::{NodeKind, PackageId};
use super::sentence::{Speaker, join, place};
use super::universe::{Absence, Package};
use pubgrub::External;
use semver::Version;

/// How many pieces of advice of one kind are given.
const MOST: usize = 5;

/// Collects advice.
pub(super) struct Advisor<'a, 's, 'p> {
    speaker: &'a mut Speaker<'s, 'p>,
    /// About what exists but may not be used, or does not exist.
    supply: Vec<String>,
    /// About what is asked for.
    demand: Vec<String>,
}

impl<'a, 's, 'p> Advisor<'a, 's, 'p> {
    pub(super) fn new(speaker: &'a mut Speaker<'s, 'p>) -> Self {
        Self {
            speaker,
            supply: Vec::new(),
            demand: Vec::new(),
        }
    }

    /// Goes through everything that versions need in a derivation.
    pub(super) fn advise(mut self, steps: &[Step]) -> Vec<String> {
        for step in steps {
            let Step::Fact(External::FromDependencyOf(dependent, versions, dependency, _)) = step else {
                continue;
            };
            match *self.speaker.universe.kind(*dependent) {
                NodeKind::Versions { package, .. } => {
                    for need in self.speaker.needs(*dependent, versions, *dependency) {
                        self.about_supply(&need);
                        self.about_demand(package, &need);
                    }
                }
                NodeKind::Root => {
                    for need in self.speaker.universe.problem.roots.clone() {
                        if self.speaker.universe.target(&need).node == *dependency {
                            self.about_supply(&need);
                        }
                    }
                }
                NodeKind::Choice { .. } | NodeKind::Missing { .. } => {}
            }
        }
        self.supply.truncate(MOST);
        self.demand.truncate(MOST);
        self.supply.append(&mut self.demand);
        self.supply
    }

    fn about_supply(&mut self, need: &Need) {
        let target = self.speaker.universe.target(need);
        let package = self.speaker.universe.package(target.package);
        let bound = self
            .speaker
            .universe
            .problem
            .policy
            .scopes
            .contains_key(package.name.name.scope());
        let nothing = target.set.is_empty();
        let mut lines: Vec<String> = package
            .candidates
            .iter()
            .rev()
            .filter_map(|versioned| would_fit(package, need, &versioned.get().version, versioned.exclusion))
            .take(2)
            .collect();
        match (&package.absence, &package.name.source) {
            (Some(absence), source) => lines.extend(absent(package, absence, source, bound)),
            (None, Source::Registry(_)) if nothing && lines.is_empty() => lines.extend(existing(package)),
            (None, Source::Git { .. }) if nothing => lines.push(format!(
                "`lumen update -p {}` takes the newest commit, if its branch has moved on",
                package.name.name
            )),
            (None, _) => {}
        }
        for line in lines {
            if !self.supply.contains(&line) {
                self.supply.push(line);
            }
        }
    }

    /// A member's requirement can be changed by whoever reads this.
    fn about_demand(&mut self, dependent: PackageId, need: &Need) {
        let dependent = &self.speaker.universe.package(dependent).name;
        let (Source::Workspace, Some(requirement)) = (&dependent.source, &need.requirement) else {
            return;
        };
        let name = &need.package.name;
        let line = format!(
            "loosen `\"{name}\" = \"{requirement}\"` in the manifest of {}",
            dependent.name
        );
        let target = self.speaker.universe.target(need);
        let absent = self.speaker.universe.package(target.package).absence.is_some();
        if !absent && !self.demand.contains(&line) {
            self.demand.push(line);
        }
    }
}

/// Why a version of the right number is not taken, and how it could be.
fn would_fit(
    package: &Package,
    need: &Need,
    version: &Version,
    exclusion: Option<Exclusion>,
) -> Option<String> {
    let name = &package.name.name;
    let requirement = need.requirement.as_ref();
    let fits = requirement.is_none_or(|requirement| requirement.matches(version));
    let released = Version::new(version.major, version.minor, version.patch);
    let only_pre_release = !version.pre.is_empty()
        && !fits
        && requirement.is_some_and(|requirement| requirement.matches(&released));
    match exclusion {
        None if only_pre_release => Some(format!(
            "{name} {version} is a pre-release, which only a requirement that names one accepts: write `^{version}` for it"
        )),
        Some(Exclusion::Yanked) if fits => Some(format!(
            "{name} {version} would fit, but it is yanked: only a lock that has it already may keep it"
        )),
        Some(Exclusion::TooYoung { age, minimum }) if fits => Some(format!(
            "{name} {version} would fit, but it was published {} ago, and {} asks for {}: wait, or lower `minimum-release-age`",
            duration(age),
            place(&package.name.source),
            duration(minimum)
        )),
        Some(Exclusion::NoTime) if fits => Some(format!(
            "{name} {version} would fit, but nobody says when it was published, and {} asks for a minimum age",
            place(&package.name.source)
        )),
        _ => None,
    }
}

fn absent(package: &Package, absence: &Absence, source: &Source, bound: bool) -> Option<String> {
    let name = &package.name.name;
    match (absence, source) {
        (Absence::NotFound, Source::Registry(origin)) => {
            let why = match bound {
                true => format!("its scope `{}` is bound to it, so no other will be", name.scope()),
                false => "no other will be".to_owned(),
            };
            Some(format!(
                "check the spelling of `{name}`: the registry {origin} was asked for it, and {why}"
            ))
        }
        (Absence::WrongRegistry(bound), _) => Some(format!(
            "packages of `@{}` come from the registry {bound} and from nowhere else: ask for {name} there, or patch it",
            name.scope()
        )),
        (Absence::NotFound, _) => None,
    }
}

/// The versions there are, newest first.
fn existing(package: &Package) -> Option<String> {
    let usable = package
        .candidates
        .iter()
        .filter(|versioned| versioned.exclusion.is_none());
    let versions: Vec<String> = usable
        .rev()
        .take(3)
        .map(|versioned| versioned.get().version.to_string())
        .collect();
    let more = package.candidates.len() > versions.len();
    let newest = if more {
        "the newest versions"
    } else {
        "the versions"
    };
    match versions.as_slice() {
        [] => None,
        [only] => Some(format!("the only version of {} is {only}", package.name.name)),
        many => Some(format!(
            "{newest} of {} are {}",
            package.name.name,
            join(many, "and")
        )),
    }
}

/// Seconds in the largest unit that fits: `3 days`.
fn duration(seconds: u64) -> String {
    let (count, unit) = match seconds {
        0..60 => (seconds, "second"),
        60..3600 => (seconds / 60, "minute"),
        3600..172_800 => (seconds / 3600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    match count {
        1 => format!("1 {unit}"),
        _ => format!("{count} {unit}s"),
    }
}
