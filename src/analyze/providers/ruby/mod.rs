//! Ruby.
//!
//! Rules: <https://github.com/railwayapp/railpack/blob/v0.37.0/core/providers/ruby/ruby.go>,
//! <https://railpack.com/languages/ruby>.

mod gemfile;
#[cfg(test)]
mod tests;

use super::Provider;
use super::node::NodeProvider;
use crate::analyze::app::{App, AppError};
use crate::analyze::context::Context;
use crate::analyze::error::AnalyzeError;
use crate::analyze::parts::{copy_file, exec, local_layer, path, step_layer, step_paths};
use crate::analyze::steps::CommandStep;
use gemfile::{GEMFILE, Gems, LOCK_FILE};

const RUBY: &str = "ruby";
const DEFAULT_VERSION: &str = "3.4";
const VERSION_SETTING: &str = "RUBY_VERSION";
/// Where gems are installed.
const GEM_HOME: &str = "/usr/local/bundle";
const RAILS_FILE: &str = "config/application.rb";
/// Variables that change an installation.
const INSTALL_PREFIXES: [&str; 3] = ["RUBY", "GEM", "BUNDLE"];
/// Variables that change what is built.
const BUILD_PREFIXES: [&str; 7] = [
    "RAILS",
    "BUNDLE",
    "BOOTSNAP",
    "SPROCKETS",
    "WEBPACKER",
    "ASSET",
    "DISABLE_SPRING",
];
/// The environment of Bundler, and of the app.
const VARIABLES: [(&str, &str); 5] = [
    ("BUNDLE_GEMFILE", "/app/Gemfile"),
    ("GEM_PATH", GEM_HOME),
    ("GEM_HOME", GEM_HOME),
    ("MALLOC_ARENA_MAX", "2"),
    ("LD_PRELOAD", "libjemalloc.so.2"),
];
/// Debian packages that gems need, when they are compiled and when the app runs.
const GEM_PACKAGES: [(&[&str], &[&str]); 5] = [
    (&["pg"], &["libpq-dev"]),
    (&["mysql", "mysql2"], &["default-libmysqlclient-dev"]),
    (&["rmagick", "mini_magick"], &["libmagickwand-dev"]),
    (&["ruby-vips"], &["libvips-dev"]),
    (
        &["charlock_holmes"],
        &["libicu-dev", "libxml2-dev", "libxslt-dev"],
    ),
];

const START_COMMAND_HELP: &str = "for a Ruby app these are looked at, in this order:
1. Rails: config/application.rb
2. config/environment.rb and script
3. config.ru, for Rack
4. Rakefile";

/// The provider of Ruby apps.
pub(super) struct RubyProvider;

impl Provider for RubyProvider {
    fn name(&self) -> &'static str {
        "ruby"
    }

    fn detect(&self, context: &Context<'_>) -> Result<bool, AnalyzeError> {
        Ok(context.app.has(GEMFILE)?)
    }

    fn plan(&self, context: &mut Context<'_>) -> Result<(), AnalyzeError> {
        let gems = Gems::read(context.app)?;
        let uses_rails = uses_rails(context.app)?;
        request_version(context, &gems)?;
        add_debian_packages(context, &gems);
        if gems.has_any(&["execjs"]) {
            context.mise.install(&mut context.packages, "node", "lts");
            context.deploy.add_apt_packages(&["libatomic1"]);
        }
        let has_bootsnap = gems.has_any(&["bootsnap"]);
        let has_assets = gems.has_any(&["sprockets", "sprockets-rails", "propshaft"]);
        context.note("rubyRails", uses_rails);
        context.note("rubyAssetPipeline", has_assets);
        context.note("rubyBootsnap", has_bootsnap);

        let mut install = CommandStep::new("install");
        install.inputs.push(step_layer(&context.mise.name));
        install.use_secrets_with_prefixes(context.environment, &INSTALL_PREFIXES);
        install.variables.extend(variables());
        add_installation(context, &mut install, &gems)?;

        let mut build = CommandStep::new("build");
        build
            .inputs
            .extend([step_layer(&install.name), local_layer()]);
        build.use_secrets_with_prefixes(context.environment, &BUILD_PREFIXES);
        build.variables.extend(variables());
        let mut outputs = vec!["/app"];
        if uses_rails && has_assets {
            build
                .commands
                .push(exec("bundle exec rake assets:precompile"));
        }
        if uses_rails && has_bootsnap {
            build
                .commands
                .push(exec("bundle exec bootsnap precompile app/ lib/"));
            outputs.push("lib/");
        }

        context.deploy.start_command = start_command(context, uses_rails)?.map(str::to_owned);
        context.deploy.variables.extend(variables());
        context.deploy.inputs.extend(context.mise.layer());
        context.deploy.inputs.extend([
            step_paths(&install.name, &[GEM_HOME], &[]),
            step_paths(&build.name, &outputs, &[]),
        ]);
        context.add_step(install);
        context.add_step(build);
        Ok(())
    }

    fn beside(&self, context: &Context<'_>) -> Result<Option<&'static dyn Provider>, AnalyzeError> {
        let has_packages = context.app.has("package.json")?;
        Ok(has_packages.then_some(&NodeProvider))
    }

    fn start_command_help(&self) -> Option<&'static str> {
        Some(START_COMMAND_HELP)
    }
}

