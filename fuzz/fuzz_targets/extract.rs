//! Extraction of code from any bytes: nothing panics, and each character of the code stands in the document where the
//! position map says.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lumen_compiler::diagnostic::Span;
use lumen_compiler::document::{Form, PositionMap, read_text};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = read_text(data) else { return };
    for form in Form::ALL {
        let found = form.positions(text);
        check(text, &found.module);
        for snippet in &found.snippets {
            check(text, snippet);
        }
    }
});

fn check(text: &str, map: &PositionMap) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines: Vec<&str> = text.split('\n').collect();
    for (number, fence) in map.fences().iter().enumerate() {
        // A part of a tab stands for itself, and CommonMark has a replacement for NUL.
        let unlike_itself = |c: char| matches!(c, '\n' | '\r' | ' ' | '\u{fffd}');
        for (offset, character) in fence
            .content
            .char_indices()
            .filter(|(_, c)| !unlike_itself(*c))
            .take(200)
        {
            let start = offset as u32;
            let span = Span {
                fence: number as u32,
                start,
                end: start + character.len_utf8() as u32,
            };
            let place = map.start(span);
            let line = lines
                .get(place.line as usize - 1)
                .expect("a line of the document");
            assert_eq!(line.chars().nth(place.column as usize - 1), Some(character));
        }
    }
}
