//! From a plan to what its picture shows.

use std::collections::BTreeMap;

use super::model::{Box, BoxKind, Flow, FlowKind, Graph, ImageLayer, Line, Tag, TagKind};
use crate::plan::{Command, Filter, ImageConfig, Layer, LayerSource, Plan, Spanned, Step};

/// In a list of secrets: all of them.
const ALL_SECRETS: &str = "*";
/// What stands in front of a copy.
const COPY: &str = "copy";

/// What the picture of a plan shows.
pub(super) fn graph(plan: &Plan) -> Graph {
    let ranks = ranks(plan);
    let last = ranks.values().max().copied().unwrap_or_default() + 1;
    let mut builder = Builder::default();
    for step in &plan.steps {
        let name = step.name.value.as_str();
        let rank = ranks.get(name).copied().unwrap_or(1);
        builder.steps.insert(name, builder.graph.boxes.len());
        builder.graph.boxes.push(step_box(step, plan, rank));
    }
    for step in &plan.steps {
        builder.add_flows_of_step(step);
    }
    builder.add_image(plan, last);
    builder.graph
}

/// The row of each step: the first below all that it builds on. In a plan that goes in circles, which cannot be built,
/// the rows end somewhere too.
fn ranks(plan: &Plan) -> BTreeMap<&str, usize> {
    let mut ranks: BTreeMap<_, _> = plan
        .steps
        .iter()
        .map(|step| (step.name.value.as_str(), 1))
        .collect();
    for _ in 0..plan.steps.len() {
        let before = ranks.clone();
        for step in &plan.steps {
            let above = step.inputs.iter().filter_map(|input| match &input.source {
                LayerSource::Step(name) => ranks.get(name.as_str()).copied(),
                _ => None,
            });
            let rank = above.max().map_or(1, |rank| rank + 1);
            ranks.insert(step.name.value.as_str(), rank.min(plan.steps.len()));
        }
        if ranks == before {
            break;
        }
    }
    ranks
}

fn step_box(step: &Step, plan: &Plan, rank: usize) -> Box {
    let is_in_image =
        plan.deploy.base.iter().chain(&plan.deploy.inputs).any(
            |input| matches!(&input.source, LayerSource::Step(name) if *name == step.name.value),
        );
    let mut tags: Vec<_> = step
        .caches
        .iter()
        .map(|key| Tag {
            kind: TagKind::Cache,
            text: key.value.clone(),
            whole: match plan.caches.get(&key.value) {
                Some(cache) => format!("cache {}: {}", key.value, cache.directory),
                None => format!("cache {}", key.value),
            },
        })
        .collect();
    if !plan.secrets.is_empty() {
        tags.extend(step.secrets.iter().map(|name| {
            let text = match name.value.as_str() {
                ALL_SECRETS => "all secrets".to_owned(),
                name => name.to_owned(),
            };
            Tag {
                kind: TagKind::Secret,
                whole: match name.value.as_str() {
                    ALL_SECRETS => format!("secrets: {}", list(&plan.secrets)),
                    name => format!("secret {name}"),
                },
                text,
            }
        }));
    }
    tags.extend(step.secret_files.iter().map(|file| Tag {
        kind: TagKind::Secret,
        text: file.id.clone(),
        whole: format!("secret file {}: {}", file.id, file.path),
    }));
    tags.extend(step.ssh.iter().map(|id| Tag {
        kind: TagKind::Secret,
        text: format!("SSH {}", id.value),
        whole: format!("SSH agent {}", id.value),
    }));
    Box {
        kind: BoxKind::Step { is_in_image },
        name: step.name.value.clone(),
        rank,
        lines: lines(step),
        tags,
        layers: Vec::new(),
    }
}

/// What a step does, a line each; copies in a row are one line, so that they do not hide the rest.
fn lines(step: &Step) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for command in &step.commands {
        let next = line(command);
        match lines.last_mut() {
            Some(last) if last.label == COPY && next.label == COPY => {
                last.text = format!("{}, {}", last.text, next.text);
                last.whole = format!("{}\n{}", last.whole, next.whole);
            }
            _ => lines.push(next),
        }
    }
    lines
}

fn line(command: &Command) -> Line {
    match command {
        Command::Exec(exec) => Line {
            label: "$",
            text: exec.custom_name.clone().unwrap_or(exec.cmd.clone()),
            whole: exec.cmd.clone(),
        },
        Command::Path(path) => Line::new("PATH", path.path.clone()),
        Command::File(file) => Line::new("write", file.path.clone()),
        Command::Copy(copy) => {
            let from = match &copy.image {
                Some(image) => format!("{} from {image}", copy.src),
                None => copy.src.clone(),
            };
            Line::new(
                COPY,
                if copy.src == copy.dest {
                    from
                } else {
                    format!("{from} to {}", copy.dest)
                },
            )
        }
    }
}

/// The picture on its way.
#[derive(Default)]
struct Builder<'a> {
    graph: Graph,
    steps: BTreeMap<&'a str, usize>,
    /// What is pulled or sent, by the row below which it is used: one box for a row, so that no line is long.
    sources: BTreeMap<(&'a str, usize), usize>,
}

impl<'a> Builder<'a> {
    fn add_flows_of_step(&mut self, step: &'a Step) {
        let Some(&to) = self.steps.get(step.name.value.as_str()) else {
            return;
        };
        for (index, input) in step.inputs.iter().enumerate() {
            let kind = if index == 0 {
                FlowKind::Base
            } else {
                FlowKind::Layer
            };
            self.add_input(input, to, kind, None);
        }
        for command in &step.commands {
            if let Command::Copy(copy) = &command.value {
                let source = copy.image.as_deref().unwrap_or_default();
                let from = self.source(source, to);
                self.add_flow(from, to, FlowKind::Copy, None, copy.src.clone());
            }
        }
    }

