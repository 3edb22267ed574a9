//! The model as text: documents and manifests.

use super::model::{Import, Item, Kind, Model, Module, PACKAGES, PATHS, Package, Place, Style};
use std::fmt::Write as _;

/// The name of a package.
pub(crate) fn package_name(number: usize, package: &Package) -> String {
    match package.name % 2 {
        0 => format!("@w/{}", PACKAGES[number]),
        _ => format!("@w/{}-renamed", PACKAGES[number]),
    }
}

/// The manifest of a package.
pub(crate) fn manifest(model: &Model, number: usize) -> String {
    let package = &model.packages[&number];
    let mut text = format!(
        "[package]\nname = \"{}\"\nversion = \"0.{}.0\"\n",
        package_name(number, package),
        package.version
    );
    for (header, dev) in [("dependencies", false), ("dev-dependencies", true)] {
        let mut dependencies = package
            .dependencies
            .iter()
            .filter(|(_, is_dev)| **is_dev == dev)
            .peekable();
        if dependencies.peek().is_some() {
            let _ = writeln!(text, "\n[{header}]");
        }
        for (other, _) in dependencies {
            let name = match model.packages.get(other) {
                Some(package) => package_name(*other, package),
                None => format!("@w/{}", PACKAGES[*other]),
            };
            let _ = writeln!(text, "\"{name}\" = {{ path = \"../{}\" }}", PACKAGES[*other]);
        }
    }
    match package.fault {
        0 => {}
        1 => text.push_str("unknown = 1\n"),
        2 => text.push_str("[broken\n"),
        _ => text.truncate(text.len() / 2),
    }
    text
}

/// The document of a module.
pub(crate) fn document(model: &Model, place: Place, module: &Module) -> Vec<u8> {
    let mut code = imports(model, place, module);
    for (slot, item) in module.items.iter().enumerate() {
        declaration(&mut code, module, slot, item);
    }
    code.push_str(&uses(module));
    if module.warns {
        code.push_str("cell warns() -> Int\n  let unused = 1\n  2\nend\n\n");
    }
    match module.fault {
        1 => code.push_str("cell wrong() -> Int\n  \"text\"\nend\n\n"),
        2 => code.push_str("cell lost() -> Int\n  nowhere()\nend\n\n"),
        3 => code.push_str("cell open( -> Int\n\n"),
        4 => code.push_str("const Z: Int = 1 / 0\n\n"),
        _ => {}
    }
    let mut text = match module.is_code {
        true => code,
        false => {
            let fences = fences(module);
            format!(
                "# Module\n\nProse {}.\n\n```lumen\n{code}```\n{fences}",
                module.prose
            )
        }
    }
    .into_bytes();
    match module.fault {
        5 => text.extend_from_slice(b"\xff\xfe"),
        6 => text.clear(),
        7 => text.truncate(text.len() / 2),
        _ => {}
    }
    text
}

fn imports(model: &Model, place: Place, module: &Module) -> String {
    let mut text = String::new();
    for import in &module.imports {
        let (package, path) = import.from;
        let path = PATHS[path].replace('/', ".");
        let from = match (package == place.0, path.as_str()) {
            (true, path) => path.to_owned(),
            (false, path) => {
                let name = match model.packages.get(&package) {
                    Some(other) => package_name(package, other),
                    None => format!("@w/{}", PACKAGES[package]),
                };
                match path {
                    "lib" => name,
                    path => format!("{name}.{path}"),
                }
            }
        };
        let what = match import.style {
            Style::Named => format!(": {}", names(import)),
            Style::Star => ": *".to_owned(),
            Style::Module => String::new(),
        };
        let line = format!("import {from}{what}\n");
        if !text.contains(&line) {
            text.push_str(&line);
        }
    }
    match text.is_empty() {
        true => text,
        false => text + "\n",
    }
}

/// The name of an item of a kind, as it is imported.
fn names(import: &Import) -> String {
    let name = name(import.kind, import.slot, import.identity);
    match import.kind {
        Kind::Trait => format!("{name}, S{}x{}", import.slot, import.identity),
        _ => name,
    }
}

