package io.sharedredis.testkit.session;

import io.sharedredis.testkit.session.SessionReplica.Change;
import io.sharedredis.testkit.session.SessionReplica.Read;
import io.sharedredis.testkit.session.SessionReplica.Word;
import io.sharedredis.testkit.session.SessionReplica.Written;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All sessions as they may be now, and as they were: a replica that keeps what it has read may show
 * them as they were, until it has heard of what changed, or the time to live has passed.
 *
 * <p>Each method that takes an answer gives the worlds that it leads to, none if it is not an
 * answer of this world. Immutable for its users.
 */
final class SessionWorld {

  /** One session: how it was after each change, and which of the changes others were told of. */
  private static final class Line {
    private final List<SessionModel> versions;
    private final int[] floors;
    private int announced;

    /** Whether the index of its user leads to it, where it has one. */
    private boolean indexed = true;

    Line(SessionModel first, int replicas) {
      this.versions = new ArrayList<>(List.of(first));
      this.floors = new int[replicas];
    }

    Line(Line other) {
      this.versions = new ArrayList<>(other.versions);
      this.floors = other.floors.clone();
      this.announced = other.announced;
      this.indexed = other.indexed;
    }

    boolean isLost() {
      return !indexed && !now().user().isEmpty();
    }

    SessionModel now() {
      return versions.get(last());
    }

    int last() {
      return versions.size() - 1;
    }

    void change(boolean announce, Consumer<SessionModel> change) {
      SessionModel next = now().copy();
      change.accept(next);
      versions.add(next);
      announced = announce ? last() : announced;
    }

    @Override
    public String toString() {
      int from = Arrays.stream(floors).min().orElse(0);
      return versions.subList(from, versions.size())
          + Arrays.toString(floors)
          + announced
          + (isLost() ? " lost" : "");
    }
  }

  private final SessionHistory.Setting setting;
  private final Map<String, Line> lines = new LinkedHashMap<>();

  /** What replicas know after their own writes, once no request is under way. */
  private final Map<String, int[]> known = new HashMap<>();

  SessionWorld(SessionHistory.Setting setting) {
    this.setting = setting;
  }

  private SessionWorld copy() {
    SessionWorld copy = new SessionWorld(setting);
    lines.forEach((internal, line) -> copy.lines.put(internal, new Line(line)));
    known.forEach((internal, floors) -> copy.known.put(internal, floors.clone()));
    return copy;
  }

  List<SessionModel> sessions() {
    return lines.values().stream().map(Line::now).toList();
  }

  /** All ids that sessions have or had: a replica may keep one under any of them. */
  Set<String> ids() {
    Set<String> ids = new LinkedHashSet<>();
    lines.values().forEach(line -> line.versions.forEach(version -> ids.add(version.present())));
    return ids;
  }

  private Line line(String id) {
    Line line = lines.get(SessionsInRedis.internal(id));
    if (line == null) {
      throw new IllegalStateException("no session of this history: " + id);
    }
    return line;
  }

  /** What a replica has changed itself it does not keep. */
  private void knows(int replica, String internal) {
    Line line = lines.get(internal);
    if (line != null) {
      int[] floors = known.computeIfAbsent(internal, any -> new int[line.floors.length]);
      floors[replica] = Math.max(floors[replica], line.last());
    }
  }

  /** No request is under way: what replicas have changed themselves is in force there. */
  SessionWorld quiet() {
    known.forEach(
        (internal, floors) -> {
          Line line = lines.get(internal);
          for (int i = 0; line != null && i < floors.length; i++) {
            line.floors[i] = Math.max(line.floors[i], floors[i]);
          }
        });
    known.clear();
    return this;
  }

  /** Whether a session is there that its user's index does not lead to: a read may mend that. */
  boolean hasLost() {
    return lines.values().stream().anyMatch(Line::isLost);
  }

  /** What reads that the story does not tell have mended. */
  void look(Map<String, Map<String, String>> fields) {
    lines.forEach(
        (internal, line) ->
            line.indexed |=
                "true".equals(fields.getOrDefault(internal, Map.of()).get(SessionsInRedis.INDEX)));
  }

  /** All announcements have been heard, or even the time to live has passed. */
  void fresh(boolean timeToLive) {
    for (Line line : lines.values()) {
      for (int i = 0; i < line.floors.length; i++) {
        line.floors[i] = Math.max(line.floors[i], timeToLive ? line.last() : line.announced);
      }
    }
  }

