//! Steps that edit documents, and modules.

use super::model::{KINDS, Module, PATHS, Place, SLOTS};
use super::world::World;
use super::{Verb, verb};
use std::fs;
use std::time::Duration;

pub(crate) const VERBS: &[Verb] = &[
    verb("prose", 6, |world, [at, value, _]| {
        edit(world, at, |module| module.prose = value % 10)
    }),
    verb("body", 10, |world, [at, slot, value]| {
        edit(world, at, |module| module.items[slot % SLOTS].body = value % 10);
    }),
    verb("shape", 10, |world, [at, slot, value]| {
        edit(world, at, |module| module.items[slot % SLOTS].shape = value % 4);
    }),
    verb("hide", 3, |world, [at, slot, value]| {
        edit(world, at, |module| {
            module.items[slot % SLOTS].is_public = value % 3 > 0
        });
    }),
    verb("kind", 6, |world, [at, slot, value]| {
        edit(world, at, |module| {
            module.items[slot % SLOTS].kind = KINDS[value % KINDS.len()]
        });
    }),
    verb("import", 14, import),
    verb("unimport", 5, |world, [at, number, _]| {
        edit(world, at, |module| {
            if let Some(number) = number.checked_rem(module.imports.len()) {
                module.imports.remove(number);
            }
        });
    }),
    verb("adapt", 10, |world, _| adapt(world)),
    verb("warn", 3, |world, [at, value, _]| {
        edit(world, at, |module| module.warns = value % 2 > 0)
    }),
    verb("fault", 5, |world, [at, value, _]| {
        edit(world, at, |module| module.fault = value % 8)
    }),
    verb("mend", 8, |world, _| {
        world
            .model
            .modules
            .values_mut()
            .for_each(|module| module.fault = 0);
        world
            .model
            .packages
            .values_mut()
            .for_each(|package| package.fault = 0);
        world.workspace_fault = 0;
    }),
    verb("fences", 3, |world, [at, value, _]| {
        edit(world, at, |module| module.fences = value % 8)
    }),
    verb("form", 2, |world, [at, _, _]| {
        edit(world, at, |module| module.is_code = !module.is_code)
    }),
    verb("new", 5, |world, [package, path, variant]| {
        if let Some(package) = world.model.package_at(package) {
            let module = world.model.fresh(variant);
            world
                .model
                .modules
                .entry((package, path % PATHS.len()))
                .or_insert(module);
        }
    }),
    verb("drop", 4, |world, [at, _, _]| {
        if let Some(place) = world.model.module_at(at) {
            world.model.modules.remove(&place);
        }
    }),
    verb("move", 4, |world, [at, package, path]| {
        move_module(world, at, (package, path))
    }),
    verb("swap", 2, swap),
    verb("twin", 1, |world, [at, value, _]| {
        if let Some(path) = world.document_at(at) {
            let twin = match path.strip_suffix(".md") {
                Some(code) => code.to_owned(),
                None => format!("{path}.md"),
            };
            match value % 2 {
                0 => world.write(&twin, b"pub const TWIN: Int = 1\n"),
                _ => world.remove(&twin),
            }
        }
    }),
    verb("touch", 3, |world, [at, _, _]| {
        if let Some(path) = world.document_at(at)
            && let Ok(content) = fs::read(world.root().join(&path))
        {
            world.write(&path, &content);
        }
    }),
    verb("restore", 5, restore),
    verb("same-time", 4, same_time),
    verb("link", 2, link),
    verb("hard-link", 1, |world, [from, to, _]| {
        if let (Some(from), Some(to)) = (world.document_at(from), world.document_at(to))
            && from != to
        {
            world.remove(&to);
            let root = world.root();
            // What is no file any more has no second name.
            let _ = fs::hard_link(root.join(from), root.join(to));
        }
    }),
    verb("folder", 2, |world, [at, _, _]| {
        if let Some(place) = world.model.module_at(at) {
            let path = world.path_of(place, &world.model.modules[&place]);
            world.model.modules.remove(&place);
            world.write_changes();
            world.write(&format!("{path}/inner.lm.md"), b"# In a folder\n");
        }
    }),
    verb("replaces", 2, |world, [value, _, _]| {
        world.replaces = value % 2 > 0
    }),
    // Time must pass before equal times of a file mean equal content, and the shortcut is what is tried here.
    verb("wait", 16, |_, _| std::thread::sleep(Duration::from_millis(60))),
];

fn edit(world: &mut World, at: usize, change: impl FnOnce(&mut Module)) {
    if let Some(place) = world.model.module_at(at) {
        change(world.model.modules.get_mut(&place).expect("it is there"));
    }
}

/// Imports an item as it is now. Nothing keeps the imports from making a cycle.
fn import(world: &mut World, [at, from, slot]: [usize; 3]) {
    let (Some(place), Some(from)) = (world.model.module_at(at), world.model.module_at(from)) else {
        return;
    };
    // Mostly from those before it, so that cycles are not all there is.
    let (place, from) = match slot % 8 {
        0 => (place, from),
        _ => (place.max(from), place.min(from)),
    };
    let Some(import) = world.model.import_of(from, slot / 8, slot / 32) else {
        return;
    };
    let module = world.model.modules.get_mut(&place).expect("it is there");
    module
        .imports
        .retain(|other| (other.from, other.slot) != (import.from, import.slot));
    module.imports.push(import);
}

