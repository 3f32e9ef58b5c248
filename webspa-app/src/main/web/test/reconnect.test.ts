import { expect, test } from "vitest";
import { ReconnectForEver } from "../src/hub/reconnect";

const delays = (random: number, counts: number[]) =>
  counts.map((previousRetryCount) => new ReconnectForEver(() => random).nextRetryDelayInMilliseconds({ previousRetryCount }));

test("the first attempt comes at once, later ones less and less often", () => {
  expect(delays(1, [0, 1, 2, 3])).toEqual([300, 600, 1200, 2400]);
});

test("it never gives up and never waits longer than ten seconds", () => {
  expect(delays(1, [6, 100, 1_000_000])).toEqual([10_000, 10_000, 10_000]);
});

test("half of each wait is random, so that browsers do not come back in step", () => {
  expect(delays(0, [0, 3])).toEqual([150, 1200]);
});
