//! Whole plans of small apps.

use crate::analyze::app::memory::Memory;
use crate::analyze::testing::{caches, commands, package, plan, start_command, step, try_plan};

fn app(files: &[(&str, &str)]) -> Memory {
    files.iter().fold(Memory::default(), |tree, (path, text)| {
        tree.file(path, text)
    })
}

fn pom(text: &str) -> String {
    format!("<project xmlns=\"http://maven.apache.org/POM/4.0.0\">{text}</project>")
}

/// What is built, started, and in the image of it.
fn planned(files: &[(&str, &str)]) -> String {
    let analysis = plan(app(files), &[]);
    let lines = commands(&analysis, "build").join("\n");
    let start = start_command(&analysis).unwrap_or("nothing");
    let output = analysis.plan.deploy.inputs.last().unwrap();
    let output = &output.value.filter.include[0].value;
    format!("{lines}\nstarts {start} in {output}")
}

fn version(files: &[(&str, &str)], variables: &[(&str, &str)]) -> String {
    let analysis = plan(app(files), variables);
    let (version, origin) = package(&analysis, "java").unwrap();
    format!("{version} ({origin})")
}

#[test]
fn maven_builds_a_pom() {
    let spring = pom(
        "<parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId></parent>",
    );
    let plain = pom("");
    let wrapper = [
        ("pom.xml", plain.as_str()),
        ("mvnw", ""),
        (".mvn/wrapper/maven-wrapper.properties", ""),
    ];
    insta::assert_snapshot!([
        planned(&[("pom.xml", &plain)]),
        planned(&[("pom.xml", &spring)]),
        planned(&wrapper),
        planned(&[("pom.yml", "")]),
    ].join("\n---\n"), @"
    mvn -DoutputFile=target/mvn-dependency-list.log -B -DskipTests clean dependency:list install -Pproduction
    starts java  $JAVA_OPTS -jar target/*jar in target/.
    ---
    mvn -DoutputFile=target/mvn-dependency-list.log -B -DskipTests clean dependency:list install -Pproduction
    starts java -Dserver.port=$PORT $JAVA_OPTS -jar target/*jar in target/.
    ---
    chmod +x mvnw
    ./mvnw -DoutputFile=target/mvn-dependency-list.log -B -DskipTests clean dependency:list install -Pproduction
    starts java  $JAVA_OPTS -jar target/*jar in target/.
    ---
    mvn -DoutputFile=target/mvn-dependency-list.log -B -DskipTests clean dependency:list install -Pproduction
    starts java $JAVA_OPTS -jar target/*jar in target/.
    ");
    let analysis = plan(app(&[("pom.xml", &plain)]), &[]);
    assert_eq!(caches(&analysis, "build"), ["maven"]);
    let tools = &step(&analysis, "packages:mise:runtime").assets["generated-mise-toml"];
    assert!(
        tools.starts_with("[tools]\njava = \"21\"\n\n"),
        "{}",
        tools.value
    );
}

#[test]
fn the_module_that_packages_all_it_needs_is_started() {
    let root = pom(
        "<packaging>pom</packaging><modules><module>core</module><module>../x</module><module>web</module></modules>",
    );
    let core = pom("");
    let web = pom(
        "<build><plugins><plugin><artifactId>maven-shade-plugin</artifactId></plugin></plugins></build>",
    );
    let files = [
        ("pom.xml", root.as_str()),
        ("core/pom.xml", &core),
        ("web/pom.xml", &web),
    ];
    insta::assert_snapshot!([planned(&files), planned(&files[..2])].join("\n---\n"), @"
    mvn -DoutputFile=target/mvn-dependency-list.log -B -DskipTests clean dependency:list install -Pproduction
    starts java  $JAVA_OPTS -jar web/target/*jar in .
    ---
    mvn -DoutputFile=target/mvn-dependency-list.log -B -DskipTests clean dependency:list install -Pproduction
    starts nothing in .
    ");
}

#[test]
fn gradle_builds_what_has_its_wrapper() {
    let properties = (
        "gradle/wrapper/gradle-wrapper.properties",
        "distributionBase=GRADLE_USER_HOME\ndistributionUrl=https\\://services.gradle.org/distributions/gradle-8.14-bin.zip\n",
    );
    let spring = (
        "build.gradle.kts",
        "plugins { id(\"org.springframework.boot\") version \"3.5.0\" }\n",
    );
    insta::assert_snapshot!([
        planned(&[("gradlew", ""), ("pom.xml", "")]),
        planned(&[("gradlew", ""), properties, spring]),
        planned(&[("gradlew", ""), spring, ("settings.gradle", "include 'lib'\n"), ("src/main/java/App.java", "")]),
        planned(&[("gradlew", ""), ("build.gradle", ""), ("settings.gradle.kts", "include(\"app\")\n"), ("app/build.gradle", "id 'org.springframework.boot'")]),
    ].join("\n---\n"), @"
    chmod +x gradlew
    ./gradlew clean build -x check -x test -Pproduction
    starts java $JAVA_OPTS -jar  $(ls -1 */build/libs/*jar | grep -v plain) in .
    ---
    chmod +x gradlew
    ./gradlew clean build -x check -x test -Pproduction
    starts java $JAVA_OPTS -jar -Dserver.port=$PORT $(ls -1 build/libs/*jar | grep -v plain) in .
    ---
    chmod +x gradlew
    ./gradlew clean build -x check -x test -Pproduction
    starts java $JAVA_OPTS -jar -Dserver.port=$PORT $(ls -1 build/libs/*jar | grep -v plain) in .
    ---
    chmod +x gradlew
    ./gradlew clean build -x check -x test -Pproduction
    starts java $JAVA_OPTS -jar -Dserver.port=$PORT $(ls -1 */build/libs/*jar | grep -v plain) in .
    ");
    let analysis = plan(app(&[("gradlew", ""), properties]), &[]);
    assert_eq!(
        package(&analysis, "gradle"),
        Some(("8", "gradle/wrapper/gradle-wrapper.properties"))
    );
    assert_eq!(caches(&analysis, "build"), ["gradle"]);
}

#[test]
fn the_version_is_of_mise_then_of_the_setting_then_what_the_app_needs() {
    let old = (
        "gradle/wrapper/gradle-wrapper.properties",
        "distributionUrl=https\\://services.gradle.org/distributions/gradle-4.10-all.zip\n",
    );
    let release = |version: &str| {
        pom(&format!(
            "<properties><maven.compiler.release>{version}</maven.compiler.release></properties>"
        ))
    };
    let (newer, older) = (release("25"), release(" 17 "));
    let setting = [("RAILPACK_JDK_VERSION", "17")];
    let tools = (".tool-versions", "java temurin-11\n");
    insta::assert_snapshot!([
        version(&[("pom.xml", &newer), tools], &setting),
        version(&[("pom.xml", &newer)], &setting),
        version(&[("pom.xml", &newer)], &[]),
        version(&[("pom.xml", &older)], &[]),
        version(&[("gradlew", ""), old], &[]),
        version(&[("gradlew", ""), old], &setting),
    ].join("\n"), @"
    temurin-11 (.tool-versions)
    17 (RAILPACK_JDK_VERSION)
    25 (pom.xml)
    21 (railpack default)
    8 (Gradle 5 and older)
    17 (RAILPACK_JDK_VERSION)
    ");
}

#[test]
fn malformed_files_are_errors_with_their_place() {
    let told = |files: &[(&str, &str)]| try_plan(app(files), &[]).unwrap_err().to_string();
    let properties = (
        "gradle/wrapper/gradle-wrapper.properties",
        "# x\ndistributionUrl=latest\n",
    );
    insta::assert_snapshot!([
        told(&[("pom.xml", "<project>\n  <modules>\n</project>")]),
        told(&[("gradlew", ""), properties]),
    ].join("\n"), @r"
    pom.xml:3:1: expected 'modules' tag, not 'project'
    gradle/wrapper/gradle-wrapper.properties:2: found `latest`, expected the address of a distribution, such as https\://services.gradle.org/distributions/gradle-8.14-bin.zip
    ");
}
