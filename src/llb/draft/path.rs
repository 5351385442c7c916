//! Paths in file ops, as the Go client writes them.
//! <https://github.com/moby/buildkit/blob/v0.32.2/client/llb/fileop.go> (`normalizePath`)

/// The shortest absolute form of a path: no `.`, `..` or doubled `/`. It never leaves the root.
pub(super) fn clean(path: &str) -> String {
    let mut components = Vec::new();
    for component in path.split('/') {
        match component {
            "" | "." => {}
            ".." => {
                components.pop();
            }
            component => components.push(component),
        }
    }
    format!("/{}", components.join("/"))
}

/// As [`clean`], but a final `/` or `/.` stays: in a copy's destination it means into, not onto.
pub(super) fn clean_destination(path: &str) -> String {
    let mut cleaned = clean(path);
    let tail = if path.ends_with('/') {
        "/"
    } else if path.ends_with("/.") {
        "/."
    } else {
        ""
    };
    if cleaned == "/" {
        cleaned.clear();
    }
    cleaned.push_str(tail);
    if cleaned.is_empty() {
        cleaned.push('/');
    }
    cleaned
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_absolute_and_short() {
        for (path, cleaned) in [
            ("", "/"),
            ("/", "/"),
            ("app", "/app"),
            ("/app/", "/app"),
            ("//app//./src/../lib", "/app/lib"),
            ("/../../etc", "/etc"),
            ("*.txt", "/*.txt"),
        ] {
            assert_eq!(clean(path), cleaned, "{path}");
        }
    }

    #[test]
    fn a_destination_keeps_its_end() {
        for (path, cleaned) in [
            ("/app", "/app"),
            ("/app/", "/app/"),
            ("app//x/", "/app/x/"),
            ("/app/.", "/app/."),
            ("/", "/"),
            ("/.", "/."),
            ("", "/"),
            ("/..", "/"),
            ("../", "/"),
        ] {
            assert_eq!(clean_destination(path), cleaned, "{path}");
        }
    }
}
