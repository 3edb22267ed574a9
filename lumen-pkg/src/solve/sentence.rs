//! Steps of a derivation in words: what a version needs, what cannot be used. No line breaks, no full stops.

use super::model::{Need, Source};
use super::node::{Node, NodeKind, PackageId};
use super::positions::Positions;
use super::search::Never;
use super::universe::{Absence, Package, Universe};
use pubgrub::{External, Term, VersionSet as _};
use semver::Version;

/// How many versions are listed one by one.
const LISTED: usize = 3;

/// Says what steps mean.
pub(super) struct Speaker<'s, 'p> {
    pub(super) universe: &'s mut Universe<'p>,
}

impl Speaker<'_, '_> {
    /// A fact; `None` if it goes without saying: that there is a root, that members of the workspace are part of it, and that a choice of
    /// ranges needs the versions that fit in them.
    pub(super) fn fact(&mut self, fact: &External<Node, Positions, Never>) -> Option<String> {
        match fact {
            External::NotRoot(..) => None,
            External::NoVersions(node, set) => Some(format!("there is no {}", self.object(*node, set, "or"))),
            External::Custom(_, _, never) => match *never {},
            External::FromDependencyOf(dependent, versions, dependency, _) => {
                match self.universe.kind(*dependent).clone() {
                    NodeKind::Root => self.root_need(*dependency),
                    NodeKind::Choice { .. } => None,
                    NodeKind::Versions { .. } | NodeKind::Missing { .. } => {
                        let needs = self.needs(*dependent, versions, *dependency);
                        Some(self.need_sentence(*dependent, versions, &needs))
                    }
                }
            }
        }
    }

    fn root_need(&mut self, dependency: Node) -> Option<String> {
        let roots = self.universe.problem.roots.clone();
        let need = roots
            .iter()
            .find(|need| self.universe.target(need).node == dependency)?;
        match self.universe.patched(need).source {
            Source::Workspace if !matches!(self.universe.kind(dependency), NodeKind::Missing { .. }) => None,
            _ => Some(format!(
                "{} is asked for{}",
                self.need(need),
                self.shortfall(need)
            )),
        }
    }

    /// The needs, each once, by which versions of one node lead to another. At most one a version is looked for.
    pub(super) fn needs(&mut self, dependent: Node, versions: &Positions, dependency: Node) -> Vec<Need> {
        let NodeKind::Versions { package, .. } = *self.universe.kind(dependent) else {
            return Vec::new();
        };
        let mut found: Vec<Need> = Vec::new();
        for at in self.positions(dependent, versions) {
            let candidate = self.universe.package(package).candidate(at).get();
            let needs: Vec<Need> = self.universe.needs_of(package, candidate).cloned().collect();
            for need in needs {
                if !found.contains(&need) && self.universe.leads(&need, dependency) {
                    found.push(need);
                }
            }
        }
        found
    }

    fn need_sentence(&mut self, dependent: Node, versions: &Positions, needs: &[Need]) -> String {
        let subject = self.object(dependent, versions, "and");
        let verb = match self.positions(dependent, versions).len() > 1 && !self.whole(dependent, versions) {
            true => "need",
            false => "needs",
        };
        let texts: Vec<String> = needs.iter().map(|need| self.need(need)).collect();
        let shortfall = needs.first().map(|need| self.shortfall(need)).unwrap_or_default();
        format!("{subject} {verb} {}{shortfall}", join(&texts, "or"))
    }

    /// `@b/y ^2`, and where it comes from if that is no registry.
    pub(super) fn need(&self, need: &Need) -> String {
        let package = self.universe.patched(need);
        let requirement = need.requirement.as_ref().map(|text| format!(" {text}"));
        let origin = match &package.source {
            Source::Registry(_) | Source::Workspace => String::new(),
            other => format!(" ({})", place(other)),
        };
        format!("{}{}{origin}", package.name, requirement.unwrap_or_default())
    }

    /// Why nothing meets a need; empty if something does.
    fn shortfall(&mut self, need: &Need) -> String {
        let target = self.universe.target(need);
        if !target.set.is_empty() {
            return String::new();
        }
        let package = self.universe.package(target.package);
        match (
            &package.absence,
            &package.name.source,
            package.candidates.as_slice(),
        ) {
            (Some(Absence::NotFound), Source::Registry(origin), _) => {
                format!(" (the registry {origin} does not have it)")
            }
            (Some(Absence::NotFound), _, _) => " (it is not there)".to_owned(),
            (Some(Absence::WrongRegistry(bound)), other, _) => format!(
                " from {} (the scope `{}` is bound to the registry {bound})",
                place(other),
                package.name.name.scope()
            ),
            (None, Source::Registry(_), []) => " (no version of it is published)".to_owned(),
            (None, Source::Registry(_), _) => match fitting_but_excluded(package, need) {
                true => " (what fits may not be used)".to_owned(),
                false => " (no version fits)".to_owned(),
            },
            (None, other, [only, ..]) => {
                let patched = need.package.source != *other || self.universe.is_patched(&need.package.name);
                let patched = match patched {
                    true => "that `[patch]` puts in its place",
                    false => "there",
                };
                format!(" (the version {patched} is {})", only.get().version)
            }
            (None, _, []) => " (it is not there)".to_owned(),
        }
    }

