package io.sharedredis.playground.farm;

import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The launcher's end of the watchdog's pipe. What is told to the watchdog also goes to a journal,
 * so that the next start cleans up when launcher and watchdog were killed together. Thread-safe.
 */
final class WatchdogLink implements AutoCloseable {

  /** Time for the watchdog to read one line and go. */
  private static final Duration GOODBYE = Duration.ofSeconds(2);

  private final ReentrantLock lock = new ReentrantLock();
  private final Process watchdog;
  private final BufferedWriter pipe;
  private final Path journal;

  private WatchdogLink(Process watchdog, Path journal) {
    this.watchdog = watchdog;
    this.pipe =
        new BufferedWriter(
            new OutputStreamWriter(watchdog.getOutputStream(), StandardCharsets.UTF_8));
    this.journal = journal;
  }

  /** Ends what an earlier farm in the same directory has left, then starts the watchdog. */
  static WatchdogLink start(Path journal, Path log) {
    List<String> command = new ArrayList<>();
    if (File.separatorChar == '/') {
      command.addAll(ChildProcess.DETACH);
    }
    command.addAll(
        List.of(ChildProcess.java(), "-Xmx16m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass(), "watchdog"));
    try {
      if (Files.exists(journal)) {
        new Leftovers(Files.readAllLines(journal, StandardCharsets.UTF_8)).end();
        Files.deleteIfExists(journal);
      }
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      WatchdogLink link = new WatchdogLink(process, journal);
      link.note(Leftovers.files(journal));
      return link;
    } catch (IOException e) {
      throw new FarmException("cannot start the watchdog: " + e.getMessage(), e);
    }
  }

  /** Notes something to end when the launcher is gone, in the order of the calls. */
  void note(String line) {
    lock.lock();
    try {
      pipe.write(line);
      pipe.newLine();
      pipe.flush();
      Files.writeString(
          journal,
          line + System.lineSeparator(),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new FarmException("the watchdog process is gone: " + e.getMessage(), e);
    } finally {
      lock.unlock();
    }
  }

  /** Says that everything is ended, so that the watchdog goes without doing anything. */
  @Override
  public void close() throws InterruptedException {
    lock.lock();
    try {
      pipe.write(Watchdog.DONE);
      pipe.newLine();
      pipe.close();
      Files.deleteIfExists(journal);
      if (!watchdog.waitFor(GOODBYE.toMillis(), TimeUnit.MILLISECONDS)) {
        watchdog.destroy();
      }
    } catch (IOException e) {
      // It has been killed; there is nothing for it to do any more.
      watchdog.destroy();
    } finally {
      lock.unlock();
    }
  }

  // In the executable jar our classes are nested, and only the jar's own launcher can find them.
  private static String mainClass() {
    return System.getProperty("java.class.path").endsWith("playground.jar")
        ? "org.springframework.boot.loader.launch.JarLauncher"
        : "io.sharedredis.playground.Playground";
  }
}
