//! What is on a screen, as a terminal in memory shows it.

use std::time::Instant;

use super::screen::Screen;
use crate::client::progress::testing::{
    BUILT, FAILING, at, busy, log, logs, messages, part, vertex, vertices,
};
use crate::client::progress::{Failure, Mode, Outcome, Progress, Terminal};
use crate::proto::control;
use crate::proto::control::StatusResponse;

#[test]
fn a_build_in_its_middle_shows_what_runs_and_what_it_prints() {
    let mut screen = Screen::new(80, 16);
    screen.play(&messages(FAILING), 700);
    insta::assert_snapshot!(screen.text(), @r#"
    [+] Building 0.7s (7/14)
     => CACHED 1 step
     => resolve image config for docker-image://localhost:5000/railpack-fro... 0.0s
     => docker-image://localhost:5000/railpack-frontend:test@sha256:2a3e7fc... 0.0s
     => [internal] load build plan from rpk.json or railpack-plan.json         0.0s
     => [internal] load metadata for localhost:5000/railpack-runtime:test      0.0s
     => [internal] load metadata for localhost:5000/railpack-builder:test      0.0s
     => docker-image://localhost:5000/railpack-runtime:test@sha256:99ba22ab... 0.0s
     => [build] sh -c 'for i in 1 2 3; do printf "\033[3${i}mline $i\033[0m... 0.3s
     => => # line 1
     => [slow] sh -c 'for i in 1 2 3 4 5 6 7 8; do echo slow $i; sleep 0.2;... 0.3s
     => => # slow 1
     => => # slow 2
    "#);
    assert!(!screen.is_cursor_shown());
}

#[test]
fn a_build_that_worked_leaves_its_steps() {
    let mut screen = Screen::new(80, 30);
    screen.play(&messages(BUILT), 60_000);
    screen.finish(Outcome::Built);
    insta::assert_snapshot!(screen.text(), @"
    [+] Building 60.0s (21/21) FINISHED
     => CACHED 9 steps
     => resolve image config for docker-image://localhost:5000/railpack-fro... 0.0s
     => [internal] load build plan from rpk.json or railpack-plan.json         0.0s
     => [internal] load metadata for localhost:5000/railpack-builder:test      0.0s
     => [internal] load metadata for localhost:5000/railpack-runtime:test      0.0s
     => docker-image://localhost:5000/railpack-runtime:test@sha256:99ba22ab... 0.0s
     => docker-image://localhost:5000/railpack-builder:test@sha256:9ed3a3ac... 0.0s
     => load the app's tree                                                    0.0s
     => [install] mkdir -p /app/node_modules/.cache                            0.1s
     => [install] copy bun.lock, copy package.json                             0.0s
     => [install] bun install --frozen-lockfile                                0.6s
     => [build] copy . from the app's tree                                     0.0s
     => exporting to oci image format                                          2.3s
    ");
    assert!(screen.is_cursor_shown());
}

#[test]
fn a_build_that_failed_leaves_the_log_and_the_error() {
    let mut screen = Screen::new(80, 30);
    screen.play(&messages(FAILING), 60_000);
    screen.finish(Outcome::Failed(&Failure::new("exit code: 7\n  hint: look")));
    insta::assert_snapshot!(screen.text(), @r#"
    [+] Building 60.0s (10/14) FAILED
     => CACHED 1 step
     => resolve image config for docker-image://localhost:5000/railpack-fro... 0.0s
     => docker-image://localhost:5000/railpack-frontend:test@sha256:2a3e7fc... 0.0s
     => [internal] load build plan from rpk.json or railpack-plan.json         0.0s
     => [internal] load metadata for localhost:5000/railpack-builder:test      0.0s
     => [internal] load metadata for localhost:5000/railpack-runtime:test      0.0s
     => docker-image://localhost:5000/railpack-runtime:test@sha256:99ba22ab... 0.0s
     => [build] sh -c 'for i in 1 2 3; do printf "\033[3${i}mline $i\033[0m... 1.0s
     => CANCELED [slow] sh -c 'for i in 1 2 3 4 5 6 7 8; do echo slow $i; s... 1.1s
     => ERROR [build] sh -c 'echo last words; exit 7'                          0.1s

    warning: unknown field `cmds` in `steps[0]` (rpk.json:6)
      at rpk.json:6
      it is ignored

    ------
     > [build] sh -c 'echo last words; exit 7':
    0.067 last words
    ------
    error: exit code: 7
      hint: look
    "#);
    assert!(screen.is_cursor_shown());
}

#[test]
fn a_build_that_was_interrupted_gives_the_terminal_back() {
    let mut screen = Screen::new(60, 12);
    screen.play(&messages(FAILING), 700);
    screen.finish(Outcome::Interrupted);
    insta::assert_snapshot!(screen.text(), @r#"
     => [internal] load build plan from rpk.json or rai... 0.0s
     => [internal] load metadata for localhost:5000/rai... 0.0s
     => [internal] load metadata for localhost:5000/rai... 0.0s
     => docker-image://localhost:5000/railpack-runtime:... 0.0s
     => [build] sh -c 'for i in 1 2 3; do printf "\033[... 0.3s
     => [slow] sh -c 'for i in 1 2 3 4 5 6 7 8; do echo... 0.3s

    warning: unknown field `cmds` in `steps[0]` (rpk.json:6)
      at rpk.json:6
      it is ignored
    "#);
    assert!(screen.is_cursor_shown());
}

#[test]
fn a_window_is_filled_but_never_overflows() {
    for rows in 1..60 {
        let mut screen = Screen::new(50, rows);
        screen.update(0, &busy());
        let before = screen.text();
        for tick in 1..5 {
            screen.tick(tick * 200);
        }
        // Drawing over itself moves nothing, and nothing has left through the top.
        let lines = |text: &str| text.lines().count();
        assert_eq!(
            lines(&screen.text()),
            lines(&before),
            "{rows}\n{}",
            screen.text()
        );
        assert!(
            rows == 1 || screen.text().starts_with("[+] Building 0.8s"),
            "{rows}\n{}",
            screen.text()
        );
        screen.parser.screen_mut().set_scrollback(1);
        assert_eq!(screen.parser.screen().scrollback(), 0, "{rows}");
    }
}

#[test]
fn the_rows_go_to_what_runs_first() {
    let text = |rows| {
        let mut screen = Screen::new(50, rows);
        screen.update(0, &busy());
        screen.text()
    };
    insta::assert_snapshot!(text(8), @"
    [+] Building 0.0s (10/20)
     => 5 more are running
     => step running 0                           0.0s
     => step running 1                           0.0s
     => step running 2                           0.0s
     => step running 3                           0.0s
     => step running 4                           0.0s
    ");
    insta::assert_snapshot!(text(18), @"
    [+] Building 0.0s (10/20)
     => 9 steps done, 5 of them cached
     => step done 9                              0.0s
     => step running 0                           0.0s
     => step running 1                           0.0s
     => step running 2                           0.0s
     => step running 3                           0.0s
     => step running 4                           0.0s
     => step running 5                           0.0s
     => step running 6                           0.0s
     => => # line 3
     => step running 7                           0.0s
     => => # line 3
     => step running 8                           0.0s
     => => # line 3
     => step running 9                           0.0s
     => => # line 3
    ");
    insta::assert_snapshot!(text(40), @"
    [+] Building 0.0s (10/20)
     => CACHED 5 steps
     => step done 1                              0.0s
     => step done 3                              0.0s
     => step done 5                              0.0s
     => step done 7                              0.0s
     => step done 9                              0.0s
     => step running 0                           0.0s
     => => # line 2
     => => # line 3
     => step running 1                           0.0s
     => => # line 2
     => => # line 3
     => step running 2                           0.0s
     => => # line 2
     => => # line 3
     => step running 3                           0.0s
     => => # line 2
     => => # line 3
     => step running 4                           0.0s
     => => # line 2
     => => # line 3
     => step running 5                           0.0s
     => => # line 2
     => => # line 3
     => step running 6                           0.0s
     => => # line 2
     => => # line 3
     => step running 7                           0.0s
     => => # line 2
     => => # line 3
     => step running 8                           0.0s
     => => # line 1
     => => # line 2
     => => # line 3
     => step running 9                           0.0s
     => => # line 1
     => => # line 2
     => => # line 3
    ");
}

#[test]
fn transfers_have_bars() {
    let mut screen = Screen::new(90, 12);
    screen.update(0, &vertices(vec![vertex("pull", Some(0), None)]));
    let done = control::VertexStatus {
        completed: Some(at(900)),
        ..part("pull", "sha256:33", 900, 100, 100)
    };
    screen.update(
        1000,
        &StatusResponse {
            statuses: vec![
                part("pull", "sha256:11", 1000, 12_340_000, 45_600_000),
                part("pull", "sha256:22", 1000, 45_600_000, 45_600_000),
                done,
                part("pull", "transferring context:", 1000, 7_000, 0),
                part("pull", "sha256:44", 1000, 0, 1_000),
            ],
            ..StatusResponse::default()
        },
    );
    insta::assert_snapshot!(screen.text(), @"
    [+] Building 1.0s (0/1)
     => step pull                                                                        1.0s
     => => sha256:11                            [=====>              ] 12.34MB / 45.60MB 1.0s
     => => sha256:22                            [====================] 45.60MB / 45.60MB 1.0s
     => => transferring context:                                                  7.00kB 1.0s
    ");
}

#[test]
fn a_window_that_changes_is_drawn_anew() {
    let mut screen = Screen::new(60, 14);
    screen.update(0, &busy());
    screen.resize(30, 10);
    screen.tick(200);
    screen.tick(400);
    let narrow = screen.text();
    assert!(narrow.lines().all(|line| line.len() < 30), "{narrow}");
    screen.resize(100, 20);
    screen.tick(600);
    screen.tick(800);
    assert_eq!(
        screen.text().matches("[+] Building").count(),
        1,
        "{}",
        screen.text()
    );
}

#[test]
fn a_flood_is_drawn_ten_times_a_second() {
    let mut screen = Screen::new(80, 24);
    screen.update(0, &vertices(vec![vertex("a", Some(0), None)]));
    let before = screen.written;
    for number in 0..1000 {
        screen.update(number, &logs(vec![log("a", 1, "line\n".repeat(100))]));
    }
    let frame = screen.written - before;
    assert!(frame < 10 * 1000, "{frame} bytes in a second");
}

#[test]
fn hostile_logs_and_names_stay_in_their_lines() {
    let mut screen = Screen::new(60, 10);
    let hostile = control::Vertex {
        name: "\u{1b}[2J\u{1b}[Hname\r\nsecond\u{1b}]0;title\u{7}".to_owned(),
        ..vertex("a", Some(0), None)
    };
    screen.update(0, &vertices(vec![hostile]));
    screen.update(
        500,
        &logs(vec![log(
            "a",
            1,
            "\u{1b}[5A\u{1b}[31mup\u{1b}[?1049h\u{8}\u{8}\u{8}\nlong ".to_owned()
                + &"日".repeat(200)
                + "\n",
        )]),
    );
    insta::assert_snapshot!(screen.text(), @"
    [+] Building 0.5s (0/1)
     => name  second                                       0.5s
     => => # up
     => => # long 日日日日日日日日日日日日日日日日日日日日日...
    ");
}

#[test]
fn what_is_dropped_gives_the_cursor_back() {
    let mut bytes = Vec::new();
    let variable = |name: &str| (name == "TERM").then(|| "xterm".to_owned());
    let mut progress =
        Progress::new(Mode::Tty, Terminal::new(true, &variable), &mut bytes).unwrap();
    progress
        .update(&vertices(vec![vertex("a", Some(0), None)]), Instant::now())
        .unwrap();
    drop(progress);
    assert!(bytes.ends_with(b"\x1b[?25h"));
}

#[test]
fn without_colour_there_are_only_movements() {
    let variables = |name: &str| match name {
        "TERM" => Some("xterm".to_owned()),
        "NO_COLOR" => Some("1".to_owned()),
        _ => None,
    };
    let drawn = |variable: &dyn Fn(&str) -> Option<String>| {
        let mut bytes = Vec::new();
        let mut progress =
            Progress::new(Mode::Tty, Terminal::new(true, variable), &mut bytes).unwrap();
        progress.update(&busy(), Instant::now()).unwrap();
        drop(progress);
        String::from_utf8(bytes).unwrap()
    };
    let colours = regex::Regex::new("\u{1b}\\[[0-9;]*m").unwrap();
    assert!(!colours.is_match(&drawn(&variables)));
    assert!(colours.is_match(&drawn(&|name| (name == "TERM").then(|| "xterm".to_owned()))));
}
