//! Writes a TUF repository as the server signs it, with a past: a ceremony, published states, a rotation of every role. Other clients
//! read it in `scripts/python-tuf.sh`; `tuf/1.root.json` is the root to pin.
#![expect(
    clippy::disallowed_methods,
    reason = "an example is a shell: it writes files and looks at the clock"
)]

use lumen_pkg::Digest;
use lumen_pkg::tuf::{MapRoot, RegistryConfig, WitnessPolicy};
use registry_server::clock::{Clock as _, SystemClock};
use registry_server::metadata::{
    Change, Metadata, MetadataFile, OfflineRole, Opening, RoleKey, amend, ceremony,
};
use std::error::Error;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("usage: tuf_repository FOLDER")?);
    let now = SystemClock.now();
    let keys = |count| {
        (0..count)
            .map(|_| RoleKey::generate())
            .collect::<Result<Vec<_>, _>>()
    };
    let (root, targets, mut online) = (keys(5)?, keys(3)?, RoleKey::generate()?);
    let registry = RegistryConfig::new(
        "registry.example",
        "registry.example+00000000+AA==",
        WitnessPolicy::default(),
        0,
    )?;
    let mut signers = [&root[..], &targets[..]].concat();
    let (mut metadata, files) = ceremony(
        role(&root, 3),
        role(&targets, 2),
        online.public(),
        &registry,
        &signers,
        now,
    )?;
    write(&folder, &files)?;
    for size in 0..4 {
        metadata = publish(&folder, &metadata, &online, size, now)?;
    }
    let (new_root, new_targets, new_online) = (keys(3)?, keys(2)?, RoleKey::generate()?);
    signers.extend([new_root.clone(), new_targets.clone()].concat());
    let change = Change {
        root: Some(role(&new_root, 2)),
        targets: Some(role(&new_targets, 2)),
        online: Some(new_online.public()),
        registry: None,
    };
    write(&folder, &amend(&metadata, change, &signers, now)?)?;
    online.clone_from(&new_online);
    let mut opening = Opening::default();
    while let Some(path) = opening.wants() {
        opening.give(std::fs::read(folder.join(path)).ok())?;
    }
    publish(&folder, &opening.finish()?, &online, 4, now)?;
    Ok(())
}

fn publish(
    folder: &Path,
    metadata: &Metadata,
    online: &RoleKey,
    size: u64,
    now: u64,
) -> Result<Metadata, Box<dyn Error>> {
    let checkpoint = format!("registry.example\n{size}\nAAAA\n\n\u{2014} registry.example AAAA\n");
    let map = MapRoot {
        root: Digest::of(b"map"),
        packages: size,
        size,
    };
    let update = metadata.publish_state(online, &checkpoint, &map, now)?;
    write(folder, &update.files)?;
    Ok(update.metadata)
}

fn role(keys: &[RoleKey], threshold: u64) -> OfflineRole {
    OfflineRole {
        keys: keys.iter().map(RoleKey::public).collect(),
        threshold,
    }
}

fn write(folder: &Path, files: &[MetadataFile]) -> Result<(), Box<dyn Error>> {
    for file in files {
        let path = folder.join(&file.path);
        std::fs::create_dir_all(path.parent().unwrap_or(folder))?;
        std::fs::write(path, &file.bytes)?;
    }
    Ok(())
}
