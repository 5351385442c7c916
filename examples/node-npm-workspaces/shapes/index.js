import { orient2d } from "robust-predicates";

/** Whether the way over three points turns left, right, or goes on straight. */
export function turn(first, second, third) {
  const side = Math.sign(orient2d(...first, ...second, ...third));
  return side === 0 ? "straight" : side < 0 ? "left" : "right";
}
