import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import ms from "ms";

const node = spawnSync("node", ["--version"], { encoding: "utf8" }).stdout.trim();
const types = new URL("../node_modules/@types/ms", import.meta.url);

console.log(`hello from Bun ${Bun.version}`);
console.log(`two days are ${ms("2 days")} milliseconds`);
console.log(`Node ${node} is here too`);
console.log(`development dependencies: ${existsSync(types) ? "present" : "removed"}`);
