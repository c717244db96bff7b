//! Runs test programs: shows their output as it comes and counts what passed.

use std::{
    io::{BufRead as _, BufReader},
    ops::AddAssign,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result};

/// How many tests ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// Runs the command; a failure of it that no test accounts for (it did not compile) counts as one failed test.
pub(crate) fn count(command: &mut Command) -> Result<Count> {
    let mut child = command.stdout(Stdio::piped()).spawn().context("cannot start the tests")?;
    let mut count = Count::default();
    for line in BufReader::new(child.stdout.take().context("the tests have no output")?).lines() {
        let line = line?;
        count += of_line(&line);
        println!("{line}");
    }
    if !child.wait()?.success() && count.failed == 0 {
        count.failed = 1;
    }
    Ok(count)
}

/// What a closing line of cargo's or Node's test runner tells.
fn of_line(line: &str) -> Count {
    if line.starts_with("test result: ") {
        return Count { passed: number_before(line, " passed"), failed: number_before(line, " failed") };
    }
    let node = |word: &str| {
        let rest = line.strip_prefix("ℹ ").or_else(|| line.strip_prefix("# "))?.strip_prefix(word)?;
        rest.trim().parse().ok()
    };
    Count { passed: node("pass ").unwrap_or(0), failed: node("fail ").unwrap_or(0) }
}

fn number_before(line: &str, word: &str) -> u64 {
    let before = line.split(word).next().unwrap_or_default();
    before.rsplit(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_of_both_runners_are_counted() {
        let cargo = "test result: FAILED. 12 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s";
        assert_eq!(of_line(cargo), Count { passed: 12, failed: 3 });
        assert_eq!(of_line("ℹ pass 7"), Count { passed: 7, failed: 0 });
        assert_eq!(of_line("# fail 2"), Count { passed: 0, failed: 2 });
        assert_eq!(of_line("test a_rule ... ok"), Count::default());
    }

    #[test]
    fn a_run_that_fails_without_a_test_counts_as_one_failure() {
        let mut script = crate::process::command("sh", ["-c", "echo does not compile; exit 1"]);
        assert_eq!(count(&mut script).unwrap(), Count { passed: 0, failed: 1 });
    }
}
