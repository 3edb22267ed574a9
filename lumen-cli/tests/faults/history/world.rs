//! A workspace in a folder, its model, and the caches around it.

use super::model::{Model, Module, PACKAGES, PATHS, Place};
use super::render;
use lumen_build::{Options, Scope};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A file as it once was.
pub(crate) struct Past {
    pub(crate) path: String,
    pub(crate) content: Vec<u8>,
    pub(crate) modified: SystemTime,
}

/// The workspace and everything around it that a step may touch. What is in a folder of its own is removed by whoever made the folder.
pub(crate) struct World {
    /// Holds workspaces and caches.
    place: PathBuf,
    pub(crate) model: Model,
    /// What the model last said of each file, which need not be what is there: steps may write behind the model's back.
    rendered: BTreeMap<String, Vec<u8>>,
    pub(crate) past: Vec<Past>,
    /// Whether files are replaced by renaming, as many editors do.
    pub(crate) replaces: bool,
    /// How often the workspace has moved.
    pub(crate) moves: usize,
    /// Which cache is in use.
    pub(crate) cache: usize,
    pub(crate) kept_state: Option<Vec<u8>>,
    /// Whether the manifest of the workspace is in order.
    pub(crate) workspace_fault: usize,
}

impl World {
    /// Two packages, five modules, and a few imports below `place`, an empty folder.
    pub(crate) fn new(place: &Path) -> World {
        let mut world = World {
            place: place.to_owned(),
            model: Model::default(),
            rendered: BTreeMap::new(),
            past: Vec::new(),
            replaces: false,
            moves: 0,
            cache: 0,
            kept_state: None,
            workspace_fault: 0,
        };
        let model = &mut world.model;
        model.packages.entry(0).or_default();
        model.packages.entry(1).or_default().dependencies.insert(0, false);
        for (variant, place) in [(0, 1), (0, 2), (0, 3), (1, 0), (1, 1)].into_iter().enumerate() {
            let module = model.fresh(variant);
            model.modules.insert(place, module);
        }
        let imports = [
            ((0, 2), (0, 1), 0),
            ((0, 3), (0, 2), 1),
            ((1, 0), (0, 1), 1),
            ((1, 1), (0, 3), 2),
        ];
        for (place, from, slot) in imports {
            let import = model.import_of(from, slot, 2);
            model
                .modules
                .get_mut(&place)
                .expect("it was made")
                .imports
                .extend(import);
        }
        world.write_changes();
        world
    }

    /// The workspace's folder.
    pub(crate) fn root(&self) -> PathBuf {
        self.place.join(format!("work{}", self.moves))
    }

    /// The cache's folder.
    pub(crate) fn cache(&self) -> PathBuf {
        self.place.join(format!("cache{}", self.cache))
    }

    /// The path of a document, as seen from the workspace.
    pub(crate) fn path_of(&self, place: Place, module: &Module) -> String {
        let ending = if module.is_code { "lm" } else { "lm.md" };
        format!("packages/{}/src/{}.{ending}", PACKAGES[place.0], PATHS[place.1])
    }

    /// The path of the document of a module that there is, chosen by a number.
    pub(crate) fn document_at(&self, number: usize) -> Option<String> {
        let place = self.model.module_at(number)?;
        Some(self.path_of(place, &self.model.modules[&place]))
    }

    /// Writes and removes what the model says another thing of than before.
    pub(crate) fn write_changes(&mut self) {
        let mut files = BTreeMap::new();
        let text = match self.workspace_fault {
            0 => "[workspace]\nmembers = [\"packages/*\"]\n",
            1 => "[workspace]\nmembers = [\"packages/a\"]\n",
            _ => "[workspace\n",
        };
        files.insert("lumen.toml".to_owned(), text.as_bytes().to_vec());
        for number in self.model.packages.keys() {
            let manifest = render::manifest(&self.model, *number);
            files.insert(
                format!("packages/{}/lumen.toml", PACKAGES[*number]),
                manifest.into_bytes(),
            );
        }
        for (place, module) in &self.model.modules {
            files.insert(
                self.path_of(*place, module),
                render::document(&self.model, *place, module),
            );
        }
        let gone: Vec<String> = self
            .rendered
            .keys()
            .filter(|path| !files.contains_key(*path))
            .cloned()
            .collect();
        for path in gone {
            self.remove(&path);
        }
        for (path, content) in &files {
            if self.rendered.get(path) != Some(content) {
                self.write(path, content);
            }
        }
        self.rendered = files;
    }

    /// Gives one item of each module another body: what `draw` says, a slot and a digit.
    pub(crate) fn edit_bodies(&mut self, mut draw: impl FnMut() -> (usize, usize)) {
        for module in self.model.modules.values_mut() {
            let (slot, body) = draw();
            module.items[slot].body = body;
        }
        self.write_changes();
    }

    /// Writes a file, whatever is in its place.
    pub(crate) fn write(&mut self, path: &str, content: &[u8]) {
        self.remember(path);
        let full = self.root().join(path);
        clear_the_way(&full);
        if self.replaces {
            let beside = full.with_extension("swp");
            fs::write(&beside, content).expect("it can be written");
            fs::rename(&beside, &full).expect("it can be renamed");
        } else {
            // Links may lead to each other.
            if fs::write(&full, content).is_err() {
                let _ = fs::remove_file(&full);
                fs::write(&full, content).expect("it can be written");
            }
        }
    }

