//! Railpack's own configuration of Caddy (<https://caddyserver.com/docs/caddyfile>).
//!
//! It does what the reference's two do
//! (<https://github.com/railwayapp/railpack/blob/v0.37.0/core/providers/node/Caddyfile.template>,
//! <https://github.com/railwayapp/railpack/blob/v0.37.0/core/providers/staticfile/Caddyfile.template>): plain HTTP on `$PORT` or 80,
//! `/health`, compressed answers, names without `.html`, and JSON logs.

use super::Site;

/// What a page's answers say to the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Headers {
    /// Types are not guessed, and the server is not named. For built apps, which know best what they load.
    Basic,
    /// Also a policy for what pages load, and referrers and the old filter of cross-site scripts; and an app's own error pages
    /// such as `404.html` are shown. For hand-written sites.
    Strict,
}

/// Options of the server as a whole. Who ends TLS in front of it is a proxy in a private network.
const GLOBAL_OPTIONS: &str = "{
	auto_https off
	admin off
	persist_config off
	servers {
		trusted_proxies static {proxies}
	}
	log {
		format json
	}
}
";

const BASIC_HEADERS: &str = "		X-Content-Type-Options nosniff
		-Server
";

/// The policy: anything from anywhere, but no plug-ins, and no `eval`.
const STRICT_HEADERS: &str = r#"		X-XSS-Protection "1; mode=block"
		Referrer-Policy strict-origin-when-cross-origin
		Content-Security-Policy "default-src 'self'; object-src 'none'; script-src * 'unsafe-inline'; style-src * 'unsafe-inline'; img-src * data:; font-src * data:; media-src *; connect-src *; frame-src *"
"#;

const ERROR_PAGES: &str = "
	# The site's own page for an error, such as 404.html.
	handle_errors {
		rewrite * /{err.status_code}.html
		file_server
	}
";

/// The configuration that serves a site.
pub(super) fn generate(site: &Site) -> String {
    let is_strict = site.headers == Headers::Strict;
    // Built apps also run behind proxies with addresses of carriers.
    let proxies = if is_strict {
        "private_ranges"
    } else {
        "private_ranges 100.0.0.0/8"
    };
    let mut text = GLOBAL_OPTIONS.replace("{proxies}", proxies);
    text.push_str("\n:{$PORT:80} {\n\tlog {\n\t\tformat json\n\t}\n");
    text.push_str("\n\troot * ");
    text.push_str(&word(&site.root));
    text.push('\n');
    text.push_str("\n\t# Whoever watches the container asks here.\n\trespond /health 200\n");
    text.push_str("\n\theader {\n");
    text.push_str(BASIC_HEADERS);
    if is_strict {
        text.push_str(STRICT_HEADERS);
    }
    text.push_str("\t}\n\n\tencode gzip zstd\n");
    text.push_str(if site.index_fallback {
        "\n\t# `/about` is about.html or about/index.html, else a page that the app makes up in the browser.\n"
    } else {
        "\n\t# `/about` is about.html or about/index.html.\n"
    });
    text.push_str("\ttry_files {path} {path}.html {path}/index.html");
    text.push_str(if site.index_fallback {
        " /index.html\n"
    } else {
        "\n"
    });
    text.push_str("\n\tfile_server {\n\t\thide .git .env*\n\t}\n");
    if is_strict {
        text.push_str(ERROR_PAGES);
    }
    text.push_str("}\n");
    text
}

/// A text as one word of a Caddyfile; quoted only if it has to be.
pub(crate) fn word(text: &str) -> String {
    let is_plain = |character: char| character.is_alphanumeric() || "_-./@+~".contains(character);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    if text.contains(['"', '\\']) && !text.contains('`') {
        return format!("`{text}`");
    }
    format!("\"{}\"", text.replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(root: &str, index_fallback: bool, headers: Headers) -> String {
        generate(&Site {
            root: root.to_owned(),
            index_fallback,
            headers,
        })
    }

    #[test]
    fn a_built_app_is_served_with_its_index_page_for_all_paths() {
        insta::assert_snapshot!(site("/app/dist", true, Headers::Basic), @"
        {
        	auto_https off
        	admin off
        	persist_config off
        	servers {
        		trusted_proxies static private_ranges 100.0.0.0/8
        	}
        	log {
        		format json
        	}
        }

        :{$PORT:80} {
        	log {
        		format json
        	}

        	root * /app/dist

        	# Whoever watches the container asks here.
        	respond /health 200

        	header {
        		X-Content-Type-Options nosniff
        		-Server
        	}

        	encode gzip zstd

        	# `/about` is about.html or about/index.html, else a page that the app makes up in the browser.
        	try_files {path} {path}.html {path}/index.html /index.html

        	file_server {
        		hide .git .env*
        	}
        }
        ");
    }

    #[test]
    fn a_site_is_served_as_it_is() {
        insta::assert_snapshot!(site(".", false, Headers::Strict), @r#"
        {
        	auto_https off
        	admin off
        	persist_config off
        	servers {
        		trusted_proxies static private_ranges
        	}
        	log {
        		format json
        	}
        }

        :{$PORT:80} {
        	log {
        		format json
        	}

        	root * .

        	# Whoever watches the container asks here.
        	respond /health 200

        	header {
        		X-Content-Type-Options nosniff
        		-Server
        		X-XSS-Protection "1; mode=block"
        		Referrer-Policy strict-origin-when-cross-origin
        		Content-Security-Policy "default-src 'self'; object-src 'none'; script-src * 'unsafe-inline'; style-src * 'unsafe-inline'; img-src * data:; font-src * data:; media-src *; connect-src *; frame-src *"
        	}

        	encode gzip zstd

        	# `/about` is about.html or about/index.html.
        	try_files {path} {path}.html {path}/index.html

        	file_server {
        		hide .git .env*
        	}

        	# The site's own page for an error, such as 404.html.
        	handle_errors {
        		rewrite * /{err.status_code}.html
        		file_server
        	}
        }
        "#);
    }

    #[test]
    fn a_directory_is_one_word() {
        assert_eq!(word("dist/a-b"), "dist/a-b");
        assert_eq!(word("my site"), "\"my site\"");
        assert_eq!(word("a\"b\\"), "`a\"b\\`");
        assert_eq!(word("a\"b`"), "\"a\\\"b`\"");
    }
}
