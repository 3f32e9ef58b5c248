import { defineConfig } from "vitest/config";
import { mockShop } from "./dev/mock-shop.ts";

// SHOP_URL=http://localhost:8080 npm run dev  works against a running farm; without it a mock answers.
const shop = process.env["SHOP_URL"];
const testing = process.env["VITEST"] !== undefined;
const proxied = ["/api", "/Home", "/login", "/logout", "/oauth2", "/identity"];

export default defineConfig({
  plugins: shop === undefined && !testing ? [mockShop()] : [],
  server: {
    ...(shop !== undefined && {
      proxy: {
        ...Object.fromEntries(proxied.map((path) => [path, { target: shop }])),
        "/hub": { target: shop, ws: true },
      },
    }),
  },
  build: {
    outDir: "../../../target/classes/static",
    emptyOutDir: true,
    // The shop's Content-Security-Policy allows files of its own origin only: nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
  },
  test: {
    include: ["test/**/*.test.{ts,tsx}"],
    restoreMocks: true,
  },
});
