//! `railpack build`: what the frontend image does, without one.

mod cache;
mod context;
mod elsewhere;
mod examples;
mod failures;
mod interrupted;
mod interrupted_output;
mod layout;
mod loaders;
mod lost;
mod newer_docker;
mod output;
mod phases;
mod programs;
mod registry;
mod secrets;
mod tls;
mod unwritten;
mod usual;

use libtest_mimic::Trial;

/// All tests of the client.
pub(crate) fn subject() -> Vec<Trial> {
    let subjects = [
        cache::subject(),
        context::subject(),
        elsewhere::subject(),
        examples::subject(),
        failures::subject(),
        interrupted::subject(),
        interrupted_output::subject(),
        layout::subject(),
        loaders::subject(),
        lost::subject(),
        newer_docker::subject(),
        output::subject(),
        programs::subject(),
        registry::subject(),
        secrets::subject(),
        tls::subject(),
        unwritten::subject(),
        usual::subject(),
    ];
    subjects.into_iter().flatten().collect()
}
