//! Which PHP, extensions, packages and Debian packages are installed.

use super::*;

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
fn debian_packages_of_the_build_and_the_image_are_in_the_one_image() {
    let variables = [
        ("RAILPACK_BUILD_APT_PACKAGES", "... libvips-dev"),
        ("RAILPACK_DEPLOY_APT_PACKAGES", "... ffmpeg"),
    ];
    let analysis = plan(app(&[("index.php", "")]), &variables);
    insta::assert_snapshot!(commands(&analysis, "packages:image").join("\n"), @"sh -c 'apt-get update && apt-get install -y ca-certificates ffmpeg git libvips-dev unzip zip'");
}
