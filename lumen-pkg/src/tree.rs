//! `lumen tree`: the package graph as lines of text with guides, forwards (who needs what) or inverted (who needs it).
//!
//! Pure over a [`Workspace`]. What a package needs is shown once; where it comes up again its line ends in `(*)`. That also ends the walk
//! where dev-dependencies lead back. Nothing here recurses: a graph is as deep as its packages make it.

use crate::graph::{Dependency, PackageIndex, PackageNode, PackageSource, Workspace};

/// What to show.
#[derive(Debug, Clone, Default)]
pub struct TreeOptions {
    /// The packages to begin with; none for the members, or with `duplicates` for the packages of which there are several versions.
    pub roots: Vec<PackageIndex>,
    /// Whether to show who needs a package, instead of what it needs.
    pub invert: bool,
    /// Whether to show the packages of which there are several versions, and who needs each.
    pub duplicates: bool,
    /// How many levels to show below the first; `None` for all.
    pub depth: Option<usize>,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeLine {
    /// Guides that lead to the package: empty for a root, else `├── `, `│   └── ` and so on.
    pub guides: String,
    /// How many edges it is away from its root.
    pub level: usize,
    /// The package.
    pub package: PackageIndex,
    /// Whether the edge that leads here is one that only tests use.
    pub dev: bool,
    /// Whether what lies below was shown before and is left out here.
    pub repeated: bool,
}

impl TreeLine {
    /// The line as people read it: `├── @acme/money 1.2.0 (../money)`.
    pub fn text(&self, workspace: &Workspace) -> String {
        let package = workspace.package(self.package);
        let place = match &package.source {
            PackageSource::Fetched { content } if content.starts_with("git:") => {
                format!(" ({})", short_revision(content))
            }
            PackageSource::Fetched { .. } => String::new(),
            PackageSource::Member | PackageSource::Path => format!(" ({})", workspace.relative_root(package)),
        };
        let dev = if self.dev { " [dev]" } else { "" };
        let repeated = if self.repeated { " (*)" } else { "" };
        format!(
            "{}{} {}{place}{dev}{repeated}",
            self.guides, package.name, package.version
        )
    }
}

/// `git:0123456`.
fn short_revision(content: &str) -> &str {
    content.get(..11).unwrap_or(content)
}

/// The lines of a tree.
pub fn tree(workspace: &Workspace, options: &TreeOptions) -> Vec<TreeLine> {
    let invert = options.invert || options.duplicates;
    let edges: Vec<Vec<Branch>> = match invert {
        false => workspace.packages.iter().map(forwards).collect(),
        true => backwards(workspace),
    };
    let roots = match (options.roots.is_empty(), options.duplicates) {
        (false, _) => options.roots.clone(),
        (true, true) => duplicates(workspace),
        (true, false) => workspace.members().map(|(index, _)| index).collect(),
    };
    let mut expanded = vec![false; workspace.packages.len()];
    let mut lines = Vec::new();
    for root in roots {
        walk(root, &edges, options.depth, &mut expanded, &mut lines);
    }
    lines
}

/// An edge in the direction of the walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Branch {
    dev: bool,
    package: PackageIndex,
}

fn forwards(package: &PackageNode) -> Vec<Branch> {
    let branch = |dev| {
        move |dependency: &Dependency| Branch {
            dev,
            package: dependency.package,
        }
    };
    let dependencies = package.dependencies.iter().map(branch(false));
    let dev = package.dev_dependencies.iter().map(branch(true));
    dependencies.chain(dev).collect()
}

fn backwards(workspace: &Workspace) -> Vec<Vec<Branch>> {
    let mut edges: Vec<Vec<Branch>> = vec![Vec::new(); workspace.packages.len()];
    for (number, package) in workspace.packages.iter().enumerate() {
        for Branch { dev, package } in forwards(package) {
            if let Some(dependents) = edges.get_mut(package.as_usize()) {
                dependents.push(Branch {
                    dev,
                    package: PackageIndex::new(number),
                });
            }
        }
    }
    edges.iter_mut().for_each(|dependents| dependents.sort_unstable());
    edges
}

/// Packages that share their name with another one.
fn duplicates(workspace: &Workspace) -> Vec<PackageIndex> {
    let is_duplicate = |index: &PackageIndex| {
        let name = workspace.package(*index).name.as_str();
        workspace.named(name).nth(1).is_some()
    };
    (0..workspace.packages.len())
        .map(PackageIndex::new)
        .filter(is_duplicate)
        .collect()
}

/// A branch that is still to be shown.
struct Open {
    branch: Branch,
    level: usize,
    /// Guides of what lies below it.
    lead: String,
    last: bool,
}

fn walk(
    root: PackageIndex,
    edges: &[Vec<Branch>],
    depth: Option<usize>,
    expanded: &mut [bool],
    lines: &mut Vec<TreeLine>,
) {
    let mut open = vec![Open {
        branch: Branch {
            dev: false,
            package: root,
        },
        level: 0,
        lead: String::new(),
        last: true,
    }];
    while let Some(Open {
        branch,
        level,
        lead,
        last,
    }) = open.pop()
    {
        let (guide, below) = match (level, last) {
            (0, _) => ("", ""),
            (_, true) => ("└── ", "    "),
            (_, false) => ("├── ", "│   "),
        };
        let children = edges
            .get(branch.package.as_usize())
            .map_or(&[][..], Vec::as_slice);
        let is_cut = depth.is_some_and(|depth| level >= depth);
        let slot = expanded.get_mut(branch.package.as_usize());
        let before = match slot {
            Some(slot) if !is_cut => std::mem::replace(slot, true),
            _ => false,
        };
        lines.push(TreeLine {
            guides: format!("{lead}{guide}"),
            level,
            package: branch.package,
            dev: branch.dev,
            repeated: before && !children.is_empty(),
        });
        if before || is_cut {
            continue;
        }
        let lead = lead + below;
        for (position, child) in children.iter().enumerate().rev() {
            open.push(Open {
                branch: *child,
                level: level + 1,
                lead: lead.clone(),
                last: position + 1 == children.len(),
            });
        }
    }
}
