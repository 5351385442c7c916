import { readFileSync } from "node:fs";
import YAML from "yaml";

const manifest = YAML.parse(readFileSync("package.yaml", "utf8"));

console.log(`${manifest.name} ${manifest.version} starts with ${manifest.scripts.start}`);
