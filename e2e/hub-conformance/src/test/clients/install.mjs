// What Maven runs before the integration tests: installs the official clients, unless they are there.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

const mark = "node_modules/.installed";
const hash = createHash("sha256").update(process.version);
["package.json", "package-lock.json"].forEach((file) => hash.update(readFileSync(file)));
const wanted = hash.digest("hex");
if (!existsSync(mark) || readFileSync(mark, "utf8") !== wanted) {
  const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], { stdio: "inherit", shell: process.platform === "win32" });
  if (npm.status !== 0) {
    console.error("hub-conformance: npm ci failed");
    process.exit(npm.status ?? 1);
  }
  writeFileSync(mark, wanted);
}
