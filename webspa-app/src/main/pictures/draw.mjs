// Draws the shop's product pictures; see README.md.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { BEACON, COMPASS, CONSTELLATIONS, anchor, gull, lighthouse, trawler } from "./motifs.mjs";
import { bowline, lifeBuoy, paperBoat, pin, shipsWheel } from "./pins.mjs";
import { squeeze } from "./squeeze.mjs";

const WIDTH = 640;
const HEIGHT = 664;
const MOST_BYTES = 60_000;

/** A picture: the product on a soft disc, with a shadow under it. */
function picture(ground, product) {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}">
<circle cx="320" cy="332" r="284" fill="${ground}"/>
${product}
</svg>
`;
}

function at(x, y, scale, drawing) {
  return `<g transform="translate(${x} ${y}) scale(${scale})">${drawing}</g>`;
}

function shadow(cx, cy, rx) {
  return `<ellipse cx="${cx}" cy="${cy}" rx="${rx}" ry="${rx * 0.09}" fill="#1b2f3d" opacity=".16"/>`;
}

/** sleeve: how much longer the sleeves are than short ones. */
function shirt({ cloth, shade, sleeve = 0, pattern = "" }, print) {
  const s = sleeve;
  const body = `M246 118C270 150 370 150 394 118L446 134C478 144 496 164 508 196L${540 + s * 0.3} ${282 + s} ${472 - s * 0.05} ${308 + s} 452 264V548Q452 560 440 560H200Q188 560 188 548V264L${168 + s * 0.05} ${308 + s} ${100 - s * 0.3} ${282 + s} 132 196C144 164 162 144 194 134Z`;
  return `${shadow(320, 588, 190)}
<clipPath id="shirt"><path d="${body}"/></clipPath>
<path d="${body}" fill="${cloth}"/>
<g clip-path="url(#shirt)">${pattern}
<path d="M188 264Q196 216 186 168L128 196 90 400H188ZM452 264Q444 216 454 168L512 196 550 400H452Z" fill="${shade}" opacity=".35"/>
<path d="M452 300V570H330Q420 540 430 420 436 340 452 300Z" fill="${shade}" opacity=".55"/>
<path d="M188 540H452V570H188Z" fill="${shade}" opacity=".6"/></g>
${print}
<path d="M246 118C270 150 370 150 394 118L410 123C384 176 256 176 230 123Z" fill="${shade}"/>
<path d="M246 118C270 150 370 150 394 118 372 106 268 106 246 118Z" fill="${shade}" opacity=".75"/>`;
}

function stripes() {
  return Array.from({ length: 12 }, (_, row) => `<path d="M60 ${192 + row * 32}H580V${205 + row * 32}H60Z" fill="#2b4a6f"/>`).join("");
}

/** Light falls from the left: flat bands of shade, because smooth ones make large files. */
const ROUND = bands("round", "", [
  [0, 0.07, "#0b2233", 0.16],
  [0.07, 0.15, "#0b2233", 0.07],
  [0.15, 0.76, "#0b2233", 0],
  [0.76, 0.9, "#0b2233", 0.09],
  [0.9, 1, "#0b2233", 0.2],
]);

function bands(id, direction, list) {
  const stops = list.flatMap(([from, to, color, opacity]) =>
    [from, to].map((offset) => `<stop offset="${offset}" stop-color="${color}" stop-opacity="${opacity}"/>`),
  );
  return `<linearGradient id="${id}" ${direction}>${stops.join("")}</linearGradient>`;
}

function flat(color) {
  return { defs: "", fill: color };
}

function tide() {
  const colors = ["#e8e2cf", "#cfe2d8", "#a9d0cb", "#7ab7b8", "#4a97a1", "#2f7a8b", "#1f5f73"];
  const list = colors.map((color, index) => [index / colors.length, (index + 1) / colors.length, color, 1]);
  return { defs: bands("glaze", 'x2="0" y2="1"', list), fill: "url(#glaze)" };
}

/** tall: how much higher it is than a common mug. */
function mug({ glaze, rim, inside, tall = 0 }, print = "") {
  const top = 190 - tall;
  const wall = `M130 ${top}V460Q130 540 210 548H350Q430 540 430 460V${top}Z`;
  return `<defs>${glaze.defs}${ROUND}</defs>
