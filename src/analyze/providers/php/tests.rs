//! Whole plans of small apps.

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
fn extensions_are_those_that_are_named_and_those_that_are_needed() {
    let install = |files: &[(&str, &str)], variables: &[(&str, &str)]| {
        commands(&plan(app(files), variables), "extensions").join("\n")
    };
    let require = |text: &str| format!("{{\"require\": {{{text}}}}}");
    let index = ("index.php", "");
    let named = require("\"ext-redis\": \"*\", \"ext-gd\": \"*\", \"ext-zend-opcache\": \"*\"");
    let predis = require("\"predis/predis\": \"^2\"");
    insta::assert_snapshot!([
        install(&[index], &[]),
        install(&[index], &[("RAILPACK_PHP_EXTENSIONS", "gd, imagick  xdebug-^3")]),
        install(&[index], &[("DB_CONNECTION", "mariadb"), ("CACHE_STORE", "redis")]),
        install(&[index], &[("DB_CONNECTION", "sqlite"), ("CACHE_STORE", "file"), ("REDIS_URL", "")]),
        install(&[("composer.json", &named), index], &[("RAILPACK_PHP_EXTENSIONS", "gd")]),
        install(&[("composer.json", &predis), index], &[]),
        install(&[("composer.json", "{\"require\": []}"), index], &[]),
    ].join("\n"), @"
    install-php-extensions gd imagick 'xdebug-^3'
    install-php-extensions pdo_mysql redis

    install-php-extensions gd opcache redis
    install-php-extensions redis
    ");
}

#[test]
fn installing_has_what_composer_reads() {
    let install = |files: &[(&str, &str)]| {
        let analysis = plan(app(files), &[("COMPOSER_AUTH", "{}"), ("OTHER", "1")]);
        let secrets = &step(&analysis, "install:composer").secrets;
        assert_eq!(secrets.len(), 1);
        assert_eq!(secrets[0].value, "COMPOSER_AUTH");
        let inputs = step(&analysis, "install:composer").inputs.len();
        format!(
            "{inputs} inputs\n{}",
            commands(&analysis, "install:composer").join("\n")
        )
    };
    let classes = r#"{"autoload": {"classmap": ["src"]}}"#;
    let packages = r#"{"repositories": {"ours": {"type": "path", "url": "packages/*"}}}"#;
    let patches = r#"{"extra": {"patches": {"a/b": {"x": "patches/x"}}}}"#;
    insta::assert_snapshot!([
        install(&[("composer.json", "{}"), ("packages/a/composer.json", "{}"), ("composer.lock", "")]),
        install(&[("composer.json", classes)]),
    ].join("\n"), @"
    1 inputs
    COPY /usr/bin/composer /usr/bin/composer
    COPY composer.json composer.json
    COPY packages/a/composer.json packages/a/composer.json
    COPY composer.lock composer.lock
    composer install --optimize-autoloader --no-scripts --no-interaction
    2 inputs
    COPY /usr/bin/composer /usr/bin/composer
    composer install --optimize-autoloader --no-scripts --no-interaction
    ");
    for local in [packages, patches] {
        assert!(install(&[("composer.json", local)]).starts_with("2 inputs"));
    }
}

#[test]
fn the_version_is_of_the_setting_then_of_mises_files_then_of_composer() {
    let image = |files: &[(&str, &str)], variables: &[(&str, &str)]| {
        let analysis = plan(app(files), variables);
        let (version, origin) = package(&analysis, "php").unwrap();
        let image = shown(&step(&analysis, "packages:image").inputs[0]);
        format!("{image} for {version} ({origin})")
    };
    let composer = ("composer.json", COMPOSER);
    let tools = (".tool-versions", "php 8.3.6\nnodejs 22\n");
    let setting = [("RAILPACK_PHP_VERSION", "8.4.3")];
    insta::assert_snapshot!([
        image(&[composer, tools], &setting),
        image(&[composer, tools], &[]),
        image(&[composer], &[]),
        image(&[("index.php", "")], &[]),
        image(&[composer], &[("RAILPACK_PACKAGES", "php@8.3 jq@1.7")]),
    ].join("\n"), @"
    dunglas/frankenphp:php8.4.3-trixie [] without [] for 8.4.3 (RAILPACK_PHP_VERSION)
    dunglas/frankenphp:php8.3.6-trixie [] without [] for 8.3.6 (.tool-versions)
    dunglas/frankenphp:php8.2-trixie [] without [] for ^8.2 (composer.json > require > php)
    dunglas/frankenphp:php8.4-trixie [] without [] for 8.4 (railpack default)
    dunglas/frankenphp:php8.3-trixie [] without [] for 8.3 (RAILPACK_PACKAGES)
    ");
    let files: Vec<_> = VITE.iter().chain(&[composer, tools]).copied().collect();
    let json = plan(app(&files), &[]).plan.to_json();
    assert!(json.contains("disable_tools = [\\\"php\\\"]"), "{json}");
    let json = plan(app(&[composer]), &[("RAILPACK_PACKAGES", "php@8.3 jq@1.7")]);
    insta::assert_snapshot!(commands(&json, "packages:mise").last().unwrap(), @"mise install");
    let config = &step(&json, "packages:mise").assets["generated-mise-toml"].value;
    assert!(config.contains("[tools]\njq = \"1.7\"\n\n"), "{config}");
}

#[test]
fn a_previous_version_is_kept_where_nothing_asks_for_another() {
    let options = AnalyzeOptions {
        previous: [("php".to_owned(), "8.3.10".to_owned())].into(),
        ..AnalyzeOptions::default()
    };
    let tree = app(&[("index.php", "")]).app();
    let analysis = analyze(&tree, &Environment::default(), &options).unwrap();
    let image = shown(&step(&analysis, "packages:image").inputs[0]);
    assert!(image.contains("php8.3.10-trixie"), "{image}");
}

#[test]
fn what_is_wrong_is_told_with_its_place_and_what_sets_it_right() {
    let error = |text: &str, variables: &[(&str, &str)]| {
        try_plan(app(&[("composer.json", text)]), variables)
            .unwrap_err()
            .to_string()
    };
    insta::assert_snapshot!([
        error("{\n  \"require\": {\n    \"php\": \"^7.4\"\n  }\n}", &[]),
        error("{}", &[("RAILPACK_PHP_VERSION", "latest")]),
        error("{\n  \"require\": {\n    \"php\": 8.2\n  }\n}", &[]),
        error("{\n  \"require\": \"php\"\n}", &[]),
        error("{\n  \"require\": {\"ext-a b\": \"*\"}\n}", &[]),
        error("{\n  \"require\": {\n}", &[]),
        error("", &[]),
        error("[]", &[]),
    ].join("\n"), @r#"
    composer.json:3:12: found `^7.4`, expected a version of PHP that FrankenPHP has images of: 8.2 or newer, as in `^8.2`; RAILPACK_PHP_VERSION sets another one
    RAILPACK_PHP_VERSION: found `latest`, expected a version of PHP that FrankenPHP has images of: 8.2 or newer, as in `^8.2`; RAILPACK_PHP_VERSION sets another one
    composer.json:3:12: found `8.2`, expected a version in quotes, such as "^8.2"
    composer.json:2:14: found `"php"`, expected an object of packages and their versions
    composer.json:2:26: found `ext-a b`, expected the name of an extension, such as ext-intl
    composer.json:3:2: unterminated object
    composer.json:1:1: is empty, expected a JSON object
    composer.json:1:1: invalid type: sequence, expected an object
    "#);
    let template = |name: &str, text: &str| {
        let tree = app(&[("index.php", ""), (name, text)]);
        try_plan(tree, &[]).unwrap_err().to_string()
    };
    insta::assert_snapshot!([
        template("Caddyfile", ":80 {\n\troot * {{.ROOT}}\n}"),
        template("start-container.sh", "echo {{if .IS_LARAVEL}}"),
    ].join("\n"), @"
    Caddyfile:2:9: found `.ROOT`, expected one of `.IS_LARAVEL` and `.RAILPACK_PHP_ROOT_DIR`
    start-container.sh:1:6: found `if`, expected `{{end}}` further on
    ");
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

#[test]
fn debian_packages_of_the_build_and_the_image_are_in_the_one_image() {
    let variables = [
        ("RAILPACK_BUILD_APT_PACKAGES", "... libvips-dev"),
        ("RAILPACK_DEPLOY_APT_PACKAGES", "... ffmpeg"),
    ];
    let analysis = plan(app(&[("index.php", "")]), &variables);
    insta::assert_snapshot!(commands(&analysis, "packages:image").join("\n"), @"sh -c 'apt-get update && apt-get install -y ca-certificates ffmpeg git libvips-dev unzip zip'");
}
