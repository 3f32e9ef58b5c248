package io.sharedredis.cli;

import picocli.CommandLine.Option;

/** How values are read from standard input. */
final class ValueOptions {
  @Option(
      names = "--lines",
      description =
          "Each line of standard input is one value, one line out for each: a failed one as 'error:"
              + " <reason>', and exit code 1 at the end.")
  boolean lines;
}