/// Makes every importer take what it imports as it is now, and forget what is gone: errors go away, cycles stay.
fn adapt(world: &mut World) {
    let model = &mut world.model;
    let places: Vec<Place> = model.modules.keys().copied().collect();
    for place in places {
        let old = std::mem::take(&mut model.modules.get_mut(&place).expect("it is there").imports);
        let new = old.into_iter().filter_map(|import| {
            let now = model.import_of(import.from, import.slot, 2)?;
            let style = match now.kind == import.kind {
                true => import.style,
                false => now.style,
            };
            Some(super::model::Import { style, ..now })
        });
        let new: Vec<_> = new.filter(|import| import.from < place).collect();
        model.modules.get_mut(&place).expect("it is there").imports = new;
    }
    for (package, path) in model.modules.keys().copied().collect::<Vec<_>>() {
        let foreign = model.modules[&(package, path)]
            .imports
            .iter()
            .map(|import| import.from.0);
        let foreign: Vec<usize> = foreign.filter(|other| *other != package).collect();
        if let Some(package) = model.packages.get_mut(&package) {
            package
                .dependencies
                .extend(foreign.into_iter().map(|other| (other, false)));
        }
    }
}

/// Moves a module and all imports of it, as a tool that renames would; the file itself is renamed.
fn move_module(world: &mut World, at: usize, (package, path): (usize, usize)) {
    let (Some(from), Some(package)) = (world.model.module_at(at), world.model.package_at(package)) else {
        return;
    };
    let to = (package, path % PATHS.len());
    if world.model.modules.contains_key(&to) {
        return;
    }
    let module = world.model.modules.remove(&from).expect("it is there");
    let (old, new) = (world.path_of(from, &module), world.path_of(to, &module));
    world.model.modules.insert(to, module);
    world.rename(&old, &new);
    // Every second time importers are left behind.
    if at.is_multiple_of(2) {
        for module in world.model.modules.values_mut() {
            for import in module.imports.iter_mut().filter(|import| import.from == from) {
                import.from = to;
            }
        }
    }
}

/// Two documents take each other's place, by renaming: sizes and times may be equal.
fn swap(world: &mut World, [left, right, _]: [usize; 3]) {
    let (Some(left), Some(right)) = (world.model.module_at(left), world.model.module_at(right)) else {
        return;
    };
    if left == right || world.model.modules[&left].is_code != world.model.modules[&right].is_code {
        return;
    }
    let one = world.model.modules[&left].clone();
    let other = world.model.modules[&right].clone();
    let (here, there) = (world.path_of(left, &one), world.path_of(right, &other));
    world.rename(&here, "swapped");
    world.rename(&there, &here);
    world.rename("swapped", &there);
    world.model.modules.insert(left, other);
    world.model.modules.insert(right, one);
}

/// Puts old content back, with the time it had.
fn restore(world: &mut World, [which, _, _]: [usize; 3]) {
    let Some(number) = which.checked_rem(world.past.len()) else {
        return;
    };
    let past = &world.past[number];
    let (path, content, modified) = (past.path.clone(), past.content.clone(), past.modified);
    world.write(&path, &content);
    set_modified(world, &path, modified);
}

/// Other content of the same size, with the time of the old one.
fn same_time(world: &mut World, [at, value, _]: [usize; 3]) {
    let Some(place) = world.model.module_at(at) else {
        return;
    };
    let path = world.path_of(place, &world.model.modules[&place]);
    let modified = fs::metadata(world.root().join(&path)).and_then(|metadata| metadata.modified());
    let module = world.model.modules.get_mut(&place).expect("it is there");
    module.items.iter_mut().for_each(|item| item.body = value % 10);
    world.write_changes();
    if let Ok(modified) = modified {
        set_modified(world, &path, modified);
    }
}

fn set_modified(world: &World, path: &str, modified: std::time::SystemTime) {
    if let Ok(file) = fs::File::options().write(true).open(world.root().join(path)) {
        file.set_modified(modified).expect("its time can be set");
    }
}

/// Puts a link in the place of a document: to a file outside of the sources, to another document, or to nothing.
fn link(world: &mut World, [at, value, other]: [usize; 3]) {
    let (Some(path), Some(other)) = (world.document_at(at), world.document_at(other)) else {
        return;
    };
    let root = world.root();
    let up = "../".repeat(path.matches('/').count());
    let target = match value % 3 {
        0 => {
            let content = fs::read(root.join(&path)).unwrap_or_default();
            world.write("elsewhere.lm.md", &content);
            "elsewhere.lm.md".to_owned()
        }
        1 if other != path => other,
        _ => "nowhere".to_owned(),
    };
    world.remove(&path);
    // Its folder may have gone with what was in it.
    let _ = std::os::unix::fs::symlink(format!("{up}{target}"), root.join(path));
}
