//! The parser: recursive descent, with precedence climbing for operators ([`operator`]). Tolerant: it always yields a
//! tree, and reports each mistake once.
//!
//! After an error it is silent (`panicking`) up to the next statement, arm, field or declaration. A literal that was
//! not closed silences the rest of its statement too (`tainted`). Blocks end with `end`; only if a declaration turns
//! out to lack one is it read again with an eye on indentation (`guided`), to say which block was left open.
//!
//! Recursion is bounded by [`MAX_NESTING`]; the height of the tree, which chains of operators make high without
//! recursion, by [`MAX_HEIGHT`]. Later passes may recurse over the tree.

mod block;
mod cell;
mod collection;
mod control;
mod cursor;
mod declaration;
mod expression;
mod foreign;
mod foreign_declaration;
mod foreign_value;
mod height;
mod import;
mod item;
mod lambda;
mod literal;
mod one_line;
mod operator;
mod pattern;
mod postfix;
mod recovery;
mod reserved;
mod statement;
mod types;

use super::ast::Ast;
use super::lexer::{Comment, lex};
use super::token::{Literals, Token};
use crate::diagnostic::Diagnostic;

/// How many constructs may stand inside one another: brackets, blocks, types, patterns.
pub const MAX_NESTING: u32 = 200;

/// Bound on the height of the tree: nesting, plus the lengths of operator, method and `else if` chains on the way.
pub const MAX_HEIGHT: u16 = 1000;

/// How many errors of one fence are reported, by the lexer and by the parser each.
const MAX_DIAGNOSTICS: usize = 500;

/// What a fence may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Declarations.
    Module,
    /// Statements too.
    Snippet,
}

/// A tree and what was wrong with its source.
#[derive(Debug, Default)]
pub struct Parsed {
    /// The tree.
    pub ast: Ast,
    /// Errors in order of position.
    pub diagnostics: Vec<Diagnostic>,
    /// Comments in order.
    pub comments: Vec<Comment>,
    /// The first fence with anything but directives and comments in it.
    pub first_code: Option<u32>,
}

/// Parses the contents of fences, in order, as one module or snippet. Spans count fences from 0.
pub fn parse<'a>(fences: impl IntoIterator<Item = &'a str>, place: Place) -> Parsed {
    let mut parsed = Parsed::default();
    for (number, source) in fences.into_iter().enumerate() {
        let fence = number as u32;
        let lexed = lex(source, fence);
        extend_capped(&mut parsed.diagnostics, lexed.diagnostics);
        parsed.comments.extend(lexed.comments);
        let mut parser = Parser {
            source,
            fence,
            place,
            tokens: lexed.tokens,
            literals: lexed.literals,
            position: 0,
            ast: std::mem::take(&mut parsed.ast),
            expr_heights: Vec::new(),
            statement_heights: Vec::new(),
            height_offsets: (0, 0),
            diagnostics: Vec::new(),
            panicking: false,
            tainted: false,
            abandoned: false,
            lines_count: true,
            nesting: 0,
            guided: false,
            left_open: false,
            left_open_at: None,
            line_begin: 0,
            cell_indent: 0,
            misplaced_end: None,
            arm_column: None,
            arm_lost: false,
            inline_arm: false,
            open_arms: 0,
            open_ifs: 0,
        };
        parser.height_offsets = (parser.ast.exprs.len(), parser.ast.all_statements.len());
        if parser.fence_items() && parsed.first_code.is_none() {
            parsed.first_code = Some(fence);
        }
        parsed.ast = parser.ast;
        extend_capped(&mut parsed.diagnostics, parser.diagnostics);
    }
    parsed.diagnostics.sort_by_key(|diagnostic| diagnostic.span);
    parsed
}

/// Adds the findings of one pass over one fence, and says so if there are too many to show.
fn extend_capped(all: &mut Vec<Diagnostic>, mut found: Vec<Diagnostic>) {
    if found.len() > MAX_DIAGNOSTICS {
        let left_out = found.len() - MAX_DIAGNOSTICS;
        found.truncate(MAX_DIAGNOSTICS);
        if let Some(last) = found.last_mut() {
            last.help
                .push(format!("{left_out} more errors of this code block are not shown").into());
        }
    }
    all.append(&mut found);
}

struct Parser<'a> {
    source: &'a str,
    fence: u32,
    place: Place,
    tokens: Vec<Token>,
    literals: Literals,
    /// Index of the next token.
    position: usize,
    ast: Ast,
    /// Heights of the expressions and statements of this fence, beside their arenas.
    expr_heights: Vec<u16>,
    statement_heights: Vec<u16>,
    /// Lengths of those arenas when this fence began.
    height_offsets: (usize, usize),
    diagnostics: Vec<Diagnostic>,
    /// An error was reported, and nothing is until the next place of recovery.
    panicking: bool,
    /// A literal of this statement is faulty: what follows it may be no fault of its own.
    tainted: bool,
    /// This declaration nests too deeply; the rest of it is skipped.
    abandoned: bool,
    /// Whether line ends end statements here: not inside brackets.
    lines_count: bool,
    nesting: u32,
    /// Reading a declaration for the second time, to find by indentation which block is left open.
    guided: bool,
    /// The first reading found that some block is.
    left_open: bool,
    /// Where a block was last reported to be left open: blocks around it that lack their `end` there are not.
    left_open_at: Option<usize>,
    /// Index of the token that began the current statement, arm, field or declaration.
    line_begin: usize,
    /// Indentation of the cell that is being read: a declaration indented deeper stands in it, one that is not ends it.
    cell_indent: u16,
    /// The `end` of the last declaration, if it is indented deeper than its beginning.
    misplaced_end: Option<Token>,
    /// An arm of the `match` or `when` that is being read was skipped.
    arm_lost: bool,
    /// Column of the arms of the innermost `match` or `when` whose body is being read.
    arm_column: Option<u16>,
    /// Whether that body began on its arm's line.
    inline_arm: bool,
    /// How many `match` and `when` are being read, one inside the other.
    open_arms: u32,
    /// How many `if` blocks are: an `else` belongs to one of them.
    open_ifs: u32,
}
