export default function Page() {
  return <h1>The tide tables of node-next</h1>;
}
