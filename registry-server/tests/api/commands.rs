//! What an operator types, with the real binary, beside a registry that runs in the same folder.

use crate::publisher::Package;
use crate::registry::TestRegistry;
use lumen_pkg::PackageName;
use registry_server::policy::LookAlikes;
use std::path::Path;
use std::process::Command;

/// Runs a command; the answer is whether it succeeded, and what it printed for its user.
fn run(arguments: &[&str], config: &Path) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_registry-server"))
        .args(arguments)
        .arg("--config")
        .arg(config)
        .env("LUMEN_LOG", "error")
        .output()
        .expect("the binary runs");
    let text = if output.status.success() {
        output.stdout
    } else {
        output.stderr
    };
    (
        output.status.success(),
        String::from_utf8_lossy(&text).trim().to_owned(),
    )
}

// The registry goes on while the test waits for a command.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn users_tokens_and_holds_are_managed_while_the_registry_runs() {
    let registry = TestRegistry::with(|config| config.policy.look_alikes = LookAlikes::Hold).await;
    let file = registry.config.data.join("registry.toml");
    let ann = registry.user("ann").await;
    let bob = registry.user("bob").await;
    ann.publish(&Package::new("@acme/money", "1.0.0")).await;
    let whoami = async |token: &str| {
        let bearer = format!("Bearer {token}");
        registry
            .send("GET", "/api/v1/whoami", &[("authorization", &bearer)], Vec::new())
            .await
            .status
    };

    let (added, token) = run(&["user", "add", "cid"], &file);
    assert!(added && whoami(&token).await == 200, "{token}");
    let (_, list) = run(&["token", "list", "cid"], &file);
    let id = list.split(' ').next().expect("an id");
    assert!(
        list.contains(" good publish-new,publish-update,yank,change-owners,account all "),
        "{list}"
    );
    assert_eq!(
        run(&["token", "revoke", id], &file),
        (true, format!("revoked {id}"))
    );
    assert_eq!(whoami(&token).await, 401);
    let disabled =
        "disabled ann: tokens of this user are refused; `registry-server user enable ann` takes it back";
    assert_eq!(
        run(&["user", "disable", "ann"], &file),
        (true, disabled.to_owned())
    );
    assert_eq!(whoami(&ann.token).await, 401);
    let (_, users) = run(&["user", "list"], &file);
    let states: Vec<(&str, &str)> = users
        .lines()
        .filter_map(|line| Some((line.split(' ').next()?, line.rsplit(' ').next()?)))
        .collect();
    assert_eq!(
        states,
        [("ann", "disabled"), ("bob", "active"), ("cid", "active")]
    );
    let enabled = "enabled ann: tokens of this user are taken again";
    assert_eq!(run(&["user", "enable", "ann"], &file), (true, enabled.to_owned()));
    assert_eq!(whoami(&ann.token).await, 200);

    let acne = Package::new("@acne/cream", "1.0.0");
    assert!(bob.try_publish(&acne).await.json::<serde_json::Value>()["reason"].is_string());
    let (_, holds) = run(&["holds", "list"], &file);
    assert!(holds.starts_with("held @acne/cream bob "), "{holds}");
    assert!(
        holds.ends_with(" the scope `@acne` is one letter from `@acme`"),
        "{holds}"
    );
    assert_eq!(
        run(&["holds", "release", "@acne/cream", "bob"], &file),
        (true, "released @acne/cream: bob may publish it now".to_owned())
    );
    bob.publish(&acne).await;
    assert_eq!(
        registry
            .database()
            .owners(&PackageName::parse("@acne/cream").expect("a name"))
            .await
            .expect("owners"),
        ["bob"]
    );

    let wrong = [
        (vec!["token", "revoke", "none"], "there is no token `none`"),
        (vec!["user", "disable", "none"], "there is no user `none`"),
        (vec!["user", "add", "Ann"], "`Ann` is not a user name"),
        (
            vec!["holds", "refuse", "@a/b", "bob"],
            "@a/b of `bob` was never held",
        ),
        (
            vec!["holds", "refuse", "a/b", "bob"],
            "`a/b` is not a package name",
        ),
    ];
    for (arguments, words) in wrong {
        let (done, text) = run(&arguments, &file);
        assert!(!done && text.contains(words), "{arguments:?}: {text}");
    }
    let out = registry.config.data.join("backup");
    let (done, text) = run(&["backup", out.to_str().expect("UTF-8")], &file);
    assert!(done && text.contains("2 packages, 2 archives"), "{text}");
    let (done, text) = run(&["restore", out.to_str().expect("UTF-8")], &file);
    assert!(!done && text.contains("is there already"), "{text}");
    registry.stop().await;
}
