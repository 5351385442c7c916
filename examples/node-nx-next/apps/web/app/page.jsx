export default function Page() {
  return <h1>The charts of node-nx-next</h1>;
}