fn name(kind: Kind, slot: usize, identity: usize) -> String {
    match kind {
        Kind::Nothing | Kind::Cell => format!("f{slot}x{identity}"),
        Kind::Constant => format!("C{slot}X{identity}"),
        Kind::Record => format!("R{slot}x{identity}"),
        Kind::Enum => format!("E{slot}x{identity}"),
        Kind::Generic => format!("g{slot}x{identity}"),
        Kind::Trait => format!("T{slot}x{identity}"),
        Kind::Alias => format!("A{slot}x{identity}"),
        Kind::Carrier => format!("h{slot}x{identity}"),
    }
}

/// Appends a declaration.
fn declaration(code: &mut String, module: &Module, slot: usize, item: &Item) {
    let (shape, body) = (item.shape, item.body);
    let name = name(item.kind, slot, module.identity);
    let public = if item.is_public { "pub " } else { "" };
    let tag = format!("{slot}x{}", module.identity);
    let value = match body % 3 {
        // Through what it imports.
        2 if !module.imports.is_empty() => format!("uses() + {body}"),
        _ => body.to_string(),
    };
    let text = match item.kind {
        Kind::Nothing => return,
        Kind::Cell => match shape % 4 {
            0 => format!("cell {name}() -> Int\n  {value}\nend"),
            1 => format!("cell {name}(x: Int = {body}) -> Int\n  x + {value}\nend"),
            2 => format!("cell {name}() -> String\n  \"{body}\"\nend"),
            _ => format!("cell {name}(x: Int) -> Int\n  x + {value}\nend"),
        },
        Kind::Constant => match shape % 4 {
            0 => format!("const {name}: Int = {body}"),
            1 => {
                format!("const {name}: Int = helper{tag}() + 1\n\ncell helper{tag}() -> Int\n  {value}\nend")
            }
            2 => format!("const {name}: String = \"{body}\""),
            _ => format!("const {name}: list[Int] = [{body}, 2]"),
        },
        Kind::Record => match shape % 4 {
            0 => format!("record {name}\n  a: Int\nend"),
            1 => format!("record {name}\n  a: Int\n  b: Int = {body}\nend"),
            2 => format!("record {name}\n  a: String\nend"),
            _ => format!("record {name}\n  a: Int where a < 10{body}\nend"),
        },
        Kind::Enum => match shape % 3 {
            0 => format!("enum {name}\n  V{tag}\n  W{tag}(Int)\nend"),
            1 => format!("enum {name}\n  V{tag}\n  W{tag}(Int)\n  X{tag}\nend"),
            _ => format!("enum {name}\n  V{tag}(String)\n  W{tag}(Int)\nend"),
        },
        Kind::Generic => match shape % 3 {
            0 => format!("cell {name}[T](x: T) -> T\n  let _body = {body}\n  x\nend"),
            1 => format!("cell {name}[T](x: T, y: T) -> T\n  let _body = [y]\n  x\nend"),
            _ => format!("cell {name}[T](x: T) -> list[T]\n  [x, x]\nend"),
        },
        Kind::Trait => {
            let (result, shown) = match shape % 3 {
                1 => ("Int", body.to_string()),
                _ => ("String", format!("\"{body}\"")),
            };
            let more = |block: &str| match shape % 3 {
                2 => block.to_owned(),
                _ => String::new(),
            };
            let signature = more(&format!("  cell more{tag}(self: Self) -> Int\n"));
            let method = more(&format!(
                "  cell more{tag}(self: S{tag}) -> Int\n    self.v\n  end\n"
            ));
            format!(
                "trait {name}\n  cell show{tag}(self: Self) -> {result}\n{signature}end\n\n{public}record S{tag}\n  v: Int\nend\n\n\
                 impl {name} for S{tag}\n  cell show{tag}(self: S{tag}) -> {result}\n    {shown}\n  end\n{method}end"
            )
        }
        Kind::Alias => match shape % 3 {
            0 => format!("type {name} = Int"),
            1 => format!("type {name} = String"),
            _ => format!("type {name} = list[Int]"),
        },
        Kind::Carrier => match module.imports.iter().find(|import| import.kind == Kind::Record) {
            Some(import) => {
                let record = self::name(Kind::Record, import.slot, import.identity);
                let a = argument(import);
                format!("cell {name}() -> {record}\n  {record}(a: {a})\nend")
            }
            None => format!("cell {name}() -> Int\n  {value}\nend"),
        },
    };
    let _ = writeln!(code, "{public}{text}\n");
}

