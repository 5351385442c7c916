import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const port = Number(process.env.PORT ?? 3000);
const firstDay = readFileSync(new URL("dist/first-day.json", import.meta.url));

createServer((request, response) => {
  response.setHeader("content-type", "application/json").end(firstDay);
}).listen(port, () => console.log(`listening on port ${port}`));
