//! A user who publishes, and packages to publish.

use crate::registry::{Answer, Remote};
use base64::Engine as _;
use ed25519_dalek::{Signer as _, SigningKey};
use lumen_pkg::archive::{ArchivePath, FileEntry, compress, pack, read};
use lumen_pkg::protocol::{
    Begin, BeginAnswer, Commit, KeyRequest, PublicKey, PublishAnswer, PublishStatement, PublishedDependency,
    Signature,
};
use lumen_pkg::{Digest, Version};

/// A user with a token and a key.
pub(crate) struct Publisher<'r> {
    pub(crate) registry: &'r Remote,
    pub(crate) name: String,
    pub(crate) token: String,
    pub(crate) key: SigningKey,
}

/// A package, ready to be sent.
#[derive(Clone)]
pub(crate) struct Package {
    pub(crate) statement: PublishStatement,
    /// The tar, compressed.
    pub(crate) upload: Vec<u8>,
}

impl Package {
    /// A package with a manifest and a module.
    pub(crate) fn new(name: &str, version: &str) -> Self {
        Self::with_text(name, version, "def one() -> int:\n    return 1\n")
    }

    pub(crate) fn with_text(name: &str, version: &str, text: &str) -> Self {
        Self::with_manifest(name, version, "", text)
    }

    /// A package with more in its manifest.
    pub(crate) fn with_manifest(name: &str, version: &str, more: &str, text: &str) -> Self {
        let manifest = format!("[package]\nname = \"{name}\"\nversion = \"{version}\"\n{more}");
        let tar = pack(&[file("lumen.toml", &manifest), file("src/lib.lm", text)]).expect("an archive");
        Self::of_tar(name, version, &tar)
    }

    /// A package whose statement is that of the tar.
    pub(crate) fn of_tar(name: &str, version: &str, tar: &[u8]) -> Self {
        let archive = read(tar).expect("a canonical archive");
        let statement = PublishStatement {
            package: lumen_pkg::PackageName::parse(name).expect("a name"),
            version: Version::parse(version).expect("a version"),
            archive: archive.digest(),
            size: archive.size(),
            files: archive.tree().root(),
            manifest: Digest::of(archive.manifest()),
            dependencies: Vec::new(),
            grants: Vec::new(),
        };
        let upload = compress(tar).expect("compressed");
        Self { statement, upload }
    }

    pub(crate) fn depending_on(mut self, name: &str, requirement: &str) -> Self {
        self.statement.dependencies.push(PublishedDependency {
            name: lumen_pkg::PackageName::parse(name).expect("a name"),
            requirement: requirement.to_owned(),
            registry: None,
        });
        self
    }

    pub(crate) fn begin(&self) -> Begin {
        Begin {
            package: self.statement.package.clone(),
            version: self.statement.version.clone(),
            archive: self.statement.archive,
            size: self.statement.size,
        }
    }
}

pub(crate) fn file(path: &str, content: &str) -> FileEntry {
    FileEntry {
        path: ArchivePath::parse(path).expect("a path"),
        executable: false,
        content: content.as_bytes().to_vec(),
    }
}

pub(crate) fn public(key: &SigningKey) -> PublicKey {
    PublicKey::from_bytes(key.verifying_key().as_bytes()).expect("a key")
}

pub(crate) fn sign(key: &SigningKey, message: &[u8]) -> Signature {
    Signature::from_bytes(key.sign(message).to_bytes())
}

impl<'r> Publisher<'r> {
    pub(crate) fn new(registry: &'r Remote, name: &str, token: String) -> Self {
        let seed = *Digest::of(name.as_bytes()).as_bytes();
        Self {
            registry,
            name: name.to_owned(),
            token,
            key: SigningKey::from_bytes(&seed),
        }
    }

    pub(crate) async fn announce(&self) {
        let request = KeyRequest {
            key: public(&self.key),
            proof: Some(sign(&self.key, format!("lumen key v1\n{}", self.name).as_bytes())),
        };
        let answer = self.json("PUT", "/api/v1/keys", &request).await;
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    }

