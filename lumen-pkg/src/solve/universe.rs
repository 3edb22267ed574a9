//! Everything that the search has seen: packages with their candidates, and what each need comes down to. Packages are fetched in
//! rounds, so that a provider can do a round in parallel.

use super::bucket::Bucket;
use super::exclusion::Exclusion;
use super::model::{Candidate, Need, Preference, Problem, Source, SourcedName};
use super::node::{Node, NodeKind, PackageId};
use super::positions::Positions;
use super::provider::{Provider, ProviderError};
use crate::requirement::Requirement;
use pubgrub::VersionSet as _;
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

/// Why a package has no candidates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Absence {
    /// The source does not have it.
    NotFound,
    /// Its scope is bound to the registry of this origin, and this is not it.
    WrongRegistry(String),
}

/// A package and its versions.
#[derive(Debug)]
pub(super) struct Package {
    pub(super) name: SourcedName,
    /// Ascending by version: positions lead here.
    pub(super) candidates: Vec<Versioned>,
    /// Ascending; together they cover `candidates`.
    pub(super) buckets: Vec<(Bucket, Range<u32>)>,
    /// Positions of the versions that the lock has; ascending.
    pub(super) locked: Vec<u32>,
    /// Set if there is no such package.
    pub(super) absence: Option<Absence>,
    /// What needs of it came down to, by their requirement.
    targets: FxHashMap<Option<Requirement>, Rc<Target>>,
}

/// A candidate in its package's list.
#[derive(Debug)]
pub(super) struct Versioned {
    list: Arc<[Candidate]>,
    index: usize,
    pub(super) exclusion: Option<Exclusion>,
    /// What its needs come down to, once that is known.
    targets: Option<Targets>,
}

/// Targets of several needs, shared.
pub(super) type Targets = Rc<[Rc<Target>]>;

impl Versioned {
    pub(super) fn get(&self) -> &Candidate {
        self.list.get(self.index).expect("it was made from the list")
    }

    /// The candidate, to look at while more packages become known.
    pub(super) fn share(&self) -> SharedCandidate {
        SharedCandidate(Arc::clone(&self.list), self.index)
    }
}

/// A candidate that does not borrow the universe.
pub(super) struct SharedCandidate(Arc<[Candidate]>, usize);

impl std::ops::Deref for SharedCandidate {
    type Target = Candidate;

    fn deref(&self) -> &Candidate {
        self.0.get(self.1).expect("it was made from the list")
    }
}

impl Package {
    /// The candidate at a position that the search came up with.
    pub(super) fn candidate(&self, position: u32) -> &Versioned {
        self.candidates
            .get(position as usize)
            .expect("positions are those of candidates")
    }

    /// Positions of the candidates that may be chosen and that fit.
    fn fitting(&self, requirement: Option<&Requirement>) -> Positions {
        let fits = |versioned: &Versioned| {
            versioned.exclusion.is_none()
                && requirement.is_none_or(|requirement| requirement.matches(&versioned.get().version))
        };
        let positions = (0u32..).zip(&self.candidates);
        Positions::from_sorted(positions.filter_map(|(at, versioned)| fits(versioned).then_some(at)))
    }

    /// The position to try first: one of the lock, or else the newest or oldest.
    pub(super) fn preferred(&self, set: &Positions, preference: Preference) -> Option<u32> {
        let mut locked = self.locked.iter().copied().filter(|at| set.contains(at));
        match preference {
            Preference::Newest => locked.next_back().or_else(|| set.last()),
            Preference::Oldest => locked.next().or_else(|| set.first()),
        }
    }

    /// The bucket of a position, by its place in `buckets`.
    pub(super) fn bucket_at(&self, position: u32) -> u32 {
        let later = self.buckets.partition_point(|(_, range)| range.end <= position);
        u32::try_from(later).expect("there are no more buckets than candidates")
    }
}

