// What is printed on shirts and mugs; each drawing has its middle at 0,0.

export function anchor(color) {
  return `<g fill="none" stroke="${color}" stroke-width="13" stroke-linecap="round" stroke-linejoin="round">
<circle cy="-62" r="17"/><path d="M0-44V70M-36-20H36M-72 18C-66 62-30 72 0 76 30 72 66 62 72 18"/>
<path d="m-88 36 16-22 20 18M88 36 72 14 52 32"/></g>`;
}

export function lighthouse() {
  return `<path d="M-36 130-20-70H20L36 130Z" fill="#f4ead8" stroke="#1d3a57" stroke-width="6" stroke-linejoin="round"/>
<path d="M-22.500-40-20-70H20L22.500-40ZM-27.500 22-25-10H25L27.500 22ZM-32.500 84-30 52H30L32.500 84Z" fill="#c94b35"/>
<path d="M-24-110H24V-72H-24Z" fill="#ffd27a" stroke="#1d3a57" stroke-width="6"/>
<path d="M-30-112 0-140 30-112ZM-30-78H30V-66H-30Z" fill="#1d3a57"/>
<path d="M34-98 104-120V-66ZM-34-98-104-120V-66Z" fill="#f3c764" opacity=".75"/>
<path d="M-96 134q16-14 32 0t32 0 32 0 32 0 32 0 32 0" fill="none" stroke="#2f7f8c" stroke-width="9" stroke-linecap="round"/>
<path d="M-64 154q16-14 32 0t32 0 32 0 32 0" fill="none" stroke="#2f7f8c" stroke-width="9" stroke-linecap="round"/>`.replaceAll(".500", ".5");
}

export function gull() {
  return `<path d="M-8 10C-40-50-96-70-142-52-104-46-84-24-72 4-60 30-40 44-10 46Z" fill="#fdfcf8"/>
<path d="M-142-52C-128-58-114-59-100-56L-86-32C-100-44-118-50-142-52Z" fill="#2b3238"/>
<path d="M-10 8C20-62 84-96 138-84 98-70 80-42 66-8 52 26 30 44-4 48Z" fill="#fdfcf8"/>
<path d="M138-84C122-88 106-86 90-80L78-54C94-70 112-78 138-84Z" fill="#2b3238"/>
<path d="M-62 62C-40 26-6 14 30 24 46 14 66 16 74 32 66 52 30 72-10 70L-84 86-70 66Z" fill="#fff"/>
<path d="M72 28 100 38 72 42Z" fill="#e8a23c"/><circle cx="58" cy="30" r="4.500" fill="#2b3238"/>`.replaceAll(".500", ".5");
}

export function trawler() {
  return `<path d="M-30-40H34V14H-30Z" fill="#fbf7ec" stroke="#23415c" stroke-width="6"/>
<path d="M-38-50H42V-36H-38Z" fill="#c94b35"/><path d="M-18-24H0V-6H-18ZM10-24H24V-6H10Z" fill="#23415c"/>
<path d="M48-120V14M48-110 116 8M48-110-60-60" fill="none" stroke="#23415c" stroke-width="6" stroke-linecap="round"/>
<path d="M48-120H78V-104H48Z" fill="#c94b35"/>
<path d="M-120 8H132L104 74H-90Z" fill="#2f6f8f"/><path d="M-120 8H132L126 24H-112Z" fill="#23415c"/>
<path d="M-130 84q20-18 40 0t40 0 40 0 40 0 40 0 40 0 40 0" fill="none" stroke="#fbf7ec" stroke-width="10" stroke-linecap="round"/>
<path d="M-90 108q20-18 40 0t40 0 40 0 40 0 40 0" fill="none" stroke="#fbf7ec" stroke-width="10" stroke-linecap="round"/>`;
}

export const BEACON = `<circle cx="86" cy="-104" r="30" fill="#f6e7b4"/><circle cx="98" cy="-112" r="27" fill="#1b3550"/>
<path d="M-8-62-150-112V-20Z" fill="#ffd27a" opacity=".6"/>
<path d="M-22 110-12-40H12L22 110Z" fill="#f4ead8"/><path d="M-14-6-12-40H12L14-6ZM-18.500 58-16 26H16L18.500 58Z" fill="#c94b35"/>
<path d="M-15-76H15V-46H-15Z" fill="#ffd27a"/><path d="M-20-76 0-98 20-76ZM-20-48H20V-39H-20Z" fill="#f4ead8"/>
<path d="M-150 116C-90 84-30 92 0 104 50 92 100 100 150 118V140H-150Z" fill="#0f2438"/>
<path d="M-120 134q20-14 40 0t40 0 40 0 40 0 40 0 40 0" fill="none" stroke="#4b87a8" stroke-width="7" stroke-linecap="round"/>
<g fill="#fff"><circle cx="-90" cy="-130" r="3"/><circle cx="-30" cy="-136" r="2.500"/><circle cx="40" cy="-60" r="3"/><circle cx="120" cy="-40" r="2.500"/><circle cx="104" cy="20" r="2.500"/><circle cx="-110" cy="20" r="3"/><circle cx="-70" cy="54" r="2.500"/></g>`.replaceAll(".500", ".5");

export const COMPASS = `<circle r="104" fill="none" stroke="#1d3a57" stroke-width="7"/><circle r="88" fill="none" stroke="#1d3a57" stroke-width="2.500"/>
<g fill="#7fa3b5"><path d="m0-20 62-42-42 62 42 62-62-42-62 42 42-62-42-62Z"/></g>
<g fill="#1d3a57"><path d="M0-100 20-20H0ZM100 0 20 20V0ZM0 100-20 20H0ZM-100 0-20-20V0Z"/></g>
<g fill="#f8f3e8" stroke="#1d3a57" stroke-width="2.500"><path d="M0-100-20-20H0ZM100 0 20-20V0ZM0 100 20 20H0ZM-100 0-20 20V0Z"/></g>
<path d="M0-100 20-20H0Z" fill="#c94b35"/><path d="M0-100-20-20H0Z" fill="#e26d55"/><circle r="11" fill="#e8b04b" stroke="#1d3a57" stroke-width="4"/>`.replaceAll(".500", ".5");

/** Seven stars a sailor follows to the eighth, the pole star; and a W on the other side of it. */
export const CONSTELLATIONS = `<g fill="none" stroke="#8fb3c9" stroke-width="3" stroke-dasharray="2 9" stroke-linecap="round">
<path d="M-108 96-66 74-30 66 6 52 18 96 70 92 60 44 6 52M60 44 44-60"/><path d="M-96-30-66-66-36-40-4-84 18-58" transform="translate(-14 -40)"/></g>
<g fill="#f6f1df">${[
  [-108, 96, 6],
  [-66, 74, 6],
  [-30, 66, 6],
  [6, 52, 5],
  [18, 96, 6],
  [70, 92, 7],
  [60, 44, 8],
  [-110, -70, 6],
  [-80, -106, 5],
  [-50, -80, 7],
  [-18, -124, 6],
  [4, -98, 5],
  [-86, 14, 2],
  [-6, 0, 2],
  [96, -20, 2],
  [92, -104, 2],
  [-120, -140, 2],
  [-40, 118, 2],
]
  .map(([x, y, radius]) => `<circle cx="${x}" cy="${y}" r="${radius}"/>`)
  .join("")}</g>
<path d="m44-88 6 22 22 6-22 6-6 22-6-22-22-6 22-6Z" fill="#ffd27a"/>`;
