//! Whole plans of small apps.

mod installation;

use crate::analyze::app::memory::Memory;
use crate::analyze::testing::{
    caches, commands, package, plan, start_command, step, try_plan, warnings,
};
use crate::analyze::{Analysis, AnalyzeOptions, Environment, analyze};
use crate::plan::{Layer, LayerSource};

fn app(files: &[(&str, &str)]) -> Memory {
    files.iter().fold(Memory::default(), |tree, (path, text)| {
        tree.file(path, text)
    })
}

const COMPOSER: &str = "{\n  \"require\": {\n    \"php\": \"^8.2\",\n    \"ext-intl\": \"*\",\n    \"laravel/framework\": \"^12.0\"\n  }\n}\n";

const LARAVEL: [(&str, &str); 4] = [
    ("composer.json", COMPOSER),
    ("composer.lock", "{}"),
    ("artisan", ""),
    ("public/index.php", ""),
];

const VITE: [(&str, &str); 3] = [
    (
        "package.json",
        r#"{"scripts": {"build": "vite build"}, "devDependencies": {"vite": "^7"}}"#,
    ),
    ("package-lock.json", "{}"),
    ("vite.config.js", ""),
];

fn shown(layer: &Layer) -> String {
    let source = match &layer.source {
        LayerSource::Step(name) => name,
        LayerSource::Image(image) => image,
        LayerSource::Local => "the app",
        LayerSource::Spread => "...",
    };
    let paths = |paths: &[crate::plan::Spanned<String>]| {
        let paths: Vec<_> = paths.iter().map(|path| path.value.as_str()).collect();
        paths.join(" ")
    };
    let (include, exclude) = (&layer.filter.include, &layer.filter.exclude);
    format!("{source} [{}] without [{}]", paths(include), paths(exclude))
}

/// Each step, and the image.
fn drawn(analysis: &Analysis) -> String {
    let mut lines = Vec::new();
    for step in &analysis.plan.steps {
        let name = &step.name.value;
        let inputs: Vec<_> = step.inputs.iter().map(|input| shown(input)).collect();
        lines.push(format!("{name}: {}", inputs.join(" + ")));
        let commands = commands(analysis, name).into_iter();
        lines.extend(commands.map(|command| format!("  {command}")));
    }
    let deploy = &analysis.plan.deploy;
    lines.push(format!("image: {}", shown(deploy.base.as_ref().unwrap())));
    let inputs = deploy.inputs.iter();
    lines.extend(inputs.map(|input| format!("  {}", shown(input))));
    lines.extend(start_command(analysis).map(str::to_owned));
    lines.join("\n")
}

/// The line of Caddy's configuration that names the directory.
fn root(analysis: &Analysis) -> &str {
    let caddyfile = &step(analysis, "prepare").assets["Caddyfile"].value;
    let mut lines = caddyfile.lines();
    lines.find(|line| line.contains("root *")).unwrap().trim()
}

