import { execFileSync } from "node:child_process";
import prettyMilliseconds from "pretty-ms";

const version = execFileSync("pnpm", ["--version"], { encoding: "utf8" }).trim();

console.log(`a week is ${prettyMilliseconds(7 * 24 * 60 * 60 * 1000, { verbose: true })}`);
console.log(`corepack runs pnpm ${version} on Node ${process.version}`);
