//! What `lumen init` and `lumen new` write into `lumen.toml` without a template. Text only; documents and folders are made by the command.

use crate::name::PackageName;

/// The manifest of a new package, version 0.1.0, without dependencies.
pub fn package_manifest(name: &PackageName) -> String {
    format!(
        r#"[package]
name = "{name}"
version = "0.1.0"

[dependencies]
# "@acme/money" = {{ path = "../money" }}
"#
    )
}

/// A name for the package in a folder: `@local/` and the folder's name in lower case, with `-` for everything that names do not
/// allow; `@local/package` if nothing is left.
pub fn suggested_name(folder_name: &str) -> PackageName {
    let mut base = String::new();
    for character in folder_name
        .chars()
        .map(|character| character.to_ascii_lowercase())
        .take(64)
    {
        match character {
            'a'..='z' | '0'..='9' => base.push(character),
            _ if base.ends_with('-') || base.is_empty() => {}
            _ => base.push('-'),
        }
    }
    let base = match base.trim_end_matches('-') {
        "" => "package",
        base => base,
    };
    PackageName::parse(&format!("@local/{base}")).expect("only allowed characters are left")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn folder_names_become_package_names() {
        for (folder, name) in [
            ("notes", "@local/notes"),
            ("My Notes (2024)", "@local/my-notes-2024"),
            ("żółć", "@local/package"),
        ] {
            assert_eq!(suggested_name(folder).as_str(), name);
        }
    }

    proptest! {
        #[test]
        fn every_folder_name_gives_a_package_name(folder in any::<String>()) {
            let name = suggested_name(&folder);
            prop_assert_eq!(PackageName::parse(name.as_str()), Ok(name));
        }
    }
}
