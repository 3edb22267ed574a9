//! Uploads that were begun and not finished: their rows and files, and archives that were put in their place for a publish that was then refused.

use super::{GRACE, MOST_FILES, MOST_UPLOADS, Maintenance, MaintenanceError, Removed};
use crate::database::Database;
use crate::publish::{LIFETIME, STAGED, staged};
use crate::storage::Storage;
use lumen_pkg::protocol::paths;

/// Whether requests may be under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Traffic {
    /// None came in yet: whatever has not come whole is nobody's.
    NotYet,
    /// Archives may be coming in.
    UnderWay,
}

impl Maintenance {
    /// Ends uploads that expired an hour ago, so that no request can still be at work on one, and removes files of uploads that are not there.
    pub(super) async fn end_uploads(&self, now: u64, removed: &mut Removed) -> Result<(), MaintenanceError> {
        let time = now.saturating_sub(LIFETIME + GRACE);
        for upload in self.database.uploads_before(time, MOST_UPLOADS).await? {
            if self.is_stopped() {
                return Err(MaintenanceError::Ended);
            }
            let Some(ending) = self.database.end_upload(&upload, time).await? else {
                continue;
            };
            let mut files = vec![staged(&upload.id)];
            if !ending.wanted {
                files.push(paths::archive(&upload.begin.archive));
            }
            for path in files {
                if self.storage.size(&path).await?.is_some() {
                    self.storage.remove(&path).await?;
                    removed.archives += 1;
                }
            }
            ending.finish().await?;
            removed.uploads += 1;
        }
        removed.archives += sweep(&self.storage, &self.database, Traffic::UnderWay).await?;
        Ok(())
    }
}

/// Removes files that no upload is waiting for, and says how many.
///
/// # Errors
/// If the files cannot be listed or removed, or the database fails.
pub async fn sweep(
    storage: &Storage,
    database: &Database,
    traffic: Traffic,
) -> Result<u64, MaintenanceError> {
    let mut removed = 0;
    for path in storage.list(STAGED).await?.into_iter().take(MOST_FILES) {
        let name = path.rsplit('/').next().unwrap_or_default();
        let id = match traffic {
            Traffic::NotYet => name,
            // What is coming in is called after its upload.
            Traffic::UnderWay => name.split('.').next().unwrap_or_default(),
        };
        if database.upload(id).await?.is_none() {
            storage.remove(&path).await?;
            removed += 1;
        }
    }
    Ok(removed)
}
