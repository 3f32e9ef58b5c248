package io.sharedredis.cli;

import io.sharedredis.cli.RingOptions.Missing;
import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.KeyManager;
import io.sharedredis.dataprotection.repository.FileSystemKeyRepository;
import io.sharedredis.dataprotection.repository.InMemoryKeyRepository;
import io.sharedredis.dataprotection.repository.KeyItem;
import io.sharedredis.dataprotection.repository.KeyRepository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;

/**
 * An open key ring.
 *
 * @param repository where it lies, for operations that change it
 * @param items what it holds now; reading changes nothing
 * @param io what is around the command
 * @param closing ends connections
 */
record Ring(
    KeyRepository repository, Supplier<List<KeyItem>> items, Surroundings io, Runnable closing)
    implements AutoCloseable {

  static Ring ofDirectory(Path directory, Missing missing, Surroundings io) {
    if (Files.exists(directory) && !Files.isDirectory(directory)) {
      throw new UsageException("--directory " + directory + " is not a directory");
    }
    if (!Files.exists(directory) && missing == Missing.IS_WRONG) {
      throw new UsageException("--directory " + directory + " does not exist: check the path");
    }
    return new Ring(
        new FileSystemKeyRepository(directory),
        () -> FileSystemKeyRepository.itemsOf(directory),
        io,
        () -> {});
  }

  /** Kind and place, for messages. */
  String name() {
    return repository.describe();
  }

  List<KeyItem> read() {
    return items.get();
  }

  /** Operations of a copy of the ring in memory, for looking at it. */
  KeyManager look(DataProtectionOptions options) {
    return operations(inMemory(read()), options);
  }

  /** Operations of the ring itself. They make no key of their own account. */
  KeyManager operations(DataProtectionOptions options) {
    return operations(repository, options);
  }

  /** Operations of another ring with the same surroundings. */
  KeyManager operations(KeyRepository of, DataProtectionOptions options) {
    return DataProtection.operations(options, of, io.clock(), io.random());
  }

  /**
   * A copy of the ring in memory: whatever is done with it, the store stays as it is.
   *
   * @throws FailedException if the ring as a whole cannot be used
   */
  DataProtection copy(DataProtectionOptions options) {
    KeyRepository memory = inMemory(read());
    try {
      operations(memory, options).read();
    } catch (DataProtectionException e) {
      throw new FailedException(e.getMessage() + " (" + name() + "); see 'keyring verify'", e);
    }
    return new DataProtection(options, memory, io.clock(), io.random(), daemon());
  }

  /** A ring in memory of these items. */
  static KeyRepository inMemory(List<KeyItem> items) {
    InMemoryKeyRepository memory = new InMemoryKeyRepository();
    if (!items.isEmpty()) {
      memory.restore(items, "");
    }
    return memory;
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