#[test]
fn a_page_is_served_by_frankenphp() {
    let analysis = plan(app(&[("index.php", "<?php\n")]), &[]);
    assert_eq!(analysis.providers, ["php"]);
    insta::assert_snapshot!(drawn(&analysis), @"
    packages:image: dunglas/frankenphp:php8.4-trixie [] without []
      sh -c 'apt-get update && apt-get install -y ca-certificates git unzip zip'
    prepare: packages:image [] without []
      mkdir -p /usr/local/etc/php/conf.d
      mkdir -p /conf.d/
      FILE /usr/local/etc/php/conf.d/php.ini
      FILE /Caddyfile
      FILE /start-container.sh
    extensions: prepare [] without []
    install:composer: extensions [] without []
    build: install:composer [] without [] + the app [.] without []
    image: build [] without []
    /start-container.sh
    ");
    insta::assert_snapshot!(step(&analysis, "prepare").assets["Caddyfile"].value, @"
    {
    	admin off
    	persist_config off
    	auto_https off

    	{$CADDY_GLOBAL_OPTIONS}

    	log {
    		format json
    		output stderr
    		level DEBUG
    	}

    	frankenphp {
    		{$FRANKENPHP_CONFIG}
    	}
    }

    {$CADDY_EXTRA_CONFIG}

    :{$PORT:80} {
    	root * /app

    	encode zstd br gzip

    	file_server {
    		hide .git .env*
    	}

    	{$CADDY_SERVER_EXTRA_DIRECTIVES}

    	php_server
    }
    ");
    assert_eq!(
        step(&analysis, "prepare").variables["IS_LARAVEL"].value,
        "false"
    );
    assert!(warnings(&analysis).is_empty());
}

#[test]
fn laravel_is_built_with_its_front_end_where_php_is() {
    let files: Vec<_> = LARAVEL.iter().chain(&VITE).copied().collect();
    let analysis = plan(app(&files), &[("DB_CONNECTION", "pgsql")]);
    assert_eq!(analysis.providers, ["php", "node"]);
    insta::assert_snapshot!(drawn(&analysis), @"
    packages:mise: ghcr.io/railwayapp/railpack-builder:mise-2026.8.6 [] without []
      PATH /mise/shims
      FILE /etc/mise/config.toml
      mise install
    packages:image: dunglas/frankenphp:php8.2-trixie [] without []
      sh -c 'apt-get update && apt-get install -y ca-certificates git unzip zip'
    prepare: packages:image [] without []
      mkdir -p /usr/local/etc/php/conf.d
      mkdir -p /conf.d/
      FILE /usr/local/etc/php/conf.d/php.ini
      FILE /Caddyfile
      FILE /start-container.sh
    extensions: prepare [] without []
      install-php-extensions intl ctype curl dom fileinfo filter hash mbstring openssl pcre pdo session tokenizer xml pdo_pgsql
    install:composer: extensions [] without []
      COPY /usr/bin/composer /usr/bin/composer
      COPY composer.json composer.json
      COPY composer.lock composer.lock
      COPY artisan artisan
      composer install --optimize-autoloader --no-scripts --no-interaction
    install:node: packages:mise [] without []
      PATH /app/node_modules/.bin
      mkdir -p /app/node_modules/.cache
      COPY package-lock.json package-lock.json
      COPY package.json package.json
      npm install
    prune:node: install:node [] without []
      npm prune --omit=dev --ignore-scripts
    build: install:composer [] without [] + install:node [. /mise/shims /mise/installs /usr/local/bin/mise /etc/mise/config.toml /root/.local/state/mise /root/.cache] without [] + the app [.] without []
      npm run build
      sh -c 'mkdir -p storage/framework/sessions storage/framework/views storage/framework/cache storage/framework/testing storage/logs bootstrap/cache && chmod -R a+rw storage'
      php artisan event:cache
      php artisan route:cache
      php artisan view:cache
    packages:apt:runtime: install:composer [] without []
      sh -c 'apt-get update && apt-get install -y libatomic1'
    image: packages:apt:runtime [] without []
      packages:mise [/mise/shims /mise/installs /usr/local/bin/mise /etc/mise/config.toml /root/.local/state/mise] without []
      prune:node [/app/node_modules] without []
      build [/root/.cache .] without [node_modules .yarn]
    /start-container.sh
    ");
    assert_eq!(root(&analysis), "root * /app/public");
    assert_eq!(
        step(&analysis, "prepare").variables["IS_LARAVEL"].value,
        "true"
    );
    assert_eq!(caches(&analysis, "build"), ["node-modules", "vite"]);
    let variables = &analysis.plan.deploy.variables;
    assert!(!variables.contains_key("NODE_ENV") && variables["IS_LARAVEL"].value == "true");
    assert!(warnings(&analysis).is_empty(), "{:?}", warnings(&analysis));
    let named = app(&files).file("railpack.json", r#"{"provider": "php"}"#);
    let named = plan(named, &[("DB_CONNECTION", "pgsql")]);
    assert_eq!(drawn(&named), drawn(&analysis));
}

#[test]
fn laravel_without_a_front_end_has_the_directories_that_it_writes_into() {
    let analysis = plan(app(&LARAVEL), &[]);
    insta::assert_snapshot!(commands(&analysis, "build").join("\n"), @"sh -c 'mkdir -p storage/framework/sessions storage/framework/views storage/framework/cache storage/framework/testing storage/logs bootstrap/cache && chmod -R a+rw storage'");
    assert_eq!(analysis.metadata["phpLaravel"], "true");
}

#[test]
fn the_configuration_with_the_values_of_secrets_stays_out_of_the_image() {
    let files: Vec<_> = LARAVEL.iter().chain(&VITE).copied().collect();
    let json = plan(app(&files), &[]).plan.to_json();
    assert!(json.contains("route:cache") && !json.contains("config:cache"));
}

#[test]
fn the_apps_own_files_configure_the_server() {
    let analysis = plan(
        app(&[
            ("index.php", ""),
            ("Caddyfile", "root * {{.RAILPACK_PHP_ROOT_DIR}}\n"),
            ("php.ini", "memory_limit = 1G\n"),
            (
                "start-container.sh",
                "{{if not .IS_LARAVEL}}frankenphp run{{end}}\n",
            ),
        ]),
        &[("RAILPACK_PHP_ROOT_DIR", "/app/web")],
    );
    let assets = &step(&analysis, "prepare").assets;
    assert_eq!(assets["Caddyfile"].value, "root * /app/web\n");
    assert_eq!(assets["php.ini"].value, "memory_limit = 1G\n");
    assert_eq!(assets["start-container.sh"].value, "frankenphp run\n");
}

#[test]
fn the_directory_that_is_served_holds_the_index_page() {
    let served = |files: &[(&str, &str)], variables: &[(&str, &str)]| {
        let analysis = plan(app(files), variables);
        let mut lines = vec![root(&analysis)];
        lines.extend(warnings(&analysis));
        lines.join("\n")
    };
    let composer = ("composer.json", "{}");
    let web = [("RAILPACK_PHP_ROOT_DIR", "/app/my web")];
    insta::assert_snapshot!([
        served(&[composer, ("public/index.php", "")], &[]),
        served(&[composer, ("index.php", ""), ("public/index.php", "")], &[]),
        served(&[composer, ("my web/index.php", "")], &web),
        served(&[composer, ("index.php", "")], &web),
        served(&[composer], &[]),
        served(&[composer, ("Procfile", "worker: php work.php\n")], &[]),
        served(&[composer], &[("RAILPACK_START_CMD", "php work.php")]),
        served(&[composer], &[("RAILPACK_PHP_ROOT_DIR", "/srv/www")]),
        served(&[composer, ("web/index.php", "")], &[("RAILPACK_PHP_ROOT_DIR", "web/")]),
    ].join("\n"), @r#"
    root * /app/public
    root * /app
    root * "/app/my web"
    root * "/app/my web"
    RAILPACK_PHP_ROOT_DIR: my web/index.php was not found, so that files are all that /app/my web serves; RAILPACK_PHP_ROOT_DIR names the directory that holds index.php
    root * /app
    index.php was not found, so that files are all that /app serves; RAILPACK_PHP_ROOT_DIR names the directory that holds index.php
    root * /app
    root * /app
    root * /srv/www
    root * web/
    "#);
}
