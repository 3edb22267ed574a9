//! From Markdown to fences: CommonMark 0.31 by pulldown-cmark, whose text events say where each line of a fence stands
//! inside quotes and lists. Of a file of code alone, the blocks of documentation are read here.

use super::code::{self, Block};
use super::documentation::{Prose, Written};
use super::fence::{Fence, Piece, Purpose, SnippetKind, read_info};
use super::position::{PositionMap, ProseLine, prose_span};
use super::{Form, MAX_BYTES, Unreadable, unreadable};
use crate::diagnostic::{Code, Diagnostic, Span};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use std::ops::Range;

/// What the Markdown of a document holds.
#[derive(Debug, Default)]
pub(super) struct Extraction {
    /// The fences of the module, and the lines of prose that spans can refer to: first the candidates.
    pub(super) positions: PositionMap,
    pub(super) snippets: Vec<(SnippetKind, Fence)>,
    /// Lines of the prose that begin with `@`, bytes: directives if they stand before the first declaration.
    pub(super) candidates: Vec<Range<usize>>,
    /// Prose that documents what stands below it.
    pub(super) documentation: Vec<Written>,
    /// Prose about the whole.
    pub(super) introduction: String,
    /// E0003, E0006 and E0007.
    pub(super) diagnostics: Vec<Diagnostic>,
}

pub(super) fn extract(text: &str, form: Form) -> Extraction {
    let problem = if text.len() > MAX_BYTES {
        Some(Unreadable::TooLong { bytes: text.len() })
    } else {
        nests_too_deeply(text).then_some(Unreadable::TooNested)
    };
    if let Some(problem) = problem {
        let prose = vec![ProseLine {
            line: 1,
            text: String::new(),
        }];
        return Extraction {
            positions: PositionMap::new(Vec::new(), prose),
            diagnostics: vec![unreadable(prose_span(0), &problem)],
            ..Extraction::default()
        };
    }
    let base = if text.starts_with('\u{feff}') {
        '\u{feff}'.len_utf8()
    } else {
        0
    };
    match form {
        Form::Markdown => extract_markdown(text, base),
        Form::Code => extract_code(text, base),
    }
}

fn extract_markdown(text: &str, base: usize) -> Extraction {
    if !may_hold_code(text) && !text[base..].starts_with('@') && !text.contains("\n@") {
        return Extraction::default();
    }
    let mut scan = Scan::new(text, base, Form::Markdown);
    scan.run(base..text.len());
    scan.finish()
}

fn extract_code(text: &str, base: usize) -> Extraction {
    let code::Split { fence, blocks, open } = code::split(text, base);
    if let Some(opening) = open {
        let line = ProseLine {
            line: opening.line,
            text: opening.text.to_owned(),
        };
        let span = Span {
            end: opening.text.len() as u32,
            start: (opening.text.len() - opening.text.trim_start().len()) as u32,
            ..prose_span(0)
        };
        let fault = Diagnostic::new(Code::E0003, span, "this block of documentation is not closed")
            .help("end it with a line of as many backticks");
        return Extraction {
            positions: PositionMap::new(Vec::new(), vec![line]),
            diagnostics: vec![fault],
            ..Extraction::default()
        };
    }
    let mut scan = Scan::new(text, base, Form::Code);
    scan.fences.push(fence);
    for Block { content, offset } in blocks {
        scan.run(content.clone());
        scan.documentation.push(Written {
            fence: 0,
            offset,
            text: code::unindented(&text[content]),
        });
    }
    scan.finish()
}

/// Shorter texts are never nested too deeply, bytes.
const SURELY_FLAT: usize = 32 << 10;
/// How many steps through open quotes and lists are acceptable, a few seconds.
const MOST_STEPS: usize = 2_000_000_000;

