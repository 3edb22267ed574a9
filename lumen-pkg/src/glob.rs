//! Patterns of `[workspace] members` and `exclude`: `packages/money`, `packages/*`, `apps/**`.
//!
//! Only matching; the walk over folders is in `expand`. `*` stands for any characters within one component and does not
//! match names that begin with `.`; `**` alone stands for any number of such components. Nothing else is special.

/// A checked pattern, relative to the workspace's folder. No component is `.` or `..`; empty means the folder itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    components: Vec<Component>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Component {
    /// A name as it is.
    Literal(String),
    /// A name with at least one `*`.
    Wildcard(String),
    /// `**`.
    AnyDepth,
}

/// More components than this are refused.
const MAXIMUM_COMPONENTS: usize = 64;

impl Pattern {
    /// Checks a pattern; the error completes "`TEXT` ...".
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        crate::path::RelativePath::parse(text)?;
        let mut components = Vec::new();
        for part in text.split('/').filter(|part| !part.is_empty() && *part != ".") {
            let component = component(part)?;
            let repeated =
                component == Component::AnyDepth && components.last() == Some(&Component::AnyDepth);
            if !repeated {
                components.push(component);
            }
        }
        match components.len() > MAXIMUM_COMPONENTS {
            true => Err(format!("has more than {MAXIMUM_COMPONENTS} components")),
            false => Ok(Self { components }),
        }
    }

    pub(crate) fn components(&self) -> &[Component] {
        &self.components
    }

    /// The folder it names, if it has no wildcard.
    pub(crate) fn literal(&self) -> Option<String> {
        let names: Option<Vec<&str>> = self.components.iter().map(Component::literal).collect();
        Some(names?.join("/"))
    }

    /// Whether the pattern stands for exactly the folder `path`.
    pub(crate) fn matches(&self, path: &[&str]) -> bool {
        star_match(
            &self.components,
            path,
            |component| *component == Component::AnyDepth,
            |component, name| component.matches(name),
        )
    }

    /// Whether the pattern stands for `path` or a folder above it.
    pub(crate) fn covers(&self, path: &[&str]) -> bool {
        (0..=path.len()).any(|length| self.matches(path.get(..length).unwrap_or_default()))
    }
}

impl Component {
    fn literal(&self) -> Option<&str> {
        match self {
            Self::Literal(name) => Some(name),
            Self::Wildcard(_) | Self::AnyDepth => None,
        }
    }

    /// Whether one name fits this component; `**` fits every name that is not hidden.
    pub(crate) fn matches(&self, name: &str) -> bool {
        match self {
            Self::Literal(literal) => literal == name,
            Self::AnyDepth => !name.starts_with('.'),
            Self::Wildcard(wildcard) => {
                let hidden = name.starts_with('.') && !wildcard.starts_with('.');
                !hidden
                    && star_match(
                        wildcard.as_bytes(),
                        name.as_bytes(),
                        |byte| *byte == b'*',
                        |left, right| *left == b'*' || left == right,
                    )
            }
        }
    }
}

fn component(part: &str) -> Result<Component, String> {
    match part {
        ".." => Err("contains `..`; members lie inside the workspace's folder".to_owned()),
        "**" => Ok(Component::AnyDepth),
        _ if part.contains("**") => {
            Err("contains `**` beside other characters; `**` stands alone between `/`".to_owned())
        }
        _ if part.contains(['?', '[', ']', '{', '}']) => {
            Err("contains one of `?[]{}`; the only wildcards are `*` and `**`".to_owned())
        }
        _ if part.contains('*') => Ok(Component::Wildcard(part.to_owned())),
        _ => Ok(Component::Literal(part.to_owned())),
    }
}

/// Matches a sequence with stars. A star stands for any number of items, each of which it `takes`. When a later item does
/// not fit, only the last star takes one more, so the time is at most `pattern.len() * items.len()`.
pub(crate) fn star_match<P, T>(
    pattern: &[P],
    items: &[T],
    is_star: impl Fn(&P) -> bool,
    takes: impl Fn(&P, &T) -> bool,
) -> bool {
    let (mut at_pattern, mut at_item) = (0, 0);
    let mut resume: Option<(&P, usize, usize)> = None;
    loop {
        match (pattern.get(at_pattern), items.get(at_item)) {
            (None, None) => return true,
            (Some(element), _) if is_star(element) => {
                at_pattern += 1;
                resume = Some((element, at_pattern, at_item));
            }
            (Some(element), Some(item)) if takes(element, item) => {
                at_pattern += 1;
                at_item += 1;
            }
            _ => {
                let Some((star, after_star, next)) = resume else {
                    return false;
                };
                if !items.get(next).is_some_and(|item| takes(star, item)) {
                    return false;
                }
                resume = Some((star, after_star, next + 1));
                at_pattern = after_star;
                at_item = next + 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn matches(pattern: &str, path: &str) -> bool {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        Pattern::parse(pattern).expect("valid").matches(&parts)
    }

    #[test]
    fn patterns_match_whole_paths() {
        for (pattern, path, expected) in [
            ("packages/*", "packages/a", true),
            ("packages/*", "packages", false),
            ("packages/*", "packages/a/b", false),
            ("packages/*", "packages/.git", false),
            ("packages/.*", "packages/.git", true),
            ("./packages//a/", "packages/a", true),
            ("*-core", "shop-core", true),
            ("a*b*c", "abxbc", true),
            ("a*b*c", "abxb", false),
            ("**", "", true),
            ("**", "a/b/c", true),
            ("**", "a/.b/c", false),
            ("**/core", "core", true),
            ("**/core", "a/b/core", true),
            ("**/core", "a/core/b", false),
            ("a/**/**/b", "a/x/y/b", true),
            (".", "", true),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn refused_patterns_say_why() {
        for pattern in [
            "",
            "/abs",
            "../x",
            "a/../b",
            "a\\b",
            "a**",
            "a?",
            "{a,b}",
            "c:/x",
            &"a/".repeat(65),
        ] {
            assert!(Pattern::parse(pattern).is_err(), "{pattern}");
        }
    }

    /// Oracle: the definition, by recursion over both sides.
    fn oracle(pattern: &[Component], path: &[&str]) -> bool {
        match (pattern.split_first(), path.split_first()) {
            (None, None) => true,
            (None, Some(_)) => false,
            (Some((Component::AnyDepth, rest)), None) => oracle(rest, path),
            (Some((Component::AnyDepth, rest)), Some((name, tail))) => {
                oracle(rest, path) || (!name.starts_with('.') && oracle(pattern, tail))
            }
            (Some(_), None) => false,
            (Some((component, rest)), Some((name, tail))) => component.matches(name) && oracle(rest, tail),
        }
    }

    proptest! {
        #[test]
        fn matching_agrees_with_the_definition(pattern in "((a|b|\\.a|a\\*|\\*|\\*\\*)/){0,5}", path in "((a|b|ab|\\.a)/){0,6}") {
            prop_assume!(!pattern.is_empty());
            let pattern = Pattern::parse(&pattern).expect("valid");
            let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
            prop_assert_eq!(pattern.matches(&parts), oracle(pattern.components(), &parts));
        }
    }
}