/// What is given for the field of an imported record.
fn argument(import: &Import) -> &'static str {
    match import.shape % 4 {
        2 => "\"1\"",
        _ => "1",
    }
}

/// A cell that uses everything that is imported, as the importer takes it to be.
fn uses(module: &Module) -> String {
    if module.imports.is_empty() {
        return String::new();
    }
    let mut text = "cell uses() -> Int\n".to_owned();
    for (number, import) in module.imports.iter().enumerate() {
        if let Some((ty, value)) = used(import) {
            let _ = writeln!(text, "  let _u{number}: {ty} = {value}");
        }
    }
    text + "  1\nend\n\n"
}

/// An expression that uses an imported item, and its type.
fn used(import: &Import) -> Option<(String, String)> {
    let prefix = match import.style {
        Style::Module => PATHS[import.from.1]
            .rsplit('/')
            .next()
            .map(|last| format!("{last}."))?,
        Style::Named | Style::Star => String::new(),
    };
    let tag = format!("{}x{}", import.slot, import.identity);
    let name = prefix + &name(import.kind, import.slot, import.identity);
    let (ty, value) = match (import.kind, import.shape) {
        (Kind::Nothing, _) => return None,
        (Kind::Cell, shape) => match shape % 4 {
            0 | 1 => ("Int", format!("{name}()")),
            2 => ("String", format!("{name}()")),
            _ => ("Int", format!("{name}(1)")),
        },
        (Kind::Constant, shape) => match shape % 4 {
            0 | 1 => ("Int", name),
            2 => ("String", name),
            _ => ("list[Int]", name),
        },
        (Kind::Record, shape) => {
            let ty = match shape % 4 {
                2 => "String",
                _ => "Int",
            };
            (ty, format!("{name}(a: {}).a", argument(import)))
        }
        (Kind::Enum, shape) => {
            let arms = match shape % 3 {
                0 => format!("    V{tag} -> 1\n    W{tag}(n) -> n\n"),
                1 => format!("    V{tag} -> 1\n    W{tag}(n) -> n\n    X{tag} -> 3\n"),
                _ => format!("    V{tag}(_) -> 1\n    W{tag}(n) -> n\n"),
            };
            ("Int", format!("match {name}.W{tag}(1)\n{arms}  end"))
        }
        (Kind::Generic, shape) => match shape % 3 {
            0 => ("Int", format!("{name}(1)")),
            1 => ("Int", format!("{name}(1, 2)")),
            _ => ("list[Int]", format!("{name}(1)")),
        },
        (Kind::Trait, shape) => {
            let ty = match shape % 3 {
                1 => "Int",
                _ => "String",
            };
            (ty, format!("S{tag}(v: 1).show{tag}()"))
        }
        (Kind::Alias, shape) => {
            let value = match shape % 3 {
                0 => "1",
                1 => "\"1\"",
                _ => "[1]",
            };
            return Some((name, value.to_owned()));
        }
        (Kind::Carrier, shape) => match shape % 2 {
            0 => ("Int", format!("{name}()")),
            _ => ("Int", format!("{name}().a")),
        },
    };
    Some((ty.to_owned(), value))
}

/// Fences that are modules of their own.
fn fences(module: &Module) -> String {
    let mut text = String::new();
    if module.fences & 1 != 0 {
        let _ = write!(text, "\n```lumen test\nassert_eq({0}, {0})\n```\n", module.prose);
    }
    if module.fences & 2 != 0 {
        text.push_str("\n```lumen error(E0012)\nlet x: Int = \"1\"\nprint(x)\n```\n");
    }
    if module.fences & 4 != 0 {
        let (name, call) = match module.items[0].kind {
            Kind::Cell => (name(Kind::Cell, 0, module.identity), "()"),
            _ => ("nowhere".to_owned(), ""),
        };
        let _ = write!(text, "\n```lumen no_run\nprint({name}{call})\n```\n");
    }
    text
}