/// A need and what it comes down to.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) package: PackageId,
    /// All positions that fit, in any bucket.
    pub(super) fitting: Positions,
    pub(super) node: Node,
    /// The versions of `node`.
    pub(super) set: Positions,
}

/// See the file.
pub(super) struct Universe<'p> {
    pub(super) problem: &'p Problem,
    provider: &'p dyn Provider,
    ids: FxHashMap<SourcedName, PackageId>,
    packages: Vec<Package>,
    kinds: Vec<NodeKind>,
    nodes: FxHashMap<NodeKind, Node>,
    /// Candidates whose needs have been followed.
    explored: FxHashSet<(PackageId, u32)>,
    locked: FxHashMap<&'p SourcedName, Vec<&'p semver::Version>>,
}

impl<'p> Universe<'p> {
    pub(super) fn new(problem: &'p Problem, provider: &'p dyn Provider) -> Self {
        let mut locked: FxHashMap<_, Vec<_>> = FxHashMap::default();
        for one in &problem.locked {
            locked.entry(&one.package).or_default().push(&one.version);
        }
        let mut universe = Self {
            problem,
            provider,
            ids: FxHashMap::default(),
            packages: Vec::new(),
            kinds: Vec::new(),
            nodes: FxHashMap::default(),
            explored: FxHashSet::default(),
            locked,
        };
        universe.node(NodeKind::Root);
        universe
    }

    pub(super) fn package(&self, id: PackageId) -> &Package {
        self.packages.get(id.index()).expect("ids are given for packages")
    }

    pub(super) fn kind(&self, node: Node) -> &NodeKind {
        self.kinds.get(node.index()).expect("nodes are given for kinds")
    }

    fn node(&mut self, kind: NodeKind) -> Node {
        if let Some(node) = self.nodes.get(&kind) {
            return *node;
        }
        let node = Node::new(self.kinds.len());
        self.kinds.push(kind.clone());
        self.nodes.insert(kind, node);
        node
    }

    /// Whether something stands for all packages of a name.
    pub(super) fn is_patched(&self, name: &crate::name::PackageName) -> bool {
        self.problem.policy.patches.contains_key(name)
    }

