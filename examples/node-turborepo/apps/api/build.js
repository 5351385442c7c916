import { mkdirSync, writeFileSync } from "node:fs";
import { weekday } from "@example/dates";

mkdirSync("dist", { recursive: true });
writeFileSync("dist/first-day.json", JSON.stringify({ year: 2000, weekday: weekday("2000-01-01") }));
