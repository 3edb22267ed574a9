//! Many publishes at once: one log, one map, every record in it.

use crate::publisher::Package;
use crate::registry::TestRegistry;
use futures_util::future::join_all;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_packages_published_at_once_are_all_there_and_consistent() {
    let registry = TestRegistry::start().await;
    let users = join_all(["ann", "bob", "cid", "dan", "eve"].map(|name| registry.user(name))).await;
    let before = registry.audit().await;
    let packages: Vec<Package> = (0..50)
        .map(|number| Package::new(&format!("@scope{}/p{number}", number % 5), "1.0.0"))
        .collect();
    let publishes = packages
        .iter()
        .enumerate()
        .map(|(number, package)| users[number % 5].publish(package));
    let mut leaves = join_all(publishes).await;
    leaves.sort_unstable();
    leaves.dedup();
    assert_eq!(leaves.len(), 50, "every version has a leaf of its own");
    let after = registry.audit().await;
    assert_eq!(registry.look(|seen| seen.map_root.packages).await, 50);
    assert!(after.size < before.size + 50 + 5 + 50, "leaves were batched");
    registry.look(move |seen| seen.continues(&before)).await;
    registry.stop().await;
}
