import { Link } from "react-router";

export default function Home() {
  return <Link to="/anchorages/quiet-bay">Quiet Bay</Link>;
}
