//! What is read of plans, and what is told of those that cannot be.

use super::*;
use crate::plan::{
    Cache, CacheSharing, Command, CopyCommand, ExecCommand, FileCommand, LayerSource, PathCommand,
    SecretFile, Spanned, render,
};

fn parse_text(text: &str) -> Plan {
    let parsed = parse(text.as_bytes()).unwrap();
    assert_eq!(parsed.warnings, []);
    parsed.plan
}

/// The problems of a file as a user sees them.
fn problems(bytes: &[u8]) -> String {
    let problems = parse(bytes).unwrap_err();
    render(
        problems.as_slice(),
        "rpk.json",
        &String::from_utf8_lossy(bytes),
    )
}

fn place<T>(spanned: &Spanned<T>) -> String {
    spanned
        .span
        .map_or_else(String::new, |span| format!("{}-{}", span.start, span.end))
}

const FULL: &str = r#"# syntax=example.com/railpack-frontend
// A plan.

{
  "$schema": "https://example.com/schema.json",
  "syntax": "example.com/frontend",
  "steps": [
    {
      "name": "büild", "inputs": [{ "image": "debian" }, { "step": "a", "include": ["x"], "exclude": ["y"] }, "."],
      "commands": [
        { "cmd": "make", "customName": "Make" },
        { "path": "/opt/bin" },
        { "src": "a", "dest": "b", "image": "debian" },
        { "path": "/etc/a", "name": "conf", "mode": 420, "customName": "Configure" },
        "npm ci"
      ],
      "secrets": ["*"], "assets": { "conf": "a=b\n" }, "variables": { "A": "1" }, "caches": ["apt"], "secretFiles": [{ "id": "npmrc", "path": "~/.npmrc", "mode": 256 }, { "id": "TOKEN", "path": "token", "mode": 0 }], "ssh": ["default"]
    }
  ],
  "caches": { "apt": { "directory": "/var/cache/apt", "type": "locked" }, "b": { "directory": "target" } },
  "secrets": ["TOKEN"],
  "deploy": {
    "base": { "image": "debian" },
    "inputs": ["$büild"],
    "startCommand": "./app", "variables": { "B": "2" }, "paths": ["/app/bin"]
  },
  "exclude": ["*.log"]
}
"#;

#[test]
fn reads_every_field() {
    let plan = parse_text(FULL);
    assert_eq!(plan.syntax, Some("example.com/frontend".into()));
    let [step] = plan.steps.as_slice() else {
        panic!("{:?}", plan.steps)
    };
    let sources: Vec<_> = step
        .inputs
        .iter()
        .map(|input| input.source.clone())
        .collect();
    let expected = [
        LayerSource::Image("debian".to_owned()),
        LayerSource::Step("a".to_owned()),
        LayerSource::Local,
    ];
    assert_eq!(sources, expected);
    assert_eq!(step.inputs[1].filter.include, ["x".into()]);
    assert_eq!(step.inputs[1].filter.exclude, ["y".into()]);
    let commands: Vec<_> = step
        .commands
        .iter()
        .map(|command| command.value.clone())
        .collect();
    let expected = [
        Command::Exec(ExecCommand {
            cmd: "make".to_owned(),
            custom_name: Some("Make".to_owned()),
        }),
        Command::Path(PathCommand {
            path: "/opt/bin".to_owned(),
        }),
        Command::Copy(CopyCommand {
            image: Some("debian".to_owned()),
            src: "a".to_owned(),
            dest: "b".to_owned(),
        }),
        Command::File(FileCommand {
            path: "/etc/a".to_owned(),
            name: "conf".to_owned(),
            mode: Some(0o644),
            custom_name: Some("Configure".to_owned()),
        }),
        Command::Exec(ExecCommand::in_shell("npm ci")),
    ];
    assert_eq!(commands, expected);
    assert_eq!(step.secrets, ["*".into()]);
    let [npmrc, token] = ["npmrc", "TOKEN"].map(|id| SecretFile {
        id: id.to_owned(),
        ..SecretFile::default()
    });
    let files = [
        SecretFile {
            path: "~/.npmrc".to_owned(),
            mode: Some(0o400),
            ..npmrc
        },
        SecretFile {
            path: "token".to_owned(),
            ..token
        },
    ];
    assert_eq!(step.secret_files, files.map(Spanned::from));
    assert_eq!(step.ssh, ["default".into()]);
    assert_eq!(step.assets["conf"], "a=b\n".into());
    assert_eq!(step.variables["A"], "1".into());
    assert_eq!(step.caches, ["apt".into()]);
    let apt = Cache {
        directory: "/var/cache/apt".to_owned(),
        sharing: CacheSharing::Locked,
    };
    assert_eq!(plan.caches["apt"].value, apt);
    assert_eq!(plan.caches["b"].sharing, CacheSharing::Shared);
    assert_eq!(plan.secrets, ["TOKEN".into()]);
    let base = plan.deploy.base.as_ref().unwrap();
    assert_eq!(base.source, LayerSource::Image("debian".to_owned()));
    assert_eq!(
        plan.deploy.inputs[0].source,
        LayerSource::Step("büild".to_owned())
    );
    assert_eq!(plan.deploy.start_command, Some("./app".into()));
    assert_eq!(plan.deploy.variables["B"], "2".into());
    assert_eq!(plan.deploy.paths, ["/app/bin".into()]);
    assert_eq!(plan.exclude, ["*.log".into()]);
}

