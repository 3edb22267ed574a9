//! `--junit FILE`: a report as the Ant task `junitreport` and Maven Surefire write it, which CI servers read.

use super::broken::Broken;
use super::names::split_name;
use super::verdict::{Outcome, Verdict};
use crate::commands::Session;
use crate::paths::absolute;
use anyhow::{Context, Result};
use lumen_pkg::shell::replace_file;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// A report in the making.
#[derive(Default)]
pub(super) struct Junit {
    suites: BTreeMap<String, Vec<Case>>,
}

struct Case {
    name: String,
    time: Duration,
    /// Element, kind and message of what was wrong.
    problem: Option<(&'static str, String, String)>,
    /// The same in full, in whole lines.
    explanation: Vec<String>,
    printed: String,
    debugged: String,
}

impl Junit {
    /// Adds a test under its full name; what was wrong with it is explained in these lines.
    pub(super) fn add(&mut self, name: &str, verdict: &Verdict, explanation: &[String]) {
        let problem = match &verdict.outcome {
            Outcome::Passed | Outcome::Cached => None,
            Outcome::NotRun => Some(("skipped", String::new(), "the run ended early".to_owned())),
            Outcome::Flaky => Some((
                "flakyFailure",
                "FLAKY".to_owned(),
                format!("passed at attempt {}", verdict.attempts),
            )),
            Outcome::Failed(failure, _) => {
                Some(("failure", failure.kind.name().to_owned(), failure.message.clone()))
            }
            outcome => Some((
                "failure",
                outcome.label().to_owned(),
                outcome.why().unwrap_or_default(),
            )),
        };
        let (suite, test) = split_name(name);
        self.suites.entry(suite.to_owned()).or_default().push(Case {
            name: test.to_owned(),
            time: verdict.duration,
            problem,
            explanation: explanation.to_vec(),
            printed: verdict.output.printed.clone(),
            debugged: verdict.output.debugged.clone(),
        });
    }

    /// Adds fences that do not do what they announce.
    pub(super) fn add_broken(&mut self, broken: &[Broken]) {
        for fence in broken {
            self.suites.entry("fences".to_owned()).or_default().push(Case {
                name: fence.place.clone(),
                time: Duration::ZERO,
                problem: Some(("error", "FENCE".to_owned(), fence.problem.clone())),
                explanation: Vec::new(),
                printed: String::new(),
                debugged: String::new(),
            });
        }
    }

    /// Writes the file, and makes the folder that it lies in.
    pub(super) fn write(&self, session: &Session, file: &Path) -> Result<()> {
        let path = absolute(&session.environment.folder, file);
        let text = self.render()?;
        #[expect(clippy::disallowed_methods, reason = "the user asked for the report")]
        let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        folder
            .and_then(|()| replace_file(&path, &text))
            .with_context(|| format!("the report `{}` cannot be written", file.display()))
    }

    fn render(&self) -> Result<String> {
        let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        let all = || self.suites.values().flatten();
        let suites = writer
            .create_element("testsuites")
            .with_attributes(counts(all()).iter().map(|(name, value)| (*name, value.as_str())));
        suites.write_inner_content(|writer| {
            for (name, cases) in &self.suites {
                let numbers = counts(cases.iter());
                let suite_name = printable(name);
                let suite = writer
                    .create_element("testsuite")
                    .with_attribute(("name", suite_name.as_str()))
                    .with_attributes(numbers.iter().map(|(name, value)| (*name, value.as_str())));
                suite.write_inner_content(|writer| {
                    cases.iter().try_for_each(|case| write_case(writer, name, case))
                })?;
            }
            Ok(())
        })?;
        let mut text = String::from_utf8(writer.into_inner()).context("the report is no text")?;
        text.push('\n');
        Ok(text)
    }
}

fn counts<'c>(cases: impl Iterator<Item = &'c Case>) -> Vec<(&'static str, String)> {
    let (mut tests, mut time) = (0, Duration::ZERO);
    let mut problems: BTreeMap<&str, usize> = BTreeMap::new();
    for case in cases {
        tests += 1;
        time += case.time;
        if let Some((element, _, _)) = &case.problem {
            *problems.entry(element).or_default() += 1;
        }
    }
    let number = |element: &str| problems.get(element).copied().unwrap_or(0).to_string();
    vec![
        ("tests", tests.to_string()),
        ("failures", number("failure")),
        ("errors", number("error")),
        ("skipped", number("skipped")),
        ("time", seconds(time)),
    ]
}

