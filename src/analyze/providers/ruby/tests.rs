//! Whole plans of small apps.

use crate::analyze::app::memory::Memory;
use crate::analyze::testing::{commands, package, plan, start_command, step};

fn app(files: &[(&str, &str)]) -> Memory {
    files.iter().fold(Memory::default(), |tree, (path, text)| {
        tree.file(path, text)
    })
}

const RAILS: (&str, &str) = (
    "config/application.rb",
    "module Shop\n  class Application < Rails::Application\n  end\nend\n",
);
const LOCK: &str = "GEM\n  specs:\n    rails (8.0.1)\n\nRUBY VERSION\n   ruby 3.3.6p108\n\nBUNDLED WITH\n   2.5.22\n";

fn planned(files: &[(&str, &str)]) -> String {
    let analysis = plan(app(files), &[]);
    let apt = |name| commands(&analysis, name).join(" ");
    format!(
        "{}\n{}\n{}\n{}\nstarts {}",
        apt("packages:apt:build"),
        commands(&analysis, "install").join("\n"),
        commands(&analysis, "build").join("\n"),
        apt("packages:apt:runtime"),
        start_command(&analysis).unwrap_or("nothing")
    )
}

#[test]
fn rails_is_built_with_its_assets() {
    let gemfile = "gem 'rails'\ngem 'pg'\ngem 'propshaft'\ngem 'bootsnap'\n";
    insta::assert_snapshot!(planned(&[("Gemfile", gemfile), ("Gemfile.lock", LOCK), RAILS, ("bin/rails", "")]), @"
    sh -c 'apt-get update && apt-get install -y cargo libjemalloc-dev libpq-dev libyaml-dev rustc'
    gem install -N bundler:2.5.22
    COPY Gemfile Gemfile
    COPY Gemfile.lock Gemfile.lock
    bundle install
    bundle exec bootsnap precompile --gemfile
    PATH /usr/local/bundle
    bundle exec rake assets:precompile
    bundle exec bootsnap precompile app/ lib/
    sh -c 'apt-get update && apt-get install -y libjemalloc2 libpq-dev libyaml-dev'
    starts bundle exec bin/rails server -b 0.0.0.0 -p ${PORT:-3000} -e $RAILS_ENV
    ");
}

#[test]
fn other_apps_are_started_by_what_is_there() {
    let start = |file: &str| {
        let analysis = plan(app(&[("Gemfile", ""), (file, "")]), &[]);
        start_command(&analysis).unwrap_or("nothing").to_owned()
    };
    insta::assert_snapshot!(["config.ru", "Rakefile", "app.rb"].map(start).join("\n"), @"
    bundle exec rackup config.ru -o 0.0.0.0 -p ${PORT:-3000}
    bundle exec rake
    nothing
    ");
}

#[test]
fn gems_of_the_app_are_there_when_gems_are_installed() {
    let install = |gemfile: &str| {
        let analysis = plan(app(&[("Gemfile", gemfile), ("libs/a/a.rb", "")]), &[]);
        let inputs = step(&analysis, "install").inputs.len();
        format!(
            "{inputs} inputs\n{}",
            commands(&analysis, "install").join("\n")
        )
    };
    insta::assert_snapshot!([
        install("gem 'a', path: 'libs/a'\n"),
        install("gem 'a', path: '../a'\n"),
        install("gem 'a', path: 'libs/b'\n"),
    ].join("\n"), @"
    1 inputs
    gem install -N bundler
    COPY Gemfile Gemfile
    COPY libs/a libs/a
    bundle install
    PATH /usr/local/bundle
    2 inputs
    gem install -N bundler
    bundle install
    PATH /usr/local/bundle
    1 inputs
    gem install -N bundler
    COPY Gemfile Gemfile
    bundle install
    PATH /usr/local/bundle
    ");
}

#[test]
fn packages_of_node_are_installed_beside() {
    let files = [
        ("Gemfile", "gem 'rails'\n"),
        RAILS,
        ("package.json", "{\"scripts\": {\"build\": \"esbuild\"}}"),
        ("package-lock.json", "{}"),
    ];
    let analysis = plan(app(&files), &[]);
    assert_eq!(analysis.providers, ["ruby", "node"]);
    assert_eq!(
        commands(&analysis, "build:node").last().unwrap(),
        "npm run build"
    );
    assert!(
        start_command(&analysis)
            .unwrap()
            .contains("bin/rails server")
    );
    // A site that Caddy would serve if it were the app is served by Rails.
    let vite = ("vite.config.ts", "");
    let manifest = (
        "package.json",
        r#"{"scripts": {"build": "vite build"}, "devDependencies": {"vite": "^7"}}"#,
    );
    let json = plan(app(&[files[0], RAILS, manifest, vite]), &[])
        .plan
        .to_json();
    assert!(!json.contains("caddy") && json.contains("npm run build"));
    let with_runtime = plan(app(&[("Gemfile", "gem 'execjs'\n")]), &[]);
    assert!(package(&with_runtime, "node").is_some());
}

#[test]
fn the_version_is_of_the_setting_then_of_mise_then_of_the_files_of_bundler() {
    let version = |files: &[(&str, &str)], variables: &[(&str, &str)]| {
        let analysis = plan(app(files), variables);
        let (version, origin) = package(&analysis, "ruby").unwrap();
        format!("{version} ({origin})")
    };
    let gemfile = ("Gemfile", "ruby '~> 3.2.0'\n");
    let lock = ("Gemfile.lock", LOCK);
    let elsewhere = ("Gemfile", "ruby file: 'config/ruby'\n");
    let setting = [("RAILPACK_RUBY_VERSION", "3.1")];
    insta::assert_snapshot!([
        version(&[gemfile, lock, (".ruby-version", "ruby-3.4.1\n")], &setting),
        version(&[gemfile, lock, (".ruby-version", "ruby-3.4.1\n")], &[]),
        version(&[gemfile, lock], &[]),
        version(&[elsewhere, lock, ("config/ruby", "ruby-3.2.5\n")], &[]),
        version(&[elsewhere, ("config/ruby", "node 22\nruby 3.2.6 # why\n")], &[]),
        version(&[elsewhere, ("config/ruby", "[tools]\nruby = \"3.2.7\"\n")], &[]),
        version(&[elsewhere, ("config/ruby", "3.2.8\n")], &[]),
        version(&[elsewhere, lock, ("config/ruby", "node 22\n")], &[]),
        version(&[elsewhere, lock], &[]),
        version(&[("Gemfile", ""), lock], &[]),
        version(&[("Gemfile", "")], &[]),
    ].join("\n"), @"
    3.1 (RAILPACK_RUBY_VERSION)
    3.4.1 (.ruby-version)
    3.2 (Gemfile)
    3.2.5 (config/ruby)
    3.2.6 (config/ruby)
    3.2.7 (config/ruby)
    3.2.8 (config/ruby)
    3.3.6 (Gemfile.lock)
    3.3.6 (Gemfile.lock)
    3.3.6 (Gemfile.lock)
    3.4 (railpack default)
    ");
    // mise reads the Gemfile too, and would take what it says.
    let variable = |variables: &[(&str, &str)]| {
        let analysis = plan(app(&[gemfile]), variables);
        let variables = &step(&analysis, "packages:mise").variables;
        let variable = variables.get("MISE_RUBY_VERSION");
        variable.map(|variable| variable.value.clone())
    };
    assert_eq!(variable(&setting).as_deref(), Some("3.1"));
    assert_eq!(variable(&[]), None);
}
