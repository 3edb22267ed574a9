//! Templates as data: what is refused and why, what placeholders become, and that the bundled folders are what the binary has.

use lumen_pkg::{BUNDLED_TEMPLATES, ProjectFile, Template};
use std::collections::BTreeMap;
use std::path::Path;

fn template(files: &[(&str, &str)]) -> Result<Template, String> {
    let files = files
        .iter()
        .map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()));
    Template::read(files.collect()).map_err(|error| error.to_string())
}

/// Expands a template of two variables, `name` (a package name) and `motto` (a text).
fn expand(files: &[(&str, &str)], answers: &[(&str, &str)]) -> Result<Vec<(String, String)>, String> {
    let description = r#"
        description = "for tests"
        verbatim = ["raw/*"]
        [variables.name]
        question = "Name?"
        kind = "package-name"
        [variables.motto]
        question = "Motto?"
        default = "none"
    "#;
    let files: Vec<(&str, &str)> = files
        .iter()
        .copied()
        .chain([("template.toml", description)])
        .collect();
    let given: BTreeMap<String, String> = answers
        .iter()
        .map(|(name, answer)| ((*name).to_owned(), (*answer).to_owned()))
        .collect();
    let template = template(&files)?;
    let expanded = template
        .answers(&given)
        .and_then(|answers| template.expand(&answers));
    let shown = |file: ProjectFile| (file.path, String::from_utf8_lossy(&file.content).into_owned());
    expanded
        .map(|files| files.into_iter().map(shown).collect())
        .map_err(|error| error.to_string())
}

#[test]
fn placeholders_become_answers() {
    for (before, after) in [
        ("__name__ and __motto__", "@acme/shop and none"),
        ("__name.scope__-__name.base__", "acme-shop"),
        ("____name__", "__@acme/shop"),
        ("___name__", "_@acme/shop"),
        ("__name__name__", "@acme/shopname__"),
        ("a __ b", "a __ b"),
        ("__NAME__ __na me__ __", "__NAME__ __na me__ __"),
        ("${{ hashFiles('**') }} {name}", "${{ hashFiles('**') }} {name}"),
    ] {
        let expanded = expand(&[("a.txt", before)], &[("name", "@acme/shop")]);
        assert_eq!(
            expanded,
            Ok(vec![("a.txt".to_owned(), after.to_owned())]),
            "{before}"
        );
    }
}

#[test]
fn paths_and_verbatim_files_have_their_own_rules() {
    let files = [("src/__name.base__.lm.md", ""), ("raw/x", "__other__"), ("b", "")];
    let expanded = expand(&files, &[("name", "@acme/shop")]).expect("it expands");
    let shown = [("b", ""), ("raw/x", "__other__"), ("src/shop.lm.md", "")];
    assert_eq!(
        expanded,
        shown.map(|(path, text)| (path.to_owned(), text.to_owned()))
    );
}

#[test]
fn what_is_wrong_is_said() {
    for (files, answers, error) in [
        (
            &[("a", "x\n__other__")][..],
            &[("name", "@a/b")][..],
            "a:2: the template does not ask for `other`",
        ),
        (
            &[("a", "__name.part__")],
            &[("name", "@a/b")],
            "a:1: the template does not ask for `name.part`",
        ),
        (
            &[("a/__other__", "")],
            &[("name", "@a/b")],
            "a/__other__: the template does not ask for `other`",
        ),
        (
            &[("__motto__", "")],
            &[("name", "@a/b")],
            "__motto__: a path can only mention parts of package names",
        ),
        (
            &[("__name__", "")],
            &[("name", "@a/b")],
            "__name__: a path can only mention parts of package names",
        ),
        (&[], &[], "`name` is not given, and it has no default"),
        (
            &[],
            &[("name", "acme")],
            "`name`: `acme` is not a package name: it has no scope",
        ),
        (
            &[],
            &[("name", "@a/b"), ("motto", "a\"b")],
            "`motto`: a text cannot contain '\"'",
        ),
        (
            &[],
            &[("name", "@a/b"), ("motto", "a\nb")],
            "`motto`: a text cannot contain '\\n'",
        ),
        (
            &[],
            &[("name", "@a/b"), ("moto", "x")],
            "the template does not ask for `moto`; it asks for `name`, `motto`",
        ),
    ] {
        assert_eq!(expand(files, answers), Err(error.to_owned()));
    }
}

#[test]
fn descriptions_are_checked() {
    for (description, error) in [
        (
            "",
            "its template.toml is wrong: `description` is missing, one line for `--list`",
        ),
        (
            "description = 1",
            "its template.toml is wrong: `description` is a string of one line",
        ),
        (
            "description = \"a\\nb\"",
            "its template.toml is wrong: `description` is a string of one line",
        ),
        (
            "description = \"a\"\nother = 1",
            "its template.toml is wrong: `other` is not one of its keys (description, verbatim, variables)",
        ),
        (
            "description = \"a\"\nverbatim = \"x\"",
            "its template.toml is wrong: `verbatim` is a list of patterns",
        ),
        (
            "description = \"a\"\n[variables.Name]\nquestion = \"?\"",
            "its template.toml is wrong: `Name` cannot be the name of a variable",
        ),
        (
            "description = \"a\"\n[variables.a]",
            "its template.toml is wrong: `variables.a` has no `question`",
        ),
        (
            "description = \"a\"\n[variables.a]\nquestion = \"?\"\nkind = \"x\"",
            "its template.toml is wrong: `x` is not a kind of variable (`package-name`, `text`)",
        ),
        (
            "description = \"a\"\n[variables.a]\nquestion = \"?\"\ndefault = \"{\"",
            "its template.toml is wrong: the default of `a`: a text cannot contain '{'",
        ),
    ] {
        assert_eq!(
            template(&[("template.toml", description)]).err().as_deref(),
            Some(error),
            "{description}"
        );
    }
    assert_eq!(
        template(&[("a", "")]).err().as_deref(),
        Some("it has no template.toml")
    );
}

#[test]
fn the_binary_has_every_file_of_the_folders() {
    for bundled in BUNDLED_TEMPLATES {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../templates")
            .join(bundled.name);
        let mut on_disk: Vec<String> = walkdir::WalkDir::new(&root)
            .into_iter()
            .filter_map(Result::ok)
            .filter(|entry| entry.file_type().is_file())
            .filter_map(|entry| Some(entry.path().strip_prefix(&root).ok()?.to_str()?.to_owned()))
            .filter(|path| path != "template.toml")
            .collect();
        on_disk.sort();
        let template = bundled.read().expect("a bundled template is one");
        let given = BTreeMap::from([("name".to_owned(), "@acme/shop".to_owned())]);
        let answers = template.answers(&given).expect("everything else has a default");
        let files = template.expand(&answers).expect("it mentions what it asks for");
        let bundled_paths: Vec<String> = files.into_iter().map(|file| file.path).collect();
        assert_eq!(bundled_paths, on_disk, "{}", bundled.name);
    }
}
