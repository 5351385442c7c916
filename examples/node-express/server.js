import express from "express";

const app = express();
const port = Number(process.env.PORT ?? 3000);

app.get("/squares/:side", (request, response) => {
  const side = Number(request.params.side);
  response.json({ side, area: side ** 2, mode: app.get("env") });
});

app.listen(port, () => console.log(`Express listens on port ${port}`));
