package io.sharedredis.testkit;

import java.time.Duration;

/** Where a {@link RedisServer} runs and what can be done to it there. */
sealed interface RedisHost extends AutoCloseable permits ProcessHost, ContainerHost, SharedHost {

  /** Unit: time. A server on a loaded two-core machine answers its first PING well within this. */
  Duration START_DEADLINE = Duration.ofSeconds(20);

  String url();

  /** Whether this test run owns the server and may kill or stall it. */
  boolean controlled();

  /** Starts the server after {@link #stop} or {@link #kill}, with the data on its disk or none. */
  void startAgain(boolean empty);

  /** Asks the server to save and end, and waits until it has. */
  void stop();

  /** Ends the server as a power cut would. */
  void kill();

  void pause();

  void resume();

  /** Ends the server and removes what it left behind. Never throws for a server already gone. */
  @Override
  void close();
}
