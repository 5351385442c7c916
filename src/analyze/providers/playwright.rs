//! Playwright's browsers, for the languages that drive them (<https://playwright.dev>).

/// Installs the browser. A server has no screen, and the browser without one is half as large.
pub(super) const INSTALL: &str = "playwright install --only-shell";

/// What Playwright's Chromium needs
/// (<https://github.com/microsoft/playwright/blob/main/packages/playwright-core/src/server/registry/nativeDeps.ts>).
pub(super) const PACKAGES: [&str; 21] = [
    "libasound2",
    "libatk-bridge2.0-0",
    "libatk1.0-0",
    "libatspi2.0-0",
    "libcairo2",
    "libcups2",
    "libdbus-1-3",
    "libdrm2",
    "libgbm1",
    "libglib2.0-0",
    "libnspr4",
    "libnss3",
    "libpango-1.0-0",
    "libx11-6",
    "libxcb1",
    "libxcomposite1",
    "libxdamage1",
    "libxext6",
    "libxfixes3",
    "libxkbcommon0",
    "libxrandr2",
];
