//! New online keys, put in place as docs/registry-keys.md says: the first client after the start sees what they have signed.

use crate::folder::copy;
use crate::publisher::Package;
use crate::registry::TestRegistry;
use registry_server::config::Config;
use registry_server::keys::KeyFolder;
use std::process::Command;

/// What an operator does: makes a key, signs what names it, puts both in place.
fn rotate(config: &Config, key: &str, command: &[&str]) {
    let place = tempfile::tempdir().expect("a temporary folder");
    KeyFolder::new(place.path().to_owned())
        .generate(key)
        .expect("a key");
    let pem = place.path().join(format!("{key}.pem"));
    let out = place.path().join("out");
    let ran = Command::new(env!("CARGO_BIN_EXE_registry-server"))
        .arg("keys")
        .args(command)
        .arg(&pem)
        .arg("--files")
        .arg(config.files())
        .arg("--sign")
        .arg(config.keys.join("root.pem"))
        .arg("--sign")
        .arg(config.keys.join("targets.pem"))
        .arg("--out")
        .arg(&out)
        .output()
        .expect("it runs");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    copy(&out, &config.files());
    std::fs::copy(&pem, config.keys.join(format!("{key}.pem"))).expect("the key is in place");
}

async fn trusted_at_once(key: &str, command: &[&str]) {
    let mut registry = TestRegistry::start().await;
    let ann = registry.user("ann").await;
    ann.publish(&Package::new("@acme/money", "1.0.0")).await;
    let before = registry.audit().await;
    registry.restart(|config| rotate(config, key, command)).await;
    let after = registry.audit().await;
    assert!(after.size >= before.size);
    registry.look(move |seen| seen.continues(&before)).await;
    registry.stop().await;
}

#[tokio::test]
async fn what_a_new_online_key_signs_is_there_at_the_start() {
    trusted_at_once("online", &["rotate-online", "--key"]).await;
}

#[tokio::test]
async fn a_new_log_key_signs_the_checkpoint_at_the_start() {
    trusted_at_once("log", &["describe", "--log-key"]).await;
}

#[tokio::test]
async fn a_registry_for_development_keeps_its_port() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let clock = registry_server::clock::ManualClock::at(crate::registry::START);
    let prepare = || registry_server::development::prepare(folder.path(), &clock);
    assert_eq!(prepare().await.expect("it is made").listen.port(), 0);
    let address = "127.0.0.1:4567".parse().expect("an address");
    for _ in 0..2 {
        registry_server::development::keep_address(folder.path(), address).expect("written");
        assert_eq!(prepare().await.expect("it is found").listen, address);
    }
}
