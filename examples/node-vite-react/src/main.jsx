import { useState } from "react";
import { createRoot } from "react-dom/client";

function Harbour() {
  const [boats, setBoats] = useState(3);
  return <button onClick={() => setBoats(boats + 1)}>{boats} boats</button>;
}

createRoot(document.getElementById("root")).render(<Harbour />);
