//! The values of variables: given ones, defaults, and templates that combine them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::ErrorKind;
use std::path::Path;

use crate::manifest::Variable;

/// Why variables cannot be resolved: one sentence that names the culprit and the way out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Error(String);

/// The values of an application's variables.
#[derive(Clone)]
pub struct Variables {
    values: HashMap<String, String>,
}

impl Variables {
    /// Gives every declared variable the value that `given` has for it, or its default.
    ///
    /// Fails when a required variable has neither.
    pub fn resolve(
        declared: &BTreeMap<String, Variable>,
        given: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Error> {
        let value_of = |(name, variable): (&String, &Variable)| {
            let value = given(name).or_else(|| variable.default.clone());
            let value = value.ok_or_else(|| missing(name, variable.secret))?;
            Ok((name.clone(), value))
        };
        let values = declared.iter().map(value_of).collect::<Result<_, _>>()?;
        Ok(Self { values })
    }

    /// Replaces each `{{ name }}` in `template` by the variable's value.
    pub fn fill(&self, template: &str) -> Result<String, Error> {
        let mut filled = String::with_capacity(template.len());
        for part in parts(template)? {
            match part {
                Part::Text(text) => filled.push_str(text),
                Part::Variable(name) => filled.push_str(self.value(name, template)?),
            }
        }
        Ok(filled)
    }

    /// The variables that a component sees, from its templates in the manifest.
    pub fn of_component(&self, templates: &BTreeMap<String, String>) -> Result<HashMap<String, String>, Error> {
        templates.iter().map(|(name, template)| Ok((name.clone(), self.fill(template)?))).collect()
    }

    /// The value of a variable, if the manifest declares it.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    fn value(&self, name: &str, template: &str) -> Result<&str, Error> {
        self.get(name).ok_or_else(|| {
            Error(format!(
                "`{template}` uses the variable `{name}`, which the manifest does not declare; \
                 add it to [variables]"
            ))
        })
    }
}

/// Names only: values may be secrets.
impl std::fmt::Debug for Variables {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_set().entries(self.values.keys()).finish()
    }
}

fn missing(name: &str, is_secret: bool) -> Error {
    let advice = if is_secret { "; `moydom secrets` gives every secret without a value a random one" } else { "" };
    Error(format!(
        "the variable `{name}` has no value; set {} in the environment or in the file of variables{advice}",
        environment_name(name)
    ))
}

/// The names of the variables that a template uses.
pub(crate) fn names_in(template: &str) -> Result<impl Iterator<Item = &str>, Error> {
    let names = parts(template)?.into_iter().filter_map(|part| match part {
        Part::Variable(name) => Some(name),
        Part::Text(_) => None,
    });
    Ok(names)
}

enum Part<'t> {
    Text(&'t str),
    Variable(&'t str),
}

fn parts(template: &str) -> Result<Vec<Part<'_>>, Error> {
    let mut parts = Vec::new();
    let mut rest = template;
    while let Some((text, after)) = rest.split_once("{{") {
        let Some((name, after)) = after.split_once("}}") else {
            return Err(Error(format!("`{template}` has `{{{{` without `}}}}`; close it")));
        };
        parts.push(Part::Text(text));
        parts.push(Part::Variable(name.trim()));
        rest = after;
    }
    parts.push(Part::Text(rest));
    Ok(parts)
}

/// The name by which the environment and `.env` give a variable: `SPIN_VARIABLE_PUBLIC_ORIGIN`.
pub fn environment_name(variable: &str) -> String {
    format!("{PREFIX}{}", variable.to_ascii_uppercase())
}

/// What every such name begins with.
const PREFIX: &str = "SPIN_VARIABLE_";

/// The lines of a `.env` file.
#[derive(Clone, Default)]
pub struct EnvFile {
    values: HashMap<String, String>,
}

