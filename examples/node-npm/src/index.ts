import { existsSync } from "node:fs";
import dayjs from "dayjs";

const nextLeapDay = dayjs("2023-02-28").add(1, "year").add(1, "day");
const compiler = new URL("../node_modules/typescript", import.meta.url);

console.log(`hello from Node ${process.version}`);
console.log(`the next leap day is ${nextLeapDay.format("D MMMM YYYY")}`);
console.log(`development dependencies: ${existsSync(compiler) ? "present" : "removed"}`);
