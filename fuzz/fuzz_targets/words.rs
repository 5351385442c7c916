//! Texts that the plan's small parsers read: command lines, image names, commands and layers as texts.

#![no_main]

use libfuzzer_sys::fuzz_target;
use railpack::plan::{Command, ImageReference, Layer, shell_command, split_words};

fuzz_target!(|text: &str| {
    let _ = split_words(text);
    let words = split_words(&shell_command(text)).expect("a quoted text can be split");
    assert_eq!(words, ["sh", "-c", text]);

    if let Ok(image) = ImageReference::parse(text) {
        let full = image.to_string();
        assert_eq!(
            ImageReference::parse(&full).expect("the full form is a name"),
            image
        );
        assert!(image.tag().is_some() || image.digest().is_some());
    }
    let _ = Command::from_text(text);
    let _ = Layer::from_text(text);
});