  /** Whether a read shows what has been announced last, or something later. */
  boolean isHeard(String id, Optional<Read> found) {
    Line line = line(id);
    return line.versions.subList(line.announced, line.versions.size()).stream()
        .anyMatch(version -> version.showed(id, found));
  }

  List<SessionWorld> read(int replica, String id, Optional<Read> found) {
    Line line = line(id);
    if (line.now().showed(id, found)) {
      if (found.isEmpty() || !line.isLost()) {
        return List.of(this);
      }
      SessionWorld mended = copy();
      mended.line(id).indexed = true;
      // What was kept of it has cost no command.
      return setting.keeps() ? List.of(mended, this) : List.of(mended);
    }
    // What is kept is what the present id showed; that there is no session is not kept.
    for (int i = line.floors[replica]; setting.keeps() && i < line.last(); i++) {
      SessionModel then = line.versions.get(i);
      if (then.isThere() && id.equals(then.present()) && then.showed(id, found)) {
        return List.of(this);
      }
    }
    return List.of();
  }

  List<SessionWorld> create(
      int replica, Map<String, String> first, String user, boolean never, Written answer) {
    if (isRefused(user)) {
      return answer.word() == Word.REFUSED ? List.of(this) : List.of();
    }
    if (answer.word() != Word.SAVED) {
      return List.of();
    }
    List<SessionWorld> worlds = admitted(replica, user, answer.ended());
    String internal = SessionsInRedis.internal(answer.id());
    for (SessionWorld world : worlds) {
      Line line =
          new Line(new SessionModel(answer.id(), first, user, never), setting.replicas().size());
      world.lines.put(internal, line);
    }
    return worlds;
  }

  List<SessionWorld> write(int replica, Read read, Change change, Written answer) {
    if (answer.word() == Word.NOTHING) {
      return change.isEmpty() ? List.of(this) : List.of();
    }
    SessionModel now = line(read.id()).now();
    String user = change.user();
    boolean signsIn =
        now.isThere()
            && read.id().equals(now.present())
            && user != null
            && !user.isEmpty()
            && !user.equals(now.user());
    if (signsIn && user != null && isRefused(user)) {
      return answer.word() == Word.REFUSED ? List.of(this) : List.of();
    }
    List<SessionWorld> worlds = new ArrayList<>();
    for (SessionWorld world :
        admitted(replica, signsIn && user != null ? user : "", answer.ended())) {
      SessionModel next = now.copy();
      Word word = next.write(read.id(), read.generation(), change, answer.id());
      Line line = world.line(read.id());
      if (word == Word.SAVED) {
        line.versions.add(next);
        line.announced = line.last();
        line.indexed = true;
      }
      world.knows(replica, SessionsInRedis.internal(read.id()));
      if (word == answer.word() && agrees(word, next, answer)) {
        worlds.add(world);
      }
    }
    return worlds;
  }

  private static boolean agrees(Word word, SessionModel next, Written answer) {
    if (word != Word.SAVED) {
      return true;
    }
    Boolean conflict = answer.conflict();
    return (answer.generation() < 0 || answer.generation() == next.generation())
        && (conflict == null || conflict == next.conflict());
  }

  /** Those that can be found. */
  private List<Line> of(String user) {
    return user.isEmpty()
        ? List.of()
        : lines.values().stream()
            .filter(line -> line.indexed && line.now().user().equals(user))
            .toList();
  }

  /** The index of a user is evicted: their sessions live, and nobody finds them. */
  List<SessionWorld> indexEvicted(String user) {
    SessionWorld world = copy();
    world.of(user).forEach(line -> line.indexed = false);
    return List.of(world);
  }

  /** Whether one more session of the user is beyond the limit, and is not to be. */
  private boolean isRefused(String user) {
    return setting.refuses() && setting.most() > 0 && of(user).size() >= setting.most();
  }

  /** Which ones end, of those used at one millisecond, is not for the model to say. */
  private List<SessionWorld> admitted(int replica, String user, @Nullable List<String> ended) {
    List<String> before = of(user).stream().map(line -> internal(line.now())).toList();
    int surplus = setting.most() == 0 ? 0 : Math.max(0, before.size() - setting.most() + 1);
    Collection<List<String>> choices;
    if (ended == null) {
      choices = choices(before, surplus);
    } else if (ended.size() == surplus && new HashSet<>(before).containsAll(ended)) {
      choices = List.of(ended);
    } else {
      return List.of();
    }
    List<SessionWorld> worlds = new ArrayList<>();
    for (List<String> choice : choices) {
      SessionWorld world = copy();
      choice.forEach(internal -> world.end(replica, internal, ended != null));
      worlds.add(world);
    }
    return worlds;
  }

