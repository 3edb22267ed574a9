//! Tokens and the publishing key of a user, in Lumen's home, readable by nobody else.
//!
//! ```text
//! credentials.toml    [tokens] "URL" = "lumen_..."
//! keys/publish.pem    an Ed25519 key (PKCS#8)
//! ```
//!
//! A token belongs to the *address* it was given to, not to the name that some manifest gives a registry: a manifest cannot have it sent elsewhere.

use super::replace::{Durable, read_bounded, write_whole};
use crate::client::{ClientError, Token};
use crate::protocol::{PublicKey, Signature};
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _};
use ed25519_dalek::{Signer as _, SigningKey};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use toml_edit::{DocumentMut, Item, Table, value};

/// The largest file of credentials or configuration that is read, in bytes.
const MAXIMUM_BYTES: u64 = 1024 * 1024;

/// The file of tokens.
#[derive(Debug, Clone)]
pub struct Credentials {
    path: PathBuf,
}

impl Credentials {
    /// Those in Lumen's home.
    pub fn new(home: &Path) -> Self {
        Self {
            path: home.join("credentials.toml"),
        }
    }

    /// The token for a registry's address, if there is one.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn token(&self, url: &str) -> Result<Option<Token>, ClientError> {
        let document = read_document(&self.path)?;
        let text = document
            .get("tokens")
            .and_then(|tokens| tokens.get(url))
            .and_then(Item::as_str);
        text.map(|text| {
            Token::parse(text).map_err(|error| ClientError::Local {
                what: format!("the token for `{url}` in `{}` is none", self.path.display()),
                reason: error.to_string(),
            })
        })
        .transpose()
    }

    /// Keeps a token.
    ///
    /// # Errors
    /// If the file cannot be read or written.
    pub fn set(&self, url: &str, token: &Token) -> Result<(), ClientError> {
        self.edit(|tokens| {
            tokens.insert(url, value(token.reveal()));
        })
    }

    /// Forgets a token; says whether there was one.
    ///
    /// # Errors
    /// If the file cannot be read or written.
    pub fn remove(&self, url: &str) -> Result<bool, ClientError> {
        // One that is damaged is there too, and to be forgotten.
        if matches!(self.token(url), Ok(None)) {
            return Ok(false);
        }
        self.edit(|tokens| drop(tokens.remove(url)))?;
        Ok(true)
    }

    fn edit(&self, change: impl FnOnce(&mut Table)) -> Result<(), ClientError> {
        let mut document = read_document(&self.path)?;
        let tokens = document
            .entry("tokens")
            .or_insert_with(|| Item::Table(Table::new()));
        match tokens.as_table_mut() {
            Some(tokens) => change(tokens),
            None => {
                return Err(ClientError::Local {
                    what: format!("`{}` cannot be changed", self.path.display()),
                    reason: "`tokens` is no table".to_owned(),
                });
            }
        }
        write_document(&self.path, &document, Durable::Private)
    }
}

/// Writes a registry's entry into the user's configuration, over one of the same name; comments and other entries stay. `root` is below the folder of `config`.
///
/// # Errors
/// If the file cannot be read or written.
pub fn configure_registry(config: &Path, name: &str, url: &str, root: &Path) -> Result<(), ClientError> {
    let mut document = read_document(config)?;
    let registries = document.entry("registries").or_insert_with(|| {
        let mut table = Table::new();
        table.set_implicit(true);
        Item::Table(table)
    });
    let wrong = |what: &str| ClientError::Local {
        what: format!("`{}` cannot be changed", config.display()),
        reason: format!("`{what}` is no table"),
    };
    let registries = registries
        .as_table_like_mut()
        .ok_or_else(|| wrong("registries"))?;
    if registries.get(name).is_none() {
        registries.insert(name, Item::Table(Table::new()));
    }
    let entry = registries.get_mut(name).and_then(Item::as_table_like_mut);
    let entry = entry.ok_or_else(|| wrong(name))?;
    entry.insert("url", value(url));
    // Relative to the file, as the format wants it, so that a home can be moved.
    let root = root
        .strip_prefix(config.parent().unwrap_or(config))
        .unwrap_or(root);
    let names: Vec<_> = root.iter().map(|name| name.to_string_lossy()).collect();
    entry.insert("root", value(names.join("/")));
    write_document(config, &document, Durable::Yes)
}

fn read_document(path: &Path) -> Result<DocumentMut, ClientError> {
    let local = |reason: String| ClientError::Local {
        what: format!("`{}` cannot be read", path.display()),
        reason,
    };
    let bytes = match read_bounded(path, MAXIMUM_BYTES) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(local(error.to_string())),
    };
    let text = String::from_utf8(bytes).map_err(|_| local("it is not UTF-8".to_owned()))?;
    // The message of a syntax error quotes the line, which may hold a token.
    text.parse().map_err(|_| local("it is not TOML".to_owned()))
}

