import { light } from "./light";

const colours: Record<string, string> = { port: "red", starboard: "green" };

console.log(light(colours.port));
