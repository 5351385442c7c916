import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { role: { type: "string", default: "of the start script" } } });

console.log(`started as the process ${values.role}`);
