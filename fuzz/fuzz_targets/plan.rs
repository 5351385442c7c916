//! Whatever bytes a plan has, reading, checking and showing it ends without a panic, and what is written is read again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use railpack::plan::{LayerSource, parse, render, validate};

fuzz_target!(|bytes: &[u8]| {
    let source = String::from_utf8_lossy(bytes);
    let parsed = match parse(bytes) {
        Ok(parsed) => parsed,
        Err(problems) => {
            assert!(!render(problems.as_slice(), "rpk.json", &source).is_empty());
            return;
        }
    };
    let _ = render(&parsed.warnings, "rpk.json", &source);

    let json = parsed.plan.to_json();
    let again = parse(json.as_bytes()).expect("what is written can be read");
    assert_eq!(again.plan, parsed.plan);
    assert_eq!(again.warnings, []);
    assert_eq!(again.plan.to_json(), json);

    match validate(parsed.plan) {
        Ok(valid) => {
            let _ = render(valid.warnings(), "rpk.json", &source);
            check_order(&valid);
        }
        Err(problems) => {
            assert!(!render(problems.as_slice(), "rpk.json", &source).is_empty());
        }
    }
});

/// Each step is there once, behind the steps that it builds on.
fn check_order(valid: &railpack::plan::ValidPlan) {
    let steps = &valid.plan().steps;
    let mut is_done = vec![false; steps.len()];
    for &index in valid.order() {
        for input in &steps[index].inputs {
            if let LayerSource::Step(name) = &input.source {
                assert!(is_done[valid.step_index(name).expect("every step has an index")]);
            }
        }
        assert!(!std::mem::replace(&mut is_done[index], true));
    }
    assert!(is_done.iter().all(|done| *done));
}
