//! Patterns in the syntax of `.gitignore` (git 2.47, gitignore(5)): those files themselves, and `include` and `exclude` of a manifest.
//!
//! Only matching. Global excludes of git are not known here; where there is a repository, git says what it ignores.

use crate::glob::star_match;

/// The patterns of one file or list, in order; the last that matches decides.
#[derive(Debug, Clone, Default)]
pub(crate) struct Patterns {
    rules: Vec<Rule>,
}

#[derive(Debug, Clone)]
struct Rule {
    parts: Vec<Part>,
    /// Begins with `!`.
    negated: bool,
    /// Ends with `/`.
    folders_only: bool,
}

#[derive(Debug, Clone)]
enum Part {
    /// `**`
    AnyDepth,
    /// Anything else between two `/`.
    Name(Vec<Token>),
}

#[derive(Debug, Clone)]
enum Token {
    /// `*`
    Star,
    /// `?`
    Any,
    /// A character as it is.
    Is(char),
    /// `[a-z]`, `[!a-z]`
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
}

impl Patterns {
    /// Reads patterns, one a line; empty lines and comments say nothing. A pattern that is no pattern (`[a`) matches nothing, as in git.
    pub(crate) fn parse<'t>(lines: impl IntoIterator<Item = &'t str>) -> Self {
        let rules = lines.into_iter().filter_map(rule).collect();
        Self { rules }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Whether the last pattern that matches a path picks it (`true`) or lets it go (`!`, `false`); `None` if no pattern matches.
    pub(crate) fn verdict(&self, path: &[&str], is_folder: bool) -> Option<bool> {
        self.rules
            .iter()
            .rev()
            .find(|rule| (is_folder || !rule.folders_only) && rule.matches(path))
            .map(|rule| !rule.negated)
    }

    /// Whether a file is picked by itself or with a folder above it.
    pub(crate) fn pick(&self, path: &[&str]) -> bool {
        (1..path.len()).any(|length| self.verdict(path.get(..length).unwrap_or_default(), true) == Some(true))
            || self.verdict(path, false) == Some(true)
    }
}

impl Rule {
    fn matches(&self, path: &[&str]) -> bool {
        star_match(
            &self.parts,
            path,
            |part| matches!(part, Part::AnyDepth),
            |part, name| match part {
                Part::AnyDepth => true,
                Part::Name(tokens) => matches_name(tokens, name),
            },
        )
    }
}

fn matches_name(tokens: &[Token], name: &str) -> bool {
    let characters: Vec<char> = name.chars().collect();
    star_match(
        tokens,
        &characters,
        |token| matches!(token, Token::Star),
        |token, character| match token {
            Token::Star | Token::Any => true,
            Token::Is(expected) => expected == character,
            Token::Class { negated, ranges } => {
                let within = ranges
                    .iter()
                    .any(|(first, last)| (first..=last).contains(&character));
                within != *negated
            }
        },
    )
}

fn rule(line: &str) -> Option<Rule> {
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.starts_with('#') {
        return None;
    }
    let (negated, line) = line.strip_prefix('!').map_or((false, line), |rest| (true, rest));
    let line = trim_end(line);
    let (folders_only, line) = line.strip_suffix('/').map_or((false, line), |rest| (true, rest));
    if line.is_empty() {
        return None;
    }
    let anchored = line.contains('/');
    let mut parts: Vec<Part> = line
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
        .map(|part| match part {
            "**" => Some(Part::AnyDepth),
            _ => tokens(part).map(Part::Name),
        })
        .collect::<Option<_>>()?;
    match parts.last() {
        None => return None,
        // `a/**` is everything in `a`, but not `a`.
        Some(Part::AnyDepth) => parts.push(Part::Name(vec![Token::Star])),
        Some(Part::Name(_)) => {}
    }
    if !anchored {
        parts.insert(0, Part::AnyDepth);
    }
    Some(Rule {
        parts,
        negated,
        folders_only,
    })
}

/// Without the spaces at the end that no backslash protects.
fn trim_end(line: &str) -> &str {
    let trimmed = line.trim_end_matches(' ');
    match trimmed.ends_with('\\') && trimmed.len() < line.len() {
        true => line.get(..=trimmed.len()).unwrap_or(line),
        false => trimmed,
    }
}

fn tokens(part: &str) -> Option<Vec<Token>> {
    let mut characters = part.chars().peekable();
    let mut tokens = Vec::new();
    while let Some(character) = characters.next() {
        let token = match character {
            '*' => {
                while characters.next_if_eq(&'*').is_some() {}
                Token::Star
            }
            '?' => Token::Any,
            '\\' => Token::Is(characters.next()?),
            '[' => class(&mut characters)?,
            other => Token::Is(other),
        };
        tokens.push(token);
    }
    Some(tokens)
}

/// What follows on `[`.
fn class(characters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<Token> {
    let negated = characters
        .next_if(|character| matches!(character, '!' | '^'))
        .is_some();
    let mut ranges: Vec<(char, char)> = Vec::new();
    loop {
        let first = match characters.next()? {
            ']' if !ranges.is_empty() => return Some(Token::Class { negated, ranges }),
            '\\' => characters.next()?,
            other => other,
        };
        let mut ahead = characters.clone();
        let is_range = ahead.next() == Some('-') && ahead.next().is_some_and(|last| last != ']');
        let last = match is_range {
            true => {
                characters.next();
                match characters.next()? {
                    '\\' => characters.next()?,
                    other => other,
                }
            }
            false => first,
        };
        ranges.push((first, last));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_git() {
        for (pattern, path, expected) in [
            ("*.log", "a.log", true),
            ("*.log", "x/y/a.log", true),
            ("*.log", "a.logs", false),
            ("/a", "a", true),
            ("/a", "x/a", false),
            ("a/b", "a/b", true),
            ("a/b", "x/a/b", false),
            ("build/", "build/x", true),
            ("build/", "x/build/y", true),
            ("build/", "build", false),
            ("**/b", "b", true),
            ("**/b", "x/y/b", true),
            ("a/**", "a/x/y", true),
            ("a/**", "a", false),
            ("a/**/b", "a/b", true),
            ("a/**/b", "a/x/y/b", true),
            ("?at", "cat", true),
            ("?at", "at", false),
            ("[a-c]x", "bx", true),
            ("[!a-c]x", "bx", false),
            ("[]x", "]x", false),
            ("[]]x", "]x", true),
            ("[a", "[a", false),
            ("\\#a", "#a", true),
            ("\\!a", "!a", true),
            ("a\\ ", "a ", true),
            ("a  ", "a", true),
            ("# a", "# a", false),
            ("", "a", false),
            (".env*", ".env.local", true),
            ("*", ".hidden", true),
        ] {
            let patterns = Patterns::parse([pattern]);
            let path: Vec<&str> = path.split('/').collect();
            assert_eq!(patterns.pick(&path), expected, "{pattern} {path:?}");
        }
    }

    #[test]
    fn the_last_pattern_decides() {
        let patterns = Patterns::parse(["*.log", "!keep.log", "keep.log/"]);
        assert_eq!(patterns.verdict(&["keep.log"], false), Some(false));
        assert_eq!(patterns.verdict(&["keep.log"], true), Some(true));
        assert_eq!(patterns.verdict(&["x.log"], false), Some(true));
        assert_eq!(patterns.verdict(&["x"], false), None);
    }
}
