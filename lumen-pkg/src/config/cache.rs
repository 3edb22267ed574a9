//! `[cache]` of the user's configuration: how much room the cache of compiled modules may take.

use super::size::parse_size;
use crate::finding::Findings;
use crate::reader::{Entry, UnknownKeys, entries, excerpt};

const KEYS: [&str; 1] = ["size"];

/// `[cache]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CacheSection {
    /// In bytes.
    pub(crate) size: Option<u64>,
}

impl CacheSection {
    /// Reads the table.
    pub(crate) fn read(section: &Entry<'_>, findings: &mut Findings) -> Self {
        let mut read = Self::default();
        let mut unknown = UnknownKeys::default();
        for entry in section.table(findings).into_iter().flat_map(entries) {
            match entry.key {
                "size" => read.size = read_size(&entry, findings),
                _ => unknown.push(entry),
            }
        }
        unknown.warn("key", &KEYS, findings);
        read
    }
}

fn read_size(entry: &Entry<'_>, findings: &mut Findings) -> Option<u64> {
    let text = entry.text(findings)?;
    match parse_size(text.value) {
        Ok(bytes) => Some(bytes),
        Err(reason) => {
            findings.error(
                text.span,
                format!("the `size` `{}` {reason}", excerpt(text.value)),
            );
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::config::UserConfig;
    use std::path::Path;

    #[test]
    fn the_size_of_the_cache_is_read_and_checked() {
        let read = |text: &str| {
            let (config, problems) = UserConfig::parse(Path::new("/home/config.toml"), text);
            let messages: Vec<String> = problems.into_iter().map(|problem| problem.message).collect();
            (config.cache_size(), messages)
        };
        assert_eq!(read(""), (None, Vec::new()));
        assert_eq!(read("[cache]\nsize = \"2 GiB\"\n"), (Some(2 << 30), Vec::new()));
        let (size, messages) = read("[cache]\nsize = \"much\"\n");
        assert_eq!((size, messages.len()), (None, 1));
        assert!(
            messages[0]
                .starts_with("the `size` `much` is no size; write `0`, or a number and one of the units")
        );
        assert_eq!(read("[cache]\nsize = \"0.5G\"\n"), (Some(1 << 29), Vec::new()));
        assert_eq!(read("[cache]\nsize = 5\n").0, None);
        assert_eq!(read("[cache]\nsize = 5\n").1.len(), 1);
        assert_eq!(read("[cache]\nsise = \"2 GiB\"\n").1.len(), 1);
    }
}
