import { createServer } from "node:http";
import { turn } from "@example/shapes";

const port = Number(process.env.PORT ?? 3000);

createServer((request, response) => {
  response.end(`the way turns ${turn([0, 0], [1, 0], [1, 1])}\n`);
}).listen(port, () => console.log(`listening on port ${port}`));
