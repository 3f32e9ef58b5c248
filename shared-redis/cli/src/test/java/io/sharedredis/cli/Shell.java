package io.sharedredis.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs the command line inside this JVM, as {@link Main} does in its own. */
final class Shell {
  private static final JsonMapper MAPPER = new JsonMapper();

  private final InstantSource clock;
  private final Map<String, String> environment;
  private final UnaryOperator<String> person;

  private Shell(
      InstantSource clock, Map<String, String> environment, UnaryOperator<String> person) {
    this.clock = clock;
    this.environment = environment;
    this.person = person;
  }

  static Shell at(Instant now) {
    return new Shell(InstantSource.fixed(now), Map.of(), null);
  }

  static Shell now() {
    return new Shell(InstantSource.system(), Map.of(), null);
  }

  Shell with(Map<String, String> environment) {
    return new Shell(clock, environment, person);
  }

  Shell withPersonWhoTypes(String answer) {
    return new Shell(clock, environment, question -> answer);
  }

  Result run(String stdin, List<String> arguments) {
    return run(stdin.getBytes(StandardCharsets.UTF_8), arguments);
  }

  Result run(String stdin, String... arguments) {
    return run(stdin, List.of(arguments));
  }

  Result run(byte[] stdin, List<String> arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Surroundings io =
        new Surroundings(
            new ByteArrayInputStream(stdin),
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            environment,
            clock,
            new SecureRandom(),
            person);
    int exit = new CommandTree(io).run(arguments.toArray(String[]::new));
    return new Result(
        exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  static List<String> arguments(Object... parts) {
    List<String> arguments = new ArrayList<>();
    for (Object part : parts) {
      if (part instanceof List<?> several) {
        several.forEach(one -> arguments.add(one.toString()));
      } else {
        arguments.add(part.toString());
      }
    }
    return arguments;
  }

  /** What a command left behind. */
  record Result(int exit, String out, String err) {
    /** Output lines, none for no output. */
    List<String> lines() {
      return out.isEmpty()
          ? List.of()
          : List.of(out.substring(0, out.length() - 1).split("\n", -1));
    }

    /** The only line of output. */
    String line() {
      List<String> lines = lines();
      if (lines.size() != 1) {
        throw new AssertionError("not one line but " + lines.size() + ": " + this);
      }
      return lines.get(0);
    }

    JsonNode json() {
      return MAPPER.readTree(out);
    }
  }
}
