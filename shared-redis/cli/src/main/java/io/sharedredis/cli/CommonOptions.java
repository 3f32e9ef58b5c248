package io.sharedredis.cli;

import picocli.CommandLine.Option;

/** What every command takes. */
final class CommonOptions {
  @Option(names = "--json", description = "Result as JSON, for machines (shapes: docs/cli.md).")
  boolean json;

  @Option(
      names = "--debug",
      description = "Log more, and show where an unexpected error comes from.")
  boolean debug;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;
}
