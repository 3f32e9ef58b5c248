// Clients that go on with their connection whenever its socket is lost: node stateful.mjs <hub url>
// <how many> <json|messagepack>. Each calls and is told without a pause until a line comes on stdin,
// which is the number of the last broadcast of the test, or -1; then what came is compared with what was sent, and a line of JSON says what was found. Lines before
// it tell of sockets that serve.
import * as signalr from "@microsoft/signalr";
import { MessagePackHubProtocol } from "@microsoft/signalr-protocol-msgpack";
import { createInterface } from "node:readline";
import WebSocket from "ws";

// Whatever ends this process says so: what is only thrown somewhere inside a client must not end it.
const thrown = [];
for (const kind of ["uncaughtException", "unhandledRejection"]) {
  process.on(kind, (why) => {
    console.error(kind, why);
    thrown.push(`${kind}: ${why}`);
  });
}

const [url, count, protocol] = process.argv.slice(2);
const DEADLINE = 60_000;
const SETTLED = 20_000;
let stopping = false;
let lastBroadcast = -1;
createInterface({ input: process.stdin }).once("line", (line) => {
  lastBroadcast = Number(line);
  stopping = true;
});

const clients = await Promise.all(Array.from({ length: Number(count) }, (_, i) => open(i))).catch((why) => {
  console.error("a client did not start", why);
  process.exit(2);
});
console.log(JSON.stringify({ ready: clients.length }));
const load = Promise.all(clients.map(work));
await within(DEADLINE * 10, load);
const settled = await within(DEADLINE, Promise.all(clients.map(settle))).catch((late) => [String(late)]);
const failures = [...thrown, ...clients.flatMap((client) => client.failures), ...settled.flat()];
console.log(
  JSON.stringify({
    calls: clients.reduce((sum, client) => sum + client.calls, 0),
    told: clients.reduce((sum, client) => sum + client.heard.length, 0),
    broadcast: clients.reduce((sum, client) => sum + client.broadcast.length + client.own.length, 0),
    sockets: clients.reduce((sum, client) => sum + client.sockets, 0),
    failures: failures.slice(0, 20),
  }),
);
await Promise.all(clients.map((client) => client.connection.stop()));
process.exit(0);

async function open(number) {
  const client = { calls: 0, heard: [], broadcast: [], own: [], failures: [], sockets: 0, number };
  // A WebSocket of the client's own, which counts: the client does not say when it goes on.
  class Counted extends WebSocket {
    constructor(...given) {
      super(...given);
      client.sockets++;
      const begun = Date.now();
      // Why the client gives up is what its last socket met.
      this.on("open", () => {
        client.opened = true;
        client.last = `open after ${Date.now() - begun} ms`;
      });
      this.on("error", (why) => (client.last = `${why.message} after ${Date.now() - begun} ms`));
      this.on("close", (code) => (client.last += `, closed with ${code} after ${Date.now() - begun} ms`));
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
  client.connection.on("m", (text) => list(client, text).push(text));
  client.connection.onclose((why) => stopping || client.failures.push(`client ${number} was closed: ${why}; socket ${client.sockets}: ${client.last}`));
  await client.connection.start();
  client.id = client.connection.connectionId;
  return client;
}

function list(client, text) {
  return text.startsWith("all ") ? client.broadcast : text.startsWith("own ") ? client.own : client.heard;
}

async function work(client) {
  while (!stopping && client.failures.length === 0) {
    const number = client.calls++;
    try {
      const [echoed] = await Promise.all([
        client.connection.invoke("Echo", `echo ${number}`),
        client.connection.invoke("SendCaller", `told ${number}`),
        client.number === 0 ? client.connection.invoke("SendGroup", `own ${number}`) : undefined,
      ]);
      // The client gives up when it loses a socket in the middle of repeating what it had sent over
      // the one before: it is told of when work has gone on over it.
      if (client.opened) {
        client.opened = false;
        console.log(JSON.stringify({ open: client.number }));
      }
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
  const own = `own ${clients[0].calls - 1}`;
  const all = lastBroadcast < 0 ? undefined : `all ${lastBroadcast}`;
  const until = Date.now() + SETTLED;
  while (
    Date.now() < until &&
    client.failures.length === 0 &&
    (client.heard.length < client.calls || client.own.at(-1) !== own || client.broadcast.at(-1) !== all)
  ) {
    await new Promise((wake) => setTimeout(wake, 20));
  }
  if (client.heard.length !== client.calls) {
    failures.push(`client ${client.number} was told ${client.heard.length} of ${client.calls}`);
  }
  if (client.own.at(-1) !== own || client.broadcast.at(-1) !== all) {
    failures.push(`client ${client.number} was last told ${client.own.at(-1)} and ${client.broadcast.at(-1)}`);
  }
  client.heard.forEach((text, i) => text === `told ${i}` || failures.push(`client ${client.number} was told ${text} for ${i}`));
  for (const told of [client.broadcast, client.own]) {
    told.forEach((text, i) => {
      const wanted = text.slice(0, 4) + (Number(told[0].slice(4)) + i);
      text === wanted || failures.push(`client ${client.number} was told ${text} in place of ${wanted}`);
    });
  }
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