    /// The package that a need is about, patches applied.
    pub(super) fn patched<'n>(&self, need: &'n Need) -> Cow<'n, SourcedName> {
        match self.problem.policy.patches.get(&need.package.name) {
            Some(source) => Cow::Owned(SourcedName {
                name: need.package.name.clone(),
                source: source.clone(),
            }),
            None => Cow::Borrowed(&need.package),
        }
    }

    /// What a candidate needs: dev-dependencies only of members.
    pub(super) fn needs_of<'c>(
        &self,
        package: PackageId,
        candidate: &'c Candidate,
    ) -> impl Iterator<Item = &'c Need> + Clone + use<'c> {
        let member = self.package(package).name.source == Source::Workspace;
        let dev: &[Need] = if member { &candidate.dev_needs } else { &[] };
        candidate.needs.iter().chain(dev)
    }

    /// What the roots come down to, [explored](Self::explore).
    ///
    /// # Errors
    /// The package that the provider fails for.
    pub(super) fn explore_roots(&mut self) -> Result<Targets, (SourcedName, ProviderError)> {
        let roots = &self.problem.roots;
        self.fetch(roots.iter())?;
        let targets: Targets = roots.iter().map(|need| self.target(need)).collect();
        self.explore(&targets)?;
        Ok(targets)
    }

    /// What the needs of a version come down to, in the order of [`Self::needs_of`], [explored](Self::explore).
    ///
    /// # Errors
    /// The package that the provider fails for.
    pub(super) fn explore_version(
        &mut self,
        package: PackageId,
        at: u32,
    ) -> Result<Targets, (SourcedName, ProviderError)> {
        let candidate = self.package(package).candidate(at).share();
        self.fetch(self.needs_of(package, &candidate))?;
        let targets = self.targets_of(package, at);
        self.explore(&targets)?;
        Ok(targets)
    }

    /// Makes sure that the packages are known that the preferred versions of targets are going to need, a round at a time.
    fn explore(&mut self, targets: &Targets) -> Result<(), (SourcedName, ProviderError)> {
        let mut round = Vec::new();
        targets.iter().for_each(|target| self.follow(target, &mut round));
        while !round.is_empty() {
            let share = |(package, at): &(PackageId, u32)| {
                let candidate = self.package(*package).candidate(*at).share();
                (*package, candidate)
            };
            let candidates: Vec<(PackageId, SharedCandidate)> = round.iter().map(share).collect();
            let mut open = Vec::new();
            for (package, candidate) in &candidates {
                open.extend(self.needs_of(*package, candidate));
            }
            self.fetch(open.into_iter())?;
            let mut next = Vec::new();
            for (package, at) in round {
                for target in self.targets_of(package, at).iter() {
                    self.follow(target, &mut next);
                }
            }
            round = next;
        }
        Ok(())
    }

    /// Adds the preferred version of a target to `round`, if its needs are not known yet.
    fn follow(&mut self, target: &Target, round: &mut Vec<(PackageId, u32)>) {
        let package = self.package(target.package);
        if let Some(at) = package.preferred(&target.fitting, self.problem.policy.preference)
            && self.explored.insert((target.package, at))
        {
            round.push((target.package, at));
        }
    }

    /// What the needs of a version come down to, in the order of [`Self::needs_of`]. Their packages must have been fetched.
    pub(super) fn targets_of(&mut self, package: PackageId, at: u32) -> Targets {
        let versioned = self.package(package).candidate(at);
        if let Some(targets) = &versioned.targets {
            return Rc::clone(targets);
        }
        let candidate = versioned.share();
        let needs = self.needs_of(package, &candidate);
        let targets: Targets = needs.map(|need| self.target(need)).collect();
        if let Some(versioned) = self.package_mut(package).candidates.get_mut(at as usize) {
            versioned.targets = Some(Rc::clone(&targets));
        }
        targets
    }

    fn fetch<'n>(
        &mut self,
        needs: impl Iterator<Item = &'n Need>,
    ) -> Result<(), (SourcedName, ProviderError)> {
        let mut unknown = Vec::new();
        let mut names = Vec::new();
        for need in needs {
            let package = self.patched(need);
            if self.ids.contains_key(&*package) {
                continue;
            }
            let package = package.into_owned();
            let id = PackageId::new(self.packages.len());
            let absence = self.bound_elsewhere(&package).map(Absence::WrongRegistry);
            if absence.is_none() {
                unknown.push(id);
                names.push(package.clone());
            }
            self.ids.insert(package.clone(), id);
            self.packages.push(Package {
                name: package,
                candidates: Vec::new(),
                buckets: Vec::new(),
                locked: Vec::new(),
                absence,
                targets: FxHashMap::default(),
            });
        }
        if !names.is_empty() {
            self.provider.prefetch(&names);
        }
        for (id, name) in unknown.into_iter().zip(names) {
            match self.provider.candidates(&name) {
                Ok(list) => self.fill(id, &list),
                Err(ProviderError::NotFound) => self.package_mut(id).absence = Some(Absence::NotFound),
                Err(error) => return Err((name, error)),
            }
        }
        Ok(())
    }

    fn package_mut(&mut self, id: PackageId) -> &mut Package {
        self.packages
            .get_mut(id.index())
            .expect("ids are given for packages")
    }

    /// The registry that the scope of a package is bound to, if it is another than the package's.
    fn bound_elsewhere(&self, package: &SourcedName) -> Option<String> {
        let Source::Registry(origin) = &package.source else {
            return None;
        };
        let bound = self.problem.policy.scopes.get(package.name.scope())?;
        (**bound != **origin).then(|| bound.clone())
    }

    fn fill(&mut self, id: PackageId, list: &Arc<[Candidate]>) {
        let policy = &self.problem.policy;
        let name = &self.package(id).name;
        let versions = self.locked.get(name).map(Vec::as_slice).unwrap_or_default();
        let mut order: Vec<(usize, &Candidate)> = list.iter().enumerate().collect();
        order.sort_by(|(_, left), (_, right)| left.version.cmp(&right.version));
        let mut candidates = Vec::with_capacity(order.len());
        let mut buckets: Vec<(Bucket, Range<u32>)> = Vec::new();
        let mut locked = Vec::new();
        for (at, (index, candidate)) in (0u32..).zip(order) {
            let is_locked = versions.contains(&&candidate.version);
            if is_locked {
                locked.push(at);
            }
            let bucket = Bucket::of(&candidate.version);
            match buckets.last_mut() {
                Some((last, range)) if *last == bucket => range.end = at + 1,
                _ => buckets.push((bucket, at..at + 1)),
            }
            candidates.push(Versioned {
                list: Arc::clone(list),
                index,
                exclusion: Exclusion::of(candidate, &name.source, is_locked, policy),
                targets: None,
            });
        }
        let package = self.package_mut(id);
        package.candidates = candidates;
        package.buckets = buckets;
        package.locked = locked;
    }

    /// What a need comes down to. Its package must have been fetched.
    pub(super) fn target(&mut self, need: &Need) -> Rc<Target> {
        let id = self.ids.get(&*self.patched(need));
        let id = *id.expect("packages are fetched first");
        if let Some(target) = self.package(id).targets.get(&need.requirement) {
            return Rc::clone(target);
        }
        let fitting = self.package(id).fitting(need.requirement.as_ref());
        let (kind, set) = self.reduce(id, &fitting, need);
        let target = Rc::new(Target {
            package: id,
            fitting,
            node: self.node(kind),
            set,
        });
        let known = &mut self.package_mut(id).targets;
        known.insert(need.requirement.clone(), Rc::clone(&target));
        target
    }

    /// One bucket if that is enough, a choice of buckets if not, and for nothing a node without versions.
    fn reduce(&self, id: PackageId, fitting: &Positions, need: &Need) -> (NodeKind, Positions) {
        let package = self.package(id);
        let (Some(first), Some(last)) = (fitting.first(), fitting.last()) else {
            let requirement = need.requirement.clone();
            return (
                NodeKind::Missing {
                    package: id,
                    requirement,
                },
                Positions::empty(),
            );
        };
        let (low, high) = (package.bucket_at(first), package.bucket_at(last));
        if low == high {
            return (
                NodeKind::Versions {
                    package: id,
                    bucket: low,
                },
                fitting.clone(),
            );
        }
        let inside = |bucket: &u32| !self.part(id, fitting, *bucket).is_empty();
        let set = Positions::from_sorted((low..=high).filter(inside));
        let kind = NodeKind::Choice {
            package: id,
            fitting: fitting.clone(),
        };
        (kind, set)
    }

    /// The positions of a set that lie in a bucket.
    pub(super) fn part(&self, id: PackageId, set: &Positions, bucket: u32) -> Positions {
        let range = self.package(id).buckets.get(bucket as usize);
        let (_, range) = range.expect("buckets are those of the package");
        set.intersection(&Positions::from_sorted(range.clone()))
    }

    /// The node of a need that nothing meets.
    pub(super) fn missing_node(&mut self, package: PackageId, need: &Need) -> Node {
        let requirement = need.requirement.clone();
        self.node(NodeKind::Missing { package, requirement })
    }

    /// Whether a need is why something depends on a node.
    pub(super) fn leads(&mut self, need: &Need, node: Node) -> bool {
        let target = self.target(need);
        let missing = NodeKind::Missing {
            package: target.package,
            requirement: need.requirement.clone(),
        };
        target.node == node || *self.kind(node) == missing
    }

    /// The node of one bucket.
    pub(super) fn versions_node(&mut self, package: PackageId, bucket: u32) -> Node {
        self.node(NodeKind::Versions { package, bucket })
    }
}
