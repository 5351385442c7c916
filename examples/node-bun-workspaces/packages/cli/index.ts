import { spell } from "@example/numbers";

console.log(`Bun ${Bun.version} spells 42 as ${spell(42)}`);
