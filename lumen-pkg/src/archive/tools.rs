//! The native Rust tools that a package ships: `tools/NAME/tool.json` with `tools/NAME/Cargo.toml` beside it.
//!
//! Checked when packing, so that nobody publishes a tool that cargo cannot build. Building one is not done here, and installing a package never
//! runs anything.

use super::tar::FileEntry;
use cargo_toml::{Manifest, Value};

/// Why a tool of a package is none. Completes "`tools/NAME/FILE` ...".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`tools/{tool}/{file}` {fault}")]
pub struct ToolFault {
    tool: String,
    file: &'static str,
    fault: String,
}

/// A native tool of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NativeTool {
    /// The name of its folder, and of its crate.
    pub name: String,
    /// The crate's version, as written.
    pub version: String,
}

/// The native tools among the files of a package, by name.
///
/// # Errors
/// The first tool whose `Cargo.toml` is not read by cargo, has no `[package]`, inherits from a workspace that the archive does not have, or has another name
/// than its folder; or whose `tool.json` is not a JSON object, or names another tool.
pub fn native_tools(files: &[FileEntry]) -> Result<Vec<NativeTool>, ToolFault> {
    let mut tools = Vec::new();
    for file in files {
        let components: Vec<&str> = file.path.components().collect();
        let &["tools", tool, "tool.json"] = components.as_slice() else {
            continue;
        };
        check_description(tool, &file.content)?;
        let path = format!("tools/{tool}/Cargo.toml");
        if let Some(manifest) = files.iter().find(|file| file.path.as_str() == path) {
            tools.push(native_tool(tool, &manifest.content)?);
        }
    }
    tools.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(tools)
}

fn check_description(tool: &str, content: &[u8]) -> Result<(), ToolFault> {
    let fault = |fault: String| ToolFault {
        tool: tool.to_owned(),
        file: "tool.json",
        fault,
    };
    let object: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(content).map_err(|error| fault(format!("is not a JSON object: {error}")))?;
    match object.get("name") {
        Some(name) if name.as_str() != Some(tool) => Err(fault(format!(
            "has the name {name}; its folder is called `{tool}`"
        ))),
        _ => Ok(()),
    }
}

fn native_tool(tool: &str, content: &[u8]) -> Result<NativeTool, ToolFault> {
    let fault = |fault: String| ToolFault {
        tool: tool.to_owned(),
        file: "Cargo.toml",
        fault,
    };
    // Without metadata of our own every table is read as cargo's.
    let manifest: Manifest<Value> = Manifest::from_slice_with_metadata(content)
        .map_err(|error| fault(format!("is not read by cargo: {}", error.to_string().trim_end())))?;
    let package = manifest
        .package
        .ok_or_else(|| fault("has no `[package]`; a tool is one crate".to_owned()))?;
    if package.name != tool {
        return Err(fault(format!(
            "has the name `{}`; its folder is called `{tool}`, and the names must agree",
            package.name
        )));
    }
    let version = package.version.get().map_err(|_| {
        fault("inherits `version` from a workspace, which is not in the archive; write it out".to_owned())
    })?;
    Ok(NativeTool {
        name: tool.to_owned(),
        version: version.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::ArchivePath;

    fn found(description: &str, manifest: Option<&str>) -> Result<Vec<NativeTool>, String> {
        let entry = |path: &str, content: &str| FileEntry {
            path: ArchivePath::parse(path).expect("a good path"),
            executable: false,
            content: content.as_bytes().to_vec(),
        };
        let mut files = vec![
            entry("lumen.toml", ""),
            entry("tools/resize/tool.json", description),
        ];
        files.extend(manifest.map(|manifest| entry("tools/resize/Cargo.toml", manifest)));
        native_tools(&files).map_err(|fault| fault.to_string())
    }

    #[test]
    fn a_crate_beside_its_description_is_a_native_tool() {
        let manifest = "[package]\nname = \"resize\"\nversion = \"0.2.0\"\nedition = \"2024\"\n[dependencies]\nserde = \"1\"\n";
        let tool = NativeTool {
            name: "resize".to_owned(),
            version: "0.2.0".to_owned(),
        };
        assert_eq!(found("{}", Some(manifest)), Ok(vec![tool.clone()]));
        assert_eq!(found("{\"name\":\"resize\"}", Some(manifest)), Ok(vec![tool]));
        assert_eq!(found("{}", None), Ok(Vec::new()));
    }

    #[test]
    fn what_cargo_would_refuse_is_refused() {
        for (description, manifest, expected) in [
            ("[]", "", "`tools/resize/tool.json` is not a JSON object"),
            (
                "{\"name\":\"crop\"}",
                "",
                "`tools/resize/tool.json` has the name \"crop\"; its folder is called `resize`",
            ),
            ("{}", "[package", "`tools/resize/Cargo.toml` is not read by cargo"),
            (
                "{}",
                "[workspace]\nmembers = []\n",
                "`tools/resize/Cargo.toml` has no `[package]`; a tool is one crate",
            ),
            (
                "{}",
                "[package]\nname = \"crop\"\nversion = \"1.0.0\"\n",
                "`tools/resize/Cargo.toml` has the name `crop`; its folder is called `resize`, and the names must agree",
            ),
            (
                "{}",
                "[package]\nname = \"resize\"\nversion.workspace = true\n",
                "`tools/resize/Cargo.toml` inherits `version` from a workspace",
            ),
            (
                "{}",
                "[package]\nname = \"resize\"\nversion = 1\n",
                "`tools/resize/Cargo.toml` is not read by cargo",
            ),
        ] {
            let fault = found(description, Some(manifest)).expect_err(manifest);
            assert!(fault.starts_with(expected), "{fault}");
        }
    }
}
