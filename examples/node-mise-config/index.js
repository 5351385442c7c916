import { execFileSync } from "node:child_process";
import semver from "semver";

const uv = execFileSync("uv", ["--version"], { encoding: "utf8" });

console.log(`Node ${semver.major(process.version)} and uv ${semver.coerce(uv)}, as mise.toml says`);
