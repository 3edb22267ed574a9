//! Coverage over the documents themselves: one page a document with its prose, and counts beside the lines of its code; an
//! index of all. Each page is whole: no other file, no script, nothing from the network.

use super::model::{DocumentCoverage, Share};
use super::summary::total;
use lumen_compiler::document::Form;
use pulldown_cmark::{CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd, html};
use std::fmt::Write;

const STYLE: &str = include_str!("page.css");

/// A page and its path below the folder of the report, with `/`.
pub(super) struct Page {
    pub(super) path: String,
    pub(super) html: String,
}

/// All pages, the index first.
pub(super) fn pages(documents: &[DocumentCoverage]) -> Vec<Page> {
    let index = Page {
        path: "index.html".to_owned(),
        html: index(documents),
    };
    let page = |document: &DocumentCoverage| Page {
        path: page_path(document),
        html: document_page(document),
    };
    [index].into_iter().chain(documents.iter().map(page)).collect()
}

fn page_path(document: &DocumentCoverage) -> String {
    format!("{}.html", document.path)
}

fn index(documents: &[DocumentCoverage]) -> String {
    let (lines, branches) = total(documents);
    let mut body = String::from("<h1>Coverage</h1>\n");
    body += &totals(lines, branches, None);
    body += "<div class=\"scroll\"><table class=\"index\">\n<thead><tr><th>Document</th><th>Lines</th><th></th><th>Branches</th><th></th><th>Cells</th></tr></thead>\n<tbody>\n";
    for document in documents {
        let (lines, branches) = (document.line_share(), document.branch_share());
        let cells = document.cell_share();
        let link = escape(&link_path(&page_path(document)));
        let _ = writeln!(
            body,
            "<tr><td><a href=\"{link}\">{}</a></td><td>{} {}</td><td>{}/{}</td><td>{}</td><td>{}/{}</td><td>{}/{}</td></tr>",
            escape(&document.path),
            bar(lines),
            lines.percent(),
            lines.hit,
            lines.found,
            branches.percent(),
            branches.hit,
            branches.found,
            cells.hit,
            cells.found,
        );
    }
    body += "</tbody></table></div>\n";
    page("Coverage", &body)
}

fn document_page(document: &DocumentCoverage) -> String {
    let up = "../".repeat(document.path.matches('/').count());
    let mut body = format!(
        "<nav><a href=\"{up}index.html\">All documents</a> / <strong>{}</strong></nav>\n",
        escape(&document.path)
    );
    body += &totals(
        document.line_share(),
        document.branch_share(),
        Some(document.cell_share()),
    );
    body += "<p class=\"key\"><span class=\"mark hit\">3</span> runs of the line <span class=\"mark miss\">✗ 0</span> never run <span class=\"mark part\">◐ 1/2</span> ways of its branches that were gone</p>\n";
    body += "<main>\n";
    match Form::of_path(&document.path) {
        Form::Code => body += &listing(document, document.text.lines().zip(1..)),
        Form::Markdown => prose(document, &mut body),
    }
    body += "</main>\n";
    page(&document.path, &body)
}

/// The document as it reads, with listings in place of its fences.
fn prose(document: &DocumentCoverage, body: &mut String) {
    let starts: Vec<usize> = std::iter::once(0)
        .chain(document.text.match_indices('\n').map(|(at, _)| at + 1))
        .collect();
    let line_at = |offset: usize| starts.partition_point(|&start| start <= offset) as u32;
    let mut events = Vec::new();
    let mut code: Option<Vec<(String, u32)>> = None;
    let mut hidden = 0;
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    for (event, range) in Parser::new_ext(&document.text, options).into_offset_iter() {
        match (event, &mut code) {
            (Event::Start(Tag::CodeBlock(kind)), _) => {
                if let CodeBlockKind::Fenced(info) = kind
                    && !info.is_empty()
                {
                    let info = format!("<div class=\"info\">{}</div>", escape(&info));
                    events.push(Event::Html(info.into()));
                }
                code = Some(Vec::new());
            }
            (Event::End(TagEnd::CodeBlock), Some(lines)) => {
                let lines = lines.iter().map(|(text, line)| (text.as_str(), *line));
                events.push(Event::Html(listing(document, lines).into()));
                code = None;
            }
            (Event::Text(text), Some(lines)) => {
                lines.extend(text.lines().map(str::to_owned).zip(line_at(range.start)..));
            }
            // Nothing of a document becomes part of the page's own text.
            (Event::Html(text) | Event::InlineHtml(text), _) => events.push(Event::Text(text)),
            (Event::Start(Tag::Image { .. }), _) => events.push(Event::Html("<em>".into())),
            (Event::End(TagEnd::Image), _) => events.push(Event::Html("</em>".into())),
            (Event::Start(Tag::Link { ref dest_url, .. }), _) if !is_web(dest_url) => hidden += 1,
            (Event::End(TagEnd::Link), _) if hidden > 0 => hidden -= 1,
            (event, _) => events.push(event),
        }
    }
    html::push_html(body, events.into_iter());
}

fn is_web(link: &CowStr<'_>) -> bool {
    link.starts_with("https://") || link.starts_with("http://")
}

/// Lines of code with their numbers and counts.
fn listing<'t>(document: &DocumentCoverage, lines: impl Iterator<Item = (&'t str, u32)>) -> String {
    let mut out = String::from("<div class=\"scroll\"><table class=\"code\"><tbody>\n");
    for (text, number) in lines {
        let ways = document.branches.get(&number).map(|branches| {
            let ways = branches.iter().flatten().copied();
            Share::of(ways)
        });
        let (class, count) = match document.lines.get(&number) {
            None => ("none", String::new()),
            Some(0) => ("miss", "✗ 0".to_owned()),
            Some(count) => {
                let partly = ways.is_some_and(|share| share.hit < share.found);
                (if partly { "part" } else { "hit" }, count.to_string())
            }
        };
        let branches = match ways {
            Some(share) if class == "part" => format!("◐ {}/{}", share.hit, share.found),
            Some(share) if class == "hit" => format!("{}/{}", share.hit, share.found),
            _ => String::new(),
        };
        let _ = writeln!(
            out,
            "<tr class=\"{class}\" id=\"L{number}\"><td class=\"number\">{number}</td><td class=\"count\">{count}</td><td class=\"ways\">{branches}</td><td class=\"text\"><code>{}</code></td></tr>",
            escape(text)
        );
    }
    out += "</tbody></table></div>\n";
    out
}

fn totals(lines: Share, branches: Share, cells: Option<Share>) -> String {
    let item = |what: &str, share: Share| {
        format!(
            "<div><dt>{what}</dt><dd><strong>{}</strong> {} of {}</dd></div>",
            share.percent(),
            share.hit,
            share.found
        )
    };
    let cells = cells.map(|cells| item("Cells", cells)).unwrap_or_default();
    format!(
        "<dl class=\"totals\">{}{}{cells}</dl>\n",
        item("Lines", lines),
        item("Branches", branches)
    )
}

fn bar(share: Share) -> String {
    let width = share.tenths() / 10;
    format!("<span class=\"bar\" aria-hidden=\"true\"><span style=\"width:{width}%\"></span></span>")
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n",
        escape(title)
    )
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            _ => out.push(character),
        }
    }
    out
}

/// A path as a link: what has a meaning in links is written as `%XX`.
fn link_path(path: &str) -> String {
    let mut out = String::new();
    for octet in path.bytes() {
        match octet {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => out.push(octet as char),
            _ => {
                let _ = write!(out, "%{octet:02X}");
            }
        }
    }
    out
}