#[test]
fn knows_the_place_of_every_part() {
    let plan = parse_text(FULL);
    let step = &plan.steps[0];
    assert_eq!(place(plan.syntax.as_ref().unwrap()), "6:13-6:35");
    assert_eq!(place(step), "8:5-18:6");
    assert_eq!(place(&step.name), "9:15-9:22");
    assert_eq!(place(&step.inputs[0]), "9:35-9:56");
    assert_eq!(place(&step.inputs[1].filter.include[0]), "9:85-9:88");
    assert_eq!(place(&step.inputs[2]), "9:111-9:114");
    assert_eq!(place(&step.commands[4]), "15:9-15:17");
    assert_eq!(place(&step.secrets[0]), "17:19-17:22");
    assert_eq!(place(&step.assets["conf"]), "17:37-17:52");
    assert_eq!(place(&step.variables["A"]), "17:71-17:79");
    assert_eq!(place(&step.caches[0]), "17:94-17:99");
    assert_eq!(place(&step.secret_files[0]), "17:118-17:168");
    assert_eq!(place(&plan.caches["b"]), "20:75-20:105");
    assert_eq!(place(&plan.secrets[0]), "21:15-21:22");
    assert_eq!(place(&plan.deploy), "22:13-26:4");
    assert_eq!(place(plan.deploy.base.as_ref().unwrap()), "23:13-23:34");
    assert_eq!(
        place(plan.deploy.start_command.as_ref().unwrap()),
        "25:21-25:28"
    );
    assert_eq!(place(&plan.exclude[0]), "27:15-27:22");
}

