package io.sharedredis.dataprotection.repository;

import io.sharedredis.dataprotection.DataProtectionException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A key ring in a directory, in the layout of ASP.NET Core's {@code PersistKeysToFileSystem}; both
 * can use the directory at the same time. Thread-safe; processes that write through this class
 * exclude each other with a lock file.
 *
 * <p>Beside the elements lie {@code *.xml.tag} (authentication), {@code .shared-redis-reset} (the
 * mark of the last reset), {@code .shared-redis-life} (a random name: gone with everything else)
 * and {@code .shared-redis.lock}; .NET passes over all of them. Items are read in the order of
 * their names. Changes are not announced to other processes.
 */
public final class FileSystemKeyRepository implements KeyRepository {
  /** Tries to read a ring of which others delete items meanwhile. */
  private static final int READS = 20;

  private static final String RESET_MARK = ".shared-redis-reset";
  private static final String LIFE = ".shared-redis-life";

  private final Path directory;
  private final ItemFiles files;
  private final ChangeListeners listeners = new ChangeListeners();

  /**
   * @param directory created when first used
   */
  public FileSystemKeyRepository(Path directory) {
    this.directory = directory;
    this.files = new ItemFiles(directory);
  }

  /**
   * The items of a directory that is only looked at: unlike {@link #readAll()}, which gives a new
   * directory a name, nothing is written.
   *
   * @throws StoreUnavailableException if the directory cannot be read
   */
  public static List<KeyItem> itemsOf(Path directory) {
    ItemFiles files = new ItemFiles(directory);
    try {
      List<KeyItem> items = new ArrayList<>();
      for (Path file : files.list()) {
        items.add(files.read(file));
      }
      return items;
    } catch (IOException e) {
      throw new StoreUnavailableException("cannot read the directory " + directory, e);
    }
  }

  @Override
  public RepositorySnapshot readAll() {
    return attempt("read", this::snapshot);
  }

  @Override
  public void store(KeyItem item) {
    change(
        "write to",
        () -> {
          files.write(item);
          return true;
        });
  }

  @Override
  public boolean storeNewDefault(KeyItem item, String expectedVersion) {
    return change(
        "write to",
        () -> {
          if (!snapshot().version().equals(expectedVersion)) {
            return false;
          }
          files.write(item);
          return true;
        });
  }

  @Override
  public RestoreOutcome restore(List<KeyItem> items, String resetMark) {
    RestoreOutcome outcome =
        attempt(
            "write to",
            () ->
                lock()
                    .locked(
                        () -> {
                          if (!files.list().isEmpty()) {
                            return RestoreOutcome.NOT_EMPTY;
                          }
                          return writeBack(items, resetMark);
                        }));
    if (outcome == RestoreOutcome.RESTORED) {
      listeners.announce();
    }
    return outcome;
  }

  @Override
  public RestoreOutcome merge(List<KeyItem> items, String expectedVersion, String resetMark) {
    RestoreOutcome outcome =
        attempt(
            "write to",
            () ->
                lock()
                    .locked(
                        () -> {
                          if (!snapshot().version().equals(expectedVersion)) {
                            return RestoreOutcome.CHANGED;
                          }
                          return writeBack(items, resetMark);
                        }));
    if (outcome == RestoreOutcome.RESTORED) {
      listeners.announce();
    }
    return outcome;
  }

  @Override
  public RestoreOutcome replace(List<KeyItem> items, String expectedVersion, String resetMark) {
    boolean replaced =
        change(
            "write to",
            () -> {
              if (!snapshot().version().equals(expectedVersion)) {
                return false;
              }
              wipe();
              for (KeyItem item : revocationsFirst(items)) {
                files.write(item);
              }
              writeMark(resetMark);
              return true;
            });
    return replaced ? RestoreOutcome.RESTORED : RestoreOutcome.CHANGED;
  }

  private RestoreOutcome writeBack(List<KeyItem> items, String resetMark) throws IOException {
    String mark = resetMark();
    if (!mark.isEmpty() && !mark.equals(resetMark)) {
      return RestoreOutcome.FORBIDDEN;
    }
    writeMark(resetMark);
    // Revocations first: cut off half-way, no key is back without its own.
    for (KeyItem item : revocationsFirst(items)) {
      files.write(item);
    }
    return RestoreOutcome.RESTORED;
  }

  @Override
  public int attachTags(List<KeyItem> items) {
    Map<String, String> tags = new HashMap<>();
    for (KeyItem item : items) {
      if (item.tag() != null) {
        tags.put(item.xml(), item.tag());
      }
    }
    AtomicInteger found = new AtomicInteger();
    boolean unused =
        change(
            "write to",
            () -> {
              for (Path file : files.list()) {
                String tag = tags.get(files.read(file).xml());
                if (tag != null) {
                  ItemFiles.attach(file, tag);
                  found.incrementAndGet();
                }
              }
              return found.get() > 0;
            });
    return found.get();
  }

