//! A framework's configuration: JavaScript or TypeScript, read as text. Options that are written down are found, what is
//! computed is not.

/// The text of a configuration, without its comments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Configuration(String);

impl Configuration {
    pub(super) fn new(text: &str) -> Self {
        Self(without_comments(text))
    }

    /// The value of an option that is a string: `name: 'value'`.
    pub(super) fn string<'a>(&'a self, option: &'a str) -> Option<&'a str> {
        self.values(option).find_map(literal)
    }

    /// Whether an option is this word: `name: false`.
    pub(super) fn is(&self, option: &str, word: &str) -> bool {
        self.values(option).any(|value| {
            value
                .strip_prefix(word)
                .is_some_and(|rest| !rest.starts_with(is_name_character))
        })
    }

    /// Whether an option is set, to whatever.
    pub(super) fn has(&self, option: &str) -> bool {
        self.values(option).next().is_some()
    }

    /// What stands behind each place where an option is set.
    fn values<'a>(&'a self, option: &'a str) -> impl Iterator<Item = &'a str> {
        let text = self.0.as_str();
        text.match_indices(option).filter_map(move |(start, _)| {
            let before = text.get(..start)?.trim_end_matches(['"', '\'']);
            let before = before.trim_end_matches([' ', '\t']);
            if !(before.is_empty() || before.ends_with(['{', ',', '\n'])) {
                return None;
            }
            let behind = text.get(start + option.len()..)?;
            let behind = behind.strip_prefix(['"', '\'']).unwrap_or(behind);
            Some(behind.trim_start().strip_prefix(':')?.trim_start())
        })
    }
}

/// The text of a string literal at the start of `text`, if it is the whole value.
fn literal(text: &str) -> Option<&str> {
    let quote = text
        .chars()
        .next()
        .filter(|first| "'\"`".contains(*first))?;
    let (value, rest) = text.get(1..)?.split_once(quote)?;
    let is_computed = value.contains("${") || rest.trim_start().starts_with(['+', '?']);
    let is_plain = !value.is_empty() && !value.contains(['\n', '\\']);
    (is_plain && !is_computed).then_some(value)
}

fn is_name_character(character: char) -> bool {
    character.is_alphanumeric() || "_$.".contains(character)
}

/// JavaScript without its comments. What is in quotes is no comment.
fn without_comments(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    let mut quote = None;
    while let Some(character) = characters.next() {
        match quote {
            Some(end) => {
                result.push(character);
                if character == '\\' {
                    result.extend(characters.next());
                } else if character == end || character == '\n' && end != '`' {
                    quote = None;
                }
            }
            None if character == '/' && characters.peek() == Some(&'/') => {
                while characters.next_if(|next| *next != '\n').is_some() {}
            }
            None if character == '/' && characters.peek() == Some(&'*') => {
                characters.next();
                let mut last = ' ';
                for next in characters.by_ref() {
                    if (last, next) == ('*', '/') {
                        break;
                    }
                    last = next;
                }
            }
            None => {
                if "'\"`".contains(character) {
                    quote = Some(character);
                }
                result.push(character);
            }
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_that_are_written_down_are_found() {
        for (text, expected) in [
            ("{ outDir: 'build' }", Some("build")),
            ("{\n  build: {\n    \"outDir\" : \"a/b\",", Some("a/b")),
            ("{a: 1,outDir:`x`}", Some("x")),
            ("{ outDir: '/abs//x' }", Some("/abs//x")),
            ("{ // outDir: 'x'\n outDir: 'y' }", Some("y")),
            ("{ /* outDir: 'x', */ }", None),
            ("{ outDir: `${root}/x` }", None),
            ("{ outDir: 'x/' + mode }", None),
            ("{ outDir: path.join(a, 'b') }", None),
            ("{ myoutDir: 'x' }", None),
            ("const x = y ? outDir: 'x'", None),
            ("{ outDir: '' }", None),
            ("{ outDir: 'x", None),
            ("", None),
        ] {
            assert_eq!(
                Configuration::new(text).string("outDir"),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn words_are_whole() {
        for (text, expected) in [
            ("export default {\n  ssr: false,\n} satisfies Config;", true),
            ("export default { ssr: false }", true),
            ("export default { 'ssr': false }", true),
            ("export default { ssr: falsely }", false),
            ("export default { ssr: true }", false),
            ("export default { ssr: process.env.SSR === 'false' }", false),
            ("export default {\n  // ssr: false,\n}", false),
            ("export default {}", false),
        ] {
            let configuration = Configuration::new(text);
            assert_eq!(configuration.is("ssr", "false"), expected, "{text}");
        }
        assert!(Configuration::new("{ adapter: node() }").has("adapter"));
        assert!(!Configuration::new("import adapter from 'x'").has("adapter"));
    }

    #[test]
    fn quotes_hold_no_comments_and_comments_no_quotes() {
        for (text, expected) in [
            ("a = 'http://x' // it's\nb", "a = 'http://x' \nb"),
            ("/* ' */x/**/y", "xy"),
            (r"'\'//' // x", r"'\'//' "),
            ("`a\n//b`", "`a\n//b`"),
            ("x /* open", "x "),
            ("a / b", "a / b"),
        ] {
            assert_eq!(without_comments(text), expected);
        }
    }
}