/// The version of the setting, else of the files that mise reads, else of the `Gemfile` or its lock file.
fn request_version(context: &mut Context<'_>, gems: &Gems) -> Result<(), AppError> {
    context
        .mise
        .install(&mut context.packages, RUBY, DEFAULT_VERSION);
    // Documentation takes long to make, and fails without a locale.
    context.mise.variables.insert(
        "RUBY_CONFIGURE_OPTS".to_owned(),
        "--disable-install-doc".to_owned(),
    );
    if let Some((version, file)) = &gems.ruby {
        context.packages.request(RUBY, version, file);
    }
    context.follow_files_then_setting(RUBY, VERSION_SETTING)
}

fn add_debian_packages(context: &mut Context<'_>, gems: &Gems) {
    let mut build = vec!["libyaml-dev", "libjemalloc-dev"];
    let version = context
        .packages
        .get(RUBY)
        .map_or("", |ruby| ruby.version.as_str());
    if has_compiler_in_rust(version) {
        build.extend(["rustc", "cargo"]);
    }
    let mut runtime = vec!["libyaml-dev", "libjemalloc2"];
    for (names, packages) in GEM_PACKAGES {
        if gems.has_any(names) {
            build.extend(packages);
            runtime.extend(packages);
        }
    }
    let build = build.into_iter().map(str::to_owned);
    context.mise.apt_packages.extend(build);
    context.deploy.add_apt_packages(&runtime);
}

/// Whether a version of Ruby has YJIT, which is written in Rust.
fn has_compiler_in_rust(version: &str) -> bool {
    let mut numbers = version.split('.').map(str::parse::<u32>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => major == 3 && minor >= 2 || major > 3,
        (Some(Ok(major)), None) => major >= 3,
        _ => false,
    }
}

fn add_installation(
    context: &mut Context<'_>,
    install: &mut CommandStep,
    gems: &Gems,
) -> Result<(), AppError> {
    let bundler = match &gems.bundler {
        Some(version) => format!("gem install -N bundler:{version}"),
        None => "gem install -N bundler".to_owned(),
    };
    install.commands.push(exec(bundler));
    if !gems.has_lock {
        context.messages.suggestion(format!(
            "add a {LOCK_FILE}, so that every build installs the same"
        ));
    }
    if gems.reads_sources {
        install.inputs.push(local_layer());
    } else {
        install.commands.push(copy_file(GEMFILE));
        if gems.has_lock {
            install.commands.push(copy_file(LOCK_FILE));
        }
        for named in &gems.paths {
            if context.app.has(named)? {
                install.commands.push(copy_file(named));
            } else {
                context
                    .messages
                    .warning(format!("{GEMFILE}: the path `{named}` is not in the app"));
            }
        }
    }
    install.commands.push(exec("bundle install"));
    if gems.has_any(&["bootsnap"]) {
        install
            .commands
            .push(exec("bundle exec bootsnap precompile --gemfile"));
    }
    install.commands.push(path(GEM_HOME));
    Ok(())
}

fn uses_rails(app: &App) -> Result<bool, AppError> {
    Ok(app.has(RAILS_FILE)? && app.read_text(RAILS_FILE)?.contains("Rails::Application"))
}

fn start_command(
    context: &mut Context<'_>,
    uses_rails: bool,
) -> Result<Option<&'static str>, AppError> {
    let app = context.app;
    if uses_rails {
        if app.has("rails")? {
            return Ok(Some("bundle exec rails server -b 0.0.0.0 -p ${PORT:-3000}"));
        }
        if !app.has("bin/rails")? {
            context.messages.warning(
                "bin/rails was not found, and is what the app is started with: `bundle binstubs railties` makes it",
            );
        }
        return Ok(Some(
            "bundle exec bin/rails server -b 0.0.0.0 -p ${PORT:-3000} -e $RAILS_ENV",
        ));
    }
    Ok(if app.has("config/environment.rb")? && app.has("script")? {
        Some("bundle exec ruby script/server -b 0.0.0.0 -p ${PORT:-3000}")
    } else if app.has("config.ru")? {
        Some("bundle exec rackup config.ru -o 0.0.0.0 -p ${PORT:-3000}")
    } else if app.has("Rakefile")? {
        Some("bundle exec rake")
    } else {
        None
    })
}

fn variables() -> impl Iterator<Item = (String, String)> {
    VARIABLES
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
}