${shadow(300, 556, 190)}
<path d="M424 250H452Q546 256 546 350 546 446 452 452H416" fill="none" stroke="${rim}" stroke-width="42"/>
<path d="M424 250H452Q546 256 546 350 546 446 452 452H416" fill="none" stroke="#0b2233" stroke-opacity=".14" stroke-width="42"/>
<path d="M424 244H452Q552 250 552 350 552 452 452 458H416" fill="none" stroke="${rim}" stroke-width="26"/>
<path d="${wall}" fill="${glaze.fill}"/>${print}
<path d="${wall}" fill="url(#round)"/>
<ellipse cx="280" cy="${top}" rx="150" ry="34" fill="${rim}"/>
<ellipse cx="280" cy="${top + 3}" rx="134" ry="25" fill="${inside}"/>
<path d="M149 ${top + 10}Q200 ${top + 34} 280 ${top + 32} 360 ${top + 34} 411 ${top + 10} 360 ${top - 6} 280 ${top - 4} 200 ${top - 6} 149 ${top + 10}Z" fill="#4b2e1e"/>
<path d="M168 ${top + 70}V440" stroke="#fff" stroke-opacity=".35" stroke-width="14" stroke-linecap="round"/>`;
}

function enamelMug(print) {
  return `<defs>${ROUND}</defs>
${shadow(300, 556, 190)}
<path d="M424 270H500Q530 272 530 300V392Q530 424 496 430L420 444" fill="none" stroke="#1b3550" stroke-width="24" stroke-linejoin="round"/>
<path d="M424 266H500Q534 268 534 300V392" fill="none" stroke="#3d6288" stroke-width="7"/>
<path d="M122 210H438L430 530Q430 548 410 548H150Q130 548 130 530Z" fill="#1b3550"/>
${print}
<path d="M122 210H438L430 530Q430 548 410 548H150Q130 548 130 530Z" fill="url(#round)"/>
<ellipse cx="280" cy="210" rx="162" ry="36" fill="#b9c3c9"/>
<ellipse cx="280" cy="208" rx="160" ry="33" fill="#e9eef0"/>
<ellipse cx="280" cy="213" rx="146" ry="26" fill="#f8f6f0"/>
<path d="M140 222Q200 240 280 239 360 240 420 222 360 207 280 208 200 207 140 222Z" fill="#4b2e1e"/>
<path d="M160 280 164 480" stroke="#fff" stroke-opacity=".22" stroke-width="13" stroke-linecap="round"/>`;
}

function waveRimMug() {
  const rim = "M130 206q25-34 50 0t50 0 50 0 50 0 50 0 50 0";
  return `<defs>${ROUND}</defs>
