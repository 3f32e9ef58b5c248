import type { IRetryPolicy, RetryContext } from "@microsoft/signalr";

/** First wait and longest wait before another attempt, in milliseconds. */
const FIRST = 300;
const LONGEST = 10_000;

/**
 * When to try to connect again: never gives up, waits twice as long each time up to ten seconds, and takes a random
 * part of that so that the browsers of a dead replica do not all come at once.
 */
export class ReconnectForEver implements IRetryPolicy {
  constructor(private readonly random: () => number = Math.random) {}

  nextRetryDelayInMilliseconds({ previousRetryCount }: Pick<RetryContext, "previousRetryCount">): number {
    const ceiling = Math.min(FIRST * 2 ** Math.min(previousRetryCount, 10), LONGEST);
    return Math.round(ceiling / 2 + (this.random() * ceiling) / 2);
  }
}
