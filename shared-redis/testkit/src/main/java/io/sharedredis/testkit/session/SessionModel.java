package io.sharedredis.testkit.session;

import io.sharedredis.testkit.session.SessionReplica.Change;
import io.sharedredis.testkit.session.SessionReplica.Read;
import io.sharedredis.testkit.session.SessionReplica.Word;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a store shall do, in plain Java: one session, however often its id changes. */
final class SessionModel {

  private record Value(long generation, String text) {}

  /** A former id: the generation up to which it sees, and whether it still answers. */
  private record Former(long seen, boolean answers) {}

  private final Map<String, Value> attributes;
  private final Map<String, Value> previous;
  private final Map<String, Former> formers;
  private String present;
  private long generation = 1;
  private String user;
  private boolean there = true;
  private boolean left;
  private boolean neverExpires;
  private boolean conflict;

  SessionModel(String id, Map<String, String> first, String user, boolean neverExpires) {
    this.attributes = new HashMap<>();
    this.previous = new HashMap<>();
    this.formers = new LinkedHashMap<>();
    this.present = id;
    this.user = user;
    this.neverExpires = neverExpires;
    first.forEach((name, text) -> attributes.put(name, new Value(1, text)));
  }

  private SessionModel(SessionModel other) {
    this.attributes = new HashMap<>(other.attributes);
    this.previous = new HashMap<>(other.previous);
    this.formers = new LinkedHashMap<>(other.formers);
    this.present = other.present;
    this.generation = other.generation;
    this.user = other.user;
    this.there = other.there;
    this.left = other.left;
    this.neverExpires = other.neverExpires;
  }

  SessionModel copy() {
    return new SessionModel(this);
  }

  boolean isThere() {
    return there;
  }

  /** Whether it has expired, and nobody has reported that yet. */
  boolean isLeft() {
    return left;
  }

  String present() {
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

  /** Whether the last write replaced what somebody else had written since its read. */
  boolean conflict() {
    return conflict;
  }

  void end() {
    there = false;
    left = false;
  }

  void expire() {
    there = false;
    left = true;
  }

  /** Former ids that answer now. */
  List<String> answering() {
    List<String> ids = new ArrayList<>();
    formers.forEach(
        (id, former) -> {
          if (former.answers()) {
            ids.add(id);
          }
        });
    return ids;
  }

  void silence() {
    formers.replaceAll((id, former) -> new Former(former.seen(), false));
  }

  /** What a read finds; empty for no session. */
  Optional<Map<String, String>> read(String id) {
    if (!there) {
      return Optional.empty();
    }
    Map<String, String> seen = new TreeMap<>();
    if (id.equals(present)) {
      attributes.forEach((name, value) -> seen.put(name, value.text()));
      return Optional.of(seen);
    }
    Former former = formers.get(id);
    if (former == null || !former.answers()) {
      return Optional.empty();
    }
    for (Map<String, Value> values : List.of(previous, attributes)) {
      values.forEach(
          (name, value) -> {
            if (value.generation() <= former.seen()) {
              seen.put(name, value.text());
            }
          });
    }
    return Optional.of(seen);
  }

  /** Whether this is what a request has read. */
  boolean showed(String id, Optional<Read> found) {
    if (!read(id).equals(found.map(Read::values).map(TreeMap::new))) {
      return false;
    }
    return found.isEmpty()
        || (found.get().neverExpires() == neverExpires
            && (found.get().generation() < 0 || found.get().generation() == generation));
  }

  /**
   * Writes, and answers how that goes.
   *
   * @param base generation that was read, -1 where that is not told: then so are conflicts
   */
  Word write(String id, long base, Change change, String newId) {
    Former former = id.equals(present) ? null : formers.get(id);
    if (!there || (!id.equals(present) && (former == null || !former.answers()))) {
      return Word.GONE;
    }
    if (former != null && change.newId()) {
      return Word.FORMER;
    }
    if (former == null) {
      user = change.user() == null ? user : change.user();
      neverExpires = change.never() == null ? neverExpires : change.never();
    }
    if (change.newId() || answering().isEmpty()) {
      formers.values().removeIf(one -> !one.answers());
      if (formers.isEmpty()) {
        previous.clear();
      }
    }
    long before = generation;
    generation++;
    conflict = false;
    change
        .set()
        .forEach(
            (name, text) -> {
              if (mayReplace(name, base, former, change.newId())) {
                attributes.put(name, new Value(generation, text));
              }
            });
    for (String name : change.removed()) {
      if (mayReplace(name, base, former, change.newId())) {
        attributes.remove(name);
      }
    }
    if (change.newId()) {
      formers.put(present, new Former(before, true));
      present = newId;
    }
    return Word.SAVED;
  }

  private boolean mayReplace(String name, long base, @Nullable Former former, boolean renew) {
    Value value = attributes.get(name);
    if (value != null && former != null && value.generation() > former.seen()) {
      return false;
    }
    conflict |= value != null && value.generation() > base;
    if (value != null && renew) {
      previous.put(name, value);
    }
    return true;
  }

  /** What lies in Redis: fields and what can be seen of them without a key. */
  Map<String, String> fields() {
    Map<String, String> fields = new TreeMap<>();
    fields.put("id", SessionsInRedis.check(present));
    fields.put("g", Long.toString(generation));
    fields.put("u", user.isEmpty() ? "" : SessionsInRedis.userHash(user));
    fields.put("never", Boolean.toString(neverExpires));
    attributes.forEach((name, value) -> fields.put("x:" + name, value.generation() + ":"));
    previous.forEach((name, value) -> fields.put("p:" + name, value.generation() + ":"));
    formers.forEach(
        (id, former) -> fields.put("o:" + SessionsInRedis.check(id), ":" + former.seen()));
    return fields;
  }

  /** All that decides what it will answer, to tell two of them apart. */
  @Override
  public String toString() {
    return (there ? "" : left ? "expired " : "ended ")
        + new TreeMap<>(fields())
        + attributes
        + previous
        + formers;
  }
}
