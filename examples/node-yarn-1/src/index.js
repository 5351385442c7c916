const bytes = require("bytes");

const agent = process.env.npm_config_user_agent ?? "nothing";

console.log(`three mebibytes are ${bytes.parse("3MB")} bytes`);
console.log(`started by ${agent.split(" ")[0]}`);
