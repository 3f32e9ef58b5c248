package io.sharedredis.cli;

import io.sharedredis.cli.RingOptions.Missing;
import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.repository.FileSystemKeyRepository;
import io.sharedredis.dataprotection.repository.InMemoryKeyRepository;
import io.sharedredis.dataprotection.repository.KeyRepository;
import io.sharedredis.dataprotection.repository.RepositorySnapshot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/**
 * An open key ring.
 *
 * @param repository where it lies
 * @param io what is around the command
 * @param closing ends connections
 */
record Ring(KeyRepository repository, Surroundings io, Runnable closing) implements AutoCloseable {

  static Ring ofDirectory(Path directory, Missing missing, Surroundings io) {
    if (Files.exists(directory) && !Files.isDirectory(directory)) {
      throw new UsageException("--directory " + directory + " is not a directory");
    }
    if (!Files.exists(directory) && missing == Missing.IS_WRONG) {
      throw new UsageException("--directory " + directory + " does not exist: check the path");
    }
    return new Ring(new FileSystemKeyRepository(directory), io, () -> {});
  }

  /** Kind and place, for messages. */
  String name() {
    return repository.describe();
  }

  RepositorySnapshot read() {
    return repository.readAll();
  }

  /** The ring itself, for operations that change it. Makes no key of its own account. */
  DataProtection live(DataProtectionOptions options) {
    return open(options, repository);
  }

  /**
   * A copy of the ring in memory: whatever is done with it, the store stays as it is.
   *
   * @throws FailedException if the ring as a whole cannot be used
   */
  DataProtection copy(DataProtectionOptions options) {
    RepositorySnapshot snapshot = read();
    InMemoryKeyRepository memory = new InMemoryKeyRepository();
    if (!snapshot.items().isEmpty()) {
      memory.restore(snapshot.items(), snapshot.resetMark());
    }
    DataProtection copy = open(options, memory);
    try {
      copy.keyManager().read();
    } catch (DataProtectionException e) {
      copy.close();
      throw new FailedException(e.getMessage() + " (" + name() + ")", e);
    }
    return copy;
  }

  private DataProtection open(DataProtectionOptions options, KeyRepository of) {
    return new DataProtection(options, of, io.clock(), io.random(), daemon());
  }

  private static ScheduledExecutorService daemon() {
    return Executors.newSingleThreadScheduledExecutor(
        task -> {
          Thread thread = new Thread(task, "shared-redis-key-ring");
          thread.setDaemon(true);
          return thread;
        });
  }

  @Override
  public void close() {
    closing.run();
  }
}
