// Runs the TypeScript functional tests in ./ts against the conformance app and prints the counts:
// node run.mjs <hub-conformance.jar> <node|chromium> [options of the app]
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { chromium } from "./chromium.mjs";

const [jar, where, ...options] = process.argv.slice(2);
mkdirSync("webroot/lib", { recursive: true });
const { app, urls } = await start();
try {
  const tests = await { node: jest, chromium }[where](urls);
  const count = (state) => tests.filter((test) => test.state === state).length;
  tests.filter((test) => test.state === "failed").forEach((test) => console.log(`  FAILED ${test.name}: ${test.message.split("\n")[0]}`));
  console.log(`${where}: ${tests.length} tests: ${count("passed")} passed, ${count("pending")} disabled, ${count("failed")} failed`);
  process.exitCode = count("passed") > 0 && count("failed") === 0 ? 0 : 1;
} finally {
  app.kill();
}

/** Starts the app on free ports, as Microsoft's script does with its own, and reads which they are. */
async function start() {
  const java = process.env.JAVA_HOME ? `${process.env.JAVA_HOME}/bin/java` : "java";
  const listen = ["--urls", "https://127.0.0.1:0;http://127.0.0.1:0", "--webroot", "webroot"];
  const app = spawn(java, ["-Xmx256m", "-jar", jar, ...listen, ...options], { stdio: ["ignore", "pipe", "inherit"] });
  const urls = {};
  const log = [];
  for await (const line of createInterface({ input: app.stdout })) {
    log.push(line);
    const url = /^Now listening on: ((https?):\S+)$/.exec(line);
    if (url) {
      urls[url[2]] = url[1];
    }
    if (urls.http && urls.https) {
      // What it logs from here on is read, lest it waits, and not shown: the tests make it throw.
      app.stdout.resume();
      return { app, urls };
    }
  }
  throw new Error(`the app has ended:\n${log.join("\n")}`);
}

async function jest({ http, https }) {
  // One of the client's libraries leaves a redirect's answer unread: without --forceExit Jest waits for its socket.
  const run = spawn("node", ["node_modules/jest/bin/jest.js", "--config", "jest.config.cjs", "--silent", "--forceExit", "--json", "--outputFile=node.json"], {
    env: { ...process.env, SERVER_URL: `${https};${http}`, NODE_TLS_REJECT_UNAUTHORIZED: "0" },
    stdio: "pipe",
  });
  const log = [];
  run.stdout.on("data", (part) => log.push(part));
  run.stderr.on("data", (part) => log.push(part));
  await new Promise((ended) => run.on("close", ended));
  writeFileSync("node.log", Buffer.concat(log));
  return JSON.parse(readFileSync("node.json", "utf8")).testResults.flatMap((file) =>
    file.assertionResults.length === 0
      ? [{ name: file.name, state: "failed", message: file.message }]
      : file.assertionResults.map((test) => ({
          name: test.fullName,
          state: test.status,
          message: test.failureMessages.join(" "),
        })),
  );
}