  private static List<List<String>> choices(List<String> from, int number) {
    if (number == 0) {
      return List.of(List.of());
    }
    List<List<String>> choices = new ArrayList<>();
    for (int i = 0; i < from.size(); i++) {
      for (List<String> rest : choices(from.subList(i + 1, from.size()), number - 1)) {
        List<String> choice = new ArrayList<>(rest);
        choice.add(from.get(i));
        choices.add(choice);
      }
    }
    return choices;
  }

  private void end(int replica, String internal, boolean known) {
    Line line = lines.get(internal);
    if (line != null) {
      line.change(true, SessionModel::end);
      if (known) {
        knows(replica, internal);
      }
    }
  }

  List<SessionWorld> end(int replica, String id, @Nullable Boolean answer) {
    boolean expected = line(id).now().read(id).isPresent();
    if (answer != null && answer != expected) {
      return List.of();
    }
    SessionWorld world = copy();
    if (expected) {
      world.end(replica, SessionsInRedis.internal(id), true);
    }
    world.knows(replica, SessionsInRedis.internal(id));
    return List.of(world);
  }

  List<SessionWorld> endOf(int replica, String user, String internal, boolean answer) {
    Line line = lines.get(internal);
    boolean theirs = line != null && line.now().user().equals(user);
    if (theirs != answer) {
      return List.of();
    }
    SessionWorld world = copy();
    if (theirs) {
      world.end(replica, internal, true);
    }
    world.knows(replica, internal);
    return List.of(world);
  }

  List<SessionWorld> endAll(int replica, String user, String but, List<String> answer) {
    Set<String> expected = new HashSet<>();
    of(user).forEach(line -> expected.add(internal(line.now())));
    expected.remove(but);
    if (!expected.equals(Set.copyOf(answer))) {
      return List.of();
    }
    SessionWorld world = copy();
    expected.forEach(internal -> world.end(replica, internal, true));
    return List.of(world);
  }

  List<SessionWorld> list(String user, Set<String> answer) {
    Set<String> expected = new HashSet<>();
    of(user).forEach(line -> expected.add(internal(line.now())));
    return answer.equals(expected) ? List.of(this) : List.of();
  }

  /** Behind the store's back: nobody is told. */
  List<SessionWorld> vanished(String internal, boolean expires) {
    SessionWorld world = copy();
    Line line = world.lines.get(internal);
    if (line == null || (expires && (!line.now().isThere() || line.now().neverExpires()))) {
      return List.of(world);
    }
    if (line.now().isThere() || !expires) {
      line.change(false, expires ? SessionModel::expire : SessionModel::end);
    }
    return List.of(world);
  }

  /** Former ids answer no more. */
  List<SessionWorld> silenced(String internal) {
    SessionWorld world = copy();
    Line line = world.lines.get(internal);
    if (line != null) {
      line.change(false, SessionModel::silence);
    }
    return List.of(world);
  }

  List<SessionWorld> reported(int replica, Set<String> answer) {
    SessionWorld world = copy();
    for (Map.Entry<String, Line> entry : world.lines.entrySet()) {
      if (entry.getValue().now().isLeft()) {
        if (!answer.contains(entry.getKey())) {
          return List.of();
        }
        world.end(replica, entry.getKey(), true);
      }
    }
    return List.of(world);
  }

  /** How what lies in Redis differs from this world; empty if it does not. */
  String difference(Map<String, Map<String, String>> fields) {
    StringBuilder difference = new StringBuilder();
    lines.forEach(
        (internal, line) -> {
          Map<String, String> actual = fields.getOrDefault(internal, Map.of());
          Map<String, String> expected =
              line.now().isThere() ? new TreeMap<>(line.now().fields()) : Map.of();
          if (!line.now().user().isEmpty()) {
            expected.put(SessionsInRedis.INDEX, Boolean.toString(line.indexed));
          }
          if (!line.now().isLeft() && !actual.equals(expected)) {
            difference.append("\nin Redis ").append(actual).append("\nexpected ").append(expected);
          }
        });
    return difference.toString();
  }

  private static String internal(SessionModel session) {
    return SessionsInRedis.internal(session.present());
  }

  /** All that decides what it will answer, to tell two of them apart. */
  @Override
  public String toString() {
    return lines.toString();
  }
}
