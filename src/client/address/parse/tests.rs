use super::*;

fn shown(text: &str, service: Service) -> String {
    match Address::parse(text, service) {
        Ok(address) => address.to_string(),
        Err(error) => format!("{error}\n  hint: {}", error.hint()),
    }
}

#[test]
fn each_scheme_becomes_a_socket_a_port_or_a_program() {
    let addresses = [
        "unix:///run/buildkit/buildkitd.sock",
        "tcp://builder:99",
        "tcp://builder",
        "tcp://[::1]:99/",
        "ssh://host",
        "ssh://me@host:22/run/user/1000/buildkit/buildkitd.sock",
        "docker-container://buildkitd",
        "docker-container://buildkitd?context=far",
        "podman-container://buildkitd",
        "nerdctl-container://buildkitd?namespace=n",
        "kube-pod://buildkitd-0",
        "kube-pod://buildkitd-0?context=c&namespace=n&container=b",
    ];
    let shown: Vec<_> = addresses
        .iter()
        .map(|address| shown(address, Service::BuildKit))
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r"
    unix:///run/buildkit/buildkitd.sock
    tcp://builder:99
    tcp://builder:1234
    tcp://[::1]:99
    ssh -o BatchMode=yes -T -- host buildctl dial-stdio
    ssh -o BatchMode=yes -T -l me -p 22 -- host buildctl --addr unix:///run/user/1000/buildkit/buildkitd.sock dial-stdio
    docker exec -i buildkitd buildctl dial-stdio
    docker --context=far exec -i buildkitd buildctl dial-stdio
    podman exec -i buildkitd buildctl dial-stdio
    nerdctl --namespace=n exec -i buildkitd buildctl dial-stdio
    kubectl exec -i buildkitd-0 -- buildctl dial-stdio
    kubectl --context=c --namespace=n exec --container=b -i buildkitd-0 -- buildctl dial-stdio
    ");
}

#[test]
fn docker_is_reached_by_its_own_program() {
    let addresses = [
        "unix:///var/run/docker.sock",
        "tcp://docker",
        "ssh://me@host",
        "ssh://host/run/docker.sock",
    ];
    let shown: Vec<_> = addresses
        .iter()
        .map(|address| shown(address, Service::Docker))
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r"
    unix:///var/run/docker.sock
    tcp://docker:2375
    ssh -o BatchMode=yes -T -l me -- host docker system dial-stdio
    ssh -o BatchMode=yes -T -- host docker --host=unix:///run/docker.sock system dial-stdio
    ");
}

#[test]
fn what_is_wrong_with_an_address_is_told() {
    let addresses = [
        "/run/buildkit/buildkitd.sock",
        "fd://3",
        "unix://",
        "tcp://:1234",
        "tcp://host:port",
        "tcp://::1",
        "tcp://host/path",
        "ssh://me:secret@host",
        "ssh://host/a;reboot",
        "docker-container://",
        "docker-container://--privileged",
        "kube-pod://a b",
        "podman-container://a?context=b",
        "docker-container://a?contxt=b",
    ];
    let shown: Vec<_> = addresses
        .iter()
        .map(|address| shown(address, Service::BuildKit))
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r"
    `/run/buildkit/buildkitd.sock` is not the address of an engine: it has no scheme
      hint: give unix://PATH, tcp://HOST:PORT, ssh://[USER@]HOST, docker-container://NAME, podman-container://NAME, nerdctl-container://NAME or kube-pod://NAME; `docker` is the Docker engine
    `fd://3` is not the address of an engine: its scheme is not known
      hint: give unix://PATH, tcp://HOST:PORT, ssh://[USER@]HOST, docker-container://NAME, podman-container://NAME, nerdctl-container://NAME or kube-pod://NAME; `docker` is the Docker engine
    `unix://` is not the address of an engine: it has no path
      hint: give the socket's path: unix:///run/buildkit/buildkitd.sock
    `tcp://:1234` is not the address of an engine: `host:port` is expected behind the scheme
      hint: give a host and a port: tcp://builder.example.com:1234
    `tcp://host:port` is not the address of an engine: `host:port` is expected behind the scheme
      hint: give a host and a port: tcp://builder.example.com:1234
    `tcp://::1` is not the address of an engine: `host:port` is expected behind the scheme
      hint: give a host and a port: tcp://builder.example.com:1234
    `tcp://host/path` is not the address of an engine: `host:port` is expected behind the scheme
      hint: give a host and a port: tcp://builder.example.com:1234
    `ssh://me:...@host` is not the address of an engine: a password in it would be seen by others on this machine
      hint: let ssh log in with a key
    `ssh://host/a;reboot` is not the address of an engine: the path of the socket has other characters than letters, digits, `/`, `.`, `_` and `-`
      hint: give the socket a plainer path, by a link on that machine
    `docker-container://` is not the address of an engine: a name of letters, digits, `.`, `_` and `-` is expected behind the scheme
      hint: give the name of the container or the pod: docker-container://buildkitd
    `docker-container://--privileged` is not the address of an engine: a name of letters, digits, `.`, `_` and `-` is expected behind the scheme
      hint: give the name of the container or the pod: docker-container://buildkitd
    `kube-pod://a b` is not the address of an engine: a name of letters, digits, `.`, `_` and `-` is expected behind the scheme
      hint: give the name of the container or the pod: docker-container://buildkitd
    `podman-container://a?context=b` is not the address of an engine: `context` is not known
      hint: leave it out, or check its spelling
    `docker-container://a?contxt=b` is not the address of an engine: `contxt` is not known, only context
      hint: leave it out, or check its spelling
    ");
}
