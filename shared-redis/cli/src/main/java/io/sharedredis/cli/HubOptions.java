package io.sharedredis.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which hub, and the Redis that its servers meet at. */
final class HubOptions {
  @Option(
      names = "--redis",
      paramLabel = "<url>",
      description =
          "Redis of the backplane: redis://host[:port][/database], rediss:// for TLS;"
              + " redis-sentinel:// and redis-cluster:// too.")
  @Nullable String redis;

  @Mixin RedisLoginOptions login = new RedisLoginOptions();

  @Option(
      names = "--channel-prefix",
      paramLabel = "<prefix>",
      description =
          "Stands before every channel name: shared-redis.hub.redis.channel-prefix, or"
              + " ChannelPrefix of .NET servers. Default: none")
  String channelPrefix = "";

  @Option(
      names = "--hub",
      paramLabel = "<full name>",
      description =
          "Full name of the hub: its class, or what @HubEndpoint(fullName) says; of .NET hubs the"
              + " type with its namespace.")
  String hub = "";

  void check() {
    if (redis == null) {
      throw new UsageException("which Redis? name that of the backplane with --redis <url>");
    }
    if (hub.isBlank()) {
      throw new UsageException("which hub? give its full name with --hub <full name>");
    }
  }
}
