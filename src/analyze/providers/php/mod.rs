//! PHP, served by FrankenPHP.
//!
//! Rules: <https://github.com/railwayapp/railpack/blob/v0.37.0/core/providers/php/php.go>,
//! <https://railpack.com/languages/php>.

mod composer;
mod configuration;
mod constraint;
mod extensions;
mod front_end;
#[cfg(test)]
mod tests;

use toml::Value;

use super::Provider;
use super::node::NodeProvider;
use crate::analyze::app::{App, AppError};
use crate::analyze::config::SPREAD;
use crate::analyze::context::Context;
use crate::analyze::error::AnalyzeError;
use crate::analyze::parts::{
    copy_file, exec, image_layer, local_layer, shell, shell_word, step_layer,
};
use crate::analyze::steps::{CommandStep, MiseStep, install_packages};
use crate::plan::{Command, CopyCommand, FileCommand};
use composer::{COMPOSER_FILE, Composer};
use configuration::{CADDYFILE, PHP_INI, START_SCRIPT};
use constraint::{DEFAULT_VERSION, image_version};
use extensions::extensions;

const PHP: &str = "php";
const INDEX: &str = "index.php";
/// Laravel's own program (<https://laravel.com/docs/artisan>).
const ARTISAN: &str = "artisan";
const VERSION_SETTING: &str = "PHP_VERSION";
/// Counts when the container starts.
const MIGRATIONS_SETTING: &str = "SKIP_MIGRATIONS";
/// What is noted about a Laravel app.
const LARAVEL: &str = "phpLaravel";

/// The names of steps.
const IMAGE: &str = "packages:image";
const PREPARE: &str = "prepare";
const EXTENSIONS: &str = "extensions";
const COMPOSER: &str = "install:composer";
const BUILD: &str = "build";

/// The image that has Composer, and where it is there and here.
const COMPOSER_IMAGE: &str = "composer:latest";
const COMPOSER_PROGRAM: &str = "/usr/bin/composer";
const COMPOSER_CACHE: &str = "/opt/cache/composer";
/// What Composer reads.
pub(crate) const COMPOSER_FILES: [&str; 2] = ["**/composer.json", "**/composer.lock"];
/// Variables that change an installation.
const COMPOSER_PREFIXES: [&str; 2] = ["COMPOSER", "PHP"];
/// What Composer and `install-php-extensions` need.
const DEBIAN_PACKAGES: [&str; 4] = ["git", "zip", "unzip", "ca-certificates"];
const START_COMMAND: &str = "/start-container.sh";
/// The environment of the build and the app.
const VARIABLES: [(&str, &str); 8] = [
    ("APP_ENV", "production"),
    ("APP_DEBUG", "false"),
    ("APP_LOCALE", "en"),
    ("LOG_CHANNEL", "stderr"),
    ("LOG_LEVEL", "debug"),
    ("SERVER_NAME", ":80"),
    ("PHP_INI_DIR", "/usr/local/etc/php"),
    ("OCTANE_SERVER", "frankenphp"),
];
/// The directories that Laravel writes into.
const LARAVEL_DIRECTORIES: &str = "mkdir -p storage/framework/sessions storage/framework/views storage/framework/cache storage/framework/testing storage/logs bootstrap/cache && chmod -R a+rw storage";

/// The provider of PHP apps.
pub(super) struct PhpProvider;

