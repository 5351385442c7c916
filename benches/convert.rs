//! How long a plan takes to become LLB, and that it grows linearly with the plan.

#![expect(
    clippy::expect_used,
    reason = "a benchmark that cannot run should stop, and has no readers of docs"
)]

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use railpack::convert::{ConvertOptions, convert};
use railpack::llb::{CapabilitySet, SourceFile, capability};
use railpack::plan::{ValidPlan, parse, validate};

const INPUTS_PER_STEP: usize = 10;

/// A plan of `steps` steps: each builds on the one before and takes a path of each of the nine before that.
fn generated_plan(steps: usize) -> String {
    let mut json = String::from("{\"steps\": [");
    for step in 0..steps {
        let separator = if step == 0 { "" } else { "," };
        let base = match step {
            0 => "{\"image\": \"docker.io/library/debian:trixie-slim\"}".to_owned(),
            _ => format!("{{\"step\": \"step-{}\"}}", step - 1),
        };
        let _ = write!(
            json,
            "{separator}\n{{\"name\": \"step-{step}\", \"inputs\": [{base}"
        );
        for distance in 2..=INPUTS_PER_STEP.min(step) {
            let other = step - distance;
            let _ = write!(
                json,
                ", {{\"step\": \"step-{other}\", \"include\": [\"/out/{other}\"]}}"
            );
        }
        let _ = write!(
            json,
            "], \"commands\": [{{\"cmd\": \"make /out/{step}\"}}]}}"
        );
    }
    let _ = write!(
        json,
        "],\n\"deploy\": {{\"base\": {{\"step\": \"step-{}\"}}, \"startCommand\": \"true\"}}}}",
        steps - 1
    );
    json
}

fn valid(json: &str) -> ValidPlan {
    validate(
        parse(json.as_bytes())
            .expect("the generated plan is JSON")
            .plan,
    )
    .expect("the generated plan is valid")
}

/// As the frontend converts it on an engine of today: with the plan's text, so that errors show its lines.
fn options(json: &str) -> ConvertOptions {
    let capabilities = CapabilitySet::from_iter([
        capability::EXEC_VALID_EXIT_CODE,
        capability::SOURCE_IMAGE_LAYER_LIMIT,
        capability::MERGE,
        capability::FILE_COPY_INCLUDE_EXCLUDE_PATTERNS,
        capability::EXEC_SECRET_ENVIRONMENT,
    ]);
    ConvertOptions {
        source: Some(SourceFile {
            filename: "rpk.json".to_owned(),
            data: json.into(),
            language: "json".to_owned(),
        }),
        ..ConvertOptions::new("linux/amd64".parse().expect("a platform"), capabilities)
    }
}

fn conversion(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("convert");
    group.sample_size(20);
    for steps in [100, 1_000, 10_000] {
        let json = generated_plan(steps);
        let plan = valid(&json);
        let options = options(&json);
        group.throughput(Throughput::Elements(steps as u64));
        group.bench_with_input(
            BenchmarkId::new("convert", steps),
            &plan,
            |bencher, plan| {
                // Giving the definition's memory back is no part of making it.
                bencher.iter_with_large_drop(|| {
                    convert(black_box(plan), &options).expect("it converts")
                });
            },
        );
        group.bench_with_input(
            BenchmarkId::new("parse and validate", steps),
            &json,
            |bencher, json| {
                bencher.iter(|| valid(black_box(json)));
            },
        );
    }
    group.finish();
}

criterion_group!(benches, conversion);
criterion_main!(benches);
