//! How much room the package store takes.

use super::PackageStore;
use walkdir::WalkDir;

/// What lies in the package store.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StoreUsage {
    /// Packages that are there whole.
    pub packages: usize,
    /// What all files take together, in bytes.
    pub bytes: u64,
}

impl PackageStore {
    /// Counts what is there. What cannot be read is left out.
    pub fn usage(&self) -> StoreUsage {
        let mut usage = StoreUsage::default();
        for entry in WalkDir::new(self.folder()).into_iter().flatten() {
            if !entry.file_type().is_file() {
                continue;
            }
            usage.bytes += entry.metadata().map_or(0, |metadata| metadata.len());
            // A package's listing lies beside its folder, two levels below the store.
            let is_listing = entry.depth() == 2 && entry.path().extension().is_some_and(|end| end == "files");
            usage.packages += usize::from(is_listing);
        }
        usage
    }
}
