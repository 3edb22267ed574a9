//! Where a program writes to, as a capability: the CLI passes the real streams, tests pass memory.

/// Receives what `print` and `debug` write, one line at a time and without its line end.
pub trait Output {
    /// A line of standard output.
    fn print_line(&mut self, line: &str);
    /// A line of standard error.
    fn debug_line(&mut self, line: &str);
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
