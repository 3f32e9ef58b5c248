package io.sharedredis.dataprotection.repository;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * A key ring in the memory of this process: for tests, and for replicas that live in one JVM and
 * share the object. What it holds is gone with the process. Thread-safe.
 */
public final class InMemoryKeyRepository implements KeyRepository {
  private final ReentrantLock lock = new ReentrantLock();
  private final List<KeyItem> items = new ArrayList<>();
  private final ChangeListeners listeners = new ChangeListeners();
  private long version;
  private long life = 1;
  private long born;
  private String resetMark = "";

  @Override
  public RepositorySnapshot readAll() {
    lock.lock();
    try {
      return new RepositorySnapshot(
          items, Long.toString(version), resetMark, Long.toString(life), version - born);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void store(KeyItem item) {
    changeIf(
        () -> {
          items.add(item);
          return true;
        });
  }

  @Override
  public boolean storeNewDefault(KeyItem item, String expectedVersion) {
    return changeIf(
        () -> {
          if (!expectedVersion.equals(Long.toString(version))) {
            return false;
          }
          items.add(item);
          return true;
        });
  }

  @Override
  public RestoreOutcome restore(List<KeyItem> lost, String mark) {
    lock.lock();
    try {
      if (!items.isEmpty()) {
        return RestoreOutcome.NOT_EMPTY;
      }
      if (!resetMark.isEmpty() && !resetMark.equals(mark)) {
        return RestoreOutcome.FORBIDDEN;
      }
      items.addAll(lost);
      resetMark = mark;
      version++;
    } finally {
      lock.unlock();
    }
    listeners.announce();
    return RestoreOutcome.RESTORED;
  }

  @Override
  public RestoreOutcome merge(List<KeyItem> lost, String expectedVersion, String mark) {
    lock.lock();
    try {
      if (!expectedVersion.equals(Long.toString(version))) {
        return RestoreOutcome.CHANGED;
      }
      if (!resetMark.isEmpty() && !resetMark.equals(mark)) {
        return RestoreOutcome.FORBIDDEN;
      }
      items.addAll(lost);
      resetMark = mark;
      version++;
    } finally {
      lock.unlock();
    }
    listeners.announce();
    return RestoreOutcome.RESTORED;
  }

  @Override
  public RestoreOutcome replace(List<KeyItem> wanted, String expectedVersion, String mark) {
    boolean replaced =
        changeIf(
            () -> {
              if (!expectedVersion.equals(Long.toString(version))) {
                return false;
              }
              items.clear();
              items.addAll(wanted);
              resetMark = mark;
              return true;
            });
    return replaced ? RestoreOutcome.RESTORED : RestoreOutcome.CHANGED;
  }

  @Override
  public int attachTags(List<KeyItem> tagged) {
    Map<String, KeyItem> byText = new HashMap<>();
    tagged.forEach(item -> byText.put(item.xml(), item));
    AtomicInteger found = new AtomicInteger();
    changeIf(
        () -> {
          items.replaceAll(
              held -> {
                KeyItem given = byText.get(held.xml());
                if (given == null) {
                  return held;
                }
                found.incrementAndGet();
                return new KeyItem(held.xml(), held.friendlyName(), given.tag());
              });
          return found.get() > 0;
        });
    return found.get();
  }

  @Override
  public boolean mayHaveChangedSince(String earlier) {
    lock.lock();
    try {
      return !earlier.equals(Long.toString(version));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean canDelete() {
    return true;
  }

  @Override
  public void delete(List<KeyItem> unwanted) {
    changeIf(
        () -> {
          for (KeyItem item : unwanted) {
            items.removeIf(held -> held.xml().equals(item.xml()));
          }
          return true;
        });
  }

  @Override
  public void reset(String mark) {
    changeIf(
        () -> {
          items.clear();
          resetMark = mark;
          return true;
        });
  }

  /** Loses everything, the reset mark included, as a store without persistence does. For tests. */
  public void loseEverything() {
    changeIf(
        () -> {
          items.clear();
          resetMark = "";
          life++;
          born = version + 1;
          return true;
        });
  }

  @Override
  public Subscription onChange(Runnable listener) {
    return listeners.add(listener);
  }

  @Override
  public String describe() {
    return "memory of this process";
  }

  private boolean changeIf(BooleanSupplier change) {
    lock.lock();
    try {
      if (!change.getAsBoolean()) {
        return false;
      }
      version++;
    } finally {
      lock.unlock();
    }
    listeners.announce();
    return true;
  }
}