fn write_document(path: &Path, document: &DocumentMut, durable: Durable) -> Result<(), ClientError> {
    write_whole(path, document.to_string().as_bytes(), durable).map_err(|error| ClientError::Local {
        what: format!("`{}` cannot be written", path.display()),
        reason: error.to_string(),
    })
}

/// The user's publishing key. The secret half does not leave it.
pub struct PublishingKey {
    secret: SigningKey,
    public: PublicKey,
}

impl PublishingKey {
    /// The key in Lumen's home, if there is one.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn load(home: &Path) -> Result<Option<Self>, ClientError> {
        let path = Self::path(home);
        let local = |reason: String| ClientError::Local {
            what: format!("the publishing key `{}` cannot be read", path.display()),
            reason,
        };
        let bytes = match read_bounded(&path, MAXIMUM_BYTES) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(local(error.to_string())),
        };
        let text = String::from_utf8(bytes).map_err(|_| local("it is not UTF-8".to_owned()))?;
        let secret = SigningKey::from_pkcs8_pem(&text).map_err(|error| local(error.to_string()))?;
        Self::new(secret).map(Some).map_err(local)
    }

    /// The key in Lumen's home; a new one if there is none. Says whether it is new.
    ///
    /// # Errors
    /// If it cannot be read, or made.
    pub fn load_or_make(home: &Path) -> Result<(Self, bool), ClientError> {
        if let Some(key) = Self::load(home)? {
            return Ok((key, false));
        }
        let path = Self::path(home);
        let local = |reason: String| ClientError::Local {
            what: format!("the publishing key `{}` cannot be made", path.display()),
            reason,
        };
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|error| local(error.to_string()))?;
        let secret = SigningKey::from_bytes(&seed);
        let text = secret
            .to_pkcs8_pem(LineEnding::LF)
            .map_err(|error| local(error.to_string()))?;
        write_whole(&path, text.as_bytes(), Durable::Private).map_err(|error| local(error.to_string()))?;
        Ok((Self::new(secret).map_err(local)?, true))
    }

    /// Where it is.
    pub fn path(home: &Path) -> PathBuf {
        home.join("keys").join("publish.pem")
    }

    fn new(secret: SigningKey) -> Result<Self, String> {
        let public = PublicKey::from_bytes(secret.verifying_key().as_bytes());
        Ok(Self {
            public: public.map_err(|error| error.to_string())?,
            secret,
        })
    }

    /// The public half.
    pub const fn public(&self) -> PublicKey {
        self.public
    }

    /// Signs.
    pub fn sign(&self, message: &[u8]) -> Signature {
        Signature::from_bytes(self.secret.sign(message).to_bytes())
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the test looks at its files")]
mod tests {
    use super::{Credentials, PublishingKey, configure_registry};
    use crate::client::Token;
    use crate::config::{Registries, UserConfig};

    #[test]
    fn what_login_writes_is_read_again() {
        let home = tempfile::tempdir().expect("a folder");
        let (config, url) = (home.path().join("config.toml"), "https://registry.example");
        let root = home.path().join("registries/0123/root.json");
        for _ in 0..2 {
            configure_registry(&config, "default", url, &root).expect("written");
        }
        let text = String::from_utf8(super::read_bounded(&config, 1_000).expect("there")).expect("text");
        let (parsed, problems) = UserConfig::parse(&config, &text);
        assert_eq!(problems, [], "{text}");
        let registries = Registries::of_user(&parsed);
        let registry = registries.get("default").expect("there");
        assert_eq!(
            (registry.url.as_str(), registry.root.as_deref()),
            (url, Some(root.as_path()))
        );
    }

    #[test]
    fn secrets_are_kept_for_their_owner_alone() {
        let home = tempfile::tempdir().expect("a folder");
        let credentials = Credentials::new(home.path());
        let token = Token::parse("lumen_secret").expect("a token");
        assert_eq!(credentials.token("https://a.example"), Ok(None));
        credentials.set("https://a.example", &token).expect("written");
        assert_eq!(credentials.token("https://a.example"), Ok(Some(token)));
        assert_eq!(credentials.token("https://b.example"), Ok(None));
        let (key, new) = PublishingKey::load_or_make(home.path()).expect("made");
        let (again, old) = PublishingKey::load_or_make(home.path()).expect("there");
        assert_eq!((new, old, key.public()), (true, false, again.public()));
        key.public()
            .verify(b"text", &again.sign(b"text"))
            .expect("its own");
        #[cfg(unix)]
        for file in ["credentials.toml", "keys/publish.pem"] {
            let file = std::fs::File::open(home.path().join(file)).expect("there");
            let mode = std::os::unix::fs::MetadataExt::mode(&file.metadata().expect("there"));
            assert_eq!(mode & 0o777, 0o600);
        }
        assert_eq!(credentials.remove("https://a.example"), Ok(true));
        assert_eq!(credentials.remove("https://a.example"), Ok(false));
    }
}
