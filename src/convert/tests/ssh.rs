//! The client's SSH agents.

use super::*;

#[test]
fn the_commands_of_a_step_find_the_agents_that_it_asks_for() {
    let json = plan(
        r#"{"name": "first", "inputs": [{"image": "builder"}], "commands": [{"cmd": "one"}]},
           {"name": "last", "inputs": [{"step": "first"}], "ssh": ["default", "deploy"], "commands": [{"cmd": "two"}]}"#,
    );
    let decoded = converted(&json);
    let agents = |name: &str| {
        let mounts = decoded.exec(name).1.mounts.clone().into_iter();
        let agents = mounts.filter_map(|mount| {
            let agent = mount.ssh_opt?;
            assert_eq!(mount.mount_type, pb::MountType::Ssh as i32);
            assert_eq!(mount.input, -1);
            assert!(!agent.optional);
            Some((agent.id, mount.dest, agent.mode))
        });
        agents.collect::<Vec<_>>()
    };
    assert_eq!(agents("[first] one"), []);
    let expected = [("default", 0), ("deploy", 1)];
    let expected = expected.map(|(id, number)| {
        let socket = format!("/run/buildkit/ssh_agent.{number}");
        (id.to_owned(), socket, 0o600)
    });
    assert_eq!(agents("[last] two"), expected);
    let variable = "SSH_AUTH_SOCK=/run/buildkit/ssh_agent.0".to_owned();
    assert!(decoded.environment("[last] two").contains(&variable));
    assert!(!decoded.environment("[first] one").contains(&variable));
    // The image has none.
    let environment = decoded.image_environment();
    assert!(environment.iter().all(|entry| !entry.contains("SSH")));
}
