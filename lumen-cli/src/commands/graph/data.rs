//! The graph as JSON: an event for programs, and the shorter form that the page reads.

use lumen_build::ModuleGraph;
use serde_json::{Value, json};

/// Positions count in `packages` and `modules` (`docs/spec/events-v1.md`, module-graph).
pub(super) fn json(graph: &ModuleGraph) -> Value {
    let packages: Vec<Value> = graph
        .packages
        .iter()
        .map(|package| json!({"name": package.name, "version": package.version, "member": package.member}))
        .collect();
    let modules: Vec<Value> = graph
        .modules
        .iter()
        .map(|module| {
            json!({
                "id": module.id.as_str(),
                "package": module.package,
                "path": module.id.path(),
                "document": module.path,
                "imports": module.imports,
                "missing": module.missing,
                "unreadable": module.unreadable,
            })
        })
        .collect();
    json!({"event": "module-graph", "version": 1, "packages": packages, "modules": modules})
}

/// `packages`: name, version, whether it is of the workspace; `modules`: path, package, imports, and what they import in vain.
pub(super) fn page(graph: &ModuleGraph) -> Value {
    let packages: Vec<Value> = graph
        .packages
        .iter()
        .map(|package| json!([package.name, package.version, package.member]))
        .collect();
    let modules: Vec<Value> = graph
        .modules
        .iter()
        .map(|module| {
            let (path, package, imports) = (module.id.path(), module.package, &module.imports);
            match module.missing.as_slice() {
                [] => json!([path, package, imports]),
                missing => json!([path, package, imports, missing]),
            }
        })
        .collect();
    json!({"packages": packages, "modules": modules})
}
