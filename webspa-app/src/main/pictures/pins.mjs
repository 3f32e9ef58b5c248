// Enamel and metal pins, drawn around 320,320.

/** A pin lies flat: a soft shadow below its right edge. */
export function pin(shape) {
  return `<g transform="translate(332 350) scale(1.2)" opacity=".16">${shape.outline("#1b2f3d")}</g><g transform="translate(320 328) scale(1.2)">${shape.drawing}</g>`;
}

export function lifeBuoy() {
  const quarters = [0, 90, 180, 270]
    .map((turn) => `<path d="M-34-164A168 168 0 0 1 34-164L19-85A88 88 0 0 0-19-85Z" fill="#fbf7ee" stroke="#b98a3c" stroke-width="6" transform="rotate(${turn + 45})"/>`)
    .join("");
  return {
    outline: (color) => `<circle r="132" fill="none" stroke="${color}" stroke-width="104"/>`,
    drawing: `<circle r="128" fill="none" stroke="#c9a253" stroke-width="102"/><circle r="128" fill="none" stroke="#c8412f" stroke-width="84"/>
${quarters}<circle r="172" fill="none" stroke="#c9a253" stroke-width="12"/><circle r="84" fill="none" stroke="#c9a253" stroke-width="12"/>
<path d="M-112-88A142 142 0 0 1-60-128" fill="none" stroke="#fff" stroke-opacity=".6" stroke-width="14" stroke-linecap="round"/>`,
  };
}

export function shipsWheel() {
  const spokes = Array.from(
    { length: 8 },
    (_, spoke) =>
      `<g transform="rotate(${spoke * 45})"><path d="M-8-40H8V-150H-8Z" fill="#d9a948"/><path d="M-8-40H0V-150H-8Z" fill="#f1cf7f"/>
<path d="M-9-150H9L14-176Q16-206 0-208-16-206-14-176Z" fill="#d9a948"/><path d="M-9-150H0V-208Q-16-206-14-176Z" fill="#f1cf7f"/></g>`,
  ).join("");
  return {
    outline: (color) =>
      `<circle r="122" fill="none" stroke="${color}" stroke-width="44"/>${Array.from({ length: 8 }, (_, spoke) => `<path d="M-11-30H11V-206H-11Z" fill="${color}" transform="rotate(${spoke * 45})"/>`).join("")}`,
    drawing: `${spokes}<circle r="122" fill="none" stroke="#a87a26" stroke-width="44"/><circle r="122" fill="none" stroke="#d9a948" stroke-width="36"/>
<path d="M-122 0A122 122 0 0 1 0-122" fill="none" stroke="#f6dc98" stroke-width="14" stroke-linecap="round"/>
<circle r="48" fill="#a87a26"/><circle r="43" fill="#d9a948"/><circle r="26" fill="#f1cf7f"/><circle r="10" fill="#a87a26"/>`,
  };
}

export function paperBoat() {
  const hull = "M-190 20-70 42 0-130 70 42 190 20 118 130H-118Z";
  return {
    outline: (color) => `<path d="${hull}" fill="${color}" stroke="${color}" stroke-width="26" stroke-linejoin="round"/>`,
    drawing: `<path d="${hull}" fill="#c7ccd0" stroke="#aab4ba" stroke-width="26" stroke-linejoin="round"/>
<path d="M0-130 84 74H-84Z" fill="#f2f4f3"/><path d="M0-130 84 74H0Z" fill="#d5dde0"/>
<path d="M-190 20 0 60 190 20 118 130H-118Z" fill="#ffffff"/><path d="M0 60 190 20 118 130H0Z" fill="#e3e9ea"/>
<path d="M-190 20 0 60 0 130H-118ZM0 60 190 20M0-130V52" fill="none" stroke="#aab4ba" stroke-width="7" stroke-linejoin="round"/>
<path d="M-150 160q26-20 52 0t52 0 52 0 52 0 52 0 40-6" fill="none" stroke="#2f7f9c" stroke-width="16" stroke-linecap="round"/>`,
  };
}

export function bowline() {
  // Where the rope runs, from the standing part through the loop, around and back.
  const standing = "M26-206V-40C26 40 140 60 140 138 140 200 70 214 0 214";
  const loop = "M0 214C-80 214-140 186-140 130-140 50-10 60 30-12 66-76-30-110-62-62-92-14-20 26 60 2";
  const tail = "M60 2C104-14 96-74 46-80 2-84-30-30-44 96";
  // Blunt ends: where two parts meet nothing shows.
  const rope = (path, width, color) =>
    `<path d="${path}" fill="none" stroke="${color}" stroke-width="${width}" stroke-linejoin="round"/>`;
  const laid = (path) =>
    `${rope(path, 44, "#6f7c86")}${rope(path, 34, "#c3ccd2")}<path d="${path}" fill="none" stroke="#93a0a9" stroke-width="34" stroke-dasharray="4 15"/>${`<path d="${path}" fill="none" stroke="#f4f7f8" stroke-opacity=".8" stroke-width="8" stroke-dasharray="9 10" transform="translate(-6 -5)"/>`}`;
  return {
    outline: (color) => [standing, loop, tail].map((path) => rope(path, 46, color)).join(""),
    drawing: `${laid(tail)}${laid(loop)}${laid(standing)}
<path d="M2-212H50V-186H2Z" fill="#b8472f"/><path d="m-67 84 44 12-7 26-44-12Z" fill="#b8472f" transform="translate(2 -12)"/>`,
  };
}
