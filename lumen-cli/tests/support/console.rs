//! Commands in `console` fences: what they print, without what differs from run to run.

use super::{lumen, text};
use std::fmt::Write as _;
use std::path::Path;
use std::process::Output;

/// Runs `lumen` with these words; what it prints, standard output first, and `[status N]` if N is not 0.
pub(crate) fn run_command(cache: &Path, folder: &Path, command: &str) -> String {
    let output = lumen(cache, folder)
        .args(command.split_whitespace())
        .output()
        .expect("lumen starts");
    let mut printed = without_durations(&(text(&output.stdout) + &text(&output.stderr)));
    if !output.status.success() {
        let _ = writeln!(printed, "[status {}]", status(&output));
    }
    printed
}

/// The text with `0 ms` for every duration: `12 ms`, `0.4 s`, `30 µs`.
fn without_durations(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|digit: char| digit.is_ascii_digit()) {
        result.push_str(&rest[..start]);
        rest = &rest[start..];
        let length = rest
            .find(|digit: char| !(digit.is_ascii_digit() || digit == '.'))
            .unwrap_or(rest.len());
        let (number, after) = rest.split_at(length);
        let unit = [" ms", " s", " µs"].into_iter().find(|unit| {
            after
                .strip_prefix(unit)
                .is_some_and(|end| !end.starts_with(char::is_alphanumeric))
        });
        result.push_str(unit.map_or(number, |_| "0 ms"));
        rest = &after[unit.map_or(0, str::len)..];
    }
    result + rest
}

/// The exit status in words.
pub(crate) fn status(output: &Output) -> String {
    output
        .status
        .code()
        .map_or("killed".to_owned(), |code| code.to_string())
}
