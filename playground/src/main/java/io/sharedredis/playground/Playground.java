package io.sharedredis.playground;

import io.sharedredis.playground.control.ControlClient;
import io.sharedredis.playground.control.ControlServer;
import io.sharedredis.playground.farm.Farm;
import io.sharedredis.playground.farm.FarmException;
import io.sharedredis.playground.farm.FarmOptions;
import io.sharedredis.playground.farm.Progress;
import io.sharedredis.playground.farm.Watchdog;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;

/**
 * Entry point of {@code playground.jar}. Exit code 0 when done, 1 when it failed, 2 on wrong usage.
 */
public final class Playground {

  /** 256 random bits for the secret the two apps share as long as the farm lives. */
  private static final int SECRET_BYTES = 32;

  private Playground() {}

  /** Carries out one command; see {@code --help}. */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length == 1 && args[0].equals("watchdog")) {
      Watchdog.run(System.in);
      return;
    }
    System.exit(run(List.of(args)));
  }

  private static int run(List<String> arguments) throws InterruptedException {
    CommandLine line;
    try {
      line = CommandLine.parse(arguments, root());
    } catch (FarmException e) {
      System.err.println("playground: " + e.getMessage());
      return 2;
    }
    try {
      return carryOut(line);
    } catch (FarmException e) {
      System.err.println("playground: " + e.getMessage());
      return 1;
    }
  }

  private static int carryOut(CommandLine line) throws InterruptedException {
    List<String> words = line.words();
    String shape = words.get(0) + "/" + (words.size() - 1);
    switch (shape) {
      case "start/0":
        return start(line.farm());
      case "kill/1", "restart/1", "status/0", "stop/0":
        System.out.println(new ControlClient(line.runDirectory()).send(words).stripTrailing());
        return 0;
      default:
        boolean asked = words.get(0).equals("help");
        (asked ? System.out : System.err).print(CommandLine.HELP);
        return asked ? 0 : 2;
    }
  }

  private static int start(FarmOptions options) throws InterruptedException {
    System.setProperty("playground.logs", options.runDirectory().resolve("logs").toString());
    Progress progress = new Progress(System.out, InstantSource.system());
    CountDownLatch stop = new CountDownLatch(1);
    StopSignals.install(stop::countDown);
    SecureRandom random = new SecureRandom();
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    String clientSecret = HexFormat.of().formatHex(secret);
    try (Farm farm = Farm.start(options, clientSecret, progress, () -> stop.getCount() == 0);
        ControlServer control =
            ControlServer.start(farm, options.runDirectory(), random, stop::countDown)) {
      progress.plain("");
      progress.plain(farm.table());
      progress.step(
          String.format(
              Locale.ROOT,
              "ready in %.1f s: open %s - Ctrl-C stops the farm",
              progress.seconds(),
              farm.url()));
      stop.await();
      progress.step("stopping");
      // The farm's description goes first: whoever looks there must not find one that is going.
      control.close();
    } catch (CancellationException asked) {
      progress.step(String.valueOf(asked.getMessage()));
    }
    progress.step("stopped");
    return 0;
  }

  // playground/target/playground.jar → the repository; from classes/ it is the same two levels up.
  private static Path root() {
    try {
      URI code = Playground.class.getProtectionDomain().getCodeSource().getLocation().toURI();
      String text = code.getSchemeSpecificPart().replaceFirst("^(nested:|file:)", "");
      int inside = text.indexOf("/!");
      Path file = Path.of(inside < 0 ? text : text.substring(0, inside));
      Path target = file.toAbsolutePath().getParent();
      Path module = target == null ? null : target.getParent();
      Path root = module == null ? null : module.getParent();
      return root == null ? Path.of("") : root;
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