impl EnvFile {
    /// Reads the file at `path`; one that does not exist has no lines.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let fail = |what: String| Error(format!("{} {what}", path.display()));
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&text).map_err(|Error(what)| fail(what)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(fail(format!("cannot be read: {error}"))),
        }
    }

    /// Parses lines `NAME=value`, with quotes, comments and substitution as Spin reads them.
    ///
    /// An error tells the line's number and not its text, which may be a secret.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let values = dotenvy::from_read_iter(text.as_bytes()).collect::<Result<_, _>>().map_err(|_| {
            let line = first_bad_line(text);
            Error(format!("has no `NAME=value` in line {line}; quote values with spaces"))
        })?;
        Ok(Self { values })
    }

    /// The value of a variable from the process's environment or else from this file.
    pub fn variable(&self, name: &str) -> Option<String> {
        self.variable_after(|name| std::env::var(name).ok(), name)
    }

    /// The names, in this file and the environment, that look like a variable's and are none of the declared ones: a
    /// misspelt one gives no value to anything.
    pub(crate) fn unknown(&self, declared: &BTreeMap<String, Variable>) -> BTreeSet<String> {
        let environment = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        let names = environment.chain(self.values.keys().cloned()).filter(|name| name.starts_with(PREFIX));
        names.filter(|name| !declared.keys().any(|known| environment_name(known) == *name)).collect()
    }

    fn variable_after(&self, environment: impl Fn(&str) -> Option<String>, name: &str) -> Option<String> {
        let name = environment_name(name);
        environment(&name).or_else(|| self.values.get(&name).cloned())
    }
}

