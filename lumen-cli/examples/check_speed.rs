//! How fast a document is parsed, checked and lowered: `check_speed [--only parse|check|lower] DOCUMENT...`. Prints for
//! each document its lines of code and, for each phase, lines a second of CPU time; `--only` is for profilers.
//!
//! It measures the compiler alone, in one process, with the allocator of `lumen`: no files, no cache, no start-up.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a measurement reads its document and the clock, and prints"
)]

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use lumen_compiler::check::{Request, Unresolved, check};
use lumen_compiler::document::{Document, parse_document};
use lumen_compiler::interface::{Environment, Interface, Resolved};
use lumen_compiler::lower::lower;
use lumen_vm::lir::ModuleId;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

fn main() {
    let mut only = None;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--only" {
            only = arguments.next();
            continue;
        }
        let text = std::fs::read_to_string(&argument).expect("a readable document");
        let document = parse_document(&text);
        let lines: usize = document
            .fences()
            .iter()
            .map(|fence| fence.content.lines().count())
            .sum();
        let wanted = |phase: &str| only.as_deref().is_none_or(|only| only == phase);
        if wanted("parse") {
            report(&argument, "parse", lines, || {
                drop(black_box(parse_document(&text)))
            });
        }
        let id = ModuleId::in_package("@bench/check", "1.0.0", "main");
        let checked = || check(&request(&id, &document));
        for finding in checked().diagnostics {
            println!("{argument}: {:?} {}", finding.code, finding.message);
        }
        if wanted("check") {
            report(&argument, "check", lines, || drop(black_box(checked())));
        }
        if let Some(hir) = checked().hir.filter(|_| wanted("lower")) {
            report(&argument, "lower", lines, || drop(black_box(lower(&hir))));
        }
    }
}

fn report(document: &str, phase: &str, lines: usize, mut run: impl FnMut()) {
    run();
    let (mut times, mut spent) = (0, 0.0);
    while spent < 1.0 {
        let start = Clock::now();
        run();
        spent += start.seconds();
        times += 1;
    }
    let each = spent / f64::from(times);
    println!(
        "{document} {phase} {lines} lines {:.0} lines/s {:.2} ms",
        lines as f64 / each,
        each * 1e3
    );
}

/// CPU time of this thread where the system tells it, else time.
struct Clock {
    cpu: Option<u64>,
    wall: Instant,
}

impl Clock {
    fn now() -> Clock {
        Clock {
            cpu: cpu(),
            wall: Instant::now(),
        }
    }

    fn seconds(&self) -> f64 {
        match (self.cpu, cpu()) {
            (Some(start), Some(end)) => (end - start) as f64 / 1e9,
            _ => self.wall.elapsed().as_secs_f64(),
        }
    }
}

/// Nanoseconds on a processor.
fn cpu() -> Option<u64> {
    let line = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    line.split(' ').next()?.parse().ok()
}

fn request<'a>(id: &'a ModuleId, document: &'a Document) -> Request<'a> {
    Request {
        id,
        ast: &document.module,
        environment: &Alone,
        host: None,
        unresolved: Unresolved::Reported,
        syntax_errors: false,
    }
}

/// No other modules.
struct Alone;

impl Environment for Alone {
    fn resolve(&self, _: Option<&str>, _: &str) -> Resolved {
        Resolved::NoModule(Vec::new())
    }

    fn interface(&self, _: &ModuleId) -> Option<Arc<Interface>> {
        None
    }
}