impl Provider for PhpProvider {
    fn name(&self) -> &'static str {
        PHP
    }

    fn detect(&self, context: &Context<'_>) -> Result<bool, AnalyzeError> {
        Ok(context.app.first_of(&[INDEX, COMPOSER_FILE])?.is_some())
    }

    fn plan(&self, context: &mut Context<'_>) -> Result<(), AnalyzeError> {
        let composer = Composer::read(context.app)?;
        let is_laravel = is_laravel(context.app)?;
        context.note(LARAVEL, is_laravel);
        if is_laravel {
            context.messages.info("found a Laravel app");
        }
        if context.environment.setting(MIGRATIONS_SETTING).is_some() {
            context.messages.info(format!(
                "RAILPACK_{MIGRATIONS_SETTING} counts where the container starts, not here"
            ));
        }
        let version = request_version(context, composer.as_ref())?;

        let packages = debian_packages(context);
        let image = image_layer(&format!("dunglas/frankenphp:php{version}-trixie"));
        let image = install_packages(IMAGE, image, &packages, &mut context.caches);

        let mut prepare = step(PREPARE, &image);
        configure(context, &mut prepare, is_laravel)?;

        // What starts the container reads them; of its base an image has the files alone.
        context.deploy.variables.extend(prepare.variables.clone());

        let mut install_extensions = step(EXTENSIONS, &prepare);
        let names = extensions(context, composer.as_ref(), is_laravel)?;
        if !names.is_empty() {
            let names: Vec<_> = names.iter().map(|name| shell_word(name)).collect();
            install_extensions
                .commands
                .push(exec(format!("install-php-extensions {}", names.join(" "))));
            install_extensions.caches = context.caches.add_apt();
        }

        let mut install = step(COMPOSER, &install_extensions);
        install.use_secrets_with_prefixes(context.environment, &COMPOSER_PREFIXES);
        for (name, value) in [
            ("COMPOSER_FUND", "0"),
            ("COMPOSER_CACHE_DIR", COMPOSER_CACHE),
        ] {
            install.variables.insert(name.to_owned(), value.to_owned());
        }
        if let Some(composer) = &composer {
            add_installation(context, &mut install, composer, is_laravel)?;
        }

        let mut build = CommandStep::new(BUILD);
        build.inputs.extend([step_layer(COMPOSER), local_layer()]);
        if is_laravel {
            build.commands.push(shell(LARAVEL_DIRECTORIES));
        }

        context.prunes_dependencies = true;
        context.deploy.base = step_layer(BUILD);
        context.deploy.start_command = Some(START_COMMAND.to_owned());
        if context.mise.has_packages() {
            context.deploy.inputs.extend(context.mise.layer());
        }
        for step in [image, prepare, install_extensions, install, build] {
            context.add_step(step);
        }
        Ok(())
    }

    fn beside(&self, context: &Context<'_>) -> Result<Option<&'static dyn Provider>, AnalyzeError> {
        let is_node = NodeProvider.detect(context)?;
        Ok(is_node.then_some(&NodeProvider))
    }

    fn unite(&self, context: &mut Context<'_>, others: &[&'static str]) {
        if others.contains(&NodeProvider.name()) {
            front_end::unite(context);
        }
    }
}

/// The version of the setting, else of the files that mise reads, else of `composer.json`, as the tag of the image has it. One
/// that the user asks of `packages` goes before.
fn request_version(
    context: &mut Context<'_>,
    composer: Option<&Composer>,
) -> Result<String, AnalyzeError> {
    let app = context.app;
    context.packages.leave_to_image(PHP);
    context.mise.leave_out(PHP);
    context.packages.default_to(PHP, DEFAULT_VERSION);
    let required = composer.map_or(Ok(None), |composer| composer.php(app))?;
    let in_composer = format!("{COMPOSER_FILE} > require > php");
    if let Some(version) = required {
        context.packages.request(PHP, version, &in_composer);
    }
    if let Some((version, file)) = MiseStep::version_in_app(app, PHP)? {
        context.packages.request(PHP, &version, file);
        let tools = Value::Array(vec![PHP.into()]);
        context
            .mise
            .settings
            .insert("disable_tools".to_owned(), tools);
    }
    if let Some(setting) = context.environment.setting(VERSION_SETTING) {
        context
            .packages
            .request(PHP, &setting.value, &setting.origin);
    }
    let Some(requested) = context.packages.get(PHP) else {
        return Ok(DEFAULT_VERSION.to_owned());
    };
    if let Some(version) = image_version(&requested.version) {
        return Ok(version);
    }
    let place = if requested.origin == in_composer {
        app.place_in_json(COMPOSER_FILE, &["require", "php"])?
    } else {
        requested.origin.clone()
    };
    Err(AnalyzeError::Value {
        place,
        found: requested.version.clone(),
        expected: format!("a version of PHP that FrankenPHP has images of: 8.2 or newer, as in `^8.2`; RAILPACK_{VERSION_SETTING} sets another one").into(),
    })
}

