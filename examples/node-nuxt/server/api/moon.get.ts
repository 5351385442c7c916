export default defineEventHandler(() => ({ phase: "waxing gibbous" }));
