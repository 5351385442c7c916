//! Whole builds in each mode.

use super::testing::{BUILT, FAILING, messages, shown};
use super::{Failure, Mode, Outcome};
use crate::proto::google::protobuf::Any;
use crate::proto::google::rpc;

/// The error of the recorded build.
fn failure() -> Failure {
    Failure::from(rpc::Status {
        code: 2,
        message:
            "process \"sh -c echo last words; exit 7\" did not complete successfully: exit code: 7"
                .to_owned(),
        details: vec![Any {
            type_url: "github.com/moby/buildkit/errdefs.Source+json".to_owned(),
            value: include_bytes!("recorded/failing.source.json").to_vec(),
        }],
    })
}

#[test]
fn plain_shows_a_build_as_docker_buildx_does() {
    insta::assert_snapshot!(shown(Mode::Plain, &messages(BUILT), Outcome::Built), @"
    #1 resolve image config for docker-image://localhost:5000/railpack-frontend:test
    #1 DONE 0.0s

    #2 docker-image://localhost:5000/railpack-frontend:test@sha256:2a3e7fc75190ce7b86a0b494169cf1cb3b592b435a57bd353afdd811a8c1231d
    #2 resolve localhost:5000/railpack-frontend:test@sha256:2a3e7fc75190ce7b86a0b494169cf1cb3b592b435a57bd353afdd811a8c1231d done
    #2 CACHED

    #3 [internal] load build plan from rpk.json or railpack-plan.json
    #3 transferring dockerfile: 4.19kB done
    #3 DONE 0.0s

    #4 [internal] load metadata for localhost:5000/railpack-builder:test
    #4 DONE 0.0s

    #5 [internal] load metadata for localhost:5000/railpack-runtime:test
    #5 DONE 0.0s

    #6 docker-image://localhost:5000/railpack-runtime:test@sha256:99ba22ab5a9dfbdc72beb858bc0c0a1e6e2be7b6dd1cf8a5d9621bb4cac3accc
    #6 resolve localhost:5000/railpack-runtime:test@sha256:99ba22ab5a9dfbdc72beb858bc0c0a1e6e2be7b6dd1cf8a5d9621bb4cac3accc done
    #6 DONE 0.0s

    #7 docker-image://localhost:5000/railpack-builder:test@sha256:9ed3a3acd73c173bdc118dc7f5f4478d806a1df83ca62a7011ca601439730d01
    #7 resolve localhost:5000/railpack-builder:test@sha256:9ed3a3acd73c173bdc118dc7f5f4478d806a1df83ca62a7011ca601439730d01 done
    #7 DONE 0.0s

    #8 [packages:mise] create mise config
    #8 CACHED

    #9 [packages:mise] install mise packages: bun, node
    #9 CACHED

    #10 load the app's tree
    #10 transferring context: 2.19kB 0.0s done
    #10 DONE 0.0s

    #11 [install] mkdir -p /app/node_modules/.cache
    #11 DONE 0.1s

    #12 [install] copy bun.lock, copy package.json
    #12 DONE 0.0s

    #13 [install] bun install --frozen-lockfile
    #13 0.549 bun install v1.3.14 (0d9b296a)
    #13 0.572 
    #13 0.572 + @types/ms@2.1.0
    #13 0.572 + ms@2.1.3
    #13 0.572 
    #13 0.572 2 packages installed [48.00ms]
    #13 DONE 0.6s

    #14 [build] copy . from the app's tree
    #14 DONE 0.0s

    #15 [build] bun run build
    #15 CACHED

    #16 [deploy] copy /root/.cache, . from build
    #16 CACHED

    #17 [deploy] copy /mise/shims, /mise/installs, /usr/local/bin/mise, /etc/mise/config.toml, /root/.local/state/mise from packages:mise
    #17 CACHED

    #18 [packages:apt:runtime] install apt packages: libatomic1
    #18 CACHED

    #19 [deploy] copy /app/node_modules from build
    #19 CACHED

    #20 [deploy] merge packages:apt:runtime, packages:mise, build, build
    #20 CACHED

    #21 exporting to oci image format
    #21 exporting layers done
    #21 exporting manifest sha256:059219ed084caf18e5ee363b2f23bbf9d1b49f97257ba126cab022a697e2a83b done
    #21 exporting config sha256:999e7f9d66f0ffb5529745228b1037229121caa9f84f8515e55dd9a95e5f9351 done
    #21 sending tarball 2.3s done
    #21 DONE 2.3s
    ");
}

#[test]
fn plain_ends_with_the_failing_log_the_plans_lines_and_the_error() {
    let failure = failure();
    insta::assert_snapshot!(shown(Mode::Plain, &messages(FAILING), Outcome::Failed(&failure)), @r#"
    #1 resolve image config for docker-image://localhost:5000/railpack-frontend:test
    #1 DONE 0.0s

    #2 docker-image://localhost:5000/railpack-frontend:test@sha256:2a3e7fc75190ce7b86a0b494169cf1cb3b592b435a57bd353afdd811a8c1231d
    #2 resolve localhost:5000/railpack-frontend:test@sha256:2a3e7fc75190ce7b86a0b494169cf1cb3b592b435a57bd353afdd811a8c1231d done
    #2 DONE 0.0s

    #3 [internal] load build plan from rpk.json or railpack-plan.json
    #3 DONE 0.0s

    #3 [internal] load build plan from rpk.json or railpack-plan.json
    #3 transferring dockerfile: 924B done
    #3 WARN: unknown field `cmds` in `steps[0]` (rpk.json:6)
    #3 DONE 0.0s

    #4 [internal] load metadata for localhost:5000/railpack-runtime:test
    #4 DONE 0.0s

    #5 [internal] load metadata for localhost:5000/railpack-builder:test
    #5 DONE 0.0s

    #6 docker-image://localhost:5000/railpack-builder:test@sha256:9ed3a3acd73c173bdc118dc7f5f4478d806a1df83ca62a7011ca601439730d01
    #6 resolve localhost:5000/railpack-builder:test@sha256:9ed3a3acd73c173bdc118dc7f5f4478d806a1df83ca62a7011ca601439730d01 done
    #6 CACHED

    #7 docker-image://localhost:5000/railpack-runtime:test@sha256:99ba22ab5a9dfbdc72beb858bc0c0a1e6e2be7b6dd1cf8a5d9621bb4cac3accc
    #7 resolve localhost:5000/railpack-runtime:test@sha256:99ba22ab5a9dfbdc72beb858bc0c0a1e6e2be7b6dd1cf8a5d9621bb4cac3accc 0.0s done
    #7 DONE 0.0s

    #8 [slow] sh -c 'for i in 1 2 3 4 5 6 7 8; do echo slow $i; sleep 0.2; done'
    #8 0.106 slow 1
    #8 0.310 slow 2
    #8 0.512 slow 3
    #8 0.714 slow 4
    #8 0.916 slow 5
    #8 ...

    #9 [build] sh -c 'for i in 1 2 3; do printf "\033[3${i}mline $i\033[0m\r\n"; sleep 0.3; done; echo oops >&2'
    #9 0.106 line 1
    #9 0.411 line 2
    #9 0.713 line 3
    #9 1.015 oops
    #9 DONE 1.0s

    #10 [build] sh -c 'echo last words; exit 7'
    #10 0.067 last words
    #10 ERROR: process "sh -c echo last words; exit 7" did not complete successfully: exit code: 7

    #8 [slow] sh -c 'for i in 1 2 3 4 5 6 7 8; do echo slow $i; sleep 0.2; done'
    #8 1.117 slow 6
    #8 CANCELED

    warning: unknown field `cmds` in `steps[0]` (rpk.json:6)
      at rpk.json:6
      it is ignored

    ------
     > [build] sh -c 'echo last words; exit 7':
    0.067 last words
    ------
    rpk.json:9
    --------------------
       7 |           "commands": [
       8 |             {"cmd": "sh -c 'for i in 1 2 3; do printf \"\\033[3${i}mline $i\\033[0m\\r\\n\"; sleep 0.3; done; echo oops >&2'"},
       9 | >>>         {"cmd": "sh -c 'echo last words; exit 7'"}
      10 |           ]
      11 |         },
    --------------------
    error: process "sh -c echo last words; exit 7" did not complete successfully: exit code: 7
    "#);
}

#[test]
fn quiet_shows_nothing_of_a_build_that_works() {
    assert_eq!(shown(Mode::Quiet, &messages(BUILT), Outcome::Built), "");
}

#[test]
fn quiet_says_why_a_build_failed() {
    let failure = failure();
    insta::assert_snapshot!(shown(Mode::Quiet, &messages(FAILING), Outcome::Failed(&failure)), @r#"
    ------
     > [build] sh -c 'echo last words; exit 7':
    0.067 last words
    ------
    rpk.json:9
    --------------------
       7 |           "commands": [
       8 |             {"cmd": "sh -c 'for i in 1 2 3; do printf \"\\033[3${i}mline $i\\033[0m\\r\\n\"; sleep 0.3; done; echo oops >&2'"},
       9 | >>>         {"cmd": "sh -c 'echo last words; exit 7'"}
      10 |           ]
      11 |         },
    --------------------
    error: process "sh -c echo last words; exit 7" did not complete successfully: exit code: 7
    "#);
}
