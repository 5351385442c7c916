//! How long it takes to plan an app, and that the time grows with its files, or its configured steps, and not faster.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use railpack::analyze::{AnalyzeOptions, App, Directory, Environment, analyze};

/// The files of each package in the generated workspaces.
const FILES_OF_A_PACKAGE: usize = 200;

/// A workspace of npm: packages that use each other, each with sources in ten directories.
fn generate(root: &Path, packages: usize) -> std::io::Result<()> {
    fs::write(
        root.join("package.json"),
        r#"{"name": "root", "workspaces": ["packages/*"], "scripts": {"build": "tsc -b", "start": "node packages/p0"}}"#,
    )?;
    fs::write(root.join("package-lock.json"), "{}")?;
    for package in 0..packages {
        let directory = root.join(format!("packages/p{package}"));
        let uses = package.saturating_sub(1);
        for part in 0..10 {
            let directory = directory.join(format!("src/part{part}"));
            fs::create_dir_all(&directory)?;
            for file in 0..(FILES_OF_A_PACKAGE - 1) / 10 {
                fs::write(directory.join(format!("file-{file}.ts")), "")?;
            }
        }
        fs::write(
            directory.join("package.json"),
            format!(
                r#"{{"name": "p{package}", "scripts": {{"build": "tsc"}}, "dependencies": {{"p{uses}": "*", "react": "^18"}}}}"#
            ),
        )?;
    }
    Ok(())
}

/// An app with a configuration of this many steps, each of which builds on the one before.
fn generate_steps(root: &Path, steps: usize) -> std::io::Result<()> {
    let mut config = String::from(r#"{"steps": {"#);
    for step in 0..steps {
        let separator = if step == 0 { "" } else { "," };
        let input = match step {
            0 => r#"{"image": "debian:trixie-slim"}"#.to_owned(),
            _ => format!(r#"{{"step": "step-{}"}}"#, step - 1),
        };
        let _ = write!(
            config,
            r#"{separator}"step-{step}": {{"inputs": [{input}], "commands": ["make {step}"]}}"#
        );
    }
    config.push_str("}}");
    fs::write(root.join("railpack.json"), config)?;
    fs::write(root.join("start.sh"), "true\n")
}

/// Plans an app as `railpack plan` does; the length of its JSON.
fn plan(root: &Path) -> Result<usize, Box<dyn Error>> {
    let app = App::new(Directory::open(root)?);
    let analysis = analyze(&app, &Environment::default(), &AnalyzeOptions::default())?;
    Ok(analysis.plan.to_json().len())
}

#[expect(
    clippy::panic,
    reason = "a benchmark that cannot run has nobody else to tell"
)]
fn planning(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("analyze");
    group.sample_size(10);
    let example = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples/node-npm");
    let mut bench = |name: BenchmarkId, files: usize, root: &Path| {
        group.throughput(Throughput::Elements(files as u64));
        if let Err(error) = plan(root) {
            panic!("{}: {error}", root.display());
        }
        group.bench_function(name, |bencher| bencher.iter(|| black_box(plan(root).ok())));
    };
    bench(
        BenchmarkId::from_parameter("examples/node-npm"),
        10,
        &example,
    );
    let made = |generate: &dyn Fn(&Path) -> std::io::Result<()>| {
        let root = tempfile::tempdir().and_then(|root| generate(root.path()).map(|()| root));
        root.unwrap_or_else(|error| panic!("{error}"))
    };
    for steps in [1_000, 10_000] {
        let root = made(&|root| generate_steps(root, steps));
        bench(
            BenchmarkId::new("configured steps", steps),
            steps,
            root.path(),
        );
    }
    for packages in [50, 500, 1_000] {
        let root = made(&|root| generate(root, packages));
        let files = packages * FILES_OF_A_PACKAGE;
        bench(BenchmarkId::new("workspace", files), files, root.path());
    }
    group.finish();
}

criterion_group!(benches, planning);
criterion_main!(benches);
