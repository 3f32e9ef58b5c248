package io.sharedredis.spring.hub;

/** A client that waits for something to be said; answered once. */
interface Poll {

  /** When it is answered without anything to say, on the clock of claims; nanoseconds. */
  long deadline();

  /** Whether an answer can be taken now; it is asked again within a second. */
  boolean ready();

  /** Answers. Any thread; does not block. */
  void answer(PollAnswer answer);
}
