export function loader({ params }) {
  const number = Number(params.number);
  return { number, side: number % 2 === 0 ? "port" : "starboard" };
}

export default function Buoy({ loaderData }) {
  return <p>{`Buoy ${loaderData.number} is to ${loaderData.side}.`}</p>;
}
