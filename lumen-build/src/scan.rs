//! One walk over the source folders of all packages: which documents there are, and the state of each.
//!
//! Pure over [`Files`]. The order is the same on every machine: packages by name and version, in each folder the documents by name
//! and then the folders by name. No path gets an allocation of its own: all of them lie in one text.

use crate::bundled::Bundle;
use crate::files::{Files, Found, Stat, document_stem};
use crate::options::BuildError;
use crate::outcome::Note;
use crate::package::{Package, PackageTable};
use crate::printable::printable;
use crate::state::{Head, StateFile};
use lumen_compiler::document::Form;
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

/// A deeper nest of folders is passed over.
const MAXIMUM_DEPTH: usize = 64;

/// What the walk found.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    paths: String,
    pub(crate) files: Vec<ScannedFile>,
    pub(crate) notes: Vec<Note>,
}

/// A document. Its path, as seen from the workspace root and with `/`, is part of the scan's text.
#[derive(Clone, Debug)]
pub(crate) struct ScannedFile {
    pub(crate) package: u32,
    path: Range<u32>,
    /// Where the part below `src/` starts.
    below_source: u32,
    /// Nothing if it is there and cannot be a file that is read; the reason is in words.
    pub(crate) stat: Result<Stat, String>,
}

impl Scan {
    /// Walks `src` of every package; the bundled one's documents are known, and of packages whose files cannot change
    /// those that the state file has.
    ///
    /// # Errors
    /// If a folder cannot be listed.
    pub(crate) fn of(
        files: &dyn Files,
        root: &Path,
        packages: &PackageTable,
        bundle: Option<&Bundle>,
        state: Option<&Head<'_>>,
    ) -> Result<Scan, BuildError> {
        let mut walk = Walk {
            files,
            root,
            scan: Scan::default(),
            names: Vec::new(),
        };
        let walked = |(_, package): &(usize, &Package)| !package.is_bundled();
        for (number, package) in packages.packages.iter().enumerate().filter(walked) {
            let source = package.source_folder();
            match state.map(|head| known_files(head, package)).unwrap_or_default() {
                [] => walk.package(number as u32, source)?,
                known => known.iter().for_each(|file| {
                    let stat = Ok(file.stat);
                    walk.scan.push(number as u32, "", file.path, source.len(), stat);
                }),
            }
        }
        Ok(walk.scan.with_bundle(packages, bundle))
    }

    /// The same documents, and behind them those of the bundled package.
    pub(crate) fn with_bundle(mut self, packages: &PackageTable, bundle: Option<&Bundle>) -> Scan {
        let package = packages.packages.iter().position(Package::is_bundled);
        if let Some((number, bundle)) = package.zip(bundle) {
            let folder = packages.packages[number].source_folder();
            for document in bundle.documents {
                self.push(
                    number as u32,
                    &folder,
                    document.name,
                    folder.len(),
                    Ok(document.stat),
                );
            }
        }
        self
    }

    /// A scan of one document that stands alone.
    pub(crate) fn standalone(path: &str, stat: Result<Stat, String>) -> Scan {
        let mut scan = Scan::default();
        scan.push(0, "", path, 0, stat);
        scan
    }

    /// The path of a file as seen from the workspace root.
    pub(crate) fn path(&self, file: &ScannedFile) -> &str {
        self.paths
            .get(file.path.start as usize..file.path.end as usize)
            .unwrap_or_default()
    }

    /// The dotted path of the file's module.
    pub(crate) fn module_path(&self, file: &ScannedFile) -> String {
        let path = self.path(file);
        let below = path
            .get((file.below_source - file.path.start) as usize..)
            .unwrap_or(path);
        document_stem(below).unwrap_or(below).replace('/', ".")
    }

    fn push(
        &mut self,
        package: u32,
        folder: &str,
        name: &str,
        source_length: usize,
        stat: Result<Stat, String>,
    ) {
        let start = offset(self.paths.len());
        self.paths.push_str(folder);
        self.paths.push_str(name);
        let path = start..offset(self.paths.len());
        self.files.push(ScannedFile {
            package,
            path,
            below_source: start + offset(source_length),
            stat,
        });
    }
}

/// The documents of a package whose files cannot change, as the state file has them; none of another.
fn known_files<'h, 's>(head: &'h Head<'s>, package: &Package) -> &'h [StateFile<'s>] {
    let known = head
        .packages
        .find(&package.name, &package.version)
        .filter(|number| {
            let old = head.packages.get(*number);
            package.is_fixed()
                && old.is_some_and(|old| old.content == package.content && old.root == package.root)
        });
    let Some(number) = known else { return &[] };
    // Documents lie in the order of their packages.
    let start = head.files.partition_point(|file| file.package < number);
    let end = head.files.partition_point(|file| file.package <= number);
    head.files.get(start..end).unwrap_or_default()
}

fn offset(offset: usize) -> u32 {
    u32::try_from(offset).expect("all paths of a workspace together are shorter than 4 GiB")
}

struct Walk<'w> {
    files: &'w dyn Files,
    root: &'w Path,
    scan: Scan,
    /// Entries of the folder being listed.
    names: Vec<(String, Found)>,
}