#[test]
fn takes_null_and_what_is_empty_as_absent() {
    assert_eq!(parse_text("{}"), Plan::default());
    let fields = [
        "syntax", "steps", "caches", "secrets", "deploy", "exclude", "$schema",
    ];
    let fields = fields.map(|field| format!("\"{field}\": null")).join(",");
    assert_eq!(parse_text(&format!("{{{fields}}}")), Plan::default());
    assert_eq!(
        parse_text(r#"{"deploy": {"base": {}, "startCommand": ""}}"#),
        Plan::default()
    );
    let layer =
        r#"{"deploy": {"inputs": [{"image": "", "local": false, "spread": null, "step": "a"}]}}"#;
    assert_eq!(
        parse_text(layer).deploy.inputs[0].source,
        LayerSource::Step("a".to_owned())
    );
    let command =
        r#"{"steps": [{"commands": [{"path": "a", "name": "b", "mode": 0, "customName": ""}]}]}"#;
    let file = FileCommand {
        path: "a".to_owned(),
        name: "b".to_owned(),
        ..FileCommand::default()
    };
    assert_eq!(
        parse_text(command).steps[0].commands[0].value,
        Command::File(file)
    );
}

#[test]
fn the_keys_of_a_command_decide_what_it_is() {
    let command = |json: &str| {
        let json = format!(r#"{{"steps": [{{"commands": [{json}]}}]}}"#);
        parse(json.as_bytes())
            .unwrap()
            .plan
            .steps
            .remove(0)
            .value
            .commands
            .remove(0)
            .value
    };
    assert!(matches!(
        command(r#"{"src": "a", "path": "b", "cmd": "c"}"#),
        Command::Exec(_)
    ));
    assert!(matches!(command(r#"{"cmd": null}"#), Command::Exec(_)));
    assert!(matches!(
        command(r#"{"path": "b", "name": null}"#),
        Command::File(_)
    ));
    assert!(matches!(
        command(r#"{"path": "b", "src": "a"}"#),
        Command::Path(_)
    ));
    assert!(matches!(command(r#"{"src": "b"}"#), Command::Copy(_)));
}

#[cfg(feature = "frontend")]
#[test]
fn a_file_may_be_nothing_but_the_name_of_its_frontend() {
    for text in [
        "# syntax=image",
        "//syntax = image\n\n# more\n",
        "\u{feff}#syntax=a",
    ] {
        assert!(is_only_syntax(text.as_bytes()), "{text}");
    }
    for text in [
        "",
        "# a comment",
        "# syntax",
        "# syntax=image\n{}",
        "syntax=image",
    ] {
        assert!(!is_only_syntax(text.as_bytes()), "{text}");
    }
}

#[test]
fn skips_byte_order_mark_and_comment_lines() {
    let plan = parse_text("\u{feff}#!/usr/bin/env x\r\n  // a\r\n\r\n\t{\"secrets\": [\"A\"]}\r\n");
    assert_eq!(place(&plan.secrets[0]), "4:15-4:18");
    let plan = parse_text("\u{feff}{\"secrets\": [\"A\"]}");
    assert_eq!(place(&plan.secrets[0]), "1:14-1:17");
}

#[test]
fn a_file_cut_off_anywhere_is_an_error() {
    for (end, _) in FULL.trim_end().char_indices() {
        assert!(parse(&FULL.as_bytes()[..end]).is_err(), "{end}");
    }
    for end in 0..FULL.trim_end().len() {
        assert!(parse(&FULL.as_bytes()[..end]).is_err(), "{end}");
    }
}

#[test]
fn a_damaged_file_never_panics() {
    for index in 0..FULL.len() {
        for byte in [0, b'"', b']', b'\\', 0xff] {
            let mut bytes = FULL.as_bytes().to_vec();
            bytes[index] = byte;
            if let Err(problems) = parse(&bytes) {
                assert!(!problems.as_slice().is_empty());
            }
        }
    }
}

#[test]
fn limits_what_it_reads() {
    let large = vec![b' '; MAX_PLAN_SIZE + 1];
    insta::assert_snapshot!(problems(&large), @r"
    error: rpk.json: the file has 8388609 bytes, more than the 8388608 that a plan may have
      hint: is this the right file? `railpack plan` writes a plan
    ");
    let nested = |depth| format!("{{\"x\": {}1{}}}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse(nested(MAX_NESTING - 1).as_bytes()).is_ok());
    insta::assert_snapshot!(problems(nested(MAX_NESTING).as_bytes()), @r"
    error: rpk.json:1:70: lists and objects are nested more than 64 deep
      1 | ...[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]...
        |                                            ^
      hint: is this the right file? `railpack plan` writes a plan
    ");
    insta::assert_snapshot!(problems("{\"x\":[".repeat(400_000).as_bytes()), @r#"
    error: rpk.json:1:193: lists and objects are nested more than 64 deep
      1 | ...x":[{"x":[{"x":[{"x":[{"x":[{"x":[{"x":[{"x":[{"x":[{"x":[{"x":[{"x":[{"x":[{"x":[{"x":[{"x":[{"x":[...
        |                                            ^
      hint: is this the right file? `railpack plan` writes a plan
    "#);
    let many = |count| format!("{{\"exclude\": [{}\"\"]}}", "\"\",".repeat(count));
    assert_eq!(
        lexical::check(&many(MAX_VALUES - 3), Dialect::Strict),
        Ok(())
    );
    insta::assert_snapshot!(problems(many(MAX_VALUES - 2).as_bytes()), @r#"
    error: rpk.json:1:1500007: the file has more than 500000 values
      1 | ...","","","","","","","","","","","","","",""]}
        |                                            ^
      hint: is this the right file? `railpack plan` writes a plan
    "#);
}

#[test]
fn comments_may_hold_anything_where_they_are_allowed() {
    let text = "// it's [{\n/* \"//\" 'é' # */ [\"a // b\", /**/ \"/* c\",] // \u{7f}";
    let (strings, warnings) =
        parse_with_comments(text, |reader, value| reader.strings(value)).unwrap();
    assert_eq!(strings, Some(vec!["a // b".into(), "/* c".into()]));
    assert_eq!(warnings, []);
    for broken in ["/", "/*", "// x", "[1 / 2]", "/* *"] {
        assert!(parse_with_comments(broken, |_, _| ()).is_err(), "{broken}");
    }
}

#[test]
fn counts_the_problems_that_it_does_not_show() {
    let damaged = format!("{{\"secrets\": [{}1]}}", "1,".repeat(150));
    let problems = parse(damaged.as_bytes()).unwrap_err();
    assert_eq!(problems.as_slice().len(), 101);
    let last = problems.as_slice().last().map(Problem::message);
    assert_eq!(last.as_deref(), Some("there are 51 more problems"));
}
