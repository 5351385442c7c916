const islands = ["Amrum", "Föhr", "Sylt"];

export default function Page() {
  return <p>{islands.join(", ")}</p>;
}
