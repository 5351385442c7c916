//! How long it takes to read and to check a plan, and that the time grows with its size and not faster.

use std::fmt::Write;
use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use railpack::plan::{Plan, parse, validate};

/// Steps that each build on ten others.
fn plan(steps: usize) -> String {
    let mut json = String::from("{\n  \"steps\": [\n");
    for step in 0..steps {
        let separator = if step == 0 { "" } else { ",\n" };
        let _ = write!(
            json,
            "{separator}    {{ \"name\": \"step{step}\", \"inputs\": [{{ \"image\": \"debian\" }}"
        );
        for input in step.saturating_sub(10)..step {
            let _ = write!(
                json,
                ", {{ \"step\": \"step{input}\", \"include\": [\".\"] }}"
            );
        }
        json.push_str("], \"commands\": [\"make 'all of it'\"] }");
    }
    let last = steps.saturating_sub(1);
    let _ = write!(
        json,
        "\n  ],\n  \"deploy\": {{ \"base\": {{ \"step\": \"step{last}\" }}, \"startCommand\": \"./app\" }}\n}}\n"
    );
    json
}

fn read(json: &str) -> Plan {
    parse(json.as_bytes())
        .map(|parsed| parsed.plan)
        .unwrap_or_default()
}

fn reading_and_checking(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("plan");
    group.sample_size(20);
    for steps in [1_000, 10_000] {
        let json = plan(steps);
        let one_line = json.replace('\n', "");
        assert!(validate(read(&json)).is_ok_and(|valid| valid.order().len() == steps));
        group.throughput(Throughput::Elements(steps as u64));
        group.bench_function(BenchmarkId::new("parse", steps), |bencher| {
            bencher.iter(|| read(black_box(&json)));
        });
        group.bench_function(BenchmarkId::new("parse one line", steps), |bencher| {
            bencher.iter(|| read(black_box(&one_line)));
        });
        group.bench_function(BenchmarkId::new("validate", steps), |bencher| {
            bencher.iter_with_setup(|| read(&json), |plan| black_box(validate(plan)));
        });
        group.bench_function(BenchmarkId::new("write", steps), |bencher| {
            let plan = read(&json);
            bencher.iter(|| black_box(plan.to_json()));
        });
    }
    group.finish();
}

criterion_group!(benches, reading_and_checking);
criterion_main!(benches);
