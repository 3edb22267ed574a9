//! Steps that edit manifests, and packages.

use super::model::{Module, PACKAGES, Package};
use super::world::World;
use super::{Verb, verb};

pub(crate) const VERBS: &[Verb] = &[
    verb("package", 3, |world, [number, _, _]| {
        world.model.packages.entry(number % PACKAGES.len()).or_default();
    }),
    verb("drop-package", 2, |world, [number, _, _]| {
        let Some(number) = world
            .model
            .package_at(number)
            .filter(|_| world.model.packages.len() > 1)
        else {
            return;
        };
        world.model.packages.remove(&number);
        world.model.modules.retain(|place, _| place.0 != number);
        for package in world.model.packages.values_mut() {
            package.dependencies.remove(&number);
        }
        world.remove(&format!("packages/{}", PACKAGES[number]));
    }),
    verb("rename-package", 2, |world, [number, value, _]| {
        edit(world, number, |package| package.name = value % 2)
    }),
    verb("version", 3, |world, [number, value, _]| {
        edit(world, number, |package| package.version = value % 3)
    }),
    verb("depend", 5, depend),
    verb("independ", 3, |world, [number, other, _]| {
        let other = other % PACKAGES.len();
        edit(world, number, |package| {
            package.dependencies.remove(&other);
        });
    }),
    verb("fault-manifest", 2, |world, [number, value, _]| {
        edit(world, number, |package| package.fault = value % 4);
    }),
    verb("fault-workspace", 1, |world, [value, _, _]| {
        world.workspace_fault = value % 3
    }),
    verb("move-package", 1, |world, [number, to, _]| {
        move_package(world, number, to % PACKAGES.len())
    }),
    verb("move-folder", 2, |world, [number, _, _]| {
        move_folder(world, number)
    }),
    verb("nested-manifest", 1, |world, [number, value, _]| {
        if let Some(number) = world.model.package_at(number) {
            let path = format!("packages/{}/src/deep/lumen.toml", PACKAGES[number]);
            match value % 2 {
                0 => world.write(&path, b"[package]\nname = \"@w/nested\"\nversion = \"0.1.0\"\n"),
                _ => world.remove(&path),
            }
        }
    }),
    verb("odd-file", 1, |world, [number, value, _]| {
        if let Some(number) = world.model.package_at(number) {
            let name = ["two.words.lm.md", ".hidden.lm.md", "README.md", "target/x.lm.md"][value % 4];
            world.write(
                &format!("packages/{}/src/{name}", PACKAGES[number]),
                b"not a module\n",
            );
        }
    }),
];

fn edit(world: &mut World, number: usize, change: impl FnOnce(&mut Package)) {
    if let Some(number) = world.model.package_at(number) {
        change(world.model.packages.get_mut(&number).expect("it is there"));
    }
}

/// Mostly upon a package before it, so that cycles are not all there is.
fn depend(world: &mut World, [number, other, how]: [usize; 3]) {
    let Some(number) = world.model.package_at(number) else {
        return;
    };
    let other = other % PACKAGES.len();
    let (number, other) = match how % 8 {
        0 => (number, other),
        _ => (number.max(other), number.min(other)),
    };
    if let Some(package) = world.model.packages.get_mut(&number) {
        package.dependencies.insert(other, how % 3 == 0);
    }
}

/// A package's folder gets another name, with everything in it; its name changes with it.
fn move_package(world: &mut World, number: usize, to: usize) {
    let Some(from) = world.model.package_at(number) else {
        return;
    };
    if world.model.packages.contains_key(&to) {
        return;
    }
    let package = world.model.packages.remove(&from).expect("it is there");
    world.model.packages.insert(to, package);
    move_modules(world, from, |path| (to, path));
    world.rename(
        &format!("packages/{}", PACKAGES[from]),
        &format!("packages/{}", PACKAGES[to]),
    );
    for package in world.model.packages.values_mut() {
        if let Some(dev) = package.dependencies.remove(&from) {
            package.dependencies.insert(to, dev);
        }
    }
}

/// The modules of the folder `deep` move to another package's, if there is none.
fn move_folder(world: &mut World, number: usize) {
    let (Some(from), Some(to)) = (world.model.package_at(number), world.model.package_at(number + 1)) else {
        return;
    };
    let is_deep = |path: usize| super::model::PATHS[path].starts_with("deep/");
    if from == to
        || world
            .model
            .modules
            .keys()
            .any(|place| place.0 == to && is_deep(place.1))
    {
        return;
    }
    move_modules(world, from, |path| match is_deep(path) {
        true => (to, path),
        false => (from, path),
    });
    let folder = |package: usize| format!("packages/{}/src/deep", PACKAGES[package]);
    world.rename(&folder(from), &folder(to));
}

fn move_modules(world: &mut World, package: usize, place: impl Fn(usize) -> (usize, usize)) {
    let modules = std::mem::take(&mut world.model.modules);
    let moved = modules
        .into_iter()
        .map(|(old, module): (_, Module)| match old.0 == package {
            true => (place(old.1), module),
            false => (old, module),
        });
    world.model.modules = moved.collect();
}
