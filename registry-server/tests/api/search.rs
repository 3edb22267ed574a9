//! What is found, in which order, and what is asked for wrongly.

use crate::publisher::Package;
use crate::registry::TestRegistry;
use lumen_pkg::protocol::SearchAnswer;

async fn found(registry: &TestRegistry, query: &str) -> Vec<String> {
    let answer: SearchAnswer = registry.get(&format!("/api/v1/search?{query}")).await.json();
    answer
        .hits
        .iter()
        .map(|hit| format!("{} {}", hit.package, hit.version))
        .collect()
}

fn package(name: &str, version: &str, description: &str, keywords: &str) -> Package {
    let more = format!("description = \"{description}\"\nkeywords = [{keywords}]\n");
    Package::with_manifest(name, version, &more, "")
}

#[tokio::test]
async fn exact_names_come_first_then_beginnings_then_words() {
    let registry = TestRegistry::start().await;
    let ann = registry.user("ann").await;
    let packages = [
        package("@acme/text", "1.0.0", "Reads json as text", ""),
        package("@acme/json-lines", "1.0.0", "Lines", ""),
        package("@acme/json", "1.0.0", "Values", "\"data\""),
        package("@acme/fast-json", "1.0.0", "Quick", "\"data\""),
        package("@acme/yaml", "1.0.0", "Other", "\"json\", \"data\""),
        package("@json/any", "1.0.0", "Nothing", ""),
        package("@acme/none", "1.0.0", "Straße und Weg", ""),
    ];
    for package in &packages {
        ann.publish(package).await;
    }
    let cases = [
        (
            "q=json",
            vec![
                "@acme/json",
                "@acme/json-lines",
                "@json/any",
                "@acme/fast-json",
                "@acme/yaml",
                "@acme/text",
            ],
        ),
        (
            "q=%40acme%2Fjson",
            vec![
                "@acme/json",
                "@acme/json-lines",
                "@acme/fast-json",
                "@acme/yaml",
                "@acme/text",
            ],
        ),
        ("q=JSON+lines", vec!["@acme/json-lines"]),
        ("q=data", vec!["@acme/json", "@acme/yaml", "@acme/fast-json"]),
        ("q=stra%C3%9Fe", vec!["@acme/none"]),
        ("q=fast-js", vec!["@acme/fast-json"]),
        ("q=nowhere", vec![]),
        ("q=json&limit=2", vec!["@acme/json", "@acme/json-lines"]),
        ("q=json&limit=2&offset=1", vec!["@acme/json-lines", "@json/any"]),
        ("q=json&offset=10000", vec![]),
    ];
    for (query, expected) in cases {
        let names: Vec<String> = found(&registry, query).await;
        let mut names: Vec<&str> = names.iter().filter_map(|hit| hit.split(' ').next()).collect();
        if query == "q=data" {
            // Equally good matches: only which they are is said.
            names.sort_unstable();
            assert_eq!(names, ["@acme/fast-json", "@acme/json", "@acme/yaml"]);
            continue;
        }
        assert_eq!(names, expected, "{query}");
    }
    let all: SearchAnswer = registry.get("/api/v1/search?q=json&limit=1").await.json();
    assert_eq!((all.hits.len(), all.total), (1, 6));
    assert_eq!(all.hits[0].description.as_deref(), Some("Values"));
    registry.stop().await;
}

#[tokio::test]
async fn the_newest_version_that_is_not_yanked_is_found() {
    let mut registry = TestRegistry::start().await;
    let token = registry.token("ann", |_| {}).await;
    {
        let ann = crate::publisher::Publisher::new(&registry, "ann", token.clone());
        ann.announce().await;
        ann.publish(&package("@acme/money", "1.0.0", "Coins", "")).await;
        ann.publish(&package("@acme/money", "2.0.0", "Notes", "")).await;
        ann.publish(&package("@acme/money", "3.0.0-rc.1", "Cards", ""))
            .await;
        assert_eq!(found(&registry, "q=money").await, ["@acme/money 2.0.0"]);
        assert!(
            found(&registry, "q=coins").await.is_empty(),
            "only of the version that is shown"
        );
        // (method, version, what is found then)
        let steps = [
            ("PUT", "2.0.0", "@acme/money 1.0.0"),
            ("PUT", "1.0.0", "@acme/money 3.0.0-rc.1"),
            ("PUT", "3.0.0-rc.1", ""),
            ("DELETE", "2.0.0", "@acme/money 2.0.0"),
        ];
        for (method, version, expected) in steps {
            let path = format!("/api/v1/packages/acme/money/{version}/yank");
            assert_eq!(ann.send(method, &path, Vec::new()).await.status, 200);
            assert_eq!(
                found(&registry, "q=money").await.join(" "),
                expected,
                "{method} {version}"
            );
        }
    }
    registry.restart(|_| {}).await;
    assert_eq!(
        found(&registry, "q=notes").await,
        ["@acme/money 2.0.0"],
        "after a restart too"
    );
    registry.stop().await;
}

#[tokio::test]
async fn searches_that_are_not_well_formed_are_refused() {
    let registry = TestRegistry::start().await;
    let long = format!("q={}", "a".repeat(201));
    let cases = [
        "",
        "q=",
        "q=%20",
        "q=%22*%22",
        "limit=5",
        "q=a&limit=0",
        "q=a&limit=101",
        "q=a&limit=x",
        "q=a&offset=-1",
        "q=a&offset=10001",
        "q=a&sort=new",
        "q=1+2+3+4+5+6+7+8+9",
        &long,
    ];
    for query in cases {
        let answer = registry.get(&format!("/api/v1/search?{query}")).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (400, "bad-request"),
            "{query}"
        );
    }
    for query in [
        "q=a%22%20OR%20b",
        "q=name%3Ax",
        "q=%FF%FEa",
        "q=a)%20NOT(b",
        "q=%27%3B--a",
    ] {
        assert!(found(&registry, query).await.is_empty(), "{query}");
    }
    registry.stop().await;
}
