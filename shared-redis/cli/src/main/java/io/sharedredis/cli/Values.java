package io.sharedredis.cli;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.crypto.PayloadText;
import io.sharedredis.dataprotection.crypto.StrictUtf8;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.function.Function;

/** Takes values from standard input to standard output: one as a whole, or one a line. */
final class Values {
  private static final int FAILED = 1;

  private final Surroundings io;
  private final boolean lines;
  private final boolean json;

  Values(Surroundings io, boolean lines, boolean json) {
    this.io = io;
    this.lines = lines;
    this.json = json;
  }

  /**
   * @param work throws {@link DataProtectionException} for a value that is not accepted
   * @return the exit code
   */
  int answer(Function<byte[], Answer> work) {
    ValueInput input = new ValueInput(io.in());
    try {
      return lines ? answerLines(input, work) : answerOne(input, work);
    } catch (IOException e) {
      throw new FailedException("standard input: " + e.getMessage(), e);
    }
  }

  private int answerOne(ValueInput input, Function<byte[], Answer> work) throws IOException {
    Answer answer = work.apply(input.all());
    io.print(json ? Json.line(answer.json()) : answer.text());
    return 0;
  }

  private int answerLines(ValueInput input, Function<byte[], Answer> work) throws IOException {
    int exit = 0;
    for (byte[] line = input.line(); line != null; line = input.line()) {
      String out;
      try {
        Answer answer = work.apply(line);
        if (!json && LineBreaks.isIn(answer.text())) {
          throw new DataProtectionException(
              "the plaintext has a line break, use --binary or --json");
        }
        out = json ? Json.line(answer.json()) : answer.text();
      } catch (DataProtectionException e) {
        exit = FAILED;
        String reason = String.valueOf(e.getMessage());
        out = json ? Json.line(Map.of("error", reason)) : "error: " + reason;
      }
      io.out().print(out);
      io.out().print('\n');
      // Whoever waits for an answer before sending more gets it; a long file is not slowed down.
      if (isDrained(input.source())) {
        io.out().flush();
      }
    }
    io.out().flush();
    return exit;
  }

  private static boolean isDrained(InputStream in) throws IOException {
    return in.available() == 0;
  }

  /** Standard input as text. */
  static String text(byte[] value) {
    try {
      return StrictUtf8.decode(value, 0, value.length);
    } catch (DataProtectionException e) {
      throw new DataProtectionException("the input is not UTF-8 text, use --binary for bytes");
    }
  }

  /** Standard input as base64, of either alphabet. */
  static byte[] base64(byte[] value) {
    try {
      return PayloadText.decode(text(value));
    } catch (DataProtectionException e) {
      throw new DataProtectionException("the input is not base64");
    }
  }
}
