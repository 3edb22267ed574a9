//! `tough`, the other client: it reads the same files, from a folder. It takes the machine's time, so it is told not to ask for expiry.

use std::collections::BTreeMap;
use std::fs;
use tough::{ExpirationEnforcement, IntoVec as _, RepositoryLoader, TargetName};

pub(crate) struct Twin {
    folder: tempfile::TempDir,
    pinned: Vec<u8>,
}

impl Twin {
    pub(crate) fn new(pinned: &[u8]) -> Self {
        let twin = Self {
            folder: tempfile::tempdir().unwrap(),
            pinned: pinned.to_vec(),
        };
        fs::create_dir(twin.folder.path().join("state")).unwrap();
        twin
    }

    /// The checkpoint, or why there is none.
    pub(crate) fn refresh(&self, files: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>, String> {
        let tuf = self.folder.path().join("tuf");
        let _ = fs::remove_dir_all(&tuf);
        fs::create_dir_all(tuf.join("targets")).unwrap();
        for (file, bytes) in files {
            fs::write(tuf.join(file), bytes).unwrap();
        }
        let url = |path| reqwest::Url::from_directory_path(path).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let repository = RepositoryLoader::new(&self.pinned, url(tuf.clone()), url(tuf.join("targets")))
                .expiration_enforcement(ExpirationEnforcement::Unsafe)
                .datastore(self.folder.path().join("state"))
                .load()
                .await
                .map_err(|error| error.to_string())?;
            let name = TargetName::new("checkpoint").unwrap();
            let stream = repository
                .read_target(&name)
                .await
                .map_err(|error| error.to_string())?;
            let stream = stream.ok_or("no role lists the checkpoint")?;
            stream.into_vec().await.map_err(|error| error.to_string())
        })
    }
}
