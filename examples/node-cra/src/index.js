import { useState } from "react";
import { createRoot } from "react-dom/client";

const points = ["north", "east", "south", "west"];

function Compass() {
  const [turns, setTurns] = useState(0);
  return <button onClick={() => setTurns(turns + 1)}>{points[turns % points.length]}</button>;
}

createRoot(document.getElementById("root")).render(<Compass />);
