import { readdirSync } from "node:fs";
import colors from "picocolors";

const packages = readdirSync("node_modules").filter((name) => !name.startsWith("."));

console.log(colors.createColors(false).green(`left after pruning: ${packages.join(", ")}`));
