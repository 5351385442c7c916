import semver from "semver";

console.log(`the newest chart is ${semver.maxSatisfying(["1.2.0", "1.10.0", "2.0.0"], "^1")}`);
