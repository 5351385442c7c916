//! PHP's examples on a stand-in for FrankenPHP's image, which test machines need not reach: Debian, into which the plan itself
//! installs Debian's PHP. What is FrankenPHP's alone is not shown by it.

use std::fs;
use std::time::Duration;

use libtest_mimic::Trial;

use super::{Subject, named};
use crate::harness::case::HttpCheck;
use crate::harness::command::Command;
use crate::harness::container::Container;
use crate::harness::engine::{Build, Engine, Output};
use crate::harness::http::wait_for_answer;
use crate::harness::progress::Progress;
use crate::harness::project::PLAN_FILE;
use crate::harness::settings::{checkout, settings};

const ANSWER_LIMIT: Duration = Duration::from_secs(60);
const IMAGES: [&str; 2] = ["dunglas/frankenphp:php8.4-trixie", "composer:latest"];
/// PHP's own server, where FrankenPHP would be.
const START: &str = "php -S 0.0.0.0:8080 -t /app";

pub(crate) fn subject() -> Vec<Trial> {
    Subject::new("php")
        .on_both(named![a_page_is_built_and_served])
        .on_buildkit(named![
            laravel_is_built_up_to_the_program_that_installs_extensions
        ])
        .trials
}

/// Plans an example, with the stand-in in place of the images that the plan names.
fn plan(example: &str, directory: &std::path::Path) {
    let file = directory.join(PLAN_FILE);
    let apt_packages = "RAILPACK_BUILD_APT_PACKAGES=php-cli";
    Command::new(env!("CARGO_BIN_EXE_railpack"))
        .argument("plan")
        .argument(checkout().join("examples").join(example))
        .arguments(["--env", apt_packages, "--start-cmd", START])
        .argument("--out")
        .argument(&file)
        .run()
        .success();
    let mut text = fs::read_to_string(&file).expect("the plan is there");
    for image in IMAGES {
        text = text.replace(image, &settings().runtime_image);
    }
    // Debian has no Composer where Composer's image has it.
    text = text.replace(
        "\"src\": \"/usr/bin/composer\"",
        "\"src\": \"/usr/bin/true\"",
    );
    fs::write(&file, text).expect("the plan can be written");
}

fn a_page_is_built_and_served(engine: &Engine) {
    let directory = tempfile::tempdir().expect("there is room");
    plan("php-page", directory.path());
    let example = checkout().join("examples/php-page");
    let build = Build::new(engine, &example, directory.path(), Some(PLAN_FILE));
    let image = build
        .secret("RAILPACK_BUILD_APT_PACKAGES", "php-cli")
        .image();
    let files = image
        .run_script("stat -c '%a %n' /start-container.sh /Caddyfile /usr/local/etc/php/conf.d/php.ini /app/index.php; php -c /usr/local/etc/php/conf.d -r 'echo ini_get(\"post_max_size\"), getenv(\"IS_LARAVEL\");'")
        .success()
        .stdout_text();
    assert_eq!(
        files,
        "755 /start-container.sh\n644 /Caddyfile\n644 /usr/local/etc/php/conf.d/php.ini\n644 /app/index.php\n0false"
    );
    let container = Container::start(&image, &[].into(), None, Some(8080));
    let check = HttpCheck {
        internal_port: 8080,
        path: "/".to_owned(),
        expected: 200,
        expected_output: vec!["high water at 05:12 and 17:40".to_owned()],
    };
    wait_for_answer(&container, &check, ANSWER_LIMIT).expect("the page is served");
}

fn laravel_is_built_up_to_the_program_that_installs_extensions(engine: &Engine) {
    let directory = tempfile::tempdir().expect("there is room");
    plan("php-laravel", directory.path());
    let example = checkout().join("examples/php-laravel");
    let build = Build::new(engine, &example, directory.path(), Some(PLAN_FILE));
    let outcome = build
        .secret("RAILPACK_BUILD_APT_PACKAGES", "php-cli")
        .raw_progress()
        .run(&Output::Nothing)
        .failure();
    let progress = Progress::of(&outcome);
    let failed = progress.failed();
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert!(
        failed[0].starts_with("[extensions] install-php-extensions ctype curl dom"),
        "{failed:?}"
    );
    let reason = "\"install-php-extensions\": executable file not found in $PATH";
    let log = progress.log(failed[0]);
    assert!(log.contains(reason), "{log}");
}
