import { deflateSync, inflateSync, crc32 } from "node:zlib";

const SIGNATURE = 8;

/** Red, green, blue and alpha: what Chromium writes for a picture with a transparent ground. */
const BYTES = 4;

/** Packs the pixels of a PNG again, as tightly as zlib can, and leaves every chunk out that is not needed to show it. */
export function squeeze(png) {
  const chunks = [];
  for (let at = SIGNATURE; at < png.length; ) {
    const length = png.readUInt32BE(at);
    chunks.push({ type: png.toString("latin1", at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) });
    at += length + 12;
  }
  const data = (type) => Buffer.concat(chunks.filter((chunk) => chunk.type === type).map((chunk) => chunk.data));
  // Flat areas pack best as they are, without the differences to neighbours that suit photographs.
  const pixels = deflateSync(plain(inflateSync(data("IDAT")), data("IHDR").readUInt32BE(0)), { level: 9, memLevel: 9 });
  return Buffer.concat([
    png.subarray(0, SIGNATURE),
    chunk("IHDR", data("IHDR")),
    chunk("IDAT", pixels),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** Undoes the filter of each row (PNG specification, 9.2); what is left says filter 0, none, in front of each. */
function plain(filtered, width) {
  const row = width * BYTES;
  const rows = Buffer.from(filtered);
  for (let start = 0; start < rows.length; start += row + 1) {
    const filter = rows[start];
    rows[start] = 0;
    for (let at = start + 1; at <= start + row; at++) {
      const left = at - BYTES > start ? rows[at - BYTES] : 0;
      const up = start > 0 ? rows[at - row - 1] : 0;
      const corner = start > 0 && at - BYTES > start ? rows[at - row - 1 - BYTES] : 0;
      rows[at] += [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
    }
  }
  return rows.map((value, at) => (at % (row + 1) === 0 ? value : coarse(value)));
}

/** 64 levels are enough for flat colours, and make the many shades along a smooth edge few. */
function coarse(value) {
  return (value & 0xfc) | (value >> 6);
}

function paeth(left, up, corner) {
  const guess = left + up - corner;
  const [byLeft, byUp, byCorner] = [left, up, corner].map((value) => Math.abs(guess - value));
  return byLeft <= byUp && byLeft <= byCorner ? left : byUp <= byCorner ? up : corner;
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