/// Finds the line behind a parse error: the shortest beginning of the text that has it too.
fn first_bad_line(text: &str) -> usize {
    let fails = |count: usize| {
        let beginning: String = text.split_inclusive('\n').take(count).collect();
        dotenvy::from_read_iter(beginning.as_bytes()).any(|line| line.is_err())
    };
    let lines = text.lines().count();
    (1..lines).find(|count| fails(*count)).unwrap_or(lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn variable(default: Option<&str>) -> Variable {
        Variable { default: default.map(ToOwned::to_owned), secret: false }
    }

    fn resolve(given: &[(&str, &str)]) -> Result<Variables, Error> {
        let declared = BTreeMap::from([
            ("origin".to_owned(), variable(Some("http://localhost"))),
            ("jobs_token".to_owned(), variable(None)),
        ]);
        let given: HashMap<_, _> = given.iter().copied().collect();
        Variables::resolve(&declared, |name| given.get(name).map(|value| (*value).to_owned()))
    }

    #[test]
    fn a_given_value_wins_over_the_default() {
        let variables = resolve(&[("jobs_token", "t"), ("origin", "https://dom.example")]).unwrap();
        assert_eq!(variables.fill("{{ origin }}").unwrap(), "https://dom.example");
        let variables = resolve(&[("jobs_token", "t")]).unwrap();
        assert_eq!(variables.fill("{{ origin }}").unwrap(), "http://localhost");
    }

    #[test]
    fn a_required_variable_without_a_value_is_named_with_the_way_out() {
        let error = resolve(&[]).unwrap_err().to_string();
        assert!(error.contains("`jobs_token`"), "{error}");
        assert!(error.contains("SPIN_VARIABLE_JOBS_TOKEN"), "{error}");
        assert!(!error.contains("moydom secrets"), "it makes secrets alone: {error}");
        assert!(missing("jobs_token", true).to_string().contains("moydom secrets"));
    }

    #[test]
    fn a_misspelt_name_is_noticed() {
        let declared = BTreeMap::from([("origin".to_owned(), variable(None))]);
        let file = EnvFile::parse("SPIN_VARIABLE_ORIGIN=a\nSPIN_VARIABLE_ORGIN=b\nOTHER=c").unwrap();
        assert_eq!(file.unknown(&declared), BTreeSet::from(["SPIN_VARIABLE_ORGIN".to_owned()]));
    }

    #[test]
    fn templates_combine_text_and_variables() {
        let variables = resolve(&[("jobs_token", "t")]).unwrap();
        let filled = variables.fill("{{origin}}/sms?{{ jobs_token }}{{jobs_token}}").unwrap();
        assert_eq!(filled, "http://localhost/sms?tt");
        assert_eq!(variables.fill("}} {x}").unwrap(), "}} {x}");
    }

    #[test]
    fn a_template_that_is_wrong_is_shown() {
        let variables = resolve(&[("jobs_token", "t")]).unwrap();
        for template in ["{{ other }}", "{{ origin", "{{ origin }} {{"] {
            let error = variables.fill(template).unwrap_err().to_string();
            assert!(error.contains(template), "{error}");
        }
    }

    #[test]
    fn components_see_their_own_names() {
        let variables = resolve(&[("jobs_token", "t")]).unwrap();
        let templates = BTreeMap::from([("token".to_owned(), "{{ jobs_token }}".to_owned())]);
        let seen = variables.of_component(&templates).unwrap();
        assert_eq!(seen, HashMap::from([("token".to_owned(), "t".to_owned())]));
    }

    #[test]
    fn secrets_do_not_show_in_debug_output() {
        let variables = resolve(&[("jobs_token", "hidden")]).unwrap();
        assert!(!format!("{variables:?}").contains("hidden"));
    }

    #[test]
    fn an_env_file_has_comments_quotes_and_exports() {
        let text = "# secrets\n\nSPIN_VARIABLE_TEST_ONE=a b\\\nSPIN_VARIABLE_TEST_TWO='x # y'\n";
        let error = EnvFile::parse(text).err().unwrap().to_string();
        assert!(error.contains("line 3"), "{error}");
        let text = "# secrets\nexport SPIN_VARIABLE_TEST_ONE=\"a\\nb\" # why\n\
                    SPIN_VARIABLE_TEST_TWO='x # y'\nOTHER=1\n";
        let file = EnvFile::parse(text).unwrap();
        assert_eq!(file.variable("test_one").as_deref(), Some("a\nb"));
        assert_eq!(file.variable("test_two").as_deref(), Some("x # y"));
        assert_eq!(file.variable("other"), None);
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let file = EnvFile::parse("SPIN_VARIABLE_ORIGIN=file\nSPIN_VARIABLE_TOKEN=file").unwrap();
        let environment = |name: &str| (name == "SPIN_VARIABLE_ORIGIN").then(|| "environment".to_owned());
        assert_eq!(file.variable_after(environment, "origin").as_deref(), Some("environment"));
        assert_eq!(file.variable_after(environment, "token").as_deref(), Some("file"));
        assert_eq!(file.variable_after(environment, "other"), None);
    }

    #[test]
    fn a_bad_line_is_numbered_and_not_shown() {
        let error = EnvFile::parse("A=1\nsecret word\nB=2\n").err().unwrap().to_string();
        assert!(error.contains("line 2"), "{error}");
        assert!(!error.contains("secret"), "{error}");
    }

    #[test]
    fn an_env_file_that_does_not_exist_is_empty() {
        let directory = tempfile::tempdir().unwrap();
        assert!(EnvFile::read(&directory.path().join(".env")).is_ok());
        assert!(EnvFile::read(directory.path()).is_err());
    }

    proptest! {
        #[test]
        fn no_text_panics(text in any::<String>()) {
            let _ = EnvFile::parse(&text);
            let variables = resolve(&[("jobs_token", "t")]).unwrap();
            let _ = variables.fill(&text);
        }

        #[test]
        fn text_without_braces_stays_as_it_is(text in "[^{]*") {
            let variables = resolve(&[("jobs_token", "t")]).unwrap();
            prop_assert_eq!(variables.fill(&text).unwrap(), text);
        }

        #[test]
        fn a_quoted_value_returns_as_it_was_written(value in "[^'\\\\\n\r]*") {
            let text = format!("SPIN_VARIABLE_TEST_QUOTED='{value}'");
            let file = EnvFile::parse(&text).unwrap();
            prop_assert_eq!(file.variable("test_quoted"), Some(value));
        }
    }
}