    fn add_image(&mut self, plan: &'a Plan, rank: usize) {
        let deploy = &plan.deploy;
        let to = self.graph.boxes.len();
        let mut lines = Vec::new();
        if let Some(command) = &deploy.start_command {
            lines.push(Line {
                label: "$",
                text: command.to_string(),
                whole: command.to_string(),
            });
        }
        if !deploy.paths.is_empty() {
            lines.push(Line::new("PATH", list(&deploy.paths)));
        }
        if !deploy.variables.is_empty() {
            let names: Vec<_> = deploy.variables.keys().map(String::as_str).collect();
            lines.push(Line::new("variables", names.join(", ")));
        }
        lines.extend(config_lines(&deploy.config));
        self.graph.boxes.push(Box {
            kind: BoxKind::Result,
            name: "image".to_owned(),
            rank,
            lines,
            tags: Vec::new(),
            layers: Vec::new(),
        });
        let base = deploy.base.iter().map(|base| (FlowKind::Base, base));
        let inputs = deploy.inputs.iter().map(|input| (FlowKind::Layer, input));
        let mut layers: Vec<ImageLayer> = Vec::new();
        for (kind, input) in base.chain(inputs) {
            let source = source_name(&input.source);
            // Layers of one step that follow each other are one box with all their paths.
            if let Some(last) = layers.last_mut().filter(|last| last.source == source) {
                last.paths.extend(paths(&input.filter));
                continue;
            }
            layers.push(ImageLayer {
                source,
                paths: paths(&input.filter),
            });
            self.add_input(input, to, kind, Some(layers.len() - 1));
        }
        if let Some(image) = self.graph.boxes.get_mut(to) {
            image.layers = layers;
        }
    }

    fn add_input(&mut self, input: &'a Layer, to: usize, kind: FlowKind, layer: Option<usize>) {
        let from = match &input.source {
            LayerSource::Step(name) => self.steps.get(name.as_str()).copied(),
            LayerSource::Image(image) => Some(self.source(image, to)),
            LayerSource::Local => Some(self.source("", to)),
            LayerSource::Spread => None,
        };
        let Some(from) = from else { return };
        self.add_flow(from, to, kind, layer, paths(&input.filter).join(", "));
    }

    /// Adds a flow, or adds to the one that is there between the two.
    fn add_flow(
        &mut self,
        from: usize,
        to: usize,
        kind: FlowKind,
        layer: Option<usize>,
        what: String,
    ) {
        let rank = |index: usize| self.graph.boxes.get(index).map(|found| found.rank);
        if rank(from) >= rank(to) {
            return;
        }
        let same = self
            .graph
            .flows
            .iter_mut()
            .find(|flow| (flow.from, flow.to, flow.layer) == (from, to, layer));
        if let Some(flow) = same {
            flow.kind = flow.kind.min(kind);
            if flow.what != what {
                flow.what = format!("{}, {what}", flow.what);
            }
            return;
        }
        self.graph.flows.push(Flow {
            from,
            to,
            kind,
            layer,
            what,
        });
    }

    /// The box of an image, or of the app's directory if the name is empty, above the row of a box.
    fn source(&mut self, name: &'a str, to: usize) -> usize {
        let rank = self.graph.boxes.get(to).map_or(1, |found| found.rank) - 1;
        let next = self.graph.boxes.len();
        let index = *self.sources.entry((name, rank)).or_insert(next);
        if index == next {
            let (kind, name) = if name.is_empty() {
                (BoxKind::Local, "the app's directory")
            } else {
                (BoxKind::Source, name)
            };
            self.graph.boxes.push(Box {
                kind,
                name: name.to_owned(),
                rank,
                lines: Vec::new(),
                tags: Vec::new(),
                layers: Vec::new(),
            });
        }
        index
    }
}

/// What the image's configuration says beside its environment.
fn config_lines(config: &ImageConfig) -> Vec<Line> {
    let names: Vec<_> = config.labels.keys().map(String::as_str).collect();
    let healthcheck = config.healthcheck.as_ref();
    let healthy_if = healthcheck.and_then(|healthcheck| healthcheck.test.as_ref());
    let texts = [
        ("user", config.user.as_ref().map(|user| user.value.clone())),
        ("ports", Some(list(&config.exposed_ports))),
        ("volumes", Some(list(&config.volumes))),
        ("healthy if", healthy_if.map(|line| line.to_string())),
        (
            "stop by",
            config
                .stop_signal
                .as_ref()
                .map(|signal| signal.value.clone()),
        ),
        ("labels", Some(names.join(", "))),
    ];
    let lines = texts.into_iter().filter_map(|(label, text)| {
        let text = text.filter(|text| !text.is_empty())?;
        Some(Line::new(label, text))
    });
    lines.collect()
}

fn source_name(source: &LayerSource) -> String {
    match source {
        LayerSource::Image(name) | LayerSource::Step(name) => name.clone(),
        LayerSource::Local => "the app's directory".to_owned(),
        LayerSource::Spread => "...".to_owned(),
    }
}

/// Which files a layer takes, a line each.
fn paths(filter: &Filter) -> Vec<String> {
    let mut paths: Vec<_> = filter
        .include
        .iter()
        .map(|path| match path.value.as_str() {
            "." => "/app".to_owned(),
            path => path.to_owned(),
        })
        .collect();
    if paths.is_empty() {
        paths.push("all files".to_owned());
    }
    if !filter.exclude.is_empty() {
        paths.push(format!("without {}", list(&filter.exclude)));
    }
    paths
}

fn list(items: &[Spanned<String>]) -> String {
    let items: Vec<_> = items.iter().map(|item| item.value.as_str()).collect();
    items.join(", ")
}