    /// What a derived step says: that something cannot be used, or is needed.
    pub(super) fn conclusion(&mut self, terms: &[(Node, Term<Positions>)]) -> Option<String> {
        let mut positive = Vec::new();
        let mut negative = Vec::new();
        let mut plural = false;
        for (node, term) in terms {
            if self.goes_without_saying(*node) {
                continue;
            }
            match term {
                Term::Positive(set) => {
                    plural = self.positions(*node, set).len() > 1 && !self.whole(*node, set);
                    positive.push(self.object(*node, set, "and"));
                }
                Term::Negative(set) => negative.push(self.object(*node, set, "or")),
            }
        }
        let verb = if plural { "need" } else { "needs" };
        match (positive.as_slice(), negative.as_slice()) {
            ([], []) => None,
            ([one], []) => Some(format!("{one} cannot be used")),
            (many, []) => Some(format!("{} cannot be used together", join(many, "and"))),
            ([], needed) => Some(format!("{} is needed", join(needed, "or"))),
            ([one], needed) => Some(format!("{one} {verb} {}", join(needed, "or"))),
            (many, needed) => Some(format!(
                "{} together need {}",
                join(many, "and"),
                join(needed, "or")
            )),
        }
    }

    /// The problem itself, and members of the workspace: they are always there.
    fn goes_without_saying(&self, node: Node) -> bool {
        match self.universe.kind(node) {
            NodeKind::Root => true,
            NodeKind::Versions { package, .. } => self.is_member(*package),
            NodeKind::Choice { .. } | NodeKind::Missing { .. } => false,
        }
    }

    fn is_member(&self, package: PackageId) -> bool {
        self.universe.package(package).name.source == Source::Workspace
    }

    /// The versions of a node in a set: `@a/x 1.0.0 and 1.1.0`, `@a/x 1.x`.
    fn object(&self, node: Node, set: &Positions, word: &str) -> String {
        match self.universe.kind(node).clone() {
            NodeKind::Root => "the workspace".to_owned(),
            NodeKind::Missing { package, .. } => self.universe.package(package).name.name.to_string(),
            NodeKind::Versions { package, .. } if self.is_member(package) => {
                self.universe.package(package).name.name.to_string()
            }
            NodeKind::Versions { package, bucket } => {
                let name = &self.universe.package(package).name.name;
                format!("{name} {}", self.part(package, bucket, set, word))
            }
            NodeKind::Choice { package, fitting } => {
                let known = self.universe.package(package);
                let buckets = (0u32..).zip(&known.buckets);
                let open = buckets.filter(|(at, (_, range))| {
                    set.contains(at) && range.clone().any(|position| fitting.contains(&position))
                });
                let parts: Vec<String> = open
                    .map(|(at, _)| self.part(package, at, &fitting, word))
                    .collect();
                format!("{} {}", known.name.name, join(&parts, word))
            }
        }
    }

    /// The versions of a set within a range: `1.x` if these are all of several, or else one by one.
    fn part(&self, package: PackageId, bucket: u32, set: &Positions, word: &str) -> String {
        let mut open = self.usable(package, bucket);
        let all = open.len();
        open.retain(|at| set.contains(at));
        let range = self.universe.package(package).buckets.get(bucket as usize);
        match range {
            Some((range, _)) if all > 1 && open.len() == all => range.to_string(),
            _ => self.listed(package, &open, word),
        }
    }

    /// Positions of a node that are in a set and may be chosen.
    fn positions(&self, node: Node, set: &Positions) -> Vec<u32> {
        let mut open = self.open(node);
        open.retain(|at| set.contains(at));
        open
    }

    fn open(&self, node: Node) -> Vec<u32> {
        match *self.universe.kind(node) {
            NodeKind::Versions { package, bucket } => self.usable(package, bucket),
            _ => Vec::new(),
        }
    }

    /// Positions within a range that may be chosen.
    fn usable(&self, package: PackageId, bucket: u32) -> Vec<u32> {
        let known = self.universe.package(package);
        let range = known.buckets.get(bucket as usize).map(|(_, range)| range.clone());
        let usable = |at: &u32| known.candidate(*at).exclusion.is_none();
        range.into_iter().flatten().filter(usable).collect()
    }

    /// Whether a set has all of several versions of a node.
    fn whole(&self, node: Node, set: &Positions) -> bool {
        let open = self.open(node);
        open.len() > 1 && open.iter().all(|at| set.contains(at))
    }

    /// Versions one by one if they are few, or else the runs that they form.
    fn listed(&self, package: PackageId, positions: &[u32], word: &str) -> String {
        let known = self.universe.package(package);
        let version = |at: &u32| known.candidate(*at).get().version.to_string();
        if positions.len() <= LISTED {
            return join(&positions.iter().map(version).collect::<Vec<_>>(), word);
        }
        let mut runs: Vec<(u32, u32)> = Vec::new();
        for at in positions {
            let joined =
                |end: u32| (end + 1..*at).all(|between| known.candidate(between).exclusion.is_some());
            match runs.last_mut() {
                Some((_, end)) if joined(*end) => *end = *at,
                _ => runs.push((*at, *at)),
            }
        }
        let text = |(low, high): &(u32, u32)| match low == high {
            true => version(low),
            false => format!("{} to {}", version(low), version(high)),
        };
        join(&runs.iter().map(text).collect::<Vec<_>>(), word)
    }
}

fn fitting_but_excluded(package: &Package, need: &Need) -> bool {
    let fits = |version: &Version| {
        need.requirement
            .as_ref()
            .is_none_or(|requirement| requirement.matches(version))
    };
    package
        .candidates
        .iter()
        .any(|versioned| versioned.exclusion.is_some() && fits(&versioned.get().version))
}

/// A source in words.
pub(super) fn place(source: &Source) -> String {
    match source {
        Source::Workspace => "in the workspace".to_owned(),
        Source::Path(path) => format!("path {path}"),
        Source::Git { url, revision } => {
            format!("git {url} at {}", revision.get(..12).unwrap_or(revision))
        }
        Source::Registry(origin) => format!("the registry {origin}"),
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn join(texts: &[String], word: &str) -> String {
    match texts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} {word} {last}", first.join(", ")),
    }
}
