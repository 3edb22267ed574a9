//! Steps that touch what builds keep: the state, the lock, the cache, and where the workspace lies.

use super::world::{self, World};
use super::{Verb, verb};
use std::fs;
use std::path::PathBuf;

pub(crate) const VERBS: &[Verb] = &[
    verb("forget", 2, |world, _| world.remove(".lumen")),
    verb("keep-state", 2, |world, _| {
        world.kept_state = fs::read(world.root().join(".lumen/state")).ok();
    }),
    verb("old-state", 2, |world, _| {
        if let Some(state) = world.kept_state.clone() {
            world.write(".lumen/state", &state);
        }
    }),
    verb("cut-state", 1, |world, [at, _, _]| {
        if let Ok(mut state) = fs::read(world.root().join(".lumen/state")) {
            state.truncate(state.len() * (at % 100) / 100);
            world.write(".lumen/state", &state);
        }
    }),
    verb("drop-lock", 1, |world, _| world.remove("lumen.lock")),
    verb("other-cache", 2, |world, [number, _, _]| world.cache = number % 2),
    verb("drop-cache", 1, |world, _| {
        // It need not be there yet.
        let _ = fs::remove_dir_all(world.cache());
    }),
    verb("drop-pack", 2, |world, [number, _, _]| {
        if let Some(pack) = pack(world, number) {
            fs::remove_file(pack).expect("it can be removed");
        }
    }),
    verb("cut-pack", 1, |world, [number, at, _]| {
        if let Some(pack) = pack(world, number) {
            let mut content = fs::read(&pack).expect("it is there");
            content.truncate(content.len() * (at % 100) / 100);
            fs::write(pack, content).expect("it can be written");
        }
    }),
    verb("spoil-pack", 1, |world, [number, at, _]| {
        if let Some(pack) = pack(world, number) {
            let mut content = fs::read(&pack).expect("it is there");
            let start = content.len() * (at % 100) / 100;
            content
                .iter_mut()
                .skip(start)
                .step_by(61)
                .for_each(|byte| *byte ^= 0x55);
            fs::write(pack, content).expect("it can be written");
        }
    }),
    verb("relocate", 1, |world, _| {
        let old = world.root();
        world.moves += 1;
        fs::rename(old, world.root()).expect("it can be renamed");
    }),
    verb("copy", 1, |world, _| {
        let old = world.root();
        world.moves += 1;
        world::copy(&old, &world.root(), &|_| true);
    }),
];

/// A pack of the cache, chosen by a number.
fn pack(world: &World, number: usize) -> Option<PathBuf> {
    let folder = fs::read_dir(world.cache().join("v1")).ok()?;
    let paths = folder.filter_map(|entry| Some(entry.ok()?.path()));
    let mut packs: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "pack"))
        .collect();
    packs.sort();
    let count = packs.len();
    packs.into_iter().nth(number.checked_rem(count)?)
}
