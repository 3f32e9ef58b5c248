package io.sharedredis.playground.farm;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Where one farm keeps its files, held by a lock as long as the farm runs. */
final class RunDirectory implements AutoCloseable {

  private final Path directory;
  private final FileChannel channel;

  private RunDirectory(Path directory, FileChannel channel) {
    this.directory = directory;
    this.channel = channel;
  }

  /** Takes the directory, or fails when a farm runs there. */
  static RunDirectory claim(Path directory) {
    try {
      Files.createDirectories(directory.resolve("logs"));
      FileChannel channel =
          FileChannel.open(
              directory.resolve("farm.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = lock(channel);
      if (lock == null) {
        channel.close();
        throw new FarmException(
            "a farm already runs in "
                + directory
                + "; stop it with `bin/playground stop`, or choose another --run-dir");
      }
      return new RunDirectory(directory, channel);
    } catch (IOException e) {
      throw new FarmException("cannot use " + directory + ": " + e.getMessage(), e);
    }
  }

  private static @org.jspecify.annotations.Nullable FileLock lock(FileChannel channel)
      throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException heldByThisJvm) {
      return null;
    }
  }

  /** Removes what an earlier farm has left behind: data, logs of replicas, the description. */
  void prepare() {
    Leftovers.delete(data());
    descriptions().forEach(Leftovers::delete);
    try (var logs = Files.newDirectoryStream(directory.resolve("logs"), "*.log")) {
      for (Path log : logs) {
        if (!log.endsWith("gateway.log") && !log.endsWith("watchdog.log")) {
          Files.delete(log);
        }
      }
    } catch (IOException e) {
      throw new FarmException("cannot clear the logs: " + e.getMessage(), e);
    }
  }

  /** Files that tell others about the farm; none of them may outlive it. */
  List<Path> descriptions() {
    return List.of(directory.resolve("farm.json"), directory.resolve("control.json"));
  }

  Path journal() {
    return directory.resolve("farm.journal");
  }

  Path log(String name) {
    return directory.resolve("logs").resolve(name + ".log");
  }

  /** Data that goes with the farm. */
  Path data() {
    return directory.resolve("farm-data");
  }

  Path data(String part) {
    return data().resolve(part);
  }

  /** Unpacked binaries, kept from one start to the next. */
  Path cache(String part) {
    return directory.resolve("farm-cache").resolve(part);
  }

  @Override
  public void close() {
    Leftovers.delete(data());
    descriptions().forEach(Leftovers::delete);
    try {
      channel.close();
    } catch (IOException e) {
      throw new FarmException("cannot release " + directory, e);
    }
  }
}
