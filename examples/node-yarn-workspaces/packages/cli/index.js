import { nearest } from "@example/words";

console.log(`nearest to "saling" is ${nearest("saling", ["sewing", "sailing", "singing"])}`);
