//! Names that are well-formed and refused all the same: they could not be a folder everywhere, or say nothing to a person.

use lumen_pkg::PackageName;

/// Names of devices on Windows: no folder or file can be called so.
const DEVICES: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
    "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// Why a name is refused. Shown after "`NAME` cannot be published: ".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameFault {
    /// `--`, which also begins the encoded names of domains (`xn--`).
    #[error("its {part} has two `-` after each other")]
    DoubleDash {
        /// `scope` or `name`.
        part: &'static str,
    },
    /// Digits and `-` alone.
    #[error("its {part} has no letter")]
    NoLetter {
        /// `scope` or `name`.
        part: &'static str,
    },
    /// A device of Windows.
    #[error("its {part} is the name of a device on Windows")]
    Device {
        /// `scope` or `name`.
        part: &'static str,
    },
}

/// Checks a name that is new to the registry.
///
/// # Errors
/// The first rule that it breaks, its scope before its name.
pub fn check_name(package: &PackageName) -> Result<(), NameFault> {
    check_part("scope", package.scope())?;
    check_part("name", package.base())
}

fn check_part(part: &'static str, text: &str) -> Result<(), NameFault> {
    if text.contains("--") {
        return Err(NameFault::DoubleDash { part });
    }
    if !text.bytes().any(|byte| byte.is_ascii_lowercase()) {
        return Err(NameFault::NoLetter { part });
    }
    match DEVICES.contains(&text) {
        true => Err(NameFault::Device { part }),
        false => Ok(()),
    }
}
