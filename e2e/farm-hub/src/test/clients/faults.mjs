// The load of the table of Redis faults: node faults.mjs <hub url on A> <hub url on B>. One client of A calls
// Broadcast a hundred times a second, one client on A and one on B listen. Lines on stdin say what happens to
// Redis: "fault", "back", "end"; after the last one a line of JSON says what became of the messages. With
// "fault" and a number as the second word, a new client connects to B so many milliseconds later and joins a group.
import * as signalr from "@microsoft/signalr";
import { createInterface } from "node:readline";

const [urlA, urlB] = process.argv.slice(2);
const PAUSE = 10;
const PATIENCE = 60_000;
const sent = [];
const heard = { a: [], b: [] };
const closed = [];
const at = {};
let stopping = false;
let late = Promise.resolve({});

const sender = await open(urlA, "sender");
const onA = await open(urlA, "a");
const onB = await open(urlB, "b");
onA.on("m", (text) => heard.a.push({ number: Number(text), time: performance.now() }));
onB.on("m", (text) => heard.b.push({ number: Number(text), time: performance.now() }));
createInterface({ input: process.stdin }).on("line", (line) => {
  const [event, delay] = line.split(" ");
  at[event] = performance.now();
  if (delay) {
    late = new Promise((wake) => setTimeout(wake, Number(delay))).then(newcomer);
  }
  stopping = event === "end";
});
console.log(JSON.stringify({ ready: true }));

const begun = performance.now();
while (!stopping) {
  const due = begun + sent.length * PAUSE;
  if (performance.now() < due) {
    await new Promise((wake) => setTimeout(wake, due - performance.now()));
  }
  const call = { ok: undefined };
  sent.push(call);
  const before = performance.now();
  sender.invoke("Broadcast", String(sent.length)).then(
    () => answered(call, before, true),
    () => answered(call, before, false),
  );
}
const until = performance.now() + PATIENCE;
while (performance.now() < until && sent.some((call) => call.ok === undefined)) {
  await sleep(50);
}
// What is still on its way has time to come.
await sleep(5_000);
console.log(JSON.stringify(report(await late)));
process.exit(0);

function answered(call, before, ok) {
  call.ok = ok;
  call.took = performance.now() - before;
}

function report(newcomer) {
  const failed = numbers((call) => call.ok === false);
  return {
    sent: sent.length,
    failed: failed.length,
    unanswered: numbers((call) => call.ok === undefined).length,
    a: listener(heard.a, failed),
    b: listener(heard.b, failed),
    slowest: seconds(Math.max(...sent.map((call) => call.took ?? Infinity))),
    closed,
    newcomer,
  };
}

function numbers(condition) {
  return sent.flatMap((call, i) => (condition(call) ? [i + 1] : []));
}

function listener(got, failed) {
  const there = new Set(got.map((one) => one.number));
  const times = got.map((one) => one.time);
  return {
    lost: sent.length - there.size,
    lostThoughOk: numbers((call) => call.ok).filter((number) => !there.has(number)).length,
    failedButDelivered: failed.filter((number) => there.has(number)).length,
    repeated: got.length - there.size,
    disordered: got.filter((one, i) => i > 0 && one.number < got[i - 1].number).length,
    longestGap: seconds(Math.max(...times.slice(1).map((time, i) => time - times[i]))),
    afterBack: seconds((times.find((time) => time >= at.back) ?? Infinity) - at.back),
  };
}

async function newcomer() {
  const result = {};
  let before = performance.now();
  try {
    const client = await open(urlB, "newcomer");
    result.connected = seconds(performance.now() - before);
    before = performance.now();
    const told = new Promise((hear) => client.on("m", (text) => text === "to the group" && hear()));
    await client.invoke("Join", "late");
    result.joined = seconds(performance.now() - before);
    while (at.back === undefined) {
      await sleep(50);
    }
    before = performance.now();
    const again = setInterval(() => sender.invoke("SendToGroup", "late", "to the group").catch(() => {}), 50);
    await Promise.race([told, sleep(30_000).then(() => Promise.reject(new Error("nothing came within 30 s")))]).finally(() => clearInterval(again));
    result.heard = seconds(performance.now() - before);
  } catch (failure) {
    result.failure = String(failure);
    result.after = seconds(performance.now() - before);
  }
  return result;
}

async function open(url, name) {
  const connection = new signalr.HubConnectionBuilder()
    .withUrl(url, { transport: signalr.HttpTransportType.WebSockets })
    .configureLogging(signalr.LogLevel.None)
    .build();
  connection.onclose((why) => closed.push(`${name}: ${why ?? "in order"}`));
  await connection.start();
  return connection;
}

function sleep(millis) {
  return new Promise((wake) => setTimeout(wake, millis));
}

function seconds(millis) {
  return Number.isFinite(millis) ? Math.round(millis / 10) / 100 : null;
}
