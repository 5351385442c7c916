import { lstatSync } from "node:fs";
import Fraction from "fraction.js";

const sum = new Fraction(1, 3).add(new Fraction(1, 6));
const isLink = lstatSync(new URL("../node_modules/fraction.js", import.meta.url)).isSymbolicLink();

console.log(`a third and a sixth are ${sum.toFraction()}`);
console.log(`packages are ${isLink ? "links into the store of pnpm" : "plain directories"}`);
