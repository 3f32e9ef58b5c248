package io.sharedredis.cli;

import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.DataProtector;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which protector: application name and purposes. */
final class PurposeOptions {
  @Option(
      names = "--app",
      paramLabel = "<name>",
      description =
          "Application name (SetApplicationName, shared-redis.application-name). Left out or empty:"
              + " none.")
  @Nullable String app;

  @Option(
      names = "--purpose",
      paramLabel = "<purpose>",
      description = "Purpose; repeat it for a chain, in order.")
  List<String> purposes = new ArrayList<>();

  void check() {
    if (purposes.isEmpty()) {
      throw new UsageException(
          "--purpose is missing: give at least one, the same as the application's protector");
    }
  }

  /** Sets the application name; empty is none, as in ASP.NET Core. */
  static DataProtectionOptions.Builder named(
      DataProtectionOptions.Builder options, @Nullable String app) {
    return app == null || app.isEmpty() ? options : options.applicationName(app);
  }

  DataProtector protector(DataProtection ring) {
    try {
      return ring.protector(
          purposes.get(0), purposes.subList(1, purposes.size()).toArray(String[]::new));
    } catch (DataProtectionException e) {
      throw new UsageException("--purpose or --app: " + e.getMessage(), e);
    }
  }
}
