package io.sharedredis.lettuce.presence;

import io.sharedredis.hub.PresenceEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The twin of presence in Redis for replicas in one JVM, which share it. */
final class InMemoryPresence implements PresenceStore {

  private static final int STEP = 200;

  private static final class Inventory {
    final Map<String, PresenceEntry> entries = new TreeMap<>();
    Instant end = Instant.EPOCH;
    boolean complete;
    boolean ended;
    long number;
    @Nullable String cleaner;
  }

  private final InstantSource clock;
  private final Duration lease;
  private final Map<String, Inventory> inventories = new TreeMap<>();
  private final List<Told> events = new ArrayList<>();
  private boolean away;
  int writes;

  InMemoryPresence(InstantSource clock, Duration lease) {
    this.clock = clock;
    this.lease = lease;
  }

  synchronized void away(boolean isAway) {
    away = isAway;
  }

  synchronized void forgetEverything() {
    inventories.clear();
    events.clear();
  }

  private synchronized <T> CompletionStage<T> answer(Supplier<T> work) {
    return away
        ? CompletableFuture.failedFuture(new IllegalStateException("away"))
        : CompletableFuture.completedFuture(work.get());
  }

  private @Nullable Inventory leased(String name) {
    Inventory inventory = inventories.get(name);
    return inventory == null || inventory.ended ? null : inventory;
  }

  private Stream<Inventory> living() {
    return inventories.values().stream().filter(one -> !one.end.isBefore(clock.instant()));
  }

  private long lastEvent() {
    return events.isEmpty() ? 0 : events.get(events.size() - 1).number();
  }

  private void tell(PresenceEvent event) {
    long number = events.isEmpty() ? clock.millis() : lastEvent() + 1;
    events.add(new Told(number, event));
  }

  @Override
  public CompletionStage<Long> enter(String name) {
    return answer(
        () -> {
          Inventory inventory = inventories.computeIfAbsent(name, key -> new Inventory());
          inventory.end = clock.instant().plus(lease);
          inventory.complete = false;
          inventory.ended = false;
          inventory.number = 0;
          return lastEvent();
        });
  }

  @Override
  public CompletionStage<Boolean> write(String name, long number, List<PresenceEntry> entries) {
    return answer(
        () -> {
          Inventory inventory = leased(name);
          writes++;
          if (inventory != null && number > inventory.number) {
            inventory.number = number;
            entries.forEach(entry -> put(inventory, entry));
          }
          return inventory != null;
        });
  }

  private boolean userIsThere(String user) {
    return inventories.values().stream()
        .flatMap(one -> one.entries.values().stream())
        .anyMatch(entry -> user.equals(entry.user()));
  }

  private boolean memberElsewhere(Inventory but, String group, String connection) {
    return inventories.values().stream()
        .filter(one -> one != but)
        .map(one -> one.entries.get(connection))
        .anyMatch(entry -> entry != null && entry.groups().contains(group));
  }

  private void put(Inventory inventory, PresenceEntry entry) {
    String id = entry.connectionId();
    PresenceEntry old = inventory.entries.get(id);
    Set<String> had = old == null ? Set.of() : old.groups();
    boolean joins = entry.user() != null && !userIsThere(entry.user());
    if (entry.present()) {
      inventory.entries.put(id, entry);
    } else {
      inventory.entries.remove(id);
    }
    if (joins) {
      tell(new PresenceEvent.UserJoined(entry.user()));
    }
    for (String group : entry.groups()) {
      if (!had.contains(group) && !memberElsewhere(inventory, group, id)) {
        tell(new PresenceEvent.MemberJoined(group, id, entry.user()));
      }
    }
    for (String group : had) {
      if (!entry.groups().contains(group) && !memberElsewhere(inventory, group, id)) {
        tell(new PresenceEvent.MemberLeft(group, id, old.user()));
      }
    }
    if (old != null && old.user() != null && !userIsThere(old.user())) {
      tell(new PresenceEvent.UserLeft(old.user()));
    }
  }

  @Override
  public CompletionStage<Beat> beat(
      String name, boolean complete, long lastEvent, int many, boolean cleans) {
    return answer(
        () -> {
          Inventory inventory = leased(name);
          if (inventory == null) {
            return new Beat(false, 0, null, 0, List.of());
          }
          inventory.end = clock.instant().plus(lease);
          inventory.complete = complete;
          String dead = null;
          for (Map.Entry<String, Inventory> other : inventories.entrySet()) {
            if (cleans
                && dead == null
                && other.getValue().end.isBefore(clock.instant())
                && other.getValue().cleaner == null) {
              other.getValue().cleaner = name;
              dead = other.getKey();
            }
          }
          List<Told> unseen =
              events.stream().filter(one -> one.number() > lastEvent).limit(many).toList();
          return new Beat(true, inventory.entries.size(), dead, lastEvent(), unseen);
        });
  }

  @Override
  public CompletionStage<Boolean> clean(String dead, String claimant) {
    return answer(
        () -> {
          Inventory inventory = inventories.get(dead);
          if (inventory == null
              || !claimant.equals(inventory.cleaner)
              || !inventory.end.isBefore(clock.instant())) {
            return false;
          }
          inventory.ended = true;
          List<String> some = inventory.entries.keySet().stream().limit(STEP).toList();
          some.forEach(id -> put(inventory, PresenceEntry.gone(id)));
          if (some.size() < STEP) {
            inventories.remove(dead);
          }
          return some.size() == STEP;
        });
  }

  @Override
  public CompletionStage<Void> leave(String name) {
    return answer(
        () -> {
          Inventory inventory = inventories.get(name);
          if (inventory != null) {
            inventory.end = Instant.EPOCH;
          }
          return null;
        });
  }

  /** Names of one kind, by inventory. */
  private List<List<String>> names(PresenceQuery query) {
    List<List<String>> lists = new ArrayList<>();
    living()
        .forEach(
            one -> {
              Set<String> names = new TreeSet<>();
              for (PresenceEntry entry : one.entries.values()) {
                switch (query.what()) {
                  case CONNECTIONS -> names.add(entry.connectionId());
                  case USERS -> {
                    if (entry.user() != null) {
                      names.add(entry.user());
                    }
                  }
                  case GROUPS -> names.addAll(entry.groups());
                  default -> {
                    boolean meant =
                        switch (query.what()) {
                          case USER -> query.name().equals(entry.user());
                          case GROUP -> entry.groups().contains(query.name());
                          default -> query.name().equals(entry.connectionId());
                        };
                    if (meant) {
                      names.add(entry.connectionId());
                    }
                  }
                }
              }
              lists.add(List.copyOf(names));
            });
    return lists;
  }

  private long complete() {
    return living().filter(one -> one.complete).count();
  }

  @Override
  public CompletionStage<Tally> count(PresenceQuery query) {
    return answer(
        () -> {
          boolean distinct =
              query.what() == PresenceQuery.What.USERS || query.what() == PresenceQuery.What.GROUPS;
          Stream<String> all = names(query).stream().flatMap(List::stream);
          return new Tally(
              distinct ? all.distinct().count() : all.count(),
              complete(),
              distinct && living().count() < inventories.size());
        });
  }

  @Override
  public CompletionStage<Sheet> page(PresenceQuery query, @Nullable String after, int many) {
    return answer(() -> new Sheet(new ArrayList<>(names(query)), complete(), null));
  }

  /** Which inventories there are, with how many connections. */
  synchronized Map<String, Integer> sizes() {
    Map<String, Integer> sizes = new HashMap<>();
    inventories.forEach((name, one) -> sizes.put(name, one.entries.size()));
    return sizes;
  }
}
