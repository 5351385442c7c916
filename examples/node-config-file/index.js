import { readFileSync } from "node:fs";

const read = (path) => readFileSync(path, "utf8").trim();

console.log(`${read("generated/menu.html")} in the months ${read("/opt/season/months.txt")}`);
console.log(`generated: ${read("tree.txt").split("\n").at(-1)}`);
console.log(`configured ${process.env.CONFIGURED}, ${process.argv.includes("--configured") ? "with" : "without"} its start command`);
