package io.sharedredis.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Who asks Redis, whatever for. */
final class RedisLoginOptions {
  @Option(names = "--redis-user", paramLabel = "<name>", description = "User of Redis 6 ACLs.")
  @Nullable String user;

  @Option(
      names = "--redis-password-file",
      paramLabel = "<file>",
      description =
          "File that holds the password of Redis. Without it the environment variable"
              + " REDIS_PASSWORD is taken.")
  @Nullable Path passwordFile;

  /** The option that was given, for a message that it is out of place; null if none was. */
  @Nullable String given() {
    return user != null ? "--redis-user" : passwordFile != null ? "--redis-password-file" : null;
  }
}
