// Uses the app as the official clients' own functional tests do and writes a line of JSON for each
// behaviour × client × transport × protocol: node functional.mjs <http url> <https url>.
import { createRequire } from "node:module";
import * as signalr10 from "@microsoft/signalr";
import { MessagePackHubProtocol as MessagePack10 } from "@microsoft/signalr-protocol-msgpack";
import signalr3 from "signalr-3";
import msgpack3 from "signalr-3-msgpack";

process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
process.removeAllListeners("warning");

const require = createRequire(import.meta.url);
const { HttpConnection } = require("@microsoft/signalr/dist/cjs/HttpConnection.js");
const WebSocket = require("ws");
const [http, https] = process.argv.slice(2);
const clients = [
  { name: "10", signalr: signalr10, messagepack: MessagePack10 },
  { name: "3.1", signalr: signalr3, messagepack: msgpack3.MessagePackHubProtocol },
];
const combinations = [
  ["WebSockets", "json"],
  ["WebSockets", "messagepack"],
  ["ServerSentEvents", "json"],
  ["LongPolling", "json"],
  ["LongPolling", "messagepack"],
];
const DEADLINE = 40_000;
const FAILED = "An unexpected error occurred invoking";

// ---- behaviours of every client over every transport, in either protocol

const everywhere = {
  "answers a call": async (use) => {
    const hub = await use("/testhub");
    equal(await hub.invoke("Echo", "你好，世界！"), "你好，世界！");
  },
  "answers a call over https": async (use) => {
    const hub = await use("/testhub", { base: https });
    equal(await hub.invoke("Echo", "safe"), "safe");
  },
  "finds a hub in any letter case": async (use) => {
    const hub = await use("/TestHub");
    equal(await hub.invoke("eCHO", "case"), "case");
  },
  "answers nothing to a call that wants nothing": async (use) => {
    const hub = await use("/testhub");
    equal(await hub.send("Echo", "into the void"), undefined);
    equal(await hub.invoke("Echo", "after"), "after");
  },
  "takes objects and calls back with them": async (use) => {
    const hub = await use("/testhub");
    const heard = once(hub, "CustomObject");
    await hub.invoke("SendCustomObject", { Name: "test", Value: 42 });
    same(await heard, { Name: "test", Value: 42 });
  },
  "streams to the client": async (use) => {
    const hub = await use("/testhub");
    same(await all(hub.stream("Stream")), ["a", "b", "c"]);
    same(await all(hub.stream("EmptyStream")), []);
  },
  "learns that a stream is not wanted any more": async (use) => {
    const hub = await use("/testhub");
    const heard = new Promise((told) => hub.on("StreamCanceled", told));
    const subscription = hub.stream("InfiniteStream").subscribe({ next() {}, complete() {}, error() {} });
    await hub.invoke("Echo", "begun");
    subscription.dispose();
    await heard;
  },
  "tells of an exception": async (use) => {
    const hub = await use("/testhub");
    await fails(hub.invoke("ThrowException", "oh no"), `${FAILED} 'ThrowException' on the server. InvalidOperationException: oh no`);
    await fails(all(hub.stream("StreamThrowException", "oh no")), `${FAILED} 'StreamThrowException' on the server. InvalidOperationException: oh no`);
  },
  "does not mix calls and streams up": async (use) => {
    const hub = await use("/testhub");
    await fails(hub.invoke("EmptyStream"), "The client attempted to invoke the streaming 'EmptyStream' method with a non-streaming invocation.");
    await fails(hub.invoke("Stream"), "The client attempted to invoke the streaming 'Stream' method with a non-streaming invocation.");
    await fails(all(hub.stream("Echo", "42")), "The client attempted to invoke the non-streaming 'Echo' method with a streaming invocation.");
  },
  "calls the client, also after a restart": async (use) => {
    const hub = await use("/testhub");
    for (const word of ["first", "second"]) {
      const heard = new Promise((told) => hub.on("Message", told));
      await hub.invoke("InvokeWithString", word);
      equal(await heard, word);
      hub.off("Message");
      await hub.stop();
      await hub.start();
    }
    const kept = new Promise((told) => hub.on("message", told));
    await hub.stop();
    await hub.start();
    await hub.invoke("InvokeWithString", "kept");
    equal(await kept, "kept");
  },
  "takes and gives values of many types": async (use, { protocol }) => {
    const hub = await use("/testhub");
    const binary = protocol === "messagepack";
    const value = {
      ByteArray: binary ? Uint8Array.of(1, 2, 3) : "AQID",
      DateTime: binary ? new Date(Date.UTC(2002, 3, 1, 10, 20, 15)) : "2002-04-01T10:20:15Z",
      Guid: "00010203-0405-0607-0706-050403020100",
      IntArray: [1, 2, 3],
      String: "Hello, World!",
    };
    const echoed = await hub.invoke("EchoComplexObject", value);
    same(plain(echoed), plain(value));
    const sent = await hub.invoke("SendComplexObject");
    equal(sent.String, "hello world");
    same(Array.from(sent.IntArray), [1, 2, 3]);
    equal(sent.Guid, "00010203-0405-0607-0706-050403020100");
    equal(binary ? sent.DateTime.toISOString() : sent.DateTime, binary ? "2000-01-01T00:00:00.000Z" : "2000-01-01T00:00:00Z");
  },
  "reads a stream of the client": async (use, { signalr }) => {
    const hub = await use("/testhub");
    const upload = new signalr.Subject();
    const joined = hub.invoke("StreamingConcat", upload);
    ["Hello ", "world", "!"].forEach((part) => upload.next(part));
    upload.complete();
    equal(await joined, "Hello world!");
  },
  "learns of an error in a stream of the client": async (use, { signalr }) => {
    const hub = await use("/testhub");
    const upload = new signalr.Subject();
    const joined = hub.invoke("StreamingConcat", upload);
    upload.next("Hello");
    upload.error(new Error("Something bad"));
    await fails(joined, `${FAILED} 'StreamingConcat' on the server. HubException: Something bad`);
  },
  "carries large messages both ways": async (use) => {
    const hub = await use("/testhub");
    const large = "ü".repeat(15_000);
    equal(await hub.invoke("Echo", large), large);
  },
  "says which transport it uses": async (use, { transport }) => {
    const hub = await use("/testhub");
    equal(await hub.invoke("GetActiveTransportName"), transport);
  },
  "awaits a result of the client": async (use) => {
    const hub = await use("/testhub");
    const ask = async () => (await fetch(`${http}/clientresult/${await hub.invoke("GetCallerConnectionId")}`)).text();
    hub.on("Result", () => 10);
    equal(await ask(), "10");
    hub.off("Result");
    hub.on("Result", () => {
      throw new Error("from callback");
    });
    equal(await ask(), "Error: from callback");
    hub.off("Result");
    hub.on("Result", () => {});
    equal(await ask(), "Client didn't provide a result.");
  },
};

