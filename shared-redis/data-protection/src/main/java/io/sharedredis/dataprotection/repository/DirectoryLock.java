package io.sharedredis.dataprotection.repository;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One writer at a time in a directory: within this process by a lock in memory, among processes by
 * a lock on a file, which the operating system frees when its holder dies.
 */
final class DirectoryLock {
  /** Longest wait for another writer; each writes a few small files. */
  private static final Duration DEADLINE = Duration.ofSeconds(5);

  /** Between two tries for the file's lock: Java offers no wait with a limit. */
  private static final Duration RETRY = Duration.ofMillis(5);

  private static final ConcurrentMap<Path, ReentrantLock> IN_PROCESS = new ConcurrentHashMap<>();

  private final Path file;
  private final ReentrantLock inProcess;

  DirectoryLock(Path directory) {
    this.file = directory.resolve(".shared-redis.lock");
    this.inProcess =
        IN_PROCESS.computeIfAbsent(
            directory.toAbsolutePath().normalize(), unused -> new ReentrantLock());
  }

  /** Work that may fail as file systems do. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws IOException;
  }

  <T> T locked(Work<T> work) throws IOException {
    long end = System.nanoTime() + DEADLINE.toNanos();
    acquire(end);
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = acquire(channel, end)) {
      if (!lock.isValid()) {
        throw new IOException("the lock on " + file + " was lost");
      }
      return work.run();
    } finally {
      inProcess.unlock();
    }
  }

  private void acquire(long end) throws IOException {
    try {
      if (inProcess.tryLock(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new IOException("no lock on " + file);
  }

  private FileLock acquire(FileChannel channel, long end) throws IOException {
    while (true) {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return lock;
      }
      if (System.nanoTime() > end) {
        throw new IOException("no lock on " + file + " within " + DEADLINE);
      }
      try {
        Thread.sleep(RETRY.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while waiting for the lock on " + file);
      }
    }
  }
}
