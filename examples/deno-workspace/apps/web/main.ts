import { ageOfMoon } from "@almanac/moon";

const port = Number(Deno.env.get("PORT") ?? 8000);

Deno.serve({ port }, (request) => {
  const date = new URL(request.url).searchParams.get("date") ?? "2000-01-21";
  const days = Math.round(ageOfMoon(new Date(date)));
  return new Response(`on ${date} the moon is ${days} days old\n`);
});
