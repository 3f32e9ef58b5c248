package io.sharedredis.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Arguments as they were given. Where the locale is POSIX, as in most containers and cron jobs,
 * Java turns every byte of an argument that is not ASCII into a question mark: a purpose would
 * silently become another one. Linux keeps the bytes.
 */
final class Arguments {
  private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

  /** What Java puts in place of what it cannot decode. */
  private static final String LOST = "?\uFFFD";

  private Arguments() {}

  static String[] asGiven(String[] arguments) {
    return asGiven(arguments, COMMAND_LINE);
  }

  static String[] asGiven(String[] arguments, Path commandLine) {
    if (!mayHaveLost(arguments) || !Files.isReadable(commandLine)) {
      return arguments;
    }
    try {
      List<String> given = split(Files.readAllBytes(commandLine));
      int first = given.size() - arguments.length;
      if (first < 0) {
        return arguments;
      }
      String[] restored = given.subList(first, given.size()).toArray(String[]::new);
      for (int i = 0; i < arguments.length; i++) {
        if (!isSame(arguments[i], restored[i])) {
          return arguments;
        }
      }
      return restored;
    } catch (IOException e) {
      // Not UTF-8, or not readable: what Java made of it is all there is.
      return arguments;
    }
  }

  private static boolean mayHaveLost(String[] arguments) {
    for (String argument : arguments) {
      if (argument.chars().anyMatch(c -> LOST.indexOf(c) >= 0)) {
        return true;
      }
    }
    return false;
  }

  /** Whether the first is the second with what is not ASCII lost. */
  private static boolean isSame(String lossy, String given) {
    return ascii(lossy).equals(ascii(given));
  }

  private static String ascii(String text) {
    return text.replaceAll("[^\\x00-\\x7f]|[?]", "");
  }

  private static List<String> split(byte[] line) throws CharacterCodingException {
    List<String> parts = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < line.length; i++) {
      if (line[i] == 0) {
        parts.add(
            StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(line, from, i - from))
                .toString());
        from = i + 1;
      }
    }
    return parts;
  }
}
