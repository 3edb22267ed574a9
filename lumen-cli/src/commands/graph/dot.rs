//! The graph in the language of graphviz, a cluster for each package.

use lumen_build::ModuleGraph;
use std::fmt::Write as _;

/// The whole file.
pub(super) fn dot(graph: &ModuleGraph) -> String {
    let mut text =
        String::from("digraph modules {\n  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];\n");
    for (number, package) in graph.packages.iter().enumerate() {
        let label = match package.name.as_str() {
            "" => "documents".to_owned(),
            name => format!("{name} {}", package.version),
        };
        let _ = writeln!(
            text,
            "  subgraph cluster_{number} {{\n    label={};",
            quoted(&label)
        );
        let own = graph.modules.iter().enumerate();
        for (position, module) in own.filter(|(_, module)| module.package == number) {
            let _ = writeln!(text, "    m{position} [label={}];", quoted(module.id.path()));
        }
        text.push_str("  }\n");
    }
    for (position, module) in graph.modules.iter().enumerate() {
        for import in &module.imports {
            let _ = writeln!(text, "  m{position} -> m{import};");
        }
    }
    text + "}\n"
}

/// In the double quotes of DOT only these two have a meaning.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