    pub(crate) async fn json(&self, method: &str, path: &str, body: &impl serde::Serialize) -> Answer {
        let body = serde_json::to_vec(body).expect("JSON");
        self.send(method, path, body).await
    }

    pub(crate) async fn send(&self, method: &str, path: &str, body: Vec<u8>) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        self.registry
            .send(method, path, &[("authorization", &bearer)], body)
            .await
    }

    pub(crate) async fn begin(&self, package: &Package) -> Answer {
        self.json("POST", "/api/v1/publish/begin", &package.begin()).await
    }

    /// The id of an upload that has begun.
    pub(crate) async fn begun(&self, package: &Package) -> BeginAnswer {
        self.begin(package).await.json()
    }

    pub(crate) async fn upload(&self, id: &str, body: Vec<u8>) -> Answer {
        self.send("PUT", &format!("/api/v1/publish/{id}/archive"), body)
            .await
    }

    pub(crate) fn signed(&self, package: &Package) -> Commit {
        Commit {
            statement: package.statement.clone(),
            key: public(&self.key),
            signature: sign(&self.key, &package.statement.signed_bytes()),
        }
    }

    pub(crate) async fn commit(&self, id: &str, commit: &Commit) -> Answer {
        self.json("POST", &format!("/api/v1/publish/{id}/commit"), commit)
            .await
    }

    /// Publishes a package in three steps; the answer is that of the first that does not succeed, or of the last.
    pub(crate) async fn try_publish(&self, package: &Package) -> Answer {
        let begun = self.begin(package).await;
        if begun.status != 200 {
            return begun;
        }
        let id = begun.json::<BeginAnswer>().upload;
        let uploaded = self.upload(&id, package.upload.clone()).await;
        if uploaded.status != 204 {
            return uploaded;
        }
        self.commit(&id, &self.signed(package)).await
    }

    /// Publishes a package; the answer is the index of its leaf.
    pub(crate) async fn publish(&self, package: &Package) -> u64 {
        match self.try_publish(package).await.json() {
            PublishAnswer::Published { leaf } => leaf,
            held @ PublishAnswer::Held { .. } => panic!("{held:?}"),
        }
    }
}

/// Base64 as it stands in JSON.
pub(crate) fn decode(text: &str) -> Vec<u8> {
    base64::engine::general_purpose::STANDARD
        .decode(text)
        .expect("base64")
}

/// The registry does not answer any more.
pub(crate) struct Gone;

impl Publisher<'_> {
    /// Publishes a package of a registry that may be killed meanwhile.
    pub(crate) async fn until_gone(&self, package: &Package) -> Result<PublishAnswer, Gone> {
        let client = &self.registry.client;
        let url = format!("{}/api/v1/publish", self.registry.url);
        let json = |value: Vec<u8>| {
            client
                .post(format!("{url}/begin"))
                .bearer_auth(&self.token)
                .body(value)
        };
        let begin = serde_json::to_vec(&package.begin()).expect("JSON");
        let begun = whole(json(begin)).await?;
        let id = serde_json::from_slice::<BeginAnswer>(&begun)
            .expect("an answer")
            .upload;
        let upload = client
            .put(format!("{url}/{id}/archive"))
            .body(package.upload.clone());
        whole(upload.bearer_auth(&self.token)).await?;
        let commit = serde_json::to_vec(&self.signed(package)).expect("JSON");
        let commit = client.post(format!("{url}/{id}/commit")).body(commit);
        let answer = whole(commit.bearer_auth(&self.token)).await?;
        Ok(serde_json::from_slice(&answer).expect("an answer"))
    }
}

async fn whole(request: reqwest::RequestBuilder) -> Result<Vec<u8>, Gone> {
    let response = request.send().await.map_err(|_| Gone)?;
    let status = response.status();
    let body = response.bytes().await.map_err(|_| Gone)?.to_vec();
    assert!(status.is_success(), "{status} {}", String::from_utf8_lossy(&body));
    Ok(body)
}
