package io.sharedredis.cli;

/** Entry point of the jar. */
public final class Main {
  private Main() {}

  /** Runs one command and ends the process with its exit code: 0 done, 1 failed, 2 wrong usage. */
  public static void main(String[] arguments) {
    System.exit(new CommandTree(Surroundings.ofProcess()).run(Arguments.asGiven(arguments)));
  }
}