/// Whether the text nests quotes and lists so deeply that CommonMark's block structure, which goes through all open
/// ones at each line, would take too long. Depth is estimated from above, by the markers that lines begin with.
fn nests_too_deeply(text: &str) -> bool {
    if text.len() <= SURELY_FLAT {
        return false;
    }
    let mut lines = 0usize;
    let mut deepest = 0usize;
    for line in text.split('\n') {
        lines += 1;
        let markers = line.bytes().take_while(|byte| {
            matches!(
                byte,
                b' ' | b'\t' | b'>' | b'-' | b'+' | b'*' | b'0'..=b'9' | b'.' | b')'
            )
        });
        let depth = markers.fold(0, |depth, marker| depth + if marker == b'>' { 2 } else { 1 }) / 2;
        deepest = deepest.max(depth);
    }
    lines.saturating_mul(deepest) > MOST_STEPS
}

/// A quick look that spares most texts without code the rest.
fn may_hold_code(text: &str) -> bool {
    (text.contains("```") || text.contains("~~~")) && text.contains("lumen")
}

struct Scan<'a> {
    text: &'a str,
    /// Of a document of code alone, only documentation is scanned: its plain fences are for readers.
    form: Form,
    lines: LineCursor<'a>,
    prose: Prose,
    documentation: Vec<Written>,
    fences: Vec<Fence>,
    snippets: Vec<(SnippetKind, Fence)>,
    candidates: Vec<Range<usize>>,
    candidate_lines: Vec<ProseLine>,
    /// Faulty words of info strings: the line they stand in, their place in it, and what is wrong.
    faults: Vec<(ProseLine, Range<u32>, String, String)>,
}

