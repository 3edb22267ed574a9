//! Which registries there are and which one a package comes from: `[registries]` of the workspace and of the user; and `[cache]` of the user.
//!
//! The tables are read by [`section`] in `lumen.toml` and in `config.toml` of Lumen's home; [`Registries`] joins them. Nothing is fetched
//! here, and tokens and keys are not in these files.

mod cache;
mod duration;
mod registries;
mod section;
mod size;
mod url;
mod user;

pub use duration::parse_duration;
pub use registries::{ChoiceError, DEFAULT_REGISTRY, Registries, Registry};
pub(crate) use section::RegistrySection;
pub use size::parse_size;
pub use url::RegistryUrl;
pub use user::{MAXIMUM_CONFIG_BYTES, USER_CONFIG_FILE, UserConfig};
