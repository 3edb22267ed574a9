//! What a program tells its host, as a capability: the CLI passes the real streams, tests pass memory.

/// Receives what `print` and `debug` write, one line at a time and without its line end, and snapshots.
pub trait Output {
    /// A line of standard output.
    fn print_line(&mut self, line: &str);
    /// A line of standard error.
    fn debug_line(&mut self, line: &str);
    /// What `assert_snapshot` was given, as text, and the name that the program gives it. An error is the message with
    /// which the program fails there.
    fn snapshot(&mut self, _name: Option<&str>, _text: &str) -> Result<(), String> {
        Err("snapshots are compared in `lumen test` only".to_owned())
    }
}

/// Keeps everything in memory.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct MemoryOutput {
    /// Lines of standard output, each with its end.
    pub printed: String,
    /// Lines of standard error, each with its end.
    pub debugged: String,
}

impl Output for MemoryOutput {
    fn print_line(&mut self, line: &str) {
        self.printed.push_str(line);
        self.printed.push('\n');
    }

    fn debug_line(&mut self, line: &str) {
        self.debugged.push_str(line);
        self.debugged.push('\n');
    }
}
