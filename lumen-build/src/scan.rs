//! One walk over the source folders of all packages: which documents there are, and the state of each.
//!
//! Pure over [`Files`]. The order is the same on every machine: packages by name and version, in each folder the documents by name
//! and then the folders by name. No path gets an allocation of its own: all of them lie in one text.

use crate::bundled::Bundle;
use crate::files::{Files, Found, Stat, document_stem};
use crate::listing::{Listing, Twin};
use crate::options::BuildError;
use crate::outcome::Note;
use crate::package::{Package, PackageTable};
use crate::printable::printable;
use crate::state::{Head, StateFile};
use std::ops::Range;
use std::path::{Path, PathBuf};

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
            scan: Scan::as_large_as(state),
            listing: Listing::default(),
            pending: Pending::default(),
            folder: String::new(),
            path: PathBuf::new(),
        };
        let walked = |(_, package): &(usize, &Package)| !package.is_bundled();
        for (number, package) in packages.packages.iter().enumerate().filter(walked) {
            let source = package.source_folder();
            match state.map(|head| known_files(head, package)).unwrap_or_default() {
                [] => walk.package(number as u32, &source)?,
                known => known.iter().for_each(|file| {
                    let stat = Ok(file.stat);
                    walk.scan.push(number as u32, "", file.path, source.len(), stat);
                }),
            }
        }
        Ok(walk.scan.with_bundle(packages, bundle))
    }

    /// Nothing yet, with room for what was there the last time and a little more.
    fn as_large_as(state: Option<&Head<'_>>) -> Scan {
        let old = state.map(|head| head.files.as_slice()).unwrap_or_default();
        let text: usize = old.iter().map(|file| file.path.len()).sum();
        Scan {
            paths: String::with_capacity(text + text / 16),
            files: Vec::with_capacity(old.len() + old.len() / 16),
            notes: Vec::new(),
        }
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
    listing: Listing,
    pending: Pending,
    /// The folder being listed, as seen from the workspace root, with `/` at the end.
    folder: String,
    /// The same for the file system.
    path: PathBuf,
}

/// Folders that are still to be listed, the next one last. Their paths lie in one text.
#[derive(Default)]
struct Pending {
    paths: String,
    folders: Vec<(Range<usize>, usize)>,
}

impl Pending {
    /// Adds a folder by the parts of its path.
    fn push(&mut self, path: [&str; 3], depth: usize) {
        let start = self.paths.len();
        self.paths.extend(path);
        self.folders.push((start..self.paths.len(), depth));
    }

    /// The depth of the next folder, whose path replaces `folder`.
    fn pop(&mut self, folder: &mut String) -> Option<usize> {
        let (path, depth) = self.folders.pop()?;
        folder.clear();
        folder.push_str(self.paths.get(path).unwrap_or_default());
        if self.folders.is_empty() {
            self.paths.clear();
        }
        Some(depth)
    }
}

impl Walk<'_> {
    fn package(&mut self, package: u32, source: &str) -> Result<(), BuildError> {
        self.pending.push([source, "", ""], 0);
        while let Some(depth) = self.pending.pop(&mut self.folder) {
            match self.list() {
                Ok(()) => {}
                Err(None) => continue,
                Err(Some(reason)) => {
                    let path = self.folder.trim_end_matches('/').to_owned();
                    return Err(BuildError::Folder { path, reason });
                }
            }
            let listing = std::mem::take(&mut self.listing);
            // A folder with a manifest is a package of its own, even one that nobody depends on.
            if depth == 0 || !listing.has_manifest() {
                self.entries(&listing, package, source.len(), depth);
            }
            self.listing = listing;
        }
        Ok(())
    }

    /// Takes in what lies in a folder.
    fn entries(&mut self, listing: &Listing, package: u32, source_length: usize, depth: usize) {
        let before = self.pending.folders.len();
        for (name, found, twin) in listing.entries() {
            let stat = match (found, twin) {
                (Found::Document(_) | Found::Unusable(_), Some(Twin::Code)) | (Found::Manifest, _) => {
                    continue;
                }
                (Found::Document(_), Some(Twin::Markdown)) => {
                    let code = name.strip_suffix(".md").unwrap_or(name);
                    Err(format!(
                        "this document and `{}{code}` are the same module: remove or rename one of them",
                        self.folder
                    ))
                }
                (Found::Document(stat), _) => Ok(*stat),
                (Found::Unusable(reason), _) => Err(format!("`{}{name}` {reason}", self.folder)),
                (Found::Folder, _) => {
                    if self.is_source_folder(name, depth) {
                        self.pending.push([&self.folder, name, "/"], depth + 1);
                    }
                    continue;
                }
                (Found::FolderLink, _) => {
                    if !is_hidden(name) {
                        self.note(name, "is a link to a folder, which is not followed");
                    }
                    continue;
                }
            };
            self.document(package, name, source_length, stat);
        }
        if let Some(added) = self.pending.folders.get_mut(before..) {
            added.reverse();
        }
    }

    /// Lists the folder, sorted.
    fn list(&mut self) -> Result<(), Option<String>> {
        self.path.clear();
        self.path.push(self.root);
        self.path.push(&self.folder);
        let (listing, notes, folder) = (&mut self.listing, &mut self.scan.notes, &self.folder);
        listing.clear();
        self.files
            .list(&self.path, &mut |name, found| match name.to_str() {
                Some(name) => listing.add(name, found),
                None if name.as_encoded_bytes().starts_with(b".") => {}
                None if matches!(found, Found::Document(_) | Found::Unusable(_)) => {
                    notes.push(Note::new(format!(
                        "`{}` is passed over: its name is not valid UTF-8",
                        printable(&format!("{folder}{}", name.to_string_lossy()))
                    )))
                }
                None => {}
            })?;
        listing.arrange();
        Ok(())
    }

    fn document(&mut self, package: u32, name: &str, source_length: usize, stat: Result<Stat, String>) {
        let stem = document_stem(name).unwrap_or(name);
        match is_module_name(stem) {
            true => self.scan.push(package, &self.folder, name, source_length, stat),
            false if is_hidden(name) => {}
            false => self.note(name, PASSED_OVER),
        }
    }

    fn is_source_folder(&mut self, name: &str, depth: usize) -> bool {
        if is_hidden(name) || name == "target" {
            return false;
        }
        let reason = match () {
            () if document_stem(name).is_some() => "is a folder, although it is named like a document",
            () if !is_module_name(name) => PASSED_OVER,
            () if depth >= MAXIMUM_DEPTH => "is passed over: folders are nested too deeply",
            () => return true,
        };
        self.note(name, reason);
        false
    }

    fn note(&mut self, name: &str, what: &str) {
        let path = format!("{}{name}", self.folder);
        self.scan
            .notes
            .push(Note::new(format!("`{}` {what}", printable(&path))));
    }
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
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

fn is_hidden(name: &str) -> bool {
    name.starts_with('.')
}
