// The tests as one script in a page that the app itself serves, over https and of the same site as its hubs, as their
// cookies demand. What became of them the page posts to a port of ours.
import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

// Milliseconds: ten times what a busy machine takes.
const DEADLINE = 300_000;

export async function chromium({ http, https }) {
  const results = createServer();
  await new Promise((listening) => results.listen(0, "127.0.0.1", listening));
  await page(`${https};${http}`, `http://127.0.0.1:${results.address().port}/`);
  const profile = mkdtempSync(join(tmpdir(), "hub-functional-"));
  const browser = spawn(
    process.env.CHROMIUM ?? "chromium",
    ["--headless=new", "--no-sandbox", "--disable-gpu", "--ignore-certificate-errors", `--user-data-dir=${profile}`, `${https}/functional.html`],
    { stdio: "ignore" },
  );
  try {
    return await new Promise((told, late) => {
      setTimeout(() => late(new Error("the page has not told within 5 minutes")), DEADLINE).unref();
      browser.on("error", late);
      browser.on("exit", (code) => late(new Error(`chromium has ended: ${code}`)));
      results.on("request", (request, response) => {
        const parts = [];
        request.on("data", (part) => parts.push(part));
        request.on("end", () => {
          response.end();
          told(JSON.parse(Buffer.concat(parts).toString()));
        });
      });
    });
  } finally {
    const ended = new Promise((exit) => browser.on("exit", exit));
    if (browser.kill()) {
      await ended;
    }
    results.close();
    results.closeAllConnections();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function page(server, results) {
  const lib = "webroot/lib/signalr-webworker";
  mkdirSync(lib, { recursive: true });
  copyFileSync("node_modules/@microsoft/signalr/dist/webworker/signalr.js", `${lib}/signalr.js`);
  copyFileSync("node_modules/jasmine-core/lib/jasmine-core/jasmine.js", "webroot/jasmine.js");
  writeFileSync("ts/all.ts", ["Connection", "HubConnection", "WebSocket", "WebWorker"].map((name) => `import "./${name}Tests";\n`).join(""));
  await build({ entryPoints: ["ts/all.ts"], bundle: true, outfile: "webroot/tests.js", keepNames: true, external: ["ws"], logLevel: "error" });
  writeFileSync(
    "webroot/functional.html",
    `<!doctype html><meta charset="utf-8"><title>functional tests</title>
<script src="jasmine.js"></script>
<script>
  window.process = {};
  window.__karma__ = { config: { args: ["--server", ${JSON.stringify(server)}] } };
  window.jasmine = jasmineRequire.core(jasmineRequire);
  Object.assign(window, jasmineRequire.interface(jasmine, jasmine.getEnv()));
  jasmine.getEnv().configure({ random: false });
  const tests = [];
  jasmine.getEnv().addReporter({
    specDone: (test) => tests.push({ name: test.fullName, state: test.status, message: test.failedExpectations.map((one) => one.message).join(" ") }),
    jasmineDone: () => fetch(${JSON.stringify(results)}, { method: "POST", mode: "no-cors", body: JSON.stringify(tests) }),
  });
</script>
<script src="tests.js"></script>
<script>jasmine.getEnv().execute();</script>
`,
  );
}
