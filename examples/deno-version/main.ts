import luhn from "luhn";

const port = Number(Deno.env.get("PORT") ?? 8000);

Deno.serve({ port }, (request) => {
  const number = new URL(request.url).searchParams.get("number") ?? "";
  const answer = luhn.validate(number) ? "can be" : "cannot be";
  return new Response(`Deno ${Deno.version.deno}: ${number} ${answer} the number of a card\n`);
});
