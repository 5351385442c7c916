import { createFileRoute } from "@tanstack/react-router";
import { createServerFn } from "@tanstack/react-start";

const names = ["calm", "light air", "light breeze", "gentle breeze"];
const force = createServerFn({ method: "GET" }).handler(() => names[2]);

export const Route = createFileRoute("/")({
  loader: () => force(),
  component: () => <p>{`Force 2 is a ${Route.useLoaderData()}`}</p>,
});
