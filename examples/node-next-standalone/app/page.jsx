import { headers } from "next/headers";

export default async function Page() {
  const host = (await headers()).get("host");
  return (
    <>
      <h1>The lighthouse is on</h1>
      <p>{host ? "and was asked for by name" : "and nobody looks"}</p>
    </>
  );
}
