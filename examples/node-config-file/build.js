import { writeFileSync } from "node:fs";
import escapeHtml from "escape-html";

writeFileSync("generated/menu.html", escapeHtml(process.env.GREETING));
