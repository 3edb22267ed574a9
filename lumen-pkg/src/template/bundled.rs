//! The templates that come with the command: the folders of `templates/`, part of the binary.

use super::description::{Template, TemplateError};

/// One of them.
#[derive(Debug, Clone, Copy)]
pub struct BundledTemplate {
    /// What `--template` takes.
    pub name: &'static str,
    files: &'static [(&'static str, &'static str)],
}

macro_rules! template {
    ($name:literal: $($path:literal)*) => {
        BundledTemplate {
            name: $name,
            files: &[$((
                $path,
                include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../templates/", $name, "/", $path)),
            ),)*],
        }
    };
}

/// All of them, in the order of `--list`.
pub const BUNDLED_TEMPLATES: [BundledTemplate; 4] = [
    template!["app":
        "template.toml" "lumen.toml" "README.md" ".gitignore" ".github/workflows/ci.yml" "src/main.lm.md" "src/greeting.lm.md"],
    template!["lib":
        "template.toml" "lumen.toml" "README.md" ".gitignore" ".github/workflows/ci.yml" "src/lib.lm.md"],
    template!["workspace":
        "template.toml" "lumen.toml" "README.md" ".gitignore" ".github/workflows/ci.yml"
        "packages/core/lumen.toml" "packages/core/src/lib.lm.md" "packages/app/lumen.toml" "packages/app/src/main.lm.md"],
    template!["pipeline":
        "template.toml" "lumen.toml" "README.md" ".gitignore" ".github/workflows/ci.yml" "readings.csv"
        "src/main.lm.md" "src/reading.lm.md" "src/summary.lm.md"],
];

impl BundledTemplate {
    /// The template of this name.
    pub fn find(name: &str) -> Option<Self> {
        BUNDLED_TEMPLATES
            .into_iter()
            .find(|template| template.name == name)
    }

    /// Reads it.
    ///
    /// # Errors
    /// Never, which a test shows for each.
    pub fn read(self) -> Result<Template, TemplateError> {
        let files = self
            .files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()));
        Template::read(files.collect())
    }
}
