package io.sharedredis.cli;

import io.sharedredis.dataprotection.DataProtectionException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** All commands, and what becomes of their errors. */
final class CommandTree {
  private static final int FAILED = 1;
  private static final int WRONG_USAGE = 2;

  /** Level of everything that is logged; read when the first logger is made. */
  private static final String LOG_LEVEL = "org.slf4j.simpleLogger.defaultLogLevel";

  private final Surroundings io;
  private boolean debug;

  CommandTree(Surroundings io) {
    this.io = io;
  }

  /** Runs one command; the exit code is 0 when done, 1 when it failed, 2 on wrong usage. */
  int run(String... arguments) {
    debug = Arrays.asList(arguments).contains("--debug");
    if (debug) {
      System.setProperty(LOG_LEVEL, "debug");
    }
    int exit = root(arguments).execute(arguments);
    io.out().flush();
    return exit;
  }

  private CommandLine root(String[] arguments) {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("keyring", () -> group(new Keyring(), keyring(), arguments, 1));
    commands.put("protect", () -> new Protect(io));
    commands.put("unprotect", () -> new Unprotect(io));
    commands.put("ticket", () -> group(new TicketGroup(), ticket(), arguments, 1));
    commands.put("sessions", () -> group(new SessionsGroup(), sessions(), arguments, 1));
    commands.put("hub", () -> group(new HubGroup(), hub(), arguments, 1));
    return group(new Root(), commands, arguments, 0)
        .setOut(new PrintWriter(io.out(), true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(io.err(), true, StandardCharsets.UTF_8))
        // A purpose may begin with @, which is no file to read more arguments from.
        .setExpandAtFiles(false)
        .setParameterExceptionHandler((e, given) -> wrongUsage(e))
        .setExecutionExceptionHandler((e, command, result) -> failed(e));
  }

  private Map<String, Supplier<Object>> keyring() {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("list", () -> new KeyringList(io));
    commands.put("create", () -> new KeyringCreate(io));
    commands.put("revoke", () -> new KeyringRevoke(io));
    commands.put("revoke-all", () -> new KeyringRevokeAll(io));
    commands.put("export", () -> new KeyringExport(io));
    commands.put("import", () -> new KeyringImport(io));
    commands.put("verify", () -> new KeyringVerify(io));
    commands.put("approve", () -> new KeyringApprove(io));
    commands.put("reset", () -> new KeyringReset(io));
    return commands;
  }

  private Map<String, Supplier<Object>> sessions() {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("list", () -> new SessionsList(io));
    commands.put("end", () -> new SessionsEnd(io));
    return commands;
  }

  private Map<String, Supplier<Object>> hub() {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("send", () -> new HubSend(io));
    commands.put("watch", () -> new HubWatch(io));
    return commands;
  }

  private Map<String, Supplier<Object>> ticket() {
    return Map.of("read", () -> new TicketRead(io));
  }

  /**
   * A command with those below it: only the one that the arguments name, since describing all of
   * them takes half the time of a start; all where none is named, for help and errors.
   *
   * @param position of the name in the arguments
   */
  private static CommandLine group(
      Object group, Map<String, Supplier<Object>> commands, String[] arguments, int position) {
    CommandLine line = new CommandLine(group);
    String named = position < arguments.length ? arguments[position] : "";
    commands.forEach(
        (name, command) -> {
          if (name.equals(named) || !commands.containsKey(named)) {
            line.addSubcommand(name, command.get());
          }
        });
    return line;
  }

  private int wrongUsage(ParameterException e) {
    Set<String> commands = e.getCommandLine().getSubcommands().keySet();
    if (!commands.isEmpty()) {
      io.say("error: which command? one of " + String.join(", ", commands));
    } else if (e instanceof UnmatchedArgumentException unmatched) {
      io.say("error: " + unknown(unmatched.getUnmatched()));
    } else {
      io.say("error: " + e.getMessage());
    }
    io.say("see: " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
    return WRONG_USAGE;
  }

  /** Names options only: what stands behind a mistyped one may be a password. */
  private static String unknown(List<String> unmatched) {
    List<String> options =
        unmatched.stream()
            .filter(argument -> argument.startsWith("-"))
            .map(argument -> argument.replaceAll("=.*", ""))
            .toList();
    if (options.isEmpty()) {
      return "an argument that belongs to no option: options take one value each, and values with"
          + " blanks need quotes";
    }
    String names = options.stream().collect(Collectors.joining(", "));
    return "unknown option "
        + names
        + (names.contains("password")
            ? ": passwords never stand on the command line, use --redis-password-file <file>,"
                + " --certificate-password-file <file> or REDIS_PASSWORD"
            : "");
  }

  private int failed(Exception e) {
    boolean ours = e instanceof UsageException || e instanceof FailedException;
    if (ours) {
      io.say("error: " + e.getMessage());
    } else if (e instanceof DataProtectionException) {
      io.say("error: " + e.getMessage() + (e.getCause() == null ? "" : ": " + Reasons.of(e)));
    } else {
      io.say(
          "error: unexpected "
              + e.getClass().getSimpleName()
              + (debug ? "" : "; --debug shows where it comes from"));
    }
    if (debug) {
      trace(e);
    }
    return e instanceof UsageException ? WRONG_USAGE : FAILED;
  }

  /** Where it happened, without the messages: those of other libraries may quote what they read. */
  private void trace(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      io.say("  " + cause.getClass().getName());
      for (StackTraceElement frame : cause.getStackTrace()) {
        io.say("    at " + frame);
      }
    }
  }

  /** The program. */
  @Command(
      name = "shared-redis",
      description = "Key ring, session and hub operations for operators.",
      footer = "Exit codes: 0 done, 1 failed, 2 wrong usage.",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class)
  private static final class Root {}

  @Command(
      name = "keyring",
      description = "See, make, revoke and move the keys of a ring.",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class)
  private static final class Keyring {}

  @Command(
      name = "ticket",
      description = "Authentication tickets of ASP.NET Core.",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class)
  private static final class TicketGroup {}

  @Command(
      name = "sessions",
      description = "HTTP sessions of applications.",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class)
  private static final class SessionsGroup {}

  @Command(
      name = "hub",
      description = "Messages of hubs between their servers.",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class)
  private static final class HubGroup {}

  /** Version of the jar. */
  private static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = CommandTree.class.getPackage().getImplementationVersion();
      return new String[] {"shared-redis " + (version == null ? "(not packaged)" : version)};
    }
  }
}
