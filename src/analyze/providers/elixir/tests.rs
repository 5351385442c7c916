//! Whole plans of small apps.

use crate::analyze::app::memory::Memory;
use crate::analyze::testing::{commands, package, plan, start_command, step, try_plan};

fn app(files: &[(&str, &str)]) -> Memory {
    files.iter().fold(Memory::default(), |tree, (path, text)| {
        tree.file(path, text)
    })
}

const PLAIN: &str = "app: :friends,\nelixir: \"~> 1.17\",\n";
const PHOENIX: &str = "app: :hello,\n{:phoenix, \"~> 1.7\"}\n\"assets.setup\": [],\n\"assets.deploy\": []\n\"ecto.deploy\": []\n";

fn planned(files: &[(&str, &str)]) -> String {
    let analysis = plan(app(files), &[]);
    let start = start_command(&analysis).unwrap_or("nothing");
    let build = step(&analysis, "build");
    let taken: Vec<_> = build.inputs[1]
        .value
        .filter
        .include
        .iter()
        .map(|path| path.value.as_str())
        .collect();
    format!(
        "{}\n{}\n{}\nstarts {start}",
        commands(&analysis, "install").join("\n"),
        taken.join(" "),
        commands(&analysis, "build").join("\n")
    )
}

#[test]
fn dependencies_are_installed_before_the_sources_are_there() {
    insta::assert_snapshot!([
        planned(&[("mix.exs", PHOENIX), ("mix.lock", ""), ("config/config.exs", "")]),
        planned(&[("mix.exs", PLAIN)]),
    ].join("\n---\n"), @"
    mkdir -p config deps _build
    mix local.hex --force
    mix local.rebar --force
    COPY mix.exs mix.exs
    COPY mix.lock mix.lock
    mix deps.get --only prod
    COPY config/config.exs* config/
    COPY config/prod.exs* config/
    mix deps.compile
    mix assets.setup
    deps _build config mix.exs mix.lock /root/.mix
    COPY priv* .
    COPY lib* .
    COPY assets* .
    COPY config/runtime.exs* config/
    mix compile
    mix assets.deploy
    mix ecto.deploy
    COPY rel* .
    mix release
    starts /app/_build/prod/rel/hello/bin/hello start
    ---
    mkdir -p config deps _build
    COPY mix.exs mix.exs
    mix deps.get --only prod
    mix deps.compile
    deps _build config mix.exs
    COPY priv* .
    COPY lib* .
    COPY assets* .
    mix compile
    COPY rel* .
    mix release
    starts /app/_build/prod/rel/friends/bin/friends start
    ");
}

#[test]
fn an_umbrella_is_there_as_a_whole() {
    let umbrella = "apps_path: \"apps\",\nreleases: [shop: []]\n{:plug, \"1.0\"}\n";
    let files = [
        ("mix.exs", umbrella),
        ("mix.lock", ""),
        ("apps/a/mix.exs", ""),
    ];
    insta::assert_snapshot!(planned(&files), @"
    mkdir -p config deps _build
    mix local.hex --force
    mix local.rebar --force
    mix deps.get --only prod
    mix deps.compile
    deps _build config mix.exs mix.lock /root/.mix apps
    mix compile
    mix release
    starts /app/_build/prod/rel/shop/bin/shop start
    ");
    let analysis = plan(app(&files), &[]);
    assert_eq!(step(&analysis, "install").inputs.len(), 2);
    assert_eq!(step(&analysis, "build").inputs.len(), 3);
}

#[test]
fn erlang_goes_with_elixir() {
    let versions = |files: &[(&str, &str)], variables: &[(&str, &str)]| {
        let files = [&[("mix.exs", PLAIN)], files].concat();
        let analysis = plan(app(&files), variables);
        let shown = |tool| {
            let (version, origin) = package(&analysis, tool).unwrap();
            format!("{tool} {version} ({origin})")
        };
        format!("{}, {}", shown("elixir"), shown("erlang"))
    };
    insta::assert_snapshot!([
        versions(&[], &[]),
        versions(&[(".elixir-version", "1.19.1-otp-28\n")], &[]),
        versions(&[], &[("RAILPACK_ELIXIR_VERSION", "1.14.5"), ("RAILPACK_ERLANG_VERSION", "25")]),
        versions(&[(".erlang-version", "27.2\n")], &[]),
        versions(&[(".tool-versions", "elixir 1.18.4\nerlang 28.0\n")], &[]),
        versions(&[(".elixir-version", "main\n")], &[]),
    ].join("\n"), @"
    elixir 1.17 (mix.exs), erlang 27 (elixir 1.17)
    elixir 1.19.1-otp-28 (.elixir-version), erlang 28 (elixir 1.19.1-otp-28)
    elixir 1.14.5 (RAILPACK_ELIXIR_VERSION), erlang 25 (RAILPACK_ERLANG_VERSION)
    elixir 1.17 (mix.exs), erlang 27.2 (.erlang-version)
    elixir 1.18.4 (.tool-versions), erlang 28.0 (.tool-versions)
    elixir main (.elixir-version), erlang 27.3 (railpack default)
    ");
}

#[test]
fn what_cannot_be_planned_is_told() {
    let files = [("mix.exs", PLAIN), ("assets/package.json", "{}")];
    let error = try_plan(app(&files), &[]).unwrap_err();
    insta::assert_snapshot!(error, @"found assets/package.json: packages of Node.js for the assets of an Elixir app is not supported yet");
    let analysis = plan(app(&[("mix.exs", "app: name()")]), &[]);
    let told = analysis.messages.last().unwrap();
    insta::assert_snapshot!(told.text, @"
    no start command found

    for an Elixir app the release is started that mix.exs names:
    1. the first one in `releases: [name: ...]`
    2. the app of `app: :name`
    ");
}
