// Stands for a compiler: turbo must run it before the build of whatever uses the package.
import { mkdirSync, writeFileSync } from "node:fs";

mkdirSync("dist", { recursive: true });
writeFileSync(
  "dist/index.js",
  `import dayjs from "dayjs";
export const weekday = (date) => dayjs(date).format("dddd");
`,
);
