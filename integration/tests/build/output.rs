//! Where the image goes.

use std::fs;

use libtest_mimic::Trial;

use crate::harness::command::Command;
use crate::harness::direct::DirectBuild;
use crate::harness::engine::Engine;
use crate::harness::image::Image;
use crate::harness::project::{Project, plan_of_commands};
use crate::harness::redaction::told;
use crate::harness::settings::settings;
use crate::harness::unique::{unique_name, unique_token};
use crate::tests::{Subject, assert_text, named};

pub(super) fn subject() -> Vec<Trial> {
    Subject::new("build/output")
        .on_both(named![
            an_app_becomes_an_image_named_like_its_directory,
            an_image_has_all_of_its_names,
            an_image_is_pushed,
            the_files_become_an_archive,
            an_archive_goes_to_standard_output,
        ])
        .on_buildkit(named![
            an_image_becomes_an_archive,
            several_outputs_are_made_of_one_build,
            metadata_is_written_as_json,
            the_definition_is_written_and_nothing_is_built,
        ])
        .on_docker(named![
            an_archive_that_docker_cannot_write_is_refused,
            an_image_and_its_files_are_made_of_one_build,
        ])
        .on_docker_20_10(named![
            an_app_becomes_an_image_named_like_its_directory,
            an_image_has_all_of_its_names,
            an_image_is_pushed,
            the_files_become_an_archive,
            an_archive_that_docker_cannot_write_is_refused,
            a_second_output_is_refused,
        ])
        .on_docker_with_containerd(named![
            an_app_becomes_an_image_named_like_its_directory,
            an_image_has_all_of_its_names,
            an_image_is_pushed,
            the_files_become_an_archive,
            an_image_becomes_an_archive,
            several_outputs_are_made_of_one_build,
            an_image_and_its_files_are_made_of_one_build,
        ])
        .trials
}

/// A project whose image prints a text.
fn printing(text: &str) -> Project {
    let mut plan = plan_of_commands(&[&format!("echo {text} > /seen")]);
    plan["deploy"]["startCommand"] = "cat /seen".into();
    Project::with_plan(&plan)
}

fn an_app_becomes_an_image_named_like_its_directory(engine: &Engine) {
    let directory = tempfile::tempdir().unwrap();
    let image = Image::of(engine);
    let app = directory.path().join(image.name());
    fs::create_dir(&app).unwrap();
    let token = unique_token();
    fs::write(app.join("start.sh"), format!("echo {token}\n")).unwrap();
    DirectBuild::of_directory(engine, &app)
        .command()
        .run()
        .success();
    assert!(image.run().success().stdout_text().contains(&token));
}

fn an_image_has_all_of_its_names(engine: &Engine) {
    let token = unique_token();
    let (first, second) = (Image::of(engine), Image::of(engine));
    DirectBuild::of_project(engine, &printing(&token))
        .options(["--name", first.name(), "--name", second.name()])
        .command()
        .run()
        .success();
    for image in [first, second] {
        assert_eq!(image.run().success().stdout_text(), format!("{token}\n"));
    }
}

fn an_image_is_pushed(engine: &Engine) {
    let token = unique_token();
    let name = format!("{}/{}:1", settings().registry(), unique_name());
    DirectBuild::of_project(engine, &printing(&token))
        .options(["--name", &name, "--push"])
        .command()
        .run()
        .success();
    engine.docker(["image", "rm", "--force", &name]).run();
    let outcome = engine
        .docker(["run", "--rm", "--pull", "always", "--quiet", &name])
        .run();
    engine.docker(["image", "rm", "--force", &name]).run();
    assert_eq!(outcome.success().stdout_text(), format!("{token}\n"));
}

fn the_files_become_an_archive(engine: &Engine) {
    let token = unique_token();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("files.tar");
    let project = printing(&token);
    let build = DirectBuild::of_project(engine, &project);
    build.file("tar", &file).run().success();
    assert_eq!(member(&file, "seen"), format!("{token}\n"));
}

fn an_archive_goes_to_standard_output(engine: &Engine) {
    let token = unique_token();
    let project = printing(&token);
    let build = DirectBuild::of_project(engine, &project);
    let outcome = build.options(["--output", "-"]).command().run().success();
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), &outcome.stdout).unwrap();
    assert_eq!(member(file.path(), "seen"), format!("{token}\n"));
}

