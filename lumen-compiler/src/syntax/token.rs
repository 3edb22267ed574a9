//! Tokens: one table drives their names in messages and the recognition of words.
//!
//! Tokens carry no text; whoever needs it takes the span from the fence's content. Texts of literals, escapes
//! resolved, lie in [`Literals`].

/// One token of a fence.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    /// Which.
    pub kind: TokenKind,
    /// Whether it is the first one of its line.
    pub line_start: bool,
    /// Whether it is a literal that was reported and stands for one of its type.
    pub faulty: bool,
    /// Indentation of its line in columns (a tab reaches the next multiple of 4); saturates.
    pub indent: u16,
    /// First byte in the fence's content.
    pub start: u32,
    /// One past its last byte.
    pub end: u32,
    /// Index into the list of [`Literals`] that belongs to its kind; 0 for others.
    pub data: u32,
}

/// Values of literals, by the `data` of their tokens.
#[derive(Clone, Debug, Default)]
pub struct Literals {
    /// `Int`: magnitudes, up to 2^63.
    pub ints: Vec<u64>,
    /// `Float`.
    pub floats: Vec<f64>,
    /// `String`, `StringText`: escapes resolved, indentation stripped; `FormatSpec`: as written.
    pub texts: Vec<String>,
    /// `Bytes`.
    pub bytes: Vec<Vec<u8>>,
}

macro_rules! tokens {
    (
        other { $($other:ident $other_text:literal,)* }
        words { $($word:ident $word_text:literal,)* }
        marks { $($mark:ident $mark_text:literal,)* }
    ) => {
        /// Kinds of tokens.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum TokenKind {
            $(#[doc = $other_text] $other,)*
            $(#[doc = concat!("`", $word_text, "`")] $word,)*
            $(#[doc = concat!("`", $mark_text, "`")] $mark,)*
        }

        impl TokenKind {
            /// The reserved words.
            pub const WORDS: &[&str] = &[$($word_text,)*];

            /// As messages call it.
            pub fn describe(self) -> &'static str {
                match self {
                    $(TokenKind::$other => $other_text,)*
                    $(TokenKind::$word => concat!("`", $word_text, "`"),)*
                    $(TokenKind::$mark => concat!("`", $mark_text, "`"),)*
                }
            }

            /// The reserved word that `text` is, if it is one.
            pub fn of_word(text: &str) -> Option<TokenKind> {
                match text {
                    $($word_text => Some(TokenKind::$word),)*
                    _ => None,
                }
            }

            /// Whether it is a reserved word.
            pub fn is_word(self) -> bool {
                matches!(self, $(TokenKind::$word)|*)
            }
        }
    };
}

tokens! {
    other {
        Identifier "a name",
        PackageName "a package name",
        Int "an integer",
        Float "a number",
        String "a string",
        StringOpen "a string",
        StringText "text",
        InterpolationOpen "`{`",
        FormatSpec "a format spec",
        InterpolationClose "`}`",
        StringClose "the end of a string",
        RoleText "role text",
        Bytes "bytes",
        Unknown "an unknown character",
        EndOfFence "the end of the code block",
    }
    words {
        And "and", As "as", Async "async", Await "await", Break "break", Cell "cell", Const "const",
        Continue "continue", Defer "defer", Do "do", Else "else", Emit "emit", End "end", Enum "enum", Err "err",
        Expect "expect", Extern "extern", False "false", Fn "fn", For "for", Halt "halt", If "if", Impl "impl",
        Import "import", In "in", Is "is", Let "let", Loop "loop", Match "match", Mut "mut", Not "not",
        Null "null", Ok "ok", Or "or", Pub "pub", Record "record", Return "return", Then "then", Trait "trait",
        True "true", Type "type", When "when", Where "where", While "while", Yield "yield",
    }
    marks {
        ParenOpen "(", ParenClose ")", BracketOpen "[", BracketClose "]", BraceOpen "{", BraceClose "}",
        Comma ",", Colon ":", Semicolon ";", At "@", Dot ".", DotDot "..", DotDotEqual "..=", Ellipsis "...",
        Question "?", QuestionDot "?.", QuestionBracket "?[", QuestionQuestion "??", Bang "!",
        Arrow "->", FatArrow "=>", PipeArrow "|>", TildeArrow "~>",
        Plus "+", Minus "-", Star "*", StarStar "**", Slash "/", SlashSlash "//", Percent "%", PlusPlus "++",
        ShiftLeft "<<", ShiftRight ">>", Ampersand "&", Caret "^", Bar "|", Tilde "~",
        EqualEqual "==", BangEqual "!=", Less "<", LessEqual "<=", Greater ">", GreaterEqual ">=",
        Equal "=", PlusEqual "+=", MinusEqual "-=", StarEqual "*=", SlashEqual "/=", SlashSlashEqual "//=",
        PercentEqual "%=", StarStarEqual "**=", AmpersandEqual "&=", BarEqual "|=", CaretEqual "^=",
        AmpersandAmpersand "&&", BarBar "||", ColonEqual ":=",
    }
}

impl TokenKind {
    /// Whether an expression can begin with it.
    pub fn starts_expression(self) -> bool {
        use TokenKind::*;
        matches!(
            self,
            Identifier
                | Int
                | Float
                | String
                | StringOpen
                | Bytes
                | Await
                | Break
                | Continue
                | Do
                | Err
                | False
                | Fn
                | Halt
                | If
                | Loop
                | Match
                | Not
                | Null
                | Ok
                | Return
                | True
                | When
                | ParenOpen
                | BracketOpen
                | BraceOpen
                | Minus
                | Tilde
                | Bang
        )
    }

    /// Whether only a declaration can begin with it, so that a block that meets it is left open.
    pub fn starts_item(self) -> bool {
        use TokenKind::*;
        matches!(
            self,
            Cell | Record | Enum | Type | Trait | Impl | Const | Import | Pub | Extern
        )
    }
}
