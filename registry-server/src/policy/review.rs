//! Whether a person should look at a new name before it is published.

use super::resemblance::{Resemblance, resembles, skeleton};
use super::{LookAlikes, Policy};
use lumen_pkg::PackageName;

/// What others have.
#[derive(Debug, Clone, Default)]
pub struct Neighbours {
    /// Their scopes, without `@`.
    pub scopes: Vec<String>,
    /// Their packages.
    pub packages: Vec<PackageName>,
}

/// Why a person should look.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Suspicion {
    /// The scope is reserved.
    #[error("the scope `@{scope}` is reserved")]
    Reserved {
        /// The scope.
        scope: String,
    },
    /// The scope looks like another.
    #[error("the scope `@{scope}` {resemblance} `@{other}`")]
    Scope {
        /// The scope.
        scope: String,
        /// How they look alike.
        resemblance: Resemblance,
        /// The other.
        other: String,
    },
    /// The name looks like another of the scope.
    #[error("`{package}` {resemblance} `{other}`")]
    Name {
        /// The package.
        package: PackageName,
        /// How they look alike.
        resemblance: Resemblance,
        /// The other.
        other: PackageName,
    },
    /// The name, or the scope and the name in one, reads like another's scope and name.
    #[error("`{package}` reads like `{other}`")]
    Whole {
        /// The package.
        package: PackageName,
        /// The other.
        other: PackageName,
    },
}

/// Looks at a name that is new. `new_scope` says that its scope is new as well; one that is there has been looked at before.
pub fn review(
    policy: &Policy,
    package: &PackageName,
    new_scope: bool,
    others: &Neighbours,
) -> Option<Suspicion> {
    if new_scope {
        let suspicion = review_reserved(policy, package.scope());
        if suspicion.is_some() {
            return suspicion;
        }
    }
    if policy.look_alikes == LookAlikes::Allow {
        return None;
    }
    let scopes = others.scopes.iter().filter(|_| new_scope);
    scopes
        .filter_map(|other| suspect_scope(package.scope(), other))
        .next()
        .or_else(|| {
            others
                .packages
                .iter()
                .find_map(|other| suspect_name(package, other))
        })
}

fn review_reserved(policy: &Policy, scope: &str) -> Option<Suspicion> {
    let reserved = &policy.reserved_scopes;
    if reserved.iter().any(|reserved| reserved == scope) {
        let scope = scope.to_owned();
        return Some(Suspicion::Reserved { scope });
    }
    let looks = policy.look_alikes == LookAlikes::Hold;
    let mut suspicions = reserved.iter().filter_map(|other| suspect_scope(scope, other));
    suspicions.next().filter(|_| looks)
}

fn suspect_scope(scope: &str, other: &str) -> Option<Suspicion> {
    resembles(scope, other).map(|resemblance| Suspicion::Scope {
        scope: scope.to_owned(),
        resemblance,
        other: other.to_owned(),
    })
}

fn suspect_name(package: &PackageName, other: &PackageName) -> Option<Suspicion> {
    if package.scope() == other.scope() {
        let resemblance = resembles(package.base(), other.base())?;
        return Some(Suspicion::Name {
            package: package.clone(),
            resemblance,
            other: other.clone(),
        });
    }
    // That the scopes look alike was decided when the scope was new.
    if resembles(package.scope(), other.scope()).is_some() {
        return None;
    }
    let whole = |package: &PackageName| skeleton(&format!("{}{}", package.scope(), package.base()));
    let theirs = whole(other);
    let alike = [
        whole(package),
        skeleton(package.base()),
        skeleton(package.scope()),
    ]
    .contains(&theirs);
    alike.then(|| Suspicion::Whole {
        package: package.clone(),
        other: other.clone(),
    })
}
