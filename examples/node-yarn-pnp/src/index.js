const { existsSync } = require("node:fs");
const { romanize } = require("romans");

console.log(`4 in Roman numerals is ${romanize(4)}`);
console.log(`PnP ${process.versions.pnp ?? "is missing"}, ${existsSync("node_modules/romans") ? "with" : "without"} node_modules`);
console.log(process.env.GREETING ?? "no plugin");
