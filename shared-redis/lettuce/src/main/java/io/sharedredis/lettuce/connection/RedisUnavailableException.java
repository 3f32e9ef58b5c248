package io.sharedredis.lettuce.connection;

/**
 * Redis did not answer in time, or is not connected: the operation may or may not have happened.
 * The message names the use and the address without password.
 */
public final class RedisUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** An operation on {@code use} at {@code address} failed because of {@code cause}. */
  public RedisUnavailableException(String use, RedisAddress address, Throwable cause) {
    super("Redis of " + use + " at " + address + " is not available: " + cause.getMessage(), cause);
  }

  /** An operation was refused without asking Redis. */
  public RedisUnavailableException(String use, RedisAddress address, String why) {
    super("Redis of " + use + " at " + address + " is not available: " + why);
  }
}
