package io.sharedredis.lettuce.hub;

/** What came of the wish to claim a connection. */
public sealed interface ClaimAnswer {

  /** It is the asker's, from now on. */
  record Made() implements ClaimAnswer {}

  /** It has been the asker's for a while. */
  record Own() implements ClaimAnswer {}

  /**
   * Another replica has it.
   *
   * @param server that replica's name
   */
  record Elsewhere(String server) implements ClaimAnswer {}

  /** There is no such connection, or it has ended, or it is of another hub. */
  record None() implements ClaimAnswer {}
}
