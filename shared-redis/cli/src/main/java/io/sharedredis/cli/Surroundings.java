package io.sharedredis.cli;

import java.io.BufferedOutputStream;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a command knows of the world around it.
 *
 * @param in values, as bytes: never decoded with the platform's charset
 * @param out results, UTF-8; flushed by whoever writes
 * @param err messages for people, UTF-8
 * @param environment of the process
 * @param person asks a question and gives the line that was typed; null where nobody sits at a
 *     terminal
 */
record Surroundings(
    InputStream in,
    PrintStream out,
    PrintStream err,
    Map<String, String> environment,
    InstantSource clock,
    SecureRandom random,
    @Nullable UnaryOperator<String> person) {

  /** Bytes of output held back while more input is there to be worked on. */
  private static final int OUTPUT_BUFFER = 1 << 16;

  static Surroundings ofProcess() {
    Console console = System.console();
    return new Surroundings(
        new FileInputStream(FileDescriptor.in),
        new PrintStream(
            new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), OUTPUT_BUFFER),
            false,
            StandardCharsets.UTF_8),
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
        System.getenv(),
        InstantSource.system(),
        new SecureRandom(),
        console == null
            ? null
            : question -> {
              String answer = console.readLine("%s", question);
              return answer == null ? "" : answer;
            });
  }

  /** A message for people: one line on standard error. */
  void say(String message) {
    err.println(message);
  }

  /** A result: one line (or several) on standard output. */
  void print(String result) {
    out.print(result);
    out.print('\n');
    out.flush();
  }
}
