import { existsSync } from "node:fs";
import leven from "leven";

const modules = new URL("../node_modules/leven", import.meta.url);

console.log(`from yarn to barn it is ${leven("yarn", "barn")} letter`);
console.log(`node_modules ${existsSync(modules) ? "holds" : "lacks"} the packages`);
