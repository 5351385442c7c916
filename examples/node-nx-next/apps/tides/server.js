import { createServer } from "node:http";
import { readFileSync } from "node:fs";

const tides = JSON.parse(readFileSync(new URL("tides.json", import.meta.url), "utf8"));

createServer((request, response) => {
  const port = decodeURIComponent(request.url.slice(1));
  response.writeHead(port in tides ? 200 : 404, { "content-type": "text/plain; charset=utf-8" });
  response.end(port in tides ? `high water at ${port}: ${tides[port]}\n` : "no such port\n");
}).listen(process.env.PORT ?? 3000);
