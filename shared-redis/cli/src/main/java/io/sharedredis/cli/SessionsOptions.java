package io.sharedredis.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where sessions lie, whose they are, and what opens what is sealed in them. */
final class SessionsOptions {
  @Option(
      names = "--redis",
      paramLabel = "<url>",
      description =
          "Redis that holds the sessions: redis://host[:port][/database], rediss:// for TLS.")
  @Nullable String redis;

  @Mixin RedisLoginOptions login = new RedisLoginOptions();

  @Option(
      names = "--app",
      paramLabel = "<name>",
      description = "Application whose sessions these are (shared-redis.application-name).")
  String app = "";

  @Option(
      names = "--ring-redis",
      paramLabel = "<url>",
      description =
          "Redis that holds the key ring, with the same user and password. With a ring, places are"
              + " shown.")
  @Nullable String ringRedis;

  @Option(
      names = "--redis-key",
      paramLabel = "<key>",
      description = "List that holds the ring. Default: DataProtection-Keys")
  @Nullable String redisKey;

  @Option(
      names = "--directory",
      paramLabel = "<dir>",
      description = "Directory that holds the key ring, instead of --ring-redis.")
  @Nullable Path directory;

  @Mixin KeyOpeningOptions opening = new KeyOpeningOptions();

  void check() {
    if (redis == null) {
      throw new UsageException("which Redis? name that of the sessions with --redis <url>");
    }
    if (app.isBlank()) {
      throw new UsageException(
          "--app is missing: name the application as shared-redis.application-name does");
    }
    if (ringRedis != null && directory != null) {
      throw new UsageException("--ring-redis and --directory exclude each other: name one ring");
    }
    if (redisKey != null && ringRedis == null) {
      throw new UsageException("--redis-key goes with --ring-redis: add it, or leave the key out");
    }
    if (!namesRing() && opening.given()) {
      throw new UsageException(
          "a key ring is missing: add --ring-redis <url> or --directory <dir>, or leave the"
              + " options that open one out");
    }
  }

  /** Whether what is sealed can be shown. */
  boolean namesRing() {
    return ringRedis != null || directory != null;
  }

  /** The ring, as the commands that work on rings take it. */
  RingOptions ring() {
    RingOptions ring = new RingOptions();
    ring.redis = ringRedis;
    ring.directory = directory;
    ring.redisKey = redisKey;
    if (ringRedis != null) {
      ring.login = login;
    }
    ring.opening = opening;
    return ring;
  }
}
