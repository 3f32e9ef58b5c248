// Clients that go on with their connection whenever its socket is lost: node stateful.mjs <hub url>
// <how many> <json|messagepack>. Each calls and is told without a pause until a line comes on stdin;
// then what came is compared with what was sent, and a line of JSON says what was found. Lines before
// it tell of sockets as they open.
import * as signalr from "@microsoft/signalr";
import { MessagePackHubProtocol } from "@microsoft/signalr-protocol-msgpack";
import { createInterface } from "node:readline";
import WebSocket from "ws";

const [url, count, protocol] = process.argv.slice(2);
const DEADLINE = 60_000;
let stopping = false;
createInterface({ input: process.stdin }).once("line", () => (stopping = true));

const clients = await Promise.all(Array.from({ length: Number(count) }, (_, i) => open(i)));
console.log(JSON.stringify({ ready: clients.length }));
const load = Promise.all(clients.map(work));
await within(DEADLINE * 10, load);
const settled = await within(DEADLINE, Promise.all(clients.map(settle))).catch((late) => [String(late)]);
const failures = [...clients.flatMap((client) => client.failures), ...settled.flat()];
console.log(
  JSON.stringify({
    calls: clients.reduce((sum, client) => sum + client.calls, 0),
    told: clients.reduce((sum, client) => sum + client.heard.length, 0),
    broadcast: clients.map((client) => client.broadcast.length),
    sockets: clients.reduce((sum, client) => sum + client.sockets, 0),
    failures: failures.slice(0, 20),
  }),
);
await Promise.all(clients.map((client) => client.connection.stop()));
process.exit(0);

async function open(number) {
  const client = { calls: 0, heard: [], broadcast: [], failures: [], sockets: 0, number };
  // A WebSocket of the client's own, which counts: the client does not say when it goes on.
  class Counted extends WebSocket {
    constructor(...given) {
      super(...given);
      client.sockets++;
      this.on("open", () => console.log(JSON.stringify({ open: number })));
    }
  }
  const builder = new signalr.HubConnectionBuilder()
    .withUrl(`${url}?user=u${number}`, { transport: signalr.HttpTransportType.WebSockets, WebSocket: Counted })
    .withStatefulReconnect()
    .configureLogging(signalr.LogLevel.None);
  if (protocol === "messagepack") {
    builder.withHubProtocol(new MessagePackHubProtocol());
  }
  client.connection = builder.build();
  client.connection.on("m", (text) => (text.startsWith("all ") ? client.broadcast : client.heard).push(text));
  client.connection.onclose((why) => stopping || client.failures.push(`client ${number} was closed: ${why}`));
  await client.connection.start();
  client.id = client.connection.connectionId;
  return client;
}

async function work(client) {
  while (!stopping && client.failures.length === 0) {
    const number = client.calls++;
    try {
      const [echoed] = await Promise.all([
        client.connection.invoke("Echo", `echo ${number}`),
        client.connection.invoke("SendCaller", `told ${number}`),
      ]);
      if (echoed !== `echo ${number}`) {
        client.failures.push(`client ${client.number} was answered ${echoed} to ${number}`);
      }
    } catch (failure) {
      client.failures.push(`client ${client.number}, call ${number}: ${failure}`);
    }
    await new Promise((wake) => setTimeout(wake, 1 + (number % 5)));
  }
}

// What is told comes back over Redis, or not at all.
async function settle(client) {
  const failures = [];
  while (client.heard.length < client.calls && client.failures.length === 0) {
    await new Promise((wake) => setTimeout(wake, 20));
  }
  client.heard.forEach((text, i) => text === `told ${i}` || failures.push(`client ${client.number} was told ${text} for ${i}`));
  client.broadcast.forEach((text, i) => {
    const first = Number(client.broadcast[0].slice(4));
    if (text !== `all ${first + i}`) {
      failures.push(`client ${client.number} was told ${text} in place of all ${first + i}`);
    }
  });
  const me = await client.connection.invoke("WhoAmI");
  if ((me.connectionId ?? me.ConnectionId) !== client.id) {
    failures.push(`client ${client.number} has another connection`);
  }
  return failures.slice(0, 3);
}

function within(millis, promise) {
  let timer;
  const late = new Promise((_, fail) => (timer = setTimeout(() => fail(new Error(`took longer than ${millis} ms`)), millis)));
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