  @Override
  public boolean canDelete() {
    return true;
  }

  @Override
  public void delete(List<KeyItem> items) {
    change(
        "delete from",
        () -> {
          List<Path> present = files.list();
          for (KeyItem item : items) {
            for (Path file : present) {
              if (Files.exists(file) && files.read(file).xml().equals(item.xml())) {
                files.delete(file);
              }
            }
          }
          return true;
        });
  }

  @Override
  public void reset(String mark) {
    change(
        "reset",
        () -> {
          wipe();
          writeMark(mark);
          return true;
        });
  }

  /**
   * Deletes every item, for a mark that is written last: who reads without the lock meanwhile must
   * not take what is wiped for newer than the wipe. Keys go before revocations, so that no reader
   * sees a key without its own.
   */
  private void wipe() throws IOException {
    List<Path> others = new ArrayList<>();
    for (Path file : files.list()) {
      if (holdsKey(file)) {
        files.delete(file);
      } else {
        others.add(file);
      }
    }
    for (Path file : others) {
      files.delete(file);
    }
  }

  /** A file that cannot be read may be a revocation. */
  private boolean holdsKey(Path file) {
    try {
      return isKey(files.read(file));
    } catch (IOException | DataProtectionException e) {
      return false;
    }
  }

  @Override
  public Subscription onChange(Runnable listener) {
    return listeners.add(listener);
  }

  @Override
  public String describe() {
    return "directory " + directory;
  }

  /** Reads without the lock, and again if items were deleted or the ring was reset meanwhile. */
  private RepositorySnapshot snapshot() throws IOException {
    for (int i = 0; i < READS; i++) {
      String mark = resetMark();
      try {
        RepositorySnapshot read = snapshot(mark);
        if (mark.equals(resetMark())) {
          return read;
        }
      } catch (NoSuchFileException deletedMeanwhile) {
        Thread.onSpinWait();
      }
    }
    throw new IOException("items were deleted again and again while the ring was read");
  }

  private RepositorySnapshot snapshot(String mark) throws IOException {
    List<KeyItem> items = new ArrayList<>();
    String life = life();
    StringBuilder state = new StringBuilder(life).append('\n').append(mark);
    for (Path file : files.list()) {
      KeyItem item = files.read(file);
      items.add(item);
      state.append('\n').append(file.getFileName()).append('\n').append(item.xml());
      state.append('\n').append(item.tag());
    }
    return new RepositorySnapshot(items, ItemNames.digest(state.toString()), mark, life, 0);
  }

  /** Named at the first read; a directory that takes no writes stays without a name. */
  private String life() throws IOException {
    Path file = directory.resolve(LIFE);
    try {
      return Files.readString(file).strip();
    } catch (NoSuchFileException e) {
      try {
        ItemFiles.publish(file, UUID.randomUUID().toString(), false);
      } catch (FileAlreadyExistsException quicker) {
        return Files.readString(file).strip();
      } catch (IOException readOnly) {
        return "";
      }
      return Files.readString(file).strip();
    }
  }

  private static List<KeyItem> revocationsFirst(List<KeyItem> items) {
    List<KeyItem> ordered = new ArrayList<>();
    items.stream().filter(item -> !isKey(item)).forEach(ordered::add);
    items.stream().filter(FileSystemKeyRepository::isKey).forEach(ordered::add);
    return ordered;
  }

  private static boolean isKey(KeyItem item) {
    return item.xml().startsWith("<key");
  }

  private String resetMark() throws IOException {
    try {
      return Files.readString(directory.resolve(RESET_MARK)).strip();
    } catch (NoSuchFileException e) {
      return "";
    }
  }

  private void writeMark(String mark) throws IOException {
    if (mark.isEmpty()) {
      Files.deleteIfExists(directory.resolve(RESET_MARK));
    } else {
      ItemFiles.publish(directory.resolve(RESET_MARK), mark, true);
    }
  }

  private boolean change(String verb, DirectoryLock.Work<Boolean> work) {
    boolean changed = attempt(verb, () -> lock().locked(work));
    if (changed) {
      listeners.announce();
    }
    return changed;
  }

  private DirectoryLock lock() {
    return new DirectoryLock(directory);
  }

  private <T> T attempt(String verb, DirectoryLock.Work<T> work) {
    try {
      Files.createDirectories(directory);
      return work.run();
    } catch (IOException e) {
      throw new StoreUnavailableException("cannot " + verb + " the " + describe(), e);
    }
  }
}
