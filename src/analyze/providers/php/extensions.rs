//! The extensions of PHP that an app needs.

use super::composer::Composer;
use crate::analyze::context::Context;
use crate::analyze::environment::Environment;
use crate::analyze::error::AnalyzeError;

/// What Laravel needs (<https://laravel.com/docs/12.x/deployment#server-requirements>).
const LARAVEL: [&str; 13] = [
    "ctype",
    "curl",
    "dom",
    "fileinfo",
    "filter",
    "hash",
    "mbstring",
    "openssl",
    "pcre",
    "pdo",
    "session",
    "tokenizer",
    "xml",
];
/// Values of Laravel's variable `DB_CONNECTION`, and the extension that connects.
const DATABASES: [(&str, &str); 3] = [
    ("mysql", "pdo_mysql"),
    ("mariadb", "pdo_mysql"),
    ("pgsql", "pdo_pgsql"),
];
/// Variables that only an app with Redis has.
const REDIS_VARIABLES: [&str; 2] = ["REDIS_HOST", "REDIS_URL"];
/// Variables with which Laravel chooses where it keeps something.
const STORE_VARIABLES: [&str; 4] = [
    "CACHE_DRIVER",
    "CACHE_STORE",
    "SESSION_DRIVER",
    "QUEUE_CONNECTION",
];

/// The extensions to install: those of `composer.json`, of the setting, of Laravel, and of databases, each once.
pub(super) fn extensions(
    context: &Context<'_>,
    composer: Option<&Composer>,
    is_laravel: bool,
) -> Result<Vec<String>, AnalyzeError> {
    let mut wanted = match composer {
        Some(composer) => composer.extensions(context.app)?,
        None => Vec::new(),
    };
    if let Some(setting) = context.environment.setting("PHP_EXTENSIONS") {
        let words = setting
            .value
            .split(|character: char| character == ',' || character.is_whitespace());
        wanted.extend(words.filter(|word| !word.is_empty()).map(str::to_owned));
    }
    if is_laravel {
        wanted.extend(LARAVEL.map(str::to_owned));
    }
    let database = context.environment.variable("DB_CONNECTION");
    let database = DATABASES
        .iter()
        .find(|(name, _)| database == Some(*name))
        .map(|(_, extension)| (*extension).to_owned());
    wanted.extend(database);
    if uses_redis(context.environment, composer) {
        wanted.push("redis".to_owned());
    }
    let mut extensions: Vec<String> = Vec::new();
    for extension in wanted {
        if !extensions.contains(&extension) {
            extensions.push(extension);
        }
    }
    Ok(extensions)
}

fn uses_redis(environment: &Environment, composer: Option<&Composer>) -> bool {
    let is_set = |name: &&str| {
        environment
            .variable(name)
            .is_some_and(|value| !value.is_empty())
    };
    let is_redis = |name: &&str| environment.variable(name) == Some("redis");
    REDIS_VARIABLES.iter().any(is_set)
        || STORE_VARIABLES.iter().any(is_redis)
        || composer.is_some_and(|composer| composer.has_package_like("redis"))
}
