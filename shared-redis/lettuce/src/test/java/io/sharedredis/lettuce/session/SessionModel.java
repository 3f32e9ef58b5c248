package io.sharedredis.lettuce.session;

import io.sharedredis.lettuce.session.SessionWrite.Owner;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the store shall do, in plain Java: one session, however often its id changes. */
final class SessionModel {

  private record Value(long generation, String text) {}

  private static final class Former {
    private final long seen;
    private boolean answers = true;

    Former(long seen) {
      this.seen = seen;
    }
  }

  private final Map<String, Value> attributes = new HashMap<>();
  private final Map<String, Value> previous = new HashMap<>();
  private final Map<SessionId, Former> formers = new LinkedHashMap<>();
  private SessionId present;
  private long generation = 1;
  private String user;
  private boolean there = true;
  private boolean neverExpires;

  SessionModel(SessionId id, Map<String, String> first, String user) {
    this.present = id;
    this.user = user;
    first.forEach((name, text) -> attributes.put(name, new Value(1, text)));
  }

  boolean isThere() {
    return there;
  }

  SessionId present() {
    return present;
  }

  String user() {
    return there ? user : "";
  }

  long generation() {
    return generation;
  }

  boolean neverExpires() {
    return neverExpires;
  }

  void end() {
    there = false;
  }

  /** Former ids that answer now. */
  List<SessionId> answering() {
    return formers.entrySet().stream()
        .filter(former -> former.getValue().answers)
        .map(Map.Entry::getKey)
        .collect(Collectors.toCollection(ArrayList::new));
  }

  void silence() {
    formers.values().forEach(former -> former.answers = false);
  }

  /** What a read finds; empty for no session. */
  Optional<Map<String, String>> read(SessionId id) {
    if (!there) {
      return Optional.empty();
    }
    Map<String, String> seen = new TreeMap<>();
    if (id.equals(present)) {
      attributes.forEach((name, value) -> seen.put(name, value.text()));
      return Optional.of(seen);
    }
    Former former = formers.get(id);
    if (former == null || !former.answers) {
      return Optional.empty();
    }
    for (Map<String, Value> values : List.of(previous, attributes)) {
      values.forEach(
          (name, value) -> {
            if (value.generation() <= former.seen) {
              seen.put(name, value.text());
            }
          });
    }
    return Optional.of(seen);
  }

  /** What a write answers: its word, and whether it replaced what others wrote. */
  String write(
      SessionId id,
      long base,
      Map<String, String> set,
      Set<String> removed,
      @Nullable SessionId newId,
      Owner owner,
      @Nullable Boolean never) {
    if (!there) {
      return "Gone";
    }
    Former former = id.equals(present) ? null : formers.get(id);
    if (!id.equals(present) && (former == null || !former.answers)) {
      return "Gone";
    }
    if (former != null && newId != null) {
      return "Former";
    }
    if (former == null && owner instanceof Owner.User named) {
      user = named.name();
    } else if (former == null && owner.equals(Owner.NOBODY)) {
      user = "";
    }
    if (former == null && never != null) {
      neverExpires = never;
    }
    if (newId != null || formers.values().stream().noneMatch(one -> one.answers)) {
      formers.values().removeIf(one -> !one.answers);
      if (formers.isEmpty()) {
        previous.clear();
      }
    }
    long before = generation;
    generation++;
    boolean conflict = false;
    for (String name : names(set, removed)) {
      Value value = attributes.get(name);
      if (value != null && former != null && value.generation() > former.seen) {
        continue;
      }
      if (value != null && value.generation() > base) {
        conflict = true;
      }
      if (value != null && newId != null) {
        previous.put(name, value);
      }
      if (set.containsKey(name)) {
        attributes.put(name, new Value(generation, set.get(name)));
      } else {
        attributes.remove(name);
      }
    }
    if (newId != null) {
      formers.put(present, new Former(before));
      present = newId;
    }
    return "Saved " + generation + " " + conflict;
  }

  private static List<String> names(Map<String, String> set, Set<String> removed) {
    List<String> names = new ArrayList<>(set.keySet());
    names.addAll(removed);
    return names;
  }
}
