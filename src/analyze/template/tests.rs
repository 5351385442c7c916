use super::*;

fn rendered(text: &str, fallback: bool) -> Result<String, AnalyzeError> {
    let values = BTreeMap::from([
        ("DIST_DIR", TemplateValue::Text("/app/dist".to_owned())),
        ("IndexFallback", TemplateValue::Flag(fallback)),
        ("StaticFileRoot", TemplateValue::Text(String::new())),
    ]);
    render("Caddyfile.template", text, &values)
}

#[test]
fn values_and_conditions_become_text() {
    for (text, with, without) in [
        (
            "root * {{.DIST_DIR}}\n{",
            "root * /app/dist\n{",
            "root * /app/dist\n{",
        ),
        ("a{{ if .IndexFallback }}b{{else}}c{{end}}d", "abd", "acd"),
        ("{{if not .IndexFallback}}x{{end}}", "", "x"),
        (
            "{{if .StaticFileRoot}}1{{else if .IndexFallback}}2{{else}}3{{end}}",
            "2",
            "3",
        ),
        (
            "{{if .IndexFallback}}{{if .StaticFileRoot}}1{{else}}2{{end}}{{else}}{{if .DIST_DIR}}3{{end}}{{end}}",
            "2",
            "3",
        ),
        ("{{.IndexFallback}}", "true", "false"),
        ("a  {{- /* note */ -}}  b", "ab", "ab"),
        ("a {{- if .IndexFallback -}} b {{- end }} c", "ab c", "a c"),
        (
            r#"{{"{{"}}now{{`}}`}} {{"\"}}"}}"#,
            "{{now}} \"}}",
            "{{now}} \"}}",
        ),
        (
            "{$PORT:80} {path}",
            "{$PORT:80} {path}",
            "{$PORT:80} {path}",
        ),
    ] {
        assert_eq!(rendered(text, true).unwrap(), with, "{text}");
        assert_eq!(rendered(text, false).unwrap(), without, "{text}");
    }
}

#[test]
fn what_a_template_cannot_hold_is_an_error_with_its_place() {
    let problems: Vec<_> = [
        "a\n  {{.Root}}",
        "{{range .DIST_DIR}}",
        "{{",
        "x {{if .IndexFallback}}\n",
        "{{if}}{{end}}",
        "{{end}}",
        "{{if .DIST_DIR}}{{else}}{{else}}{{end}}",
        "{{}}",
        "{{.DIST_DIR | upper}}",
    ]
    .map(|text| rendered(text, true).unwrap_err().to_string())
    .into();
    insta::assert_snapshot!(problems.join("\n"), @"
    Caddyfile.template:2:3: found `.Root`, expected one of `.DIST_DIR`, `.IndexFallback` and `.StaticFileRoot`
    Caddyfile.template:1:1: found `range .DIST_DIR`, expected a value such as `.Name`, a quoted text, or `if`, `else` and `end`
    Caddyfile.template:1:1: found `{{`, expected `}}` further on
    Caddyfile.template:1:3: found `if`, expected `{{end}}` further on
    Caddyfile.template:1:1: found ``, expected one of `.DIST_DIR`, `.IndexFallback` and `.StaticFileRoot`
    Caddyfile.template:1:1: found `end`, expected an `if` in front of it
    Caddyfile.template:1:25: found `else`, expected an `if` in front of it
    Caddyfile.template:1:1: found ``, expected a value such as `.Name`, a quoted text, or `if`, `else` and `end`
    Caddyfile.template:1:1: found `.DIST_DIR | upper`, expected one of `.DIST_DIR`, `.IndexFallback` and `.StaticFileRoot`
    ");
    assert!(rendered(&"{{if .DIST_DIR}}".repeat(200), true).is_err());
}
