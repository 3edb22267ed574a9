//! The cases: a file of TOML an attack family, see `attacks/README.md`.

use super::repository::{Repository, names};
use lumen_pkg::tuf::FetchError;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use toml_edit::{DocumentMut, Item, Value as Toml};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Attack {
    pub(crate) name: String,
    /// What an honest registry does, and the client sees; none for a client that comes for the first time.
    #[serde(default)]
    pub(crate) seen: Option<Vec<Step>>,
    /// What the attacker does.
    pub(crate) steps: Vec<Step>,
    /// The client's clock, in hours after the repository's first day began.
    #[serde(default)]
    pub(crate) hours: i64,
    #[serde(default)]
    pub(crate) refused: Option<Refused>,
    #[serde(default)]
    pub(crate) unreachable: Option<Unreachable>,
    /// The file that the registry does not have.
    #[serde(default)]
    pub(crate) absent: Option<String>,
    /// Files of the store that change: those that were verified before the refusal.
    #[serde(default)]
    pub(crate) keeps: Vec<String>,
    /// What `tough` does, where that is another thing: why.
    #[serde(default)]
    pub(crate) tough: Option<String>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refused {
    pub(crate) role: String,
    pub(crate) rule: String,
    pub(crate) expected: String,
    pub(crate) found: String,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub(crate) struct Unreachable {
    pub(crate) file: String,
    pub(crate) reason: String,
}

/// `sign`, `rotate` and `delegate` take names of keys: `root-1` to `root-5`, `targets-1` to `targets-3`, `online`, or any other,
/// which is a key of somebody else. `NAME!` signs wrongly, `alias:NAME` is a key under another id.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Step {
    /// The honest registry publishes this often.
    Publish(u64),
    /// Another value in what is signed, by JSON pointer.
    Set { file: String, at: String, to: Value },
    /// Takes away a member of an object in what is signed.
    Drop { file: String, at: String },
    /// The next version of a role.
    Bump(String),
    /// Who signs a role.
    Sign { file: String, keys: Vec<String> },
    /// Snapshot and timestamp name the files as they are now.
    Pin,
    /// Only the timestamp names the snapshot as it is now.
    PinSnapshot,
    /// A new root.
    Rotate {
        role: String,
        keys: Vec<String>,
        threshold: u64,
        signers: Vec<String>,
    },
    /// This many new roots, by the same keys.
    Renew(u64),
    /// A role delegated by another.
    Delegate {
        from: String,
        name: String,
        keys: Vec<String>,
        threshold: u64,
        paths: Vec<String>,
        terminating: bool,
    },
    /// Metadata of a delegated role.
    Add { name: String, signers: Vec<String> },
    /// A target of a role.
    Target {
        file: String,
        name: String,
        text: String,
    },
    /// A file as it was served when the client last saw the registry, or after that many publishes.
    Replay {
        file: String,
        from: usize,
        /// Under another name.
        #[serde(default)]
        onto: Option<String>,
    },
    /// A file with the bytes of another.
    Copy { file: String, from: String },
    /// A file that is not there.
    Missing(String),
    /// A file with other bytes.
    Text { file: String, text: String },
    /// The first bytes of a file only.
    Truncate { file: String, bytes: usize },
    /// A file with that many spaces behind it.
    Pad { file: String, bytes: usize },
    /// The registry answers with an error.
    Fail { file: String, reason: String },
}

/// A repository under attack.
pub(crate) struct Bench {
    pub(crate) repository: Repository,
    /// What was served after each publish.
    history: Vec<BTreeMap<String, Vec<u8>>>,
    pub(crate) failures: BTreeMap<String, FetchError>,
}

impl Bench {
    pub(crate) fn new() -> Self {
        let repository = Repository::new();
        Self {
            history: vec![repository.files()],
            repository,
            failures: BTreeMap::new(),
        }
    }

    pub(crate) fn run(&mut self, step: &Step) {
        let repository = &mut self.repository;
        match step {
            Step::Publish(times) => {
                for _ in 0..*times {
                    repository.publish();
                    self.history.push(repository.files());
                }
            }
            Step::Set { file, at, to } => {
                let signed = &mut repository.role(file).signed;
                *place(signed, at) = to.clone();
            }
            Step::Drop { file, at } => {
                let (parent, name) = at.rsplit_once('/').unwrap();
                let signed = &mut repository.role(file).signed;
                let parent = signed.pointer_mut(parent).and_then(Value::as_object_mut);
                parent
                    .and_then(|parent| parent.remove(&unescaped(name)))
                    .expect("what is dropped is there");
            }
            Step::Bump(role) => repository.bump(role),
            Step::Sign { file, keys } => repository.role(file).signers.clone_from(keys),
            Step::Pin => repository.pin(),
            Step::PinSnapshot => {
                let kept = repository.role("snapshot").signed["meta"].clone();
                repository.pin();
                repository.role("snapshot").signed["meta"] = kept;
                repin_timestamp(repository);
            }
            Step::Rotate {
                role,
                keys,
                threshold,
                signers,
            } => repository.rotate(role, keys, *threshold, signers),
            Step::Renew(times) => {
                for _ in 0..*times {
                    repository.rotate("root", &names("root", 5), 3, &names("root", 3));
                }
            }
            Step::Delegate {
                from,
                name,
                keys,
                threshold,
                paths,
                terminating,
            } => {
                repository.delegate(from, name, keys, *threshold, paths, *terminating);
            }
            Step::Add { name, signers } => repository.add_role(name, signers),
            Step::Target { file, name, text } => {
                let targets = &mut repository.role(file).signed["targets"];
                targets[name] = super::repository::entry(text);
            }
            served => self.serve(served),
        }
    }

    fn serve(&mut self, step: &Step) {
        let current = self.repository.files();
        let bytes = |file: &String| {
            current
                .get(file)
                .unwrap_or_else(|| panic!("no file {file}"))
                .clone()
        };
        let (file, served) = match step {
            Step::Replay { file, from, onto } => (
                onto.as_ref().unwrap_or(file),
                Some(self.history[*from][file].clone()),
            ),
            Step::Copy { file, from } => (file, Some(bytes(from))),
            Step::Missing(file) => (file, None),
            Step::Text { file, text } => (file, Some(text.clone().into_bytes())),
            Step::Truncate { file, bytes: count } => (file, Some(bytes(file)[..*count].to_vec())),
            Step::Pad { file, bytes: count } => (file, Some([bytes(file), vec![b' '; *count]].concat())),
            Step::Fail { file, reason } => {
                self.failures
                    .insert(file.clone(), FetchError::Unreachable(reason.clone()));
                return;
            }
            _ => unreachable!("a step on the repository"),
        };
        self.repository.overlay.insert(file.clone(), served);
    }
}

fn repin_timestamp(repository: &mut Repository) {
    let bytes = repository.role("snapshot").render();
    let version = repository.role("snapshot").version();
    let hash = lumen_pkg::Digest::of(&bytes).to_string();
    repository.role("timestamp").signed["meta"]["snapshot.json"] =
        json!({"version": version, "length": bytes.len(), "hashes": {"sha256": hash}});
}

fn unescaped(name: &str) -> String {
    name.replace("~1", "/").replace("~0", "~")
}

/// The value at a JSON pointer, made if its parent is there.
fn place<'a>(value: &'a mut Value, pointer: &str) -> &'a mut Value {
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer begins with /");
    let parent = value
        .pointer_mut(parent)
        .unwrap_or_else(|| panic!("nothing at {parent}"));
    match parent {
        Value::Array(items) => &mut items[name.parse::<usize>().expect("an index")],
        other => &mut other[unescaped(name)],
    }
}