// ---- behaviours of every client over every transport

const everyTransport = {
  "lets a bearer in, by header or query": async (use, { signalr }) => {
    const token = await (await fetch(`${http}/generateJwtToken`)).text();
    for (const factory of [() => token, async () => token]) {
      const hub = await use("/authorizedhub", { accessTokenFactory: factory });
      equal(await hub.invoke("Echo", "Foo"), "Foo");
      equal(await hub.invoke("GetUserIdentifier"), "testuser");
      await hub.stop();
    }
  },
  "turns strangers away with a word": async (use, { name }) => {
    const failure = await failureOf(use("/authorizedhub"));
    // The old client shows the reason phrase alone, which containers do not send.
    if (name === "10") {
      equal(failure.message, "Failed to complete negotiation with the server: Error: Unauthorized: Status code '401'");
    } else {
      equal(failure.statusCode, 401);
    }
  },
  "keeps cookies of negotiation, not expired ones": async (use) => {
    const hub = await use("/testhub", { base: https });
    equal(await hub.invoke("GetCookie", "testCookie"), "testValue");
    equal(await hub.invoke("GetCookie", "testCookie2"), "testValue2");
    equal(await hub.invoke("GetCookie", "expiredCookie"), null);
  },
  "gives the client its connection's id": async (use) => {
    const hub = await use("/testhub");
    equal(await hub.invoke("GetCallerConnectionId"), hub.connectionId);
  },
  "sees headers of the client": async (use) => {
    const usual = await use("/testhub");
    if (!String(await usual.invoke("GetHeader", "User-Agent")).startsWith("Microsoft SignalR/")) {
      throw new Error("no user agent of the client's");
    }
    const own = await use("/testhub", { headers: { "User-Agent": "Custom Agent", "X-HEADER": "VALUE" } });
    equal(await own.invoke("GetHeader", "User-Agent"), "Custom Agent");
    equal(await own.invoke("GetHeader", "x-header"), "VALUE");
  },
  "ends when the server says nothing for too long": async (use) => {
    const hub = await use("/testhub", { start: false });
    hub.serverTimeoutInMilliseconds = 1_500;
    const closed = new Promise((told) => hub.onclose(told));
    await hub.start();
    equal((await closed).message, "Server timeout elapsed without receiving a message from the server.");
  },
  "comes back by itself": async (use, { transport }) => {
    const hub = await use("/testhub", { reconnect: true, start: false });
    // A transport that hears nothing gives up; then it has nothing to hear for longer.
    hub.serverTimeoutInMilliseconds = transport === "LongPolling" ? 30_000 : 2_000;
    const back = new Promise((told) => hub.onreconnected(told));
    await hub.start();
    const before = hub.connectionId;
    if (transport === "LongPolling") {
      hub.connection.stop(new Error("as if lost"));
    }
    await back;
    hub.serverTimeoutInMilliseconds = 30_000;
    if (hub.connectionId === before) {
      throw new Error("still the same connection");
    }
    equal(await hub.invoke("GetCallerConnectionId"), hub.connectionId);
  },
  "follows where negotiation leads": async (use) => {
    const hub = await use(`/redirect?baseUrl=${http}`);
    const count = await hub.invoke("GetNumRedirects");
    await hub.stop();
    await hub.start();
    equal(await hub.invoke("GetNumRedirects"), count + 1);
  },
  "shows what the server says against negotiation": async (use, { name }) => {
    const failure = await failureOf(use("/bad-negotiate"));
    if (name === "10") {
      equal(failure.message, "Failed to complete negotiation with the server: Error: Some response from server: Status code '400'");
    } else {
      equal(failure.statusCode, 400);
    }
  },
};

