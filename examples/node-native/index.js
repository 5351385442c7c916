import { hash, verify } from "@node-rs/argon2";

const hashed = await hash("a good password");

console.log(`native code made ${hashed.split("$")[1]}`);
console.log(`the right password: ${await verify(hashed, "a good password")}, a wrong one: ${await verify(hashed, "password")}`);
