//! The entries of one folder of sources, by name. All names lie in one text, and both are used again for the next folder, so that
//! a walk allocates nothing for an entry.

use crate::files::Found;
use lumen_compiler::document::Form;
use std::ops::Range;

/// The entries of a folder.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    names: String,
    entries: Vec<Entry>,
    /// Whether there is a document of code alone.
    has_code: bool,
}

#[derive(Debug)]
struct Entry {
    name: Range<usize>,
    found: Found,
    twin: Option<Twin>,
}

/// How a document is one of two that are the same module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Twin {
    /// `fx.lm.md`, beside `fx.lm`.
    Markdown,
    /// `fx.lm`, beside `fx.lm.md`.
    Code,
}

impl Listing {
    /// Forgets the entries.
    pub(crate) fn clear(&mut self) {
        self.names.clear();
        self.entries.clear();
        self.has_code = false;
    }

    /// Adds an entry, behind the others.
    pub(crate) fn add(&mut self, name: &str, found: Found) {
        let start = self.names.len();
        self.names.push_str(name);
        self.has_code |= is_document(&found) && is_code(name);
        self.entries.push(Entry {
            name: start..self.names.len(),
            found,
            twin: None,
        });
    }

    /// Brings the entries in order, and finds documents that are the same module.
    pub(crate) fn arrange(&mut self) {
        let names = &self.names;
        let name = |entry: &Entry| names.get(entry.name.clone()).unwrap_or_default();
        self.entries
            .sort_unstable_by(|left, right| name(left).cmp(name(right)));
        if self.has_code {
            self.find_twins();
        }
    }

    fn find_twins(&mut self) {
        let Listing { names, entries, .. } = self;
        let name = |entry: &Entry| names.get(entry.name.clone()).unwrap_or_default();
        let mut rest = entries.as_mut_slice();
        while let Some((code, behind)) = rest.split_first_mut() {
            let stem = name(code);
            if is_document(&code.found) && is_code(stem) {
                // Names that begin with this one stand right behind it.
                let mut longer = behind
                    .iter_mut()
                    .map_while(|entry| Some((name(entry).strip_prefix(stem)?, entry)));
                let twin = longer.find(|(rest, entry)| *rest == ".md" && is_document(&entry.found));
                if let Some((_, markdown)) = twin {
                    markdown.twin = Some(Twin::Markdown);
                    code.twin = Some(Twin::Code);
                }
            }
            rest = behind;
        }
    }

    /// Whether an entry is a manifest.
    pub(crate) fn has_manifest(&self) -> bool {
        self.entries.iter().any(|entry| entry.found == Found::Manifest)
    }

    /// Name, kind and twin of each entry.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&str, &Found, Option<Twin>)> {
        self.entries.iter().map(|entry| {
            let name = self.names.get(entry.name.clone()).unwrap_or_default();
            (name, &entry.found, entry.twin)
        })
    }
}

fn is_document(found: &Found) -> bool {
    matches!(found, Found::Document(_) | Found::Unusable(_))
}

fn is_code(name: &str) -> bool {
    Form::split_name(name).is_some_and(|(_, form)| form == Form::Code)
}

#[cfg(test)]
mod tests {
    use super::{Listing, Twin};
    use crate::files::{Found, Stat};

    fn arranged(names: &[&str]) -> Vec<(String, Option<Twin>)> {
        let mut listing = Listing::default();
        listing.add("of another folder", Found::Folder);
        listing.clear();
        for name in names {
            let found = match name.strip_suffix('/') {
                Some(_) => Found::Folder,
                None => Found::Document(Stat::default()),
            };
            listing.add(name.trim_end_matches('/'), found);
        }
        listing.arrange();
        listing
            .entries()
            .map(|(name, _, twin)| (name.to_owned(), twin))
            .collect()
    }

    #[test]
    fn entries_are_in_order_and_twins_are_known() {
        let (markdown, code) = (Some(Twin::Markdown), Some(Twin::Code));
        let cases: [&[(&str, Option<Twin>)]; 6] = [
            &[],
            &[("a.lm.md", None), ("b.lm", None), ("c/", None)],
            &[("fx.lm", code), ("fx.lm.md", markdown), ("fy.lm.md", None)],
            &[
                ("fx.lm", code),
                ("fx.lm!.lm", None),
                ("fx.lm.lm", None),
                ("fx.lm.md", markdown),
                ("fx.lma.lm", None),
            ],
            // A folder is no document, whatever it is called.
            &[("fx.lm", None), ("fx.lm.md/", None)],
            &[("fx.lm/", None), ("fx.lm.md", None)],
        ];
        for case in cases {
            let names: Vec<&str> = case.iter().rev().map(|(name, _)| *name).collect();
            let expected: Vec<(String, Option<Twin>)> = case
                .iter()
                .map(|(name, twin)| (name.trim_end_matches('/').to_owned(), *twin))
                .collect();
            assert_eq!(arranged(&names), expected);
        }
    }
}
