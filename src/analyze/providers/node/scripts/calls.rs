//! Calls of scripts in a line of shell.
//!
//! Only as much of the language is understood as it takes to be sure. No call is made of what is quoted or escaped; nothing
//! is known behind a change of the directory, and of what has an alternative (`||`).

/// Programs that run scripts of `package.json`.
const PROGRAMS: [&str; 4] = ["npm", "pnpm", "yarn", "bun"];
/// Words in front of a program that change nothing about it, and options that change nothing about a call.
const IDLE: [&str; 6] = ["exec", "time", "cross-env", "-s", "--silent", SEPARATOR];
/// Behind these nothing is known: the directory may be another one, or the words no commands.
const ENDS: [&str; 3] = ["cd", "pushd", END];
/// In a prepared line: what ends a command, an alternative to the command before, a comment or a text within the line, and
/// what is quoted.
const SEPARATOR: &str = ";";
const ALTERNATIVE: &str = "||";
const END: &str = "#";
const QUOTED: char = '\u{1}';

/// A call of a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Call<'a> {
    pub(super) program: &'a str,
    /// The name of the script. That of `yarn x` may be one of something else.
    pub(super) name: &'a str,
    /// Whether it fails if there is no such script. Yarn and Bun look for a program of that name then.
    pub(super) needs_script: bool,
}

/// The calls in a line that is [`prepared`].
pub(super) fn calls(line: &str) -> Vec<Call<'_>> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let mut calls = Vec::new();
    let mut before = 0;
    for command in words.split_inclusive(|word| *word == SEPARATOR) {
        if command.iter().any(|word| ENDS.contains(word)) {
            break;
        }
        if command.contains(&ALTERNATIVE) {
            calls.truncate(before);
            break;
        }
        if command != [SEPARATOR] {
            before = calls.len();
            calls.extend(call(command));
        }
    }
    calls
}

fn call<'a>(command: &[&'a str]) -> Option<Call<'a>> {
    let mut words = command.iter().copied().filter(|word| !IDLE.contains(word));
    let mut program = words.next()?;
    while program.contains('=') {
        program = words.next()?;
    }
    let mut name = words.next()?;
    let is_run = matches!(name, "run" | "run-script");
    if is_run {
        name = words.next()?;
    }
    let is_short = matches!(name, "start" | "test");
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b":_-.".contains(&byte);
    if !PROGRAMS.contains(&program)
        || program == "npm" && !is_run && !is_short
        || name.starts_with('-')
        || !name.bytes().all(is_name)
    {
        return None;
    }
    for word in words {
        match word {
            "--" => break,
            // It may choose another package, or allow that there is no script.
            _ if word.starts_with('-') => return None,
            _ => {}
        }
    }
    Some(Call {
        program,
        name,
        // npm has scripts of its own for those two.
        needs_script: matches!(program, "npm" | "pnpm")
            && (is_run || is_short)
            && !matches!(name, "env" | "restart"),
    })
}

/// A line as words with blanks between them, in which nothing that is quoted or escaped can be taken for something else.
pub(super) fn prepared(line: &str) -> String {
    let mut quote = None;
    let mut last = ' ';
    let mut result = String::new();
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (Some(end), _) if end == character => quote = None,
            (Some('\''), _) => {}
            (_, '\\') => {
                characters.next();
                result.push(QUOTED);
            }
            (Some(_), _) => result.push(QUOTED),
            (None, '\'' | '"') => {
                quote = Some(character);
                result.push(QUOTED);
            }
            (None, '|') if last == '|' => result.push_str(" || ; "),
            (None, ';' | '&' | '|' | '(' | ')' | '`' | '\n') => result.push_str(" ; "),
            (None, '#' | '<') => result.push_str(" # "),
            _ => result.push(character),
        }
        last = character;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The calls of a line; those that may be something else in brackets.
    fn called(line: &str) -> String {
        let line = prepared(line);
        let calls = calls(&line).into_iter();
        let shown = calls.map(|call| {
            let text = format!("{} {}", call.program, call.name);
            if call.needs_script {
                text
            } else {
                format!("({text})")
            }
        });
        shown.collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn calls_of_scripts_are_found() {
        let lines = [
            "npm run a",
            "npm start && npm test; pnpm run-script b:c -- --x | tee log & npm run -s d > out",
            "NODE_ENV=production exec npm run a",
            "cross-env A=1 B='x y' npm run a --silent",
            "yarn a && yarn run b; bun run c.ts; bun d; pnpm e",
            "set -e\nnpm run a\necho 'npm run b' \"c; npm run d\" \\; npm run e\n(npm run f)",
            "npm run env && npm run restart",
        ];
        insta::assert_snapshot!(lines.map(called).join("\n"), @"
        npm a
        npm start, npm test, pnpm b:c, npm d
        npm a
        npm a
        (yarn a), (yarn b), (bun c.ts), (bun d), (pnpm e)
        npm a, npm f
        (npm env), (npm restart)
        ");
    }

    #[test]
    fn what_may_be_another_package_or_missing_is_no_call() {
        for line in [
            "npm install && npm ci && npx a && npm exec a",
            "npm run",
            "npm run a --if-present; npm run --if-present a; npm --prefix x run a; npm run a -w x",
            "pnpm --filter x run a; pnpm -C x run a; pnpm -r run a; pnpm run /^a/; pnpm run '/^a/'",
            "yarn --cwd x a; yarn workspace --x; bun run --cwd x a; bun --filter '*' a",
            "cd x && npm run a",
            "(cd x; npm run a) && npm run b",
            "npm run a || true",
            "npm run a || npm run b",
            "echo npm run a",
            "npm run $NAME; npm run \"a b\"; npm run 'a'",
            "# npm run a; npm run b",
            "cat <<END; npm run a\nnpm run b\nEND",
            "concurrently \"npm run a\" \"npm run b\"",
            "",
            "'",
            "\\",
        ] {
            assert_eq!(called(line), "", "{line}");
        }
    }
}