${shadow(300, 556, 190)}
<path d="M420 270H450Q538 276 538 356 538 436 440 452" fill="none" stroke="#cbbdd6" stroke-width="40"/>
<path d="M420 268H450Q540 274 540 356 540 438 440 454" fill="none" stroke="#efe8f2" stroke-width="26"/>
<path d="M130 200q12-44 50-36t50-4 50-2 50 2 50 4 50 36V240H130Z" fill="#b7a9c2"/>
<path d="${rim}V430Q430 548 330 548H230Q130 548 130 430Z" fill="#efe8f2"/>
<path d="M130 360q25-30 50 0t50 0 50 0 50 0 50 0 50 0V430Q430 548 330 548H230Q130 548 130 430Z" fill="#8fb4c6"/>
<path d="M133 440q25-30 49 0t49 0 49 0 49 0 49 0 49 0Q420 548 330 548H230Q140 548 133 440Z" fill="#4a7f9b"/>
<path d="${rim}V430Q430 548 330 548H230Q130 548 130 430Z" fill="url(#round)"/>
<path d="${rim}" fill="none" stroke="#fff" stroke-width="9" stroke-linecap="round"/>
<path d="M166 270V400" stroke="#fff" stroke-opacity=".55" stroke-width="13" stroke-linecap="round"/>`;
}

const scenes = [
  ["Anchor T-Shirt", "#dfe9ee", shirt({ cloth: "#1d3a57", shade: "#152b42" }, at(320, 285, 0.75, anchor("#f3ede1")))],
  ["Tide Mug", "#e3efe9", mug({ glaze: tide(), rim: "#f6f1e6", inside: "#d8cdb8" })],
  ["Lighthouse T-Shirt", "#f3e6da", shirt({ cloth: "#fbfaf6", shade: "#e4e0d6" }, at(320, 350, 1, lighthouse()))],
  ["Deckhand T-Shirt", "#e1eaf1", shirt({ cloth: "#f7f4ec", shade: "#ddd8cb", sleeve: 70, pattern: stripes() }, "")],
  ["Life Buoy Pin", "#e4f0f2", pin(lifeBuoy())],
  ["Beacon Enamel Mug", "#f3ead8", enamelMug(at(280, 395, 0.8, BEACON))],
  ["Gull T-Shirt", "#e6ebe6", shirt({ cloth: "#a9b3b8", shade: "#8f9aa0" }, at(320, 330, 1, gull()))],
  ["Compass Mug", "#f1e5dc", mug({ glaze: flat("#f4eee2"), rim: "#fffaf0", inside: "#cfc3ae", tall: 60 }, at(280, 370, 1, COMPASS))],
  ["Ship's Wheel Pin", "#e9ecf2", pin(shipsWheel())],
  ["Trawler T-Shirt", "#eaf0ea", shirt({ cloth: "#efc75e", shade: "#d8ae43" }, at(320, 340, 0.86, trawler()))],
  ["Paper Boat Pin", "#dcebf0", pin(paperBoat())],
  ["Wave Rim Mug", "#f5e4cd", waveRimMug()],
  ["Night Watch T-Shirt", "#ebe6dc", shirt({ cloth: "#23272e", shade: "#16191e" }, at(320, 340, 1, CONSTELLATIONS))],
  ["Bowline Pin", "#f0e7e2", pin(bowline())],
];

const here = dirname(fileURLToPath(import.meta.url));
const target = resolve(here, "../resources/catalog/pics");
const chromium = process.env.CHROMIUM ?? "chromium";
mkdirSync(join(here, "svg"), { recursive: true });
mkdirSync(target, { recursive: true });
const profile = mkdtempSync(join(tmpdir(), "pictures-"));
try {
  scenes.forEach(([name, ground, product], index) => {
    const svg = join(here, "svg", `${index + 1}.svg`);
    const png = join(target, `${index + 1}.png`);
    writeFileSync(svg, picture(ground, product));
    const run = spawnSync(chromium, [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--hide-scrollbars",
      "--default-background-color=00000000",
      `--user-data-dir=${profile}`,
      `--window-size=${WIDTH},${HEIGHT}`,
      `--screenshot=${png}`,
      pathToFileURL(svg).href,
    ]);
    if (run.status !== 0) {
      throw new Error(`${chromium} could not draw ${name}: ${run.error ?? run.stderr}`);
    }
    writeFileSync(png, squeeze(readFileSync(png)));
    const bytes = statSync(png).size;
    if (bytes > MOST_BYTES) {
      throw new Error(`${name} has ${bytes} bytes, more than ${MOST_BYTES}`);
    }
    console.log(`${index + 1}.png ${name}: ${bytes} bytes`);
  });
} finally {
  rmSync(profile, { recursive: true, force: true });
}