fn an_image_becomes_an_archive(engine: &Engine) {
    let token = unique_token();
    let directory = tempfile::tempdir().unwrap();
    let (image, file) = (Image::of(engine), directory.path().join("image.tar"));
    let project = printing(&token);
    let build = DirectBuild::of_project(engine, &project);
    let build = build.options(["--name", image.name()]);
    build.clone().file("docker", &file).run().success();
    engine
        .docker(["load", "--input", file.to_str().unwrap()])
        .run()
        .success();
    assert_eq!(image.run().success().stdout_text(), format!("{token}\n"));

    build.file("oci", &file).run().success();
    assert!(member(&file, "oci-layout").contains("imageLayoutVersion"));
}

fn several_outputs_are_made_of_one_build(engine: &Engine) {
    let token = unique_token();
    let directory = tempfile::tempdir().unwrap();
    let (oci, tar) = (directory.path().join("oci"), directory.path().join("tar"));
    let project = printing(&token);
    let build = DirectBuild::of_project(engine, &project);
    let oci_output = format!("type=oci,dest={}", oci.display());
    let build = build.options(["--output", &oci_output]);
    build.file("tar", &tar).run().success();
    assert!(member(&oci, "oci-layout").contains("imageLayoutVersion"));
    assert_eq!(member(&tar, "seen"), format!("{token}\n"));
}

fn an_image_and_its_files_are_made_of_one_build(engine: &Engine) {
    let token = unique_token();
    let directory = tempfile::tempdir().unwrap();
    let (image, files) = (Image::of(engine), directory.path().join("files"));
    let project = printing(&token);
    let build = DirectBuild::of_project(engine, &project);
    let build = build.options(["--name", image.name(), "--output", "type=docker"]);
    build.file("local", &files).run().success();
    assert_eq!(
        fs::read_to_string(files.join("seen")).unwrap(),
        format!("{token}\n")
    );
    assert_eq!(image.run().success().stdout_text(), format!("{token}\n"));
}

fn a_second_output_is_refused(engine: &Engine) {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("files.tar");
    let project = printing(&unique_token());
    let build = DirectBuild::of_project(engine, &project);
    let build = build.options(["--output", "type=docker"]);
    let outcome = build.file("tar", &file).run();
    assert_eq!(outcome.code(), Some(1), "{outcome}");
    assert!(!file.exists());
    assert_text!(told(&outcome), @r"
    error: this engine makes only one thing of a result
      hint: give one `--output`, and build again for the next one: nothing runs twice
    ");
}

fn metadata_is_written_as_json(engine: &Engine) {
    let directory = tempfile::tempdir().unwrap();
    let (file, archive) = (
        directory.path().join("metadata.json"),
        directory.path().join("oci"),
    );
    let project = printing(&unique_token());
    let build = DirectBuild::of_project(engine, &project);
    let build = build.options(["--metadata-file", file.to_str().unwrap()]);
    build.file("oci", &archive).run().success();
    let metadata: serde_json::Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    let digest = metadata["containerimage.digest"].as_str().unwrap();
    assert_eq!(metadata["containerimage.descriptor"]["digest"], digest);
    assert!(member(&archive, "index.json").contains(digest));
}

fn the_definition_is_written_and_nothing_is_built(engine: &Engine) {
    let token = unique_token();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("llb");
    let project = printing(&token);
    let build = DirectBuild::of_project(engine, &project);
    let outcome = build
        .options(["--dump-llb", file.to_str().unwrap()])
        .command()
        .run()
        .success();
    assert!(
        !outcome.stderr.contains(&format!("echo {token}")),
        "{outcome}"
    );
    let shown = Command::new("buildctl")
        .arguments(["debug", "dump-llb", file.to_str().unwrap()])
        .run()
        .success();
    assert!(shown.stdout_text().contains(&token));
}

fn an_archive_that_docker_cannot_write_is_refused(engine: &Engine) {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("image.tar");
    let project = printing(&unique_token());
    let build = DirectBuild::of_project(engine, &project);
    let outcome = build.file("oci", &file).run().failure();
    assert!(!file.exists());
    assert_text!(outcome.stderr, @r"
    error: this Docker keeps images in its classic store, whose BuildKit writes no archives of images
    hint: build the image and `docker save` it; or switch Docker to its containerd image store; or build with a buildkitd: `--builder`
    ");
}

/// The text of a file in an archive.
#[track_caller]
fn member(archive: &std::path::Path, name: &str) -> String {
    Command::new("tar")
        .arguments(["--extract", "--to-stdout", "--file"])
        .argument(archive)
        .argument(name)
        .run()
        .success()
        .stdout_text()
}
