package io.sharedredis.cli;

import java.nio.file.FileSystemException;

/** The innermost reason of a failure, as far as it can be shown: one line, nothing secret. */
final class Reasons {
  /** Deeper than any library wraps; ends on a chain that is a circle. */
  private static final int MAX_DEPTH = 10;

  /** Characters of a foreign message that are shown. */
  private static final int MAX_LENGTH = 200;

  private Reasons() {}

  static String of(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause.getCause() != null && depth < MAX_DEPTH; depth++) {
      cause = cause.getCause();
    }
    String message = cause.getMessage();
    if (message == null || message.isBlank()) {
      return cause.getClass().getSimpleName();
    }
    String line = shown(message);
    // The message of a file error is the path alone.
    return cause instanceof FileSystemException
        ? cause.getClass().getSimpleName().replace("Exception", "") + " " + line
        : line;
  }

  /** One line; what Redis repeats of a command it refuses may be a key element. */
  private static String shown(String message) {
    int arguments = message.indexOf("with args beginning with");
    String line =
        Printable.of(arguments < 0 ? message : message.substring(0, arguments))
            .replaceAll("<.*", "…")
            .strip();
    return line.length() <= MAX_LENGTH ? line : line.substring(0, MAX_LENGTH) + "…";
  }
}
