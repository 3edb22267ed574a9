//! Projects to start from: what a template is, what it asks for, and how its files come to say a project's own names.
//!
//! A template is a folder with a `template.toml` and the files of a project; `docs/spec/template-v1.md` specifies it. Pure: reading folders,
//! asking people and writing files is the command's work.

mod bundled;
mod description;
mod expand;
mod package;
mod variable;

pub use bundled::{BUNDLED_TEMPLATES, BundledTemplate};
pub use description::{TEMPLATE_FILE, Template, TemplateError};
pub use expand::ProjectFile;
pub use package::{package_manifest, suggested_name};
pub use variable::{Variable, VariableKind};
