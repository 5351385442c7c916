import { writeFileSync } from "node:fs";

writeFileSync("harbours.txt", ["Visby", "Aarhus", "Tallinn"].join("\n") + "\n");
