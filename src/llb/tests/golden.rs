//! Digests that the Go client gives equal graphs.

use super::everything::Everything;

/// Made with `github.com/moby/buildkit/client/llb` v0.32.2: [`Everything`] built from `llb.Image`, `llb.Local`, `Run`,
/// `File`, `llb.Merge` and their kin, each state marshalled for linux/amd64, and of the last op of its definition digest and
/// index of the first input.
const GOLDEN: [(&str, &str, u32); 26] = [
    (
        "image",
        "sha256:a7f9733e307dd352c82d43053b783dd17bb2ec2c36214908ce393e41545c8b51",
        0,
    ),
    (
        "image, pulled, for arm",
        "sha256:a2dcea87c2c6fc36d360331652161791d32980e87ec14e2d44e015bbd21cbef8",
        0,
    ),
    (
        "image, local",
        "sha256:852434f9e1c3da964ba81c5873c6637ec5cf1f4807e242595120d281c540cc18",
        0,
    ),
    (
        "local, everything",
        "sha256:b2fe8415432fff5aa4bbd13516f54eabd181d9fd425a1e95299bdb7363b92b14",
        0,
    ),
    (
        "local, session alone",
        "sha256:08ccbd3d7e3cf4c39690b69d1547d5ac127726c6a74b57ed56f6ffc78d4f4389",
        0,
    ),
    (
        "git",
        "sha256:8435518ef264e00c310f8228b55cacc2606aff07deac3eeec4a3de29958fd311",
        0,
    ),
    (
        "git, everything",
        "sha256:5016ca9b9d2f5e5bb5f2290d5521b774c9979af6183a62ffcb9e2d3ac58dde7d",
        0,
    ),
    (
        "git, ssh",
        "sha256:f562df11ed69b9443c7f0f5b1dd1065bcf2cfc4d243c79b75faecc12205eae18",
        0,
    ),
    (
        "git, ssh url",
        "sha256:42f6d426a6aaa23ff818d55b90fd89d74941ac6a6916b246754c1165690d0f61",
        0,
    ),
    (
        "http",
        "sha256:1dc7045561aa6f2f077d7ae78d4cc0db75b880d5dcd771a837cca29b60fefdeb",
        0,
    ),
    (
        "http, everything",
        "sha256:42fda85117e276da4090f24ff2093eb78495f33f2ecc2e70949220dc093cb124",
        0,
    ),
    (
        "oci layout",
        "sha256:2703ebd3b7c28db5ff197c886edd06df9c60a8f78a742340b78ac4ee91dc955e",
        0,
    ),
    (
        "exec, minimal",
        "sha256:953660fee644301ff966d20c6a83536fe270b4d5d97a505f2c6f9999674c1c23",
        0,
    ),
    (
        "exec, scratch",
        "sha256:7476840de2e95777cd723f7b5edad75d09d507f3c93e1baa003b57b6c0c2f617",
        0,
    ),
    (
        "exec, everything",
        "sha256:fed5b2a512f2186a3c524dec6d28b30d269da34621c369d4d04e9e03668ab62e",
        1,
    ),
    (
        "exec, everything, /out",
        "sha256:fed5b2a512f2186a3c524dec6d28b30d269da34621c369d4d04e9e03668ab62e",
        3,
    ),
    (
        "exec, everything, /a/written",
        "sha256:fed5b2a512f2186a3c524dec6d28b30d269da34621c369d4d04e9e03668ab62e",
        2,
    ),
    (
        "exec, everything, .relative",
        "sha256:fed5b2a512f2186a3c524dec6d28b30d269da34621c369d4d04e9e03668ab62e",
        0,
    ),
    (
        "copy, defaults",
        "sha256:e0e903943d8b8f9267d305bf772886affaf060f9b9c4933a7500312c583cfb17",
        0,
    ),
    (
        "copy, everything",
        "sha256:32cd1fdf012f6e465719693d85ac6ba7901746ddcabeb82920e26bdb4b3ffade",
        0,
    ),
    (
        "chain",
        "sha256:11a247658bae2b4d1eead63102c52d6ddb24f0470aa0a1bc82c455e2f4f825ae",
        0,
    ),
    (
        "mkdir on scratch",
        "sha256:c2d0a46e3c6382e364a210db56ad5f7cbc066a8263e1c0ce93d66320b9328398",
        0,
    ),
    (
        "merge",
        "sha256:b50c98ca5bab519151915b2bb2062e20b282ac5eebc4f369012018499daad6a7",
        0,
    ),
    (
        "diff",
        "sha256:e19b5671d332559597296ac59e7e2ea5640245a633481eb8064fd9ba7e9018c9",
        0,
    ),
    (
        "diff to scratch",
        "sha256:60264a9c6f9ec4afc0c3534b8f0e1eb65401af32f34cfb6d7653da540f4e50ab",
        0,
    ),
    (
        "top",
        "sha256:f27ea373041abb9321f38105404bf259c18488c1db3299b2299ab8ba058fad50",
        0,
    ),
];

#[test]
fn equal_graphs_have_the_digests_of_the_go_client() {
    let everything = Everything::new();
    let ours: Vec<(&str, &str, u32)> = everything
        .outputs
        .iter()
        .map(|(name, output)| (*name, everything.graph.digest(*output), output.index))
        .collect();
    assert_eq!(ours, GOLDEN);
}
