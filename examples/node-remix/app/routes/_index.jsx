import { useLoaderData } from "@remix-run/react";

export const meta = () => [{ title: "Ferries" }];

export function loader({ request }) {
  const from = new URL(request.url).searchParams.get("from") ?? "here";
  return { text: `The ferry from ${from} leaves at noon.` };
}

export default function Index() {
  return <p>{useLoaderData().text}</p>;
}
