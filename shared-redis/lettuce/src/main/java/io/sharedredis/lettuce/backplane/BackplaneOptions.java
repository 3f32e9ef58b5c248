package io.sharedredis.lettuce.backplane;

import java.time.Duration;

/**
 * How a replica takes part in a backplane. Immutable; begin with {@link #named(String)}.
 *
 * @param serverName this process's name in group commands and client results: unique, and fresh at
 *     each start, since answers meant for an earlier life must not reach this one
 * @param channelPrefix put before every channel name, not into payloads; default none. The same as
 *     {@code ConfigurationOptions.ChannelPrefix} of .NET replicas
 * @param sendDeadline longest time a message waits for the other replicas to hear again after an
 *     outage; default 500 ms, as for any command
 * @param ackDeadline longest wait for another replica to change a group; default 30 s, as in .NET:
 *     a replica may itself be waiting for Redis
 * @param probeInterval time between two checks that the subscriptions are alive; default 10 s, so
 *     that a deaf subscription is found and mended within 30 s even when two checks are lost
 * @param probeDeadline longest time a probe may take to come back; default 2 s
 * @param maxMessageBytes largest payload sent or taken; default 16 MiB: at 32 MB Redis, as it
 *     comes, cuts its readers off. One larger is refused to the caller, or dropped and counted when
 *     another server sent it
 * @param partitions 0, the default, for ordinary pub/sub, which .NET servers use too; else into how
 *     many parts channels are divided for sharded pub/sub of a Redis Cluster: the same number on
 *     every replica. Each costs two connections
 */
public record BackplaneOptions(
    String serverName,
    String channelPrefix,
    Duration sendDeadline,
    Duration ackDeadline,
    Duration probeInterval,
    Duration probeDeadline,
    int maxMessageBytes,
    int partitions) {

  /** Enough for the largest cluster that one hub has use for; each costs two connections. */
  private static final int MOST_PARTITIONS = 256;

  public BackplaneOptions {
    if (serverName.isBlank()) {
      throw new IllegalArgumentException("backplane option 'serverName' must not be empty");
    }
    requirePositive("sendDeadline", sendDeadline);
    requirePositive("ackDeadline", ackDeadline);
    requirePositive("probeInterval", probeInterval);
    requirePositive("probeDeadline", probeDeadline);
    if (maxMessageBytes < 1024) {
      throw new IllegalArgumentException(
          "backplane option 'maxMessageBytes' must be at least 1024, but is " + maxMessageBytes);
    }
    if (partitions < 0 || partitions > MOST_PARTITIONS) {
      throw new IllegalArgumentException(
          "backplane option 'partitions' must be between 0 and "
              + MOST_PARTITIONS
              + ", but is "
              + partitions);
    }
    if (partitions > 0 && (channelPrefix.indexOf('{') >= 0 || channelPrefix.indexOf('}') >= 0)) {
      throw new IllegalArgumentException(
          "backplane option 'channelPrefix' is '"
              + channelPrefix
              + "', but must not contain braces where channels are divided into partitions: they"
              + " would decide over the slot");
    }
  }

  /** The defaults named above. */
  public static BackplaneOptions named(String serverName) {
    return new BackplaneOptions(
        serverName,
        "",
        Duration.ofMillis(500),
        Duration.ofSeconds(30),
        Duration.ofSeconds(10),
        Duration.ofSeconds(2),
        16 * 1024 * 1024,
        0);
  }

  public BackplaneOptions withChannelPrefix(String prefix) {
    return new BackplaneOptions(
        serverName,
        prefix,
        sendDeadline,
        ackDeadline,
        probeInterval,
        probeDeadline,
        maxMessageBytes,
        partitions);
  }

  public BackplaneOptions withAckDeadline(Duration deadline) {
    return new BackplaneOptions(
        serverName,
        channelPrefix,
        sendDeadline,
        deadline,
        probeInterval,
        probeDeadline,
        maxMessageBytes,
        partitions);
  }

  public BackplaneOptions withProbe(Duration interval, Duration deadline) {
    return new BackplaneOptions(
        serverName,
        channelPrefix,
        sendDeadline,
        ackDeadline,
        interval,
        deadline,
        maxMessageBytes,
        partitions);
  }

  public BackplaneOptions withMaxMessageBytes(int bytes) {
    return new BackplaneOptions(
        serverName,
        channelPrefix,
        sendDeadline,
        ackDeadline,
        probeInterval,
        probeDeadline,
        bytes,
        partitions);
  }

  public BackplaneOptions withPartitions(int number) {
    return new BackplaneOptions(
        serverName,
        channelPrefix,
        sendDeadline,
        ackDeadline,
        probeInterval,
        probeDeadline,
        maxMessageBytes,
        number);
  }

  /** What channels are called in Redis. */
  ChannelNames names() {
    return new ChannelNames(channelPrefix, partitions);
  }

  private static void requirePositive(String option, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException(
          "backplane option '" + option + "' must be longer than nothing, but is " + value);
    }
  }
}
