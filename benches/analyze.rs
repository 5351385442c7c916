//! How long it takes to plan an app, and that the time grows with its files and not faster.

use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use railpack::analyze::{AnalyzeOptions, App, Directory, Environment, analyze};

/// The files of each package in the generated workspaces.
const FILES_OF_A_PACKAGE: usize = 200;

/// A workspace of npm: packages that use each other, each with sources in ten directories.
fn generate(root: &Path, packages: usize) -> Result<(), Box<dyn Error>> {
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
    for packages in [50, 500, 1_000] {
        let made = tempfile::tempdir().map_err(Into::into).and_then(|root| {
            generate(root.path(), packages)?;
            Ok::<_, Box<dyn Error>>(root)
        });
        let root = made.unwrap_or_else(|error| panic!("{error}"));
        let files = packages * FILES_OF_A_PACKAGE;
        bench(BenchmarkId::new("workspace", files), files, root.path());
    }
    group.finish();
}

criterion_group!(benches, planning);
criterion_main!(benches);