// ---- behaviours of the newest client alone

const alone = {
  "needs no negotiation for a WebSocket": async (use) => {
    const hub = await use("/testhub", { skipNegotiation: true });
    equal(hub.connectionId, null);
    equal((await hub.invoke("GetCallerConnectionId")).length, 22);
    await hub.stop();
    await hub.start();
    equal(await hub.invoke("Echo", "again"), "again");
  },
  "takes long polling where MessagePack finds events only": async () => {
    const hub = connection(clients[0], "WebSockets", "messagepack", "/testhub-nowebsockets", { transport: undefined });
    await hub.start();
    equal(await hub.invoke("GetActiveTransportName"), "LongPolling");
    await hub.stop();
  },
  "takes events where there are no WebSockets": async () => {
    const hub = connection(clients[0], "WebSockets", "json", "/testhub-nowebsockets", { transport: undefined });
    await hub.start();
    equal(await hub.invoke("GetActiveTransportName"), "ServerSentEvents");
    await hub.stop();
  },
  "carries raw bytes both ways": async () => {
    for (const transport of ["WebSockets", "ServerSentEvents", "LongPolling"]) {
      await raw("/echo", transport, "Hello World");
    }
    await raw("/echo", undefined, "any transport");
    await raw("/echoredirect", "LongPolling", "around a corner");
  },
  "closes a raw WebSocket cleanly": async () => {
    const socket = new WebSocket(http.replace("http", "ws") + "/echo");
    await new Promise((open, error) => ((socket.onopen = open), (socket.onerror = error)));
    const closed = new Promise((told) => (socket.onclose = told));
    socket.close();
    const end = await closed;
    equal(end.code, 1000);
    equal(end.wasClean, true);
  },
  "closes with an error that clients show": async () => {
    const hub = connection(clients[0], "WebSockets", "json", "/probe/detailed", {});
    const closed = new Promise((told) => hub.onclose(told));
    await hub.start();
    await hub.send("Loop");
    await hub.invoke("Loop").catch(() => {});
    if (!String(await closed).includes("Connection closed with an error.")) {
      throw new Error(`closed otherwise: ${await closed}`);
    }
  },
  "answers a page's preflight with credentials": async () => {
    const answer = await fetch(`${http}/cors/hub/negotiate?negotiateVersion=1`, {
      method: "OPTIONS",
      headers: {
        Origin: "http://spa.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "x-requested-with,x-signalr-user-agent",
      },
    });
    equal(answer.status, 204);
    equal(answer.headers.get("access-control-allow-credentials"), "true");
    equal(answer.headers.get("access-control-allow-headers"), "x-requested-with,x-signalr-user-agent");
  },
};