/// The attacks of a file.
pub(crate) fn parse(text: &str) -> Vec<Attack> {
    let document: DocumentMut = text.parse().expect("TOML");
    let value = json_of_item(document.as_item());
    serde_json::from_value(value["attack"].clone()).expect("attacks")
}

fn json_of_item(item: &Item) -> Value {
    match item {
        Item::None => Value::Null,
        Item::Value(value) => json_of_value(value),
        Item::Table(table) => {
            let members = table
                .iter()
                .map(|(name, item)| (name.to_owned(), json_of_item(item)));
            Value::Object(members.collect::<Map<_, _>>())
        }
        Item::ArrayOfTables(tables) => tables
            .iter()
            .map(|table| json_of_item(&Item::Table(table.clone())))
            .collect(),
    }
}

fn json_of_value(value: &Toml) -> Value {
    match value {
        Toml::String(text) => json!(text.value()),
        Toml::Integer(number) => json!(number.value()),
        Toml::Float(number) => json!(number.value()),
        Toml::Boolean(truth) => json!(truth.value()),
        Toml::Datetime(time) => json!(time.value().to_string()),
        Toml::Array(items) => items.iter().map(json_of_value).collect(),
        Toml::InlineTable(table) => {
            let members = table
                .iter()
                .map(|(name, value)| (name.to_owned(), json_of_value(value)));
            Value::Object(members.collect::<Map<_, _>>())
        }
    }
}
