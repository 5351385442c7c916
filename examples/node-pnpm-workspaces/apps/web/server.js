import { createServer } from "node:http";
import { slug } from "@example/words";

const port = Number(process.env.PORT ?? 3000);

createServer((request, response) => {
  const { searchParams } = new URL(request.url, "http://localhost");
  response.end(`${slug(searchParams.get("title") ?? "No Title")}\n`);
}).listen(port, () => console.log(`slugs are made on port ${port}`));
