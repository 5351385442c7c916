import { useParams } from "react-router";

export default function Anchorage() {
  return <p>{`Anchored in ${useParams().name}`}</p>;
}
