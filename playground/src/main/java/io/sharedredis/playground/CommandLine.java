package io.sharedredis.playground;

import io.sharedredis.playground.farm.App;
import io.sharedredis.playground.farm.FarmException;
import io.sharedredis.playground.farm.FarmOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the arguments ask for. Options may stand before and after the command's words. */
final class CommandLine {

  /** A file, because bin/playground prints it where nothing is built yet. */
  static final String HELP = read("help.txt");

  private static final Set<String> VALUED =
      Set.of(
          "--replicas",
          "--redis",
          "--postgres",
          "--gateway-port",
          "--webspa-port",
          "--identity-port",
          "--bind",
          "--public-url",
          "--run-dir",
          "--webspa-jar",
          "--identity-jar",
          "--start-timeout");

  private final List<String> words = new ArrayList<>();
  private final Map<String, String> values = new HashMap<>();
  private final Map<String, Map<String, String>> environment = new HashMap<>();
  private final Path root;

  private CommandLine(Path root) {
    this.root = root;
  }

  /**
   * Reads the arguments.
   *
   * @param root directory of the built modules
   */
  static CommandLine parse(List<String> arguments, Path root) {
    CommandLine line = new CommandLine(root);
    Iterator<String> rest = arguments.iterator();
    while (rest.hasNext()) {
      line.take(rest.next(), rest);
    }
    return line;
  }

  private void take(String argument, Iterator<String> rest) {
    if (argument.equals("-h") || argument.equals("--help")) {
      words.add(0, "help");
      return;
    }
    if (!argument.startsWith("-")) {
      words.add(argument);
      return;
    }
    int equals = argument.indexOf('=');
    String option = equals < 0 ? argument : argument.substring(0, equals);
    if (!VALUED.contains(option) && !option.equals("--env")) {
      throw new FarmException("unknown option " + option + "; see playground --help");
    }
    if (equals < 0 && !rest.hasNext()) {
      throw new FarmException(option + " needs a value");
    }
    String value = equals < 0 ? rest.next() : argument.substring(equals + 1);
    if (option.equals("--env")) {
      addEnvironment(value);
    } else {
      values.put(option, value);
    }
  }

  private void addEnvironment(String value) {
    int colon = value.indexOf(':');
    int equals = value.indexOf('=', colon + 1);
    if (colon < 1 || equals < colon + 2) {
      throw new FarmException(
          "--env wants WHO:NAME=VALUE, for instance webspa-2:IsClusterEnv=false");
    }
    environment
        .computeIfAbsent(value.substring(0, colon), who -> new HashMap<>())
        .put(value.substring(colon + 1, equals), value.substring(equals + 1));
  }

  private static String read(String resource) {
    try (InputStream stream = CommandLine.class.getResourceAsStream(resource)) {
      return new String(Objects.requireNonNull(stream).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The command and its words; {@code start} when nothing is said. */
  List<String> words() {
    return words.isEmpty() ? List.of("start") : List.copyOf(words);
  }

  Path runDirectory() {
    String given = values.get("--run-dir");
    Path directory = given == null ? root.resolve("playground/target") : Path.of(given);
    return directory.toAbsolutePath().normalize();
  }

  FarmOptions farm() {
    Map<App, Path> jars = new EnumMap<>(App.class);
    putJar(jars, App.WEBSPA, values.get("--webspa-jar"));
    putJar(jars, App.IDENTITY, values.get("--identity-jar"));
    return new FarmOptions(
        number("--replicas", 2),
        values.getOrDefault("--bind", "127.0.0.1"),
        number("--gateway-port", 8080),
        number("--webspa-port", 8101),
        number("--identity-port", 8201),
        values.get("--redis"),
        values.get("--postgres"),
        values.get("--public-url"),
        root,
        runDirectory(),
        jars,
        environment,
        number("--start-timeout", 180));
  }

  private static void putJar(Map<App, Path> jars, App app, @Nullable String file) {
    if (file != null) {
      jars.put(app, Path.of(file).toAbsolutePath());
    }
  }

  private int number(String option, int otherwise) {
    String value = values.get(option);
    if (value == null) {
      return otherwise;
    }
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new FarmException(option + " must be a whole number, not " + value);
    }
  }
}
