//! Pages for browsers: each a single file that asks no network for anything. Script and style lie beside this file, as
//! they are; a page is put together of them and of its data, which is JSON in an element of its own.

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// What a page is made of.
pub(crate) struct Page {
    body: &'static str,
    styles: &'static [&'static str],
    scripts: &'static [&'static str],
}

/// What all pages have around their body.
const FRAME: &str = include_str!("page.html");
const THEME: &str = include_str!("theme.css");
const THEME_SCRIPT: &str = include_str!("theme.js");

/// The modules of a workspace.
pub(crate) const GRAPH: Page = Page {
    body: include_str!("graph/body.html"),
    styles: &[THEME, include_str!("graph/style.css")],
    scripts: &[
        THEME_SCRIPT,
        include_str!("graph/model.js"),
        include_str!("graph/scene.js"),
        include_str!("graph/layout.js"),
        include_str!("graph/canvas.js"),
        include_str!("graph/app.js"),
    ],
};

/// Where the time of a build went.
pub(crate) const TIMINGS: Page = Page {
    body: include_str!("timings/body.html"),
    styles: &[THEME, include_str!("timings/style.css")],
    scripts: &[
        THEME_SCRIPT,
        include_str!("timings/lanes.js"),
        include_str!("timings/app.js"),
    ],
};

impl Page {
    /// The whole file.
    pub(crate) fn render(&self, title: &str, data: &Value) -> String {
        // Nothing in the data can end the element that it lies in.
        let data = data.to_string().replace('<', "\\u003c");
        let mut page = String::with_capacity(data.len() + 65_536);
        self.fill(FRAME, &escaped(title), &data, &mut page);
        page
    }

    /// Appends markup, with what belongs in the place of its marks.
    fn fill(&self, markup: &str, title: &str, data: &str, page: &mut String) {
        let mut rest = markup;
        while let Some((before, (name, after))) = next_mark(rest) {
            page.push_str(before);
            match name {
                "title" => page.push_str(title),
                "style" => self.styles.iter().for_each(|style| page.push_str(style)),
                "body" => self.fill(self.body, title, data, page),
                "script" => self.scripts.iter().for_each(|script| page.push_str(script)),
                "data" => page.push_str(data),
                _ => {}
            }
            rest = after;
        }
        page.push_str(rest);
    }
}

/// Where a page goes.
#[derive(Debug)]
pub(crate) enum Place {
    /// A file that the user named: a folder that is missing may be misspelt, and is not made.
    Named(PathBuf),
    /// Where it goes unless something else is said; the folder is made.
    Usual(PathBuf),
}

impl Place {
    /// The file.
    pub(crate) fn file(&self) -> &Path {
        match self {
            Place::Named(file) | Place::Usual(file) => file,
        }
    }
}

/// Writes a file that the user asked for.
///
/// # Errors
/// If that is not possible; the file is named.
#[expect(
    clippy::disallowed_methods,
    reason = "making the file is what the user asked for"
)]
pub(crate) fn write(place: &Place, text: &str) -> Result<()> {
    let file = place.file();
    let failure = || format!("`{}` cannot be written", file.display());
    match (place, file.parent()) {
        (Place::Usual(_), Some(folder)) => std::fs::create_dir_all(folder).with_context(failure)?,
        (Place::Named(_), Some(folder)) if !folder.is_dir() => {
            bail!("{}: there is no folder `{}`", failure(), folder.display())
        }
        _ => {}
    }
    std::fs::write(file, text).with_context(failure)
}

/// What stands before the next `{{NAME}}`, the name, and the rest.
fn next_mark(text: &str) -> Option<(&str, (&str, &str))> {
    let (before, after) = text.split_once("{{")?;
    Some((before, after.split_once("}}")?))
}

/// A text within markup.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn data_cannot_leave_its_element_and_marks_in_it_are_data() {
        for page in [GRAPH, TIMINGS] {
            let rendered = page.render("<&>", &json!(["</script><script>alert(1)", "{{script}}", "<!--"]));
            assert_eq!(rendered.matches("</script>").count(), 2);
            assert!(rendered.contains("<title>&lt;&amp;&gt;</title>"));
            assert!(rendered.contains(r#"["\u003c/script>\u003cscript>alert(1)","{{script}}","\u003c!--"]"#));
        }
    }

    #[test]
    fn pages_ask_no_network() {
        for page in [GRAPH, TIMINGS] {
            let rendered = page.render("title", &json!({}));
            for word in ["http:", "https:", "src=", "url(", "import(", "fetch(", "@import"] {
                assert!(!rendered.contains(word), "{word}");
            }
            assert!(rendered.contains("default-src 'none'"));
        }
    }
}