impl Walk<'_> {
    fn package(&mut self, package: u32, source: String) -> Result<(), BuildError> {
        let source_length = source.len();
        let mut pending = vec![(source, 0)];
        while let Some((folder, depth)) = pending.pop() {
            match self.list(&folder) {
                Ok(()) => {}
                Err(None) => continue,
                Err(Some(reason)) => {
                    let path = folder.trim_end_matches('/').to_owned();
                    return Err(BuildError::Folder { path, reason });
                }
            }
            let mut names = std::mem::take(&mut self.names);
            // A folder with a manifest is a package of its own, even one that nobody depends on.
            if depth > 0 && names.iter().any(|(_, found)| *found == Found::Manifest) {
                names.clear();
            }
            let before = pending.len();
            let twice = written_twice(&names);
            for (name, found) in names.drain(..) {
                match found {
                    Found::Document(_) if twice.contains(&name) => {
                        let code = name.strip_suffix(".md").unwrap_or(&name);
                        let reason = format!(
                            "this document and `{folder}{code}` are the same module: remove or rename one of them"
                        );
                        self.document(package, &folder, &name, source_length, Err(reason));
                    }
                    Found::Document(_) | Found::Unusable(_)
                        if !twice.is_empty() && twice.contains(&markdown_twin(&name)) => {}
                    Found::Manifest => {}
                    Found::Document(stat) => self.document(package, &folder, &name, source_length, Ok(stat)),
                    Found::Unusable(reason) => {
                        let reason = format!("`{folder}{name}` {reason}");
                        self.document(package, &folder, &name, source_length, Err(reason))
                    }
                    Found::Folder if self.is_source_folder(&folder, &name, depth) => {
                        pending.push((format!("{folder}{name}/"), depth + 1));
                    }
                    Found::Folder => {}
                    Found::FolderLink if is_hidden(&name) => {}
                    Found::FolderLink => self.note(
                        &format!("{folder}{name}"),
                        "is a link to a folder, which is not followed",
                    ),
                }
            }
            if let Some(added) = pending.get_mut(before..) {
                added.reverse();
            }
            self.names = names;
        }
        Ok(())
    }

    /// Lists a folder into `names`, sorted.
    fn list(&mut self, folder: &str) -> Result<(), Option<String>> {
        let (names, notes) = (&mut self.names, &mut self.scan.notes);
        names.clear();
        let path = self.root.join(folder);
        self.files.list(&path, &mut |name, found| match name.to_str() {
            Some(name) => names.push((name.to_owned(), found)),
            None if name.as_encoded_bytes().starts_with(b".") => {}
            None if matches!(found, Found::Document(_) | Found::Unusable(_)) => {
                notes.push(Note::new(format!(
                    "`{}` is passed over: its name is not valid UTF-8",
                    printable(&format!("{folder}{}", name.to_string_lossy()))
                )))
            }
            None => {}
        })?;
        names.sort_unstable_by(|left, right| left.0.cmp(&right.0));
        Ok(())
    }

    fn document(
        &mut self,
        package: u32,
        folder: &str,
        name: &str,
        source_length: usize,
        stat: Result<Stat, String>,
    ) {
        let stem = document_stem(name).unwrap_or(name);
        match is_module_name(stem) {
            true => self.scan.push(package, folder, name, source_length, stat),
            false if is_hidden(name) => {}
            false => self.note(&format!("{folder}{name}"), PASSED_OVER),
        }
    }

    fn is_source_folder(&mut self, folder: &str, name: &str, depth: usize) -> bool {
        if is_hidden(name) || name == "target" {
            return false;
        }
        let reason = match () {
            () if document_stem(name).is_some() => "is a folder, although it is named like a document",
            () if !is_module_name(name) => PASSED_OVER,
            () if depth >= MAXIMUM_DEPTH => "is passed over: folders are nested too deeply",
            () => return true,
        };
        self.note(&format!("{folder}{name}"), reason);
        false
    }

    fn note(&mut self, path: &str, what: &str) {
        let path = printable(path.trim_end_matches('/'));
        self.scan.notes.push(Note::new(format!("`{path}` {what}")));
    }
}

/// Those Markdown documents of a folder, sorted, whose module is written as code alone too: `fx.lm.md` beside `fx.lm`.
fn written_twice(names: &[(String, Found)]) -> BTreeSet<String> {
    let has = |wanted: &str| {
        names
            .binary_search_by(|(name, _)| name.as_str().cmp(wanted))
            .is_ok()
    };
    let code = names
        .iter()
        .filter(|(name, _)| Form::split_name(name).is_some_and(|(_, form)| form == Form::Code));
    code.filter_map(|(name, found)| match found {
        Found::Document(_) | Found::Unusable(_) => Some(markdown_twin(name)).filter(|twin| has(twin)),
        _ => None,
    })
    .collect()
}

/// The name of the Markdown document that would be the same module as this one of code alone.
pub(crate) fn markdown_twin(code: &str) -> String {
    format!("{code}.md")
}

const PASSED_OVER: &str = "is passed over: names of modules consist of ASCII letters, digits, `_` and `-`";

/// Whether a file stem or folder name can be part of a module path.
fn is_module_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || "_-".contains(character))
}

fn is_hidden(name: &str) -> bool {
    name.starts_with('.')
}
