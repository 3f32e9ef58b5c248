// A client that comes back as somebody new and gets what it missed by its resume id: node resume.mjs
// <hub url> <json|messagepack> <plain|stateful>. A line of JSON says each time it is connected; a line on stdin is the
// last text it has to hear, then a line of JSON says what came.
import * as signalr from "@microsoft/signalr";
import { MessagePackHubProtocol } from "@microsoft/signalr-protocol-msgpack";
import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline";

const [url, protocol, kind] = process.argv.slice(2);
const DEADLINE = 60_000;
const heard = [];
const seen = new Map();
const kept = [];
let connected = 0;

const transport = signalr.HttpTransportType.WebSockets;
const builder = new signalr.HubConnectionBuilder()
  .withUrl(`${url}?user=ann&resume=${randomUUID()}&places=1`, { transport, skipNegotiation: kind === "plain" })
  .withAutomaticReconnect({ nextRetryDelayInMilliseconds: (so) => (so.elapsedMilliseconds < DEADLINE ? 100 : null) })
  .configureLogging(signalr.LogLevel.None);
if (protocol === "messagepack") {
  builder.withHubProtocol(new MessagePackHubProtocol());
}
if (kind === "stateful") {
  builder.withStatefulReconnect();
}
const connection = builder.build();
connection.on("m", (text, place) => {
  heard.push({ text, place, connected });
  const last = seen.get(place.channel);
  if (!last || place.epoch > last.epoch || (place.epoch === last.epoch && place.offset > last.offset)) {
    seen.set(place.channel, place);
    kept.push(text);
  }
});
connection.onreconnected(tell);
connection.onclose((why) => console.log(JSON.stringify({ closed: String(why) })));

createInterface({ input: process.stdin }).once("line", async (last) => {
  const until = Date.now() + DEADLINE;
  while (Date.now() < until && kept.at(-1) !== last) {
    await new Promise((wake) => setTimeout(wake, 20));
  }
  const wrong = kept.filter((text, i) => text !== `all ${Number(kept[0].slice(4)) + i}`);
  const orderly = heard.every((one, i) => i === 0 || one.connected !== heard[i - 1].connected || Number(one.text.slice(4)) === Number(heard[i - 1].text.slice(4)) + 1);
  console.log(JSON.stringify({ first: kept[0], last: kept.at(-1), kept: kept.length, repeated: heard.length - kept.length, wrong: wrong.slice(0, 5), orderly, connected }));
  await connection.stop();
  process.exit(0);
});

async function tell() {
  connected++;
  const me = await connection.invoke("WhoAmI");
  console.log(JSON.stringify({ connected, app: me.app ?? me.App }));
}

await connection.start();
await tell();
