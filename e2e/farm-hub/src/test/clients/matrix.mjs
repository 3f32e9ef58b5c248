// Runs every client × transport × protocol × negotiate version against one URL and writes a line of
// JSON for each: node matrix.mjs <hub url>. SignalR has no binary event streams.
import * as signalr10 from "@microsoft/signalr";
import { MessagePackHubProtocol as MessagePack10 } from "@microsoft/signalr-protocol-msgpack";
import signalr3 from "signalr-3";
import msgpack3 from "signalr-3-msgpack";

const url = process.argv[2];
const clients = [
  { name: "10", signalr: signalr10, messagepack: MessagePack10 },
  { name: "3.1", signalr: signalr3, messagepack: msgpack3.MessagePackHubProtocol },
];
const transports = ["WebSockets", "ServerSentEvents", "LongPolling"];
const protocols = ["json", "messagepack"];
const DEADLINE = 60_000;

for (const client of clients) {
  for (const version of [0, 1]) {
    for (const transport of transports) {
      for (const protocol of protocols) {
        if (transport !== "ServerSentEvents" || protocol === "json") {
          await report(client, version, transport, protocol);
        }
      }
    }
  }
}
process.exit(0);

async function report(client, version, transport, protocol) {
  const result = { client: client.name, version, transport, protocol };
  const before = Date.now();
  try {
    await within(DEADLINE, use(client, version, transport, protocol));
    result.ok = true;
  } catch (failure) {
    result.ok = false;
    result.error = String(failure);
  }
  result.millis = Date.now() - before;
  console.log(JSON.stringify(result));
}

async function use({ name, signalr, messagepack }, version, transport, protocol) {
  const builder = new signalr.HubConnectionBuilder()
    .withUrl(`${url}?negotiateVersion=${version}&user=ann`, signalr.HttpTransportType[transport])
    .configureLogging(signalr.LogLevel.None);
  if (protocol === "messagepack") {
    builder.withHubProtocol(new messagepack());
  }
  const connection = builder.build();
  const heard = [];
  connection.on("m", (text) => heard.push(text));
  if (name === "10") {
    connection.on("ask", (question) => question.length);
  }
  let closed;
  connection.onclose((failure) => (closed = failure ?? "in order"));
  await connection.start();

  for (let i = 0; i < 10; i++) {
    equal(await connection.invoke("Echo", `text ${i} Grüße`), `text ${i} Grüße`);
  }
  equal((await Promise.all(Array.from({ length: 20 }, (_, i) => connection.invoke("Echo", `${i}`)))).join(), range(0, 20));
  const me = await connection.invoke("WhoAmI");
  equal(me.userIdentifier ?? me.UserIdentifier, "ann");
  const id = me.connectionId ?? me.ConnectionId;
  equal((await all(connection.stream("CountUp", 30, 0))).join(), range(1, 31));

  const upload = new signalr.Subject();
  const sum = connection.invoke("SumUp", upload);
  for (let i = 1; i <= 10; i++) {
    upload.next(i);
  }
  upload.complete();
  equal(await sum, 55);

  const group = `group of ${id}`;
  await connection.invoke("Join", group);
  for (let i = 0; i < 10; i++) {
    await connection.invoke("SendToGroup", group, `word ${i}`);
  }
  await until(() => heard.length >= 10);
  equal(heard.join(), Array.from({ length: 10 }, (_, i) => `word ${i}`).join());
  if (name === "10") {
    equal(await connection.invoke("AskNumber", id, "four"), 4);
  }
  const large = "ü".repeat(14_000);
  equal(await connection.invoke("Echo", large), large);

  await connection.stop();
  equal(String(closed), "in order");
}

function all(stream) {
  return new Promise((complete, error) => {
    const items = [];
    stream.subscribe({ next: (item) => items.push(item), complete: () => complete(items), error });
  });
}

async function until(condition) {
  while (!condition()) {
    await new Promise((wake) => setTimeout(wake, 10));
  }
}

function range(from, to) {
  return Array.from({ length: to - from }, (_, i) => from + i).join();
}

function equal(actual, expected) {
  if (actual !== expected) {
    throw new Error(`expected ${String(expected).slice(0, 200)} but was ${String(actual).slice(0, 200)}`);
  }
}

function within(millis, promise) {
  let timer;
  const late = new Promise((_, fail) => (timer = setTimeout(() => fail(new Error(`took longer than ${millis} ms`)), millis)));
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