// What a client or a transport does not know is left out, and not counted.
const leftOut = (behaviour, client, transport) =>
  (client.name === "3.1" && ["awaits a result of the client", "sees headers of the client"].includes(behaviour)) ||
  (transport === "LongPolling" && behaviour === "ends when the server says nothing for too long");

for (const client of clients) {
  for (const [transport, protocol] of combinations) {
    for (const [name, test] of Object.entries(everywhere)) {
      await report(name, test, client, transport, protocol);
    }
    if (protocol === "json") {
      for (const [name, test] of Object.entries(everyTransport)) {
        await report(name, test, client, transport, protocol);
      }
    }
  }
}
for (const [name, test] of Object.entries(alone)) {
  await report(name, test, clients[0], "WebSockets", "json");
}
process.exit(0);

async function report(behaviour, test, client, transport, protocol) {
  if (leftOut(behaviour, client, transport)) {
    return;
  }
  const result = { behaviour, client: client.name, transport, protocol };
  const opened = [];
  const use = async (path, options = {}) => {
    const hub = connection(client, transport, protocol, path, options);
    opened.push(hub);
    if (options.start !== false) {
      await hub.start();
    }
    return hub;
  };
  try {
    await within(DEADLINE, test(use, { ...client, transport, protocol }));
    result.ok = true;
  } catch (failure) {
    result.ok = false;
    result.error = String(failure);
  }
  await Promise.all(opened.map((hub) => hub.stop().catch(() => {})));
  console.log(JSON.stringify(result));
}

function connection({ signalr, messagepack }, transport, protocol, path, options) {
  const { base = http, start, reconnect, ...more } = options;
  const builder = new signalr.HubConnectionBuilder()
    .withUrl(base + path, { transport: signalr.HttpTransportType[transport], ...more })
    .configureLogging(signalr.LogLevel.None);
  if (protocol === "messagepack") {
    builder.withHubProtocol(new messagepack());
  }
  if (reconnect) {
    builder.withAutomaticReconnect([0, 100, 500]);
  }
  return builder.build();
}

async function raw(path, transport, text) {
  const connection = new HttpConnection(http + path, {
    transport: transport && signalr10.HttpTransportType[transport],
    logger: signalr10.NullLogger?.instance ?? signalr10.LogLevel.None,
  });
  const heard = new Promise((told) => (connection.onreceive = told));
  const closed = new Promise((told) => (connection.onclose = told));
  await connection.start(signalr10.TransferFormat.Text);
  await connection.send(text);
  equal(await heard, text);
  await connection.stop();
  equal(await closed, undefined);
}

function once(hub, method) {
  return new Promise((told) => hub.on(method, told));
}

function all(stream) {
  return new Promise((complete, error) => {
    const items = [];
    stream.subscribe({ next: (item) => items.push(item), complete: () => complete(items), error });
  });
}

function plain(value) {
  const { ByteArray, DateTime, Guid, IntArray, String: text } = value;
  return [String(Array.from(ByteArray)), DateTime.toISOString?.() ?? DateTime, Guid, Array.from(IntArray), text];
}

async function failureOf(promise) {
  try {
    await promise;
  } catch (failure) {
    return failure;
  }
  throw new Error("it should have failed");
}

async function fails(promise, message) {
  equal((await failureOf(promise)).message, message);
}

function same(actual, expected) {
  equal(JSON.stringify(actual), JSON.stringify(expected));
}

function equal(actual, expected) {
  if (actual !== expected) {
    throw new Error(`expected ${String(expected).slice(0, 300)} but was ${String(actual).slice(0, 300)}`);
  }
}

function within(millis, promise) {
  let timer;
  const late = new Promise((_, fail) => (timer = setTimeout(() => fail(new Error(`took longer than ${millis} ms`)), millis)));
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
