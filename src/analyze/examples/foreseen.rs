//! What is searched for in each example, and whether it was told from what is at its root.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::Path;
use std::rc::Rc;
use std::{fs, io};

use super::test_case::TestCase;
use super::{examples, name, plan, test_cases};
use crate::analyze::testing::environment;
use crate::analyze::{
    AnalyzeOptions, App, Directory, Entry, EntryKind, LikelySearch, Tree, analyze, likely_search,
};

/// What an analysis asks an example for.
#[derive(Debug, Default)]
struct Asked {
    patterns: BTreeSet<&'static str>,
    is_explored: bool,
}

/// An example whose searches are foreseen.
struct Foreseen {
    directory: Directory,
    patterns: Vec<&'static str>,
    asked: Rc<RefCell<Asked>>,
}

impl Tree for Foreseen {
    fn list(&self, directory: &str, limit: usize) -> io::Result<Vec<Entry>> {
        self.asked.borrow_mut().is_explored |= !directory.is_empty();
        self.directory.list(directory, limit)
    }

    fn find(&self, pattern: &str) -> io::Result<Option<Vec<(String, EntryKind)>>> {
        let Some(pattern) = self.patterns.iter().find(|foreseen| **foreseen == pattern) else {
            return Ok(None);
        };
        self.asked.borrow_mut().patterns.insert(*pattern);
        let mut found = Vec::new();
        let mut directories = vec![String::new()];
        while let Some(directory) = directories.pop() {
            for entry in self.directory.list(&directory, usize::MAX)? {
                let path = format!("{directory}{}", entry.name);
                if entry.kind == EntryKind::Directory {
                    directories.push(format!("{path}/"));
                }
                found.push((path, entry.kind));
            }
        }
        Ok(Some(found))
    }

    fn read(&self, path: &str, limit: u64) -> io::Result<Vec<u8>> {
        self.directory.read(path, limit)
    }
}

/// What is foreseen of an example, and what is asked for.
fn foreseen(example: &Path, case: &TestCase) -> Option<(LikelySearch, Asked)> {
    let directory = Directory::open(example).unwrap();
    let root = directory.list("", usize::MAX).unwrap();
    let root = root.iter().map(|entry| entry.name.as_str()).collect();
    let manifest = fs::read_to_string(example.join("package.json")).unwrap_or_default();
    let search = likely_search(&root, &manifest);
    let asked = Rc::new(RefCell::default());
    let app = App::new(Foreseen {
        directory,
        patterns: search.patterns.clone(),
        asked: Rc::clone(&asked),
    });
    let options = AnalyzeOptions::default();
    let analysis = analyze(&app, &environment(&case.environment()), &options).ok()?;
    assert_eq!(
        analysis.plan,
        plan(example, &case.environment()).unwrap().plan
    );
    drop(app);
    let asked = Rc::into_inner(asked).expect("the app is gone");
    Some((search, asked.into_inner()))
}

/// What is not foreseen, or foreseen in vain, takes longer in the frontend, and no more than that.
#[test]
fn searches_are_foreseen() {
    let mut wrong = Vec::new();
    for example in examples() {
        for (index, case) in test_cases(&example).iter().enumerate() {
            let Some((search, asked)) = foreseen(&example, case) else {
                continue;
            };
            let patterns = search.patterns.iter().copied().collect();
            let is_right = search.is_explored == asked.is_explored && asked.patterns == patterns;
            if !is_right {
                wrong.push(format!("{}-{index}: {search:?}, {asked:?}", name(&example)));
            }
        }
    }
    insta::assert_snapshot!(wrong.join("\n"), @r#"
    deno-workspace-0: LikelySearch { patterns: [], is_explored: false }, Asked { patterns: {}, is_explored: true }
    python-uv-workspace-0: LikelySearch { patterns: ["**/{requirements.txt,pyproject.toml,Pipfile}"], is_explored: false }, Asked { patterns: {"**/{requirements.txt,pyproject.toml,Pipfile}"}, is_explored: true }
    ruby-rake-0: LikelySearch { patterns: [], is_explored: false }, Asked { patterns: {}, is_explored: true }
    "#);
}
