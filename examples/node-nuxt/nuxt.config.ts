export default defineNuxtConfig({
  compatibilityDate: "2025-10-01",
  telemetry: false,
});