impl<'a> Scan<'a> {
    fn new(text: &'a str, base: usize, form: Form) -> Scan<'a> {
        Scan {
            text,
            form,
            lines: LineCursor::new(text, base),
            prose: Prose::default(),
            documentation: Vec::new(),
            fences: Vec::new(),
            snippets: Vec::new(),
            candidates: Vec::new(),
            candidate_lines: Vec::new(),
            faults: Vec::new(),
        }
    }

    /// Reads a part of the text as Markdown.
    fn run(&mut self, part: Range<usize>) {
        let base = part.start;
        let mut depth = 0usize;
        let mut open: Option<(Fence, Purpose)> = None;
        let parser = Parser::new_ext(&self.text[part], Options::empty());
        for (event, range) in parser.into_offset_iter() {
            let range = range.start + base..range.end + base;
            if depth == 0 && self.form == Form::Markdown {
                self.top_level(&event, &range);
            }
            match event {
                Event::Start(tag) => {
                    if let Tag::CodeBlock(CodeBlockKind::Fenced(info)) = tag {
                        open = self.begin(&info, range);
                    }
                    depth += 1;
                }
                Event::Text(text) => {
                    if let Some((fence, _)) = &mut open {
                        add_text(fence, &text, range, &mut self.lines);
                    }
                }
                Event::End(tag) => {
                    depth -= 1;
                    if tag == TagEnd::CodeBlock
                        && let Some((fence, purpose)) = open.take()
                    {
                        match purpose {
                            Purpose::Module if self.form == Form::Code => {}
                            Purpose::Module => self.fences.push(fence),
                            Purpose::Snippet(kind) => self.snippets.push((kind, fence)),
                            Purpose::Ignored => {}
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn begin(&mut self, info: &str, range: Range<usize>) -> Option<(Fence, Purpose)> {
        let (purpose, faulty) = read_info(info)?;
        let (line, column) = self.lines.seek(range.start);
        for fault in faulty {
            let source = self.text[range.start..].lines().next().unwrap_or("");
            let at = source.rfind(fault.word).unwrap_or(0) as u32 + (column - 1);
            let prefix = " ".repeat(column as usize - 1);
            let prose = ProseLine {
                line,
                text: prefix + source,
            };
            self.faults
                .push((prose, at..at + fault.word.len() as u32, fault.message, fault.help));
        }
        let fence = Fence {
            info: info.to_owned(),
            content: String::new(),
            range,
            pieces: vec![Piece {
                content: 0,
                line,
                column,
                synthetic: true,
            }],
        };
        Some((fence, purpose))
    }

    /// Takes note of a block that stands in no other: where directives may be, and what documents what.
    fn top_level(&mut self, event: &Event<'_>, range: &Range<usize>) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                self.prose.heading(self.text, *level, range.start);
                self.directives(range.clone());
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => match read_info(info) {
                Some((Purpose::Module, _)) => {
                    let written = self.prose.above(self.text, range.start);
                    self.documentation.extend(written.map(|text| Written {
                        fence: self.fences.len() as u32,
                        offset: 0,
                        text,
                    }));
                }
                Some(_) => self.prose.end(),
                None => {}
            },
            Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) | Event::End(_) => {}
            Event::Rule => self.prose.end(),
            Event::Start(tag) => {
                self.prose.begin(range.start);
                if matches!(tag, Tag::Paragraph) {
                    self.directives(range.clone());
                }
            }
            _ => {}
        }
    }

    /// Collects the lines of a paragraph or heading that begin with `@`.
    fn directives(&mut self, range: Range<usize>) {
        let mut start = range.start;
        for line in self.text[range].split_inclusive('\n') {
            let begins = start == 0 || matches!(self.text.as_bytes()[start - 1], b'\n' | 0xbf);
            if begins && line.starts_with('@') {
                let text = line.trim_end();
                let (number, _) = self.lines.seek(start);
                self.candidates.push(start..start + text.len());
                self.candidate_lines.push(ProseLine {
                    line: number,
                    text: text.to_owned(),
                });
            }
            start += line.len();
        }
    }

    fn finish(self) -> Extraction {
        let mut prose = self.candidate_lines;
        let mut diagnostics = Vec::new();
        for (line, place, message, help) in self.faults {
            let span = Span {
                start: place.start,
                end: place.end,
                ..prose_span(prose.len())
            };
            prose.push(line);
            diagnostics.push(Diagnostic::new(Code::E0006, span, message).help(help));
        }
        Extraction {
            positions: PositionMap::new(self.fences, prose),
            snippets: self.snippets,
            candidates: self.candidates,
            documentation: self.documentation,
            introduction: self.prose.introduction,
            diagnostics,
        }
    }
}

/// Adds text that stands at `range`, or stands for a part of a tab there.
fn add_text(fence: &mut Fence, text: &str, range: Range<usize>, lines: &mut LineCursor<'_>) {
    if fence.content.is_empty() {
        fence.pieces.clear();
    }
    let synthetic = text.len() != range.len();
    // Blanks that a tab is split into are reported behind it.
    let behind_tab = synthetic && lines.text[..range.start].ends_with('\t');
    let mut offset = range.start - usize::from(behind_tab);
    for line in text.split_inclusive('\n') {
        // The line feed of a CRLF belongs to the piece before it.
        let goes_on =
            fence.pieces.last().is_some_and(|piece| !piece.synthetic) && !fence.content.ends_with('\n');
        let lone_end = line == "\n" && goes_on;
        if !lone_end {
            let (number, column) = lines.seek(offset);
            fence.pieces.push(Piece {
                content: fence.content.len() as u32,
                line: number,
                column,
                synthetic,
            });
        }
        fence.content.push_str(line);
        if !synthetic {
            offset += line.len();
        }
    }
}

/// Lines and columns of offsets that are asked for in ascending order, in one pass over the text.
struct LineCursor<'a> {
    text: &'a str,
    line: u32,
    /// Where that line begins, after a byte order mark.
    line_start: usize,
    offset: usize,
}

impl<'a> LineCursor<'a> {
    fn new(text: &'a str, base: usize) -> LineCursor<'a> {
        LineCursor {
            text,
            line: 1,
            line_start: base,
            offset: base,
        }
    }

    /// Line and column of an offset at or after the last one; of an earlier one in the same line too.
    fn seek(&mut self, offset: usize) -> (u32, u32) {
        let passed = self.text.as_bytes().get(self.offset..offset).unwrap_or(&[]);
        if let Some(last) = passed.iter().rposition(|byte| *byte == b'\n') {
            self.line += passed.iter().filter(|byte| **byte == b'\n').count() as u32;
            self.line_start = self.offset + last + 1;
        }
        self.offset = self.offset.max(offset);
        let before = self.text.as_bytes().get(self.line_start..offset).unwrap_or(&[]);
        (
            self.line,
            1 + before.iter().filter(|byte| **byte & 0xc0 != 0x80).count() as u32,
        )
    }
}