fn write_case(writer: &mut Writer<Vec<u8>>, suite: &str, case: &Case) -> std::io::Result<()> {
    let (name, class) = (printable(&case.name), printable(suite));
    let element = writer
        .create_element("testcase")
        .with_attribute(("classname", class.as_str()))
        .with_attribute(("name", name.as_str()))
        .with_attribute(("time", seconds(case.time).as_str()));
    let printed = [("system-out", &case.printed), ("system-err", &case.debugged)];
    if case.problem.is_none() && printed.iter().all(|(_, text)| text.is_empty()) {
        return element.write_empty().map(|_| ());
    }
    element
        .write_inner_content(|writer| {
            if let Some((element, kind, message)) = &case.problem {
                let message = printable(message);
                let mut problem = writer
                    .create_element(*element)
                    .with_attribute(("message", message.as_str()));
                if !kind.is_empty() {
                    problem = problem.with_attribute(("type", kind.as_str()));
                }
                match printable(&case.explanation.join("\n")) {
                    text if text.is_empty() => problem.write_empty()?,
                    text => problem.write_text_content(BytesText::new(&text))?,
                };
            }
            for (element, text) in printed.iter().filter(|(_, text)| !text.is_empty()) {
                let text = printable(text);
                writer
                    .create_element(*element)
                    .write_text_content(BytesText::new(&text))?;
            }
            Ok(())
        })
        .map(|_| ())
}

fn seconds(time: Duration) -> String {
    format!("{:.6}", time.as_secs_f64())
}

/// What XML 1.0 (fifth edition, 2.2) has no characters for is written as programs write it.
fn printable(text: &str) -> String {
    let is_character = |character: char| {
        matches!(character, '\t' | '\n' | '\r' | '\u{20}'..) && !matches!(character, '\u{fffe}' | '\u{ffff}')
    };
    let mut result = String::with_capacity(text.len());
    for character in text.chars() {
        match is_character(character) {
            true => result.push(character),
            false => result.extend(character.escape_default()),
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use lumen_vm::MemoryOutput;

    #[test]
    fn a_report_is_xml_whatever_tests_are_called_and_print() {
        let verdict = |outcome, printed: &str| Verdict {
            output: MemoryOutput {
                printed: printed.to_owned(),
                debugged: String::new(),
            },
            attempts: 2,
            ..Verdict::without_run(outcome, Duration::from_millis(1500))
        };
        let mut junit = Junit::default();
        let mut add = |name, verdict| junit.add(name, &verdict, &[]);
        add("@a/b lib: passes", verdict(Outcome::Passed, ""));
        add(
            "@a/b lib: <prints>",
            verdict(Outcome::Passed, "a < b & \u{1b}[31m\u{0}\n"),
        );
        add(
            "@a/b other: spins",
            verdict(Outcome::TimedOut(Duration::from_secs(2)), ""),
        );
        add("@a/b other: wavers", verdict(Outcome::Flaky, ""));
        add("notes: line 7", verdict(Outcome::NotRun, ""));
        junit.add(
            "@a/b lib: refuses",
            &verdict(Outcome::Refused("it returned \"no\"".to_owned()), ""),
            &["  in lib.lm.md:3:6".to_owned(), "    x = \"<\u{1b}>\"".to_owned()],
        );
        junit.add_broken(&[Broken {
            place: "notes.lm.md:9".to_owned(),
            problem: "announces E0012".to_owned(),
        }]);
        let text = junit.render().expect("it is written to memory");
        let mut reader = quick_xml::Reader::from_str(&text);
        while !matches!(reader.read_event().expect("it is XML"), Event::Eof) {}
        insta::assert_snapshot!(text);
    }
}
