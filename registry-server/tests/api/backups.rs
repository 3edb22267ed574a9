//! Backups of a registry that is being published to, restored and audited.

use crate::folder::copy;
use crate::publisher::Package;
use crate::registry::{START, TestRegistry};
use lumen_pkg::log::Checkpoint;
use lumen_pkg::protocol::paths;
use registry_server::backup::{BackupError, Description, back_up, restore};
use registry_server::clock::ManualClock;
use registry_server::config::Config;
use registry_server::server::Server;
use std::path::Path;
use std::sync::Arc;

/// The configuration of another folder, with the same origin and keys.
fn elsewhere(config: &Config, data: &Path) -> Config {
    Config {
        data: data.to_owned(),
        ..config.clone()
    }
}

async fn restored(config: &Config, backup: &Path) -> Result<Description, BackupError> {
    restore(config, backup, Arc::new(ManualClock::at(START + 60))).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_under_load_is_restored_and_audited() {
    let registry = TestRegistry::start().await;
    let ann = registry.user("ann").await;
    let publish_all = async {
        for number in 0..60 {
            let name = format!("@acme/p{}", number % 20);
            ann.publish(&Package::new(&name, &format!("1.{number}.0"))).await;
        }
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let make_all = async {
        let mut made = Vec::new();
        for number in 0..4 {
            let out = folder.path().join(format!("backup{number}"));
            let description = back_up(&registry.config, &out).await.expect("a backup");
            made.push((out, description));
        }
        made
    };
    let ((), made) = tokio::join!(publish_all, make_all);
    let last = registry.audit().await;
    for (number, (out, description)) in made.iter().enumerate() {
        let config = elsewhere(&registry.config, &folder.path().join(format!("data{number}")));
        assert_eq!(&restored(&config, out).await.expect("restored"), description);
        let before = Checkpoint {
            origin: last.origin.clone(),
            size: description.size,
            root: description.tree_root,
        };
        registry.look(move |seen| seen.continues(&before)).await;
        let clock = Arc::new(ManualClock::at(START + 120));
        let server = Server::start(&config, clock).await.expect("it starts");
        let remote = crate::registry::Remote {
            url: format!("http://{}", server.address()),
            root: config.files().join("tuf/1.root.json"),
            ..(*registry).clone()
        };
        let checkpoint = remote.audit().await;
        assert_eq!(
            (checkpoint.size, checkpoint.root),
            (description.size, description.tree_root)
        );
        let again = crate::publisher::Publisher::new(&remote, "ann", ann.token.clone());
        again.publish(&Package::new("@acme/after", "1.0.0")).await;
        remote.audit().await;
        server.stop().await;
    }
    registry.stop().await;
}

fn change(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = std::fs::read(path).expect("a file");
    change(&mut bytes);
    std::fs::write(path, bytes).expect("written");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_that_was_changed_is_not_restored() {
    let registry = TestRegistry::start().await;
    let ann = registry.user("ann").await;
    let money = Package::new("@acme/money", "1.0.0");
    ann.publish(&money).await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let good = folder.path().join("good");
    back_up(&registry.config, &good).await.expect("a backup");
    let archive = format!("files/{}", paths::archive(&money.statement.archive));
    let query = |sql: &'static str| {
        move |backup: &Path| {
            let url = backup.join("registry.sqlite");
            tokio::task::block_in_place(|| {
                tokio::runtime::Handle::current().block_on(async {
                    use sqlx::Connection as _;
                    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(url);
                    let mut connection = sqlx::SqliteConnection::connect_with(&options)
                        .await
                        .expect("open");
                    sqlx::query(sql).execute(&mut connection).await.expect("changed");
                    connection.close().await.expect("closed");
                });
            });
        }
    };
    ann.publish(&Package::new("@acme/money", "2.0.0")).await;
    let later = folder.path().join("later");
    back_up(&registry.config, &later).await.expect("a backup");
    type Damage = Box<dyn Fn(&Path)>;
    let damages: Vec<(&str, Damage, &str)> = vec![
        (
            "no description",
            Box::new(|backup| std::fs::remove_file(backup.join("backup.json")).expect("removed")),
            "backup.json",
        ),
        (
            "another origin",
            Box::new(|backup| {
                change(&backup.join("backup.json"), |bytes| {
                    *bytes = String::from_utf8_lossy(bytes)
                        .replace("localhost-dev", "localhost-div")
                        .into_bytes();
                });
            }),
            "and the configuration is of",
        ),
        (
            "an archive is missing",
            Box::new({
                let archive = archive.clone();
                move |backup| std::fs::remove_file(backup.join(&archive)).expect("removed")
            }),
            "is not in the backup",
        ),
        (
            "one byte of an archive",
            Box::new(move |backup| {
                change(&backup.join(&archive), |bytes| {
                    *bytes.last_mut().expect("a byte") ^= 1
                })
            }),
            "is not what it should be",
        ),
        (
            "no metadata",
            Box::new(|backup| {
                std::fs::remove_file(backup.join("files/tuf/timestamp.json")).expect("removed")
            }),
            "there is nothing to back up",
        ),
        (
            "a signature of the metadata",
            Box::new(|backup| {
                change(&backup.join("files/tuf/1.targets.json"), |bytes| {
                    *bytes = String::from_utf8_lossy(bytes)
                        .replacen("\"sig\":\"", "\"sig\":\"00", 1)
                        .into_bytes();
                });
            }),
            "is not signed by enough keys",
        ),
        (
            "a leaf",
            Box::new(query(
                "UPDATE leaves SET body = replace(body, 'ann', 'bob') WHERE position = 1",
            )),
            "the root of the log made from the database",
        ),
        (
            "a record",
            Box::new(query(
                "UPDATE versions SET body = replace(body, '\"user\":\"ann\"', '\"user\":\"bob\"')",
            )),
            "the package's record is not the one in the map",
        ),
        (
            "a leaf is gone",
            Box::new(query("DELETE FROM leaves WHERE position = 2")),
            "made from the database",
        ),
        (
            "metadata of a later backup",
            Box::new(move |backup| copy(&later.join("files/tuf"), &backup.join("files/tuf"))),
            "its metadata speaks of a log of 8 leaves, which its database does not have",
        ),
        (
            "a batch",
            Box::new(query(
                "DELETE FROM batches WHERE size = (SELECT MAX(size) FROM batches)",
            )),
            "does not agree with its database",
        ),
    ];
    for (number, (case, damage, words)) in damages.into_iter().enumerate() {
        let backup = folder.path().join(format!("bad{number}"));
        copy(&good, &backup);
        damage(&backup);
        let config = elsewhere(&registry.config, &folder.path().join(format!("data{number}")));
        let error = restored(&config, &backup).await.expect_err(case).to_string();
        assert!(error.contains(words), "{case}: {error}");
        assert!(!config.database().exists(), "{case}: nothing that would start");
    }
    let config = elsewhere(&registry.config, &folder.path().join("whole"));
    restored(&config, &good).await.expect("the good one is restored");
    let occupied = restored(&config, &good)
        .await
        .expect_err("there is one")
        .to_string();
    assert!(occupied.contains("is there already"), "{occupied}");
    let again = back_up(&registry.config, &good)
        .await
        .expect_err("there is one")
        .to_string();
    assert!(again.contains("is there already"), "{again}");
    registry.stop().await;
}

#[tokio::test]
async fn a_backup_has_no_keys_and_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let registry = TestRegistry::start().await;
    let ann = registry.user("ann").await;
    ann.publish(&Package::new("@acme/money", "1.0.0")).await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path().join("out");
    back_up(&registry.config, &out).await.expect("a backup");
    let mode = std::fs::metadata(&out).expect("a folder").permissions().mode() & 0o777;
    assert_eq!(mode, 0o700);
    let mut names: Vec<String> = std::fs::read_dir(&out)
        .expect("a folder")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    assert_eq!(names, ["backup.json", "files", "registry.sqlite"]);
    registry.stop().await;
}