/// Debian packages for the image, which is that of the build too, so that the user's for both are there.
fn debian_packages(context: &Context<'_>) -> Vec<String> {
    let mut packages: Vec<_> = DEBIAN_PACKAGES.map(str::to_owned).into();
    let config = context.config;
    for configured in [&config.build_apt_packages, &config.deploy.apt_packages] {
        let names = configured.iter().flat_map(|names| &names.value);
        packages.extend(names.filter(|name| *name != SPREAD).cloned());
    }
    packages
}

/// Writes what configures PHP, FrankenPHP and the start of the container.
fn configure(
    context: &mut Context<'_>,
    prepare: &mut CommandStep,
    is_laravel: bool,
) -> Result<(), AnalyzeError> {
    for (name, text) in configuration::files(context, is_laravel)? {
        prepare.assets.insert(name.to_owned(), text);
    }
    let variables = VARIABLES.map(|(name, value)| (name.to_owned(), value.to_owned()));
    prepare.variables.extend(variables);
    prepare
        .variables
        .insert("IS_LARAVEL".to_owned(), is_laravel.to_string());
    let file = |path: &str, name: &str| FileCommand {
        path: path.to_owned(),
        name: name.to_owned(),
        mode: None,
        custom_name: None,
    };
    let script = FileCommand {
        mode: Some(0o755),
        custom_name: Some("create start container script".to_owned()),
        ..file(START_COMMAND, START_SCRIPT)
    };
    prepare.commands.extend([
        exec("mkdir -p /usr/local/etc/php/conf.d"),
        exec("mkdir -p /conf.d/"),
        Command::File(file("/usr/local/etc/php/conf.d/php.ini", PHP_INI)),
        Command::File(file("/Caddyfile", CADDYFILE)),
        Command::File(script),
    ]);
    Ok(())
}

/// Installs what `composer.json` requires.
fn add_installation(
    context: &mut Context<'_>,
    install: &mut CommandStep,
    composer: &Composer,
    is_laravel: bool,
) -> Result<(), AppError> {
    install
        .caches
        .push(context.caches.add("composer", COMPOSER_CACHE));
    install.commands.push(Command::Copy(CopyCommand {
        image: Some(COMPOSER_IMAGE.to_owned()),
        src: COMPOSER_PROGRAM.to_owned(),
        dest: COMPOSER_PROGRAM.to_owned(),
    }));
    if composer.reads_sources {
        install.inputs.push(local_layer());
    } else {
        for pattern in COMPOSER_FILES {
            let files = context.app.find_files(pattern)?;
            install
                .commands
                .extend(files.iter().map(|file| copy_file(file)));
        }
        if is_laravel {
            install.commands.push(copy_file(ARTISAN));
        }
    }
    if !context.app.has("composer.lock")? {
        context
            .messages
            .suggestion("add a composer.lock, so that every build installs the same");
    }
    install.commands.push(exec(
        "composer install --optimize-autoloader --no-scripts --no-interaction",
    ));
    Ok(())
}

/// A step that goes on from another one, and that no secret changes.
fn step(name: &str, before: &CommandStep) -> CommandStep {
    let mut step = CommandStep::new(name);
    step.inputs.push(step_layer(&before.name));
    step.secrets.clear();
    step
}

fn is_laravel(app: &App) -> Result<bool, AppError> {
    app.has(ARTISAN)
}
