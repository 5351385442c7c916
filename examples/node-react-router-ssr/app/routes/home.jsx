import { Link } from "react-router";

export default function Home() {
  return <Link to="/buoys/7">Buoy 7</Link>;
}
