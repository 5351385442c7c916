export function load({ params }) {
  return { letters: [...params.town].length };
}
