import { readFileSync } from "node:fs";
import JSON5 from "json5";

const manifest = JSON5.parse(readFileSync("package.json5", "utf8"));

console.log(`${manifest.name} ${manifest.version} has ${Object.keys(manifest.dependencies).length} dependency`);
