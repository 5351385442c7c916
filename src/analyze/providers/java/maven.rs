//! Apps that Maven builds (<https://maven.apache.org/pom.html>).

use roxmltree::Node;

use crate::analyze::app::{App, AppError};

pub(super) const POM: &str = "pom.xml";
/// Another notation of it, for extensions of Maven (<https://github.com/takari/polyglot-maven>).
pub(super) const POMS: &str = "pom.{xml,atom,clj,groovy,rb,scala,yaml,yml}";
/// Where Maven keeps what it downloads.
pub(super) const CACHE: (&str, &str) = ("maven", "/root/.m2/repository");
/// Plugins that make an archive which runs on its own.
const PACKAGING_PLUGINS: [&str; 4] = [
    "spring-boot-maven-plugin",
    "maven-shade-plugin",
    "maven-assembly-plugin",
    "quarkus-maven-plugin",
];

/// What planning reads of a `pom.xml`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Pom {
    /// The directories of a build of several modules.
    pub(super) modules: Vec<String>,
    /// The version of Java that it is compiled for.
    pub(super) release: Option<u32>,
    /// Whether it makes an archive of its own.
    makes_archive: bool,
    packages_all: bool,
    pub(super) server: Server,
}

/// A server that is told its port in its own way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Server {
    #[default]
    Unknown,
    SpringBoot,
    WildFlySwarm,
}

impl Pom {
    /// The file in a directory; the app's directory is the empty text.
    pub(super) fn read(app: &App, directory: &str) -> Result<Option<Self>, AppError> {
        let path = if directory.is_empty() {
            POM.to_owned()
        } else {
            format!("{directory}/{POM}")
        };
        if !app.has(&path)? {
            return Ok(None);
        }
        let text = app.read_text(&path)?;
        let mut pom = app.read_xml(&path, Self::of)?;
        pom.packages_all = PACKAGING_PLUGINS.iter().any(|name| text.contains(name));
        pom.server = Server::of(&text);
        Ok(Some(pom))
    }

    fn of(project: Node<'_, '_>) -> Self {
        let packaging = child(project, "packaging").and_then(|node| node.text());
        let modules = child(project, "modules").map(|modules| {
            let names = modules
                .children()
                .filter(|node| node.has_tag_name(named(*node, "module")));
            names
                .filter_map(|node| Some(node.text()?.trim().to_owned()))
                .collect()
        });
        let properties = child(project, "properties");
        let property = |name| properties.and_then(|properties| child(properties, name)?.text());
        let names = [
            "maven.compiler.release",
            "maven.compiler.target",
            "java.version",
        ];
        Self {
            modules: modules.unwrap_or_default(),
            release: names
                .into_iter()
                .find_map(|name| property(name)?.trim().parse().ok()),
            makes_archive: packaging.map(str::trim) != Some("pom"),
            ..Self::default()
        }
    }

    /// The directory of the module that is started: the app's own, else the first that packages all that it needs.
    pub(super) fn started_module(&self, app: &App) -> Result<Option<(String, Self)>, AppError> {
        if self.makes_archive {
            return Ok(Some((String::new(), self.clone())));
        }
        for module in &self.modules {
            let directory = module.trim_start_matches("./").trim_matches('/');
            if directory.split('/').any(|name| name == "..") {
                continue;
            }
            if let Some(pom) = Self::read(app, directory)?
                && pom.makes_archive
                && pom.packages_all
            {
                return Ok(Some((directory.to_owned(), pom)));
            }
        }
        Ok(None)
    }
}

impl Server {
    fn of(pom: &str) -> Self {
        if pom.contains("<groupId>org.wildfly.swarm") {
            Self::WildFlySwarm
        } else if pom.contains("<groupId>org.springframework.boot")
            && pom.contains("<artifactId>spring-boot")
        {
            Self::SpringBoot
        } else {
            Self::Unknown
        }
    }

    /// The option with which it listens on the port that the container is told.
    pub(super) fn port_option(self) -> &'static str {
        match self {
            Self::WildFlySwarm => "-Dswarm.http.port=$PORT",
            Self::SpringBoot => "-Dserver.port=$PORT",
            Self::Unknown => "",
        }
    }
}

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children()
        .find(|child| child.is_element() && child.tag_name().name() == name)
}

/// The name of an element, in the namespace that a node is in.
fn named<'a>(node: Node<'a, '_>, name: &'a str) -> roxmltree::ExpandedName<'a, 'a> {
    match node.tag_name().namespace() {
        Some(namespace) => (namespace, name).into(),
        None => name.into(),
    }
}
