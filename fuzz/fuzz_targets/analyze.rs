//! Whatever the files of an app hold, planning it ends without a panic, and a plan can be read again and is the same the
//! next time.
//!
//! The input's first bytes say which files there are; the rest is what they hold, one behind the other.

#![no_main]

use std::collections::BTreeMap;
use std::io;

use libfuzzer_sys::fuzz_target;
use railpack::analyze::{
    AnalyzeOptions, App, Entry, EntryKind, Environment, Tree, analyze_telling,
};

/// Between the files' contents; no byte of UTF-8 text.
const SEPARATOR: u8 = 0xff;
/// Files that planning reads. `package.json` is always there.
const FILES: [&str; 32] = [
    "package.json5",
    "package-lock.json",
    "pnpm-lock.yaml",
    "pnpm-workspace.yaml",
    "yarn.lock",
    ".yarnrc.yml",
    "bun.lock",
    "bunfig.toml",
    "railpack.json",
    "mise.toml",
    ".tool-versions",
    ".nvmrc",
    "Procfile",
    "Staticfile",
    "deno.json",
    ".dockerignore",
    "packages/a/package.json",
    "packages/b/package.json5",
    "vite.config.js",
    "next.config.js",
    "nuxt.config.ts",
    "astro.config.mjs",
    "svelte.config.js",
    "angular.json",
    "turbo.json",
    "nx.json",
    "react-router.config.ts",
    "app.json",
    "Caddyfile",
    "index.html",
    "start.sh",
    "index.js",
];

#[derive(Clone)]
struct Files(BTreeMap<String, Vec<u8>>);

impl Tree for Files {
    fn list(&self, directory: &str, limit: usize) -> io::Result<Vec<Entry>> {
        let mut kinds = BTreeMap::new();
        for path in self.0.keys() {
            let below = match directory {
                "" => Some(path.as_str()),
                _ => path
                    .strip_prefix(directory)
                    .and_then(|rest| rest.strip_prefix('/')),
            };
            match below.map(|below| below.split_once('/').ok_or(below)) {
                Some(Ok((name, _))) => kinds.insert(name.to_owned(), EntryKind::Directory),
                Some(Err(name)) => kinds.insert(name.to_owned(), EntryKind::File),
                None => None,
            };
        }
        Ok(kinds
            .into_iter()
            .take(limit)
            .map(|(name, kind)| Entry { name, kind })
            .collect())
    }

    fn read(&self, path: &str, limit: u64) -> io::Result<Vec<u8>> {
        let content = self.0.get(path).ok_or(io::ErrorKind::NotFound)?;
        let end = content.len().min(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(content[..end].to_vec())
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Some((mask, rest)) = bytes.split_first_chunk() else {
        return;
    };
    let mask = u32::from_le_bytes(*mask);
    let there = FILES
        .iter()
        .enumerate()
        .filter(|(index, _)| mask & (1 << index) != 0)
        .map(|(_, path)| *path);
    let mut contents = rest.split(|byte| *byte == SEPARATOR);
    let files = std::iter::once("package.json")
        .chain(there)
        .map(|path| (path.to_owned(), contents.next().unwrap_or_default().to_vec()))
        .collect();
    let files = Files(files);

    let plan = || {
        let (analysis, messages) = analyze_telling(
            &App::new(files.clone()),
            &Environment::default(),
            &AnalyzeOptions::default(),
        );
        for message in messages {
            assert!(!message.text.is_empty());
        }
        match analysis {
            Ok(analysis) => Ok(analysis.plan.to_json()),
            Err(error) => Err((error.to_string(), error.hint())),
        }
    };
    let first = plan();
    assert_eq!(first, plan());
    if let Ok(json) = first {
        let parsed = railpack::plan::parse(json.as_bytes()).expect("a plan can be read");
        assert_eq!(parsed.plan.to_json(), json);
    }
});
