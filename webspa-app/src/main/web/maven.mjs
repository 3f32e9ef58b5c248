// What Maven runs: `node maven.mjs build <static folder>` and `node maven.mjs test <static folder> <skip?>`.
// Each step is left out when nothing it depends on has changed since it last succeeded.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
process.chdir(here);

const [goal, output, skipTests] = process.argv.slice(2);
const marks = join(output, "../../spa");
mkdirSync(marks, { recursive: true });

const LOCK = ["package.json", "package-lock.json"];
const SOURCES = [...LOCK, "index.html", "vite.config.ts", "tsconfig.json", "src", "public", "dev"];

switch (goal) {
  case "build":
    step("install", join(here, "node_modules/.installed"), LOCK, "node_modules/vite", ["ci", "--no-audit", "--no-fund"]);
    step("build", join(marks, "built"), SOURCES, join(output, "index.html"), ["run", "build"]);
    break;
  case "test":
    if (skipTests !== "true") {
      step("test", join(marks, "tested"), [...SOURCES, "test"], ".", ["test"]);
    }
    break;
  default:
    throw new Error(`maven.mjs knows the goals build and test, not ${goal}`);
}

function step(name, mark, inputs, product, npmArguments) {
  const wanted = digest(inputs);
  if (existsSync(product) && existsSync(mark) && readFileSync(mark, "utf8") === wanted) {
    console.log(`spa: ${name} is up to date`);
    return;
  }
  const npm = spawnSync("npm", npmArguments, { stdio: "inherit", shell: process.platform === "win32" });
  if (npm.status !== 0) {
    console.error(`spa: npm ${npmArguments.join(" ")} failed`);
    process.exit(npm.status ?? 1);
  }
  writeFileSync(mark, wanted);
}

function digest(inputs) {
  const hash = createHash("sha256").update(process.version);
  for (const file of inputs.flatMap(files).sort()) {
    hash.update(file).update("\0").update(readFileSync(file)).update("\0");
  }
  return hash.digest("hex");
}

function files(path) {
  if (!statSync(path).isDirectory()) {
    return [path];
  }
  return readdirSync(path).flatMap((name) => files(join(path, name)));
}
