//! PubGrub's derivation tree as a flat list, causes before effects. Trees are as deep as dependency chains are long, so nothing here,
//! dropping included, recurses.

use super::node::Node;
use super::positions::Positions;
use super::search::Never;
use pubgrub::{DerivationTree, External, Term};
use std::collections::HashMap;
use std::sync::Arc;

type Tree = DerivationTree<Node, Positions, Never>;

/// One incompatibility of a derivation.
#[derive(Debug)]
pub(super) enum Step {
    /// Given: what a version needs.
    Fact(External<Node, Positions, Never>),
    /// Follows from two earlier steps.
    Derived {
        /// What cannot all hold; sorted by node.
        terms: Vec<(Node, Term<Positions>)>,
        /// Places in the list.
        causes: [usize; 2],
    },
}

/// Flattens a tree; the last step is the final one. A subtree that occurs several times becomes one step.
pub(super) fn flatten(tree: Tree) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut kept: Vec<Arc<Tree>> = Vec::new();
    let mut places: HashMap<*const Tree, usize> = HashMap::new();
    let mut open = vec![Arc::new(tree)];
    while let Some(next) = open.last() {
        let next = Arc::clone(next);
        let identity = Arc::as_ptr(&next);
        if places.contains_key(&identity) {
            open.pop();
            continue;
        }
        let step = match &*next {
            Tree::External(fact) => Step::Fact(fact.clone()),
            Tree::Derived(derived) => {
                let causes = [&derived.cause1, &derived.cause2];
                let known = causes.map(|cause| places.get(&Arc::as_ptr(cause)).copied());
                let [Some(first), Some(second)] = known else {
                    let unknown = causes.into_iter().zip(known).rev();
                    open.extend(
                        unknown
                            .filter(|(_, at)| at.is_none())
                            .map(|(cause, _)| Arc::clone(cause)),
                    );
                    continue;
                };
                let mut terms: Vec<(Node, Term<Positions>)> = derived
                    .terms
                    .iter()
                    .map(|(node, term)| (*node, term.clone()))
                    .collect();
                terms.sort_by_key(|(node, _)| *node);
                Step::Derived {
                    terms,
                    causes: [first, second],
                }
            }
        };
        places.insert(identity, steps.len());
        steps.push(step);
        kept.push(next);
        open.pop();
    }
    // From the root down: each tree is dropped while its causes are still held, so that no drop reaches further than one level.
    while kept.pop().is_some() {}
    steps
}