    /// Removes a file or folder, if it is there.
    pub(crate) fn remove(&mut self, path: &str) {
        self.remember(path);
        let full = self.root().join(path);
        match fs::symlink_metadata(&full) {
            Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(&full).expect("it can be removed"),
            Ok(_) => fs::remove_file(&full).expect("it can be removed"),
            Err(_) => {}
        }
    }

    /// Renames a file or folder with everything that the model knows of it.
    pub(crate) fn rename(&mut self, from: &str, to: &str) {
        let (old, new) = (self.root().join(from), self.root().join(to));
        if fs::symlink_metadata(&old).is_err() {
            return;
        }
        clear_the_way(&new);
        if fs::rename(&old, &new).is_ok()
            && let Some(content) = self.rendered.remove(from)
        {
            self.rendered.insert(to.to_owned(), content);
        }
    }

    fn remember(&mut self, path: &str) {
        let full = self.root().join(path);
        if let (Ok(content), Ok(metadata)) = (fs::read(&full), fs::metadata(&full)) {
            self.past.push(Past {
                path: path.to_owned(),
                content,
                modified: metadata.modified().expect("this platform has times"),
            });
        }
    }

    /// Copies the workspace without what a build made.
    pub(crate) fn copy_sources(&self, to: &Path) {
        copy(&self.root(), to, &|name| name != ".lumen" && name != "lumen.lock");
    }
}

/// Makes the folders above a path, and takes away what is there and no file.
fn clear_the_way(path: &Path) {
    let folder = path.parent().expect("it lies in a workspace");
    for ancestor in folder.ancestors() {
        if fs::symlink_metadata(ancestor).is_ok_and(|metadata| !metadata.is_dir()) {
            fs::remove_file(ancestor).expect("it can be removed");
        }
    }
    fs::create_dir_all(folder).expect("a folder can be made");
    if fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir()) {
        fs::remove_dir_all(path).expect("it can be removed");
    }
}

/// Copies a folder; links stay links, but for those that lead out of it. `wanted` decides by name.
pub(crate) fn copy(from: &Path, to: &Path, wanted: &dyn Fn(&str) -> bool) {
    let inside = fs::canonicalize(from).expect("it is there");
    copy_within(&inside, from, to, wanted);
}

fn copy_within(inside: &Path, from: &Path, to: &Path, wanted: &dyn Fn(&str) -> bool) {
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from).expect("it can be listed") {
        let entry = entry.expect("it can be listed");
        let (path, name) = (entry.path(), entry.file_name());
        if !wanted(&name.to_string_lossy()) {
            continue;
        }
        let target = to.join(&name);
        let kind = entry.file_type().expect("it has a kind");
        if kind.is_dir() {
            copy_within(inside, &path, &target, wanted);
        } else if kind.is_symlink() && fs::canonicalize(&path).is_ok_and(|real| !real.starts_with(inside)) {
            fs::copy(&path, target).expect("it can be copied");
        } else if kind.is_symlink() {
            let link = fs::read_link(&path).expect("it is a link");
            std::os::unix::fs::symlink(link, target).expect("a link can be made");
        } else {
            fs::copy(&path, target).expect("it can be copied");
        }
    }
}

/// How to build. By default the whole workspace, without more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ask {
    pub(crate) keep_going: bool,
    pub(crate) paranoid: bool,
    pub(crate) snippets: bool,
    pub(crate) jobs: usize,
    /// A package by name, or a document by path, and not the whole workspace.
    pub(crate) part: Option<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Package(String),
    Document(String),
}

impl Ask {
    pub(crate) fn of(world: &World, [how, thoroughly, what]: [usize; 3]) -> Ask {
        let part = match what % 10 {
            7 => world
                .model
                .package_at(what / 10)
                .map(|number| Part::Package(render::package_name(number, &world.model.packages[&number]))),
            8 | 9 => world.document_at(what / 10).map(Part::Document),
            _ => None,
        };
        Ask {
            keep_going: how % 4 == 1,
            paranoid: thoroughly % 8 == 1,
            snippets: (2..4).contains(&(thoroughly % 8)),
            jobs: 1 + how / 4 % 2,
            part,
        }
    }

    /// The command line that asks for the same.
    pub(crate) fn arguments(&self) -> Vec<String> {
        let mut arguments = vec!["build".to_owned(), "--message-format=json".to_owned()];
        arguments.push(format!("--jobs={}", self.jobs.max(1)));
        arguments.extend(self.keep_going.then(|| "--keep-going".to_owned()));
        arguments.extend(self.paranoid.then(|| "--paranoid".to_owned()));
        arguments.extend(self.part.as_ref().map(|part| match part {
            Part::Package(name) => format!("--package={name}"),
            Part::Document(path) => path.clone(),
        }));
        arguments
    }

    pub(crate) fn options(&self, root: &Path, cache: &Path) -> Options {
        Options {
            keep_going: self.keep_going,
            paranoid: self.paranoid,
            snippets: self.snippets,
            jobs: self.jobs.max(1),
            scope: match &self.part {
                None => Scope::Workspace,
                Some(Part::Package(name)) => Scope::Package(name.clone()),
                Some(Part::Document(path)) => Scope::Document(root.join(path)),
            },
            ..Options::new(root, cache)
        }
    }
}
