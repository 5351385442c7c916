import { createRequire } from "node:module";

const { count } = createRequire(import.meta.url)("./build/Release/tally.node");

const text = Buffer.from("she sells sea shells");
console.log(`compiled here: ${count(text, "s".charCodeAt(0))} times s`);
