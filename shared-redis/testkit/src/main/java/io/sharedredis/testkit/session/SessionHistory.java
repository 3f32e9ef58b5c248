package io.sharedredis.testkit.session;

import io.sharedredis.testkit.session.SessionReplica.Change;
import io.sharedredis.testkit.session.SessionReplica.Read;
import io.sharedredis.testkit.session.SessionReplica.Word;
import io.sharedredis.testkit.session.SessionReplica.Written;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One random history of requests on several replicas, held against the model: after each step there
 * must be an order of what was done, one after the other, that explains every answer and what then
 * lies in Redis. Steps are single operations (with up to four requests under way, that have read
 * and may write), or up to four of them at the same moment.
 *
 * <p>The seed decides what is done; how operations of one moment meet is the machine's affair.
 */
public final class SessionHistory {

  private static final int STEPS = 30;
  private static final int UNDER_WAY = 4;
  private static final List<String> NAMES = List.of("a", "b", "c", "user");

  /** Former ids answer for a minute at most: what takes longer says nothing about them. */
  private static final Duration TOO_LONG = Duration.ofSeconds(40);

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /**
   * What a history runs on.
   *
   * @param most sessions of one user, 0 for no limit
   * @param refuses whether one more is refused, not the oldest ended
   * @param keeps whether replicas keep what they have read
   * @param tick lets the time pass for which they do
   * @param ownerAttribute that says whose session it is, or null where that is told apart
   */
  public record Setting(
      List<? extends SessionReplica> replicas,
      SessionsInRedis redis,
      int most,
      boolean refuses,
      boolean keeps,
      Runnable tick,
      @Nullable String ownerAttribute) {}

  /**
   * What one operation has seen.
   *
   * @param otherwise what may have happened in its place, one after the other
   */
  private record Event(
      String text,
      boolean changes,
      Function<SessionWorld, List<SessionWorld>> explains,
      List<Event> otherwise) {

    Event(String text, Function<SessionWorld, List<SessionWorld>> explains) {
      this(text, true, explains, List.of());
    }

    /** Changes nothing. */
    static Event seen(String text, Function<SessionWorld, List<SessionWorld>> explains) {
      return new Event(text, false, explains, List.of());
    }
  }

  private final Setting setting;
  private final ExecutorService threads;
  private final Random random;
  private final String tag;
  private final List<Read> underWay = new ArrayList<>();
  private final StringBuilder story = new StringBuilder();
  private final long began = System.nanoTime();
  private List<SessionWorld> worlds;
  private int counter;

  /**
   * @param threads at least four
   */
  public SessionHistory(Setting setting, long seed, ExecutorService threads) {
    this.setting = setting;
    this.threads = threads;
    this.random = new Random(seed);
    this.tag = "-" + seed;
    this.worlds = List.of(new SessionWorld(setting));
  }

  /**
   * Runs it, and leaves nothing in Redis.
   *
   * @return whether it was fast enough to say anything
   * @throws AssertionError with all that was done, if no order explains it
   */
  public boolean run() throws InterruptedException {
    try {
      run(List.of(create()));
      for (int i = 0; i < STEPS && !isTooSlow(); i++) {
        step();
      }
      if (!isTooSlow()) {
        compare();
      }
      return !isTooSlow();
    } catch (AssertionError e) {
      if (isTooSlow()) {
        return false;
      }
      throw new AssertionError(e.getMessage() + "\n" + story, e);
    } finally {
      setting.redis().clear();
    }
  }

  private boolean isTooSlow() {
    return System.nanoTime() - began > TOO_LONG.toNanos();
  }

  private void step() throws InterruptedException {
    int dice = random.nextInt(100);
    if (dice < 25) {
      List<Callable<List<Event>>> together = new ArrayList<>();
      for (int i = 2 + random.nextInt(3); i > 0; i--) {
        together.add(operation(random.nextInt(80)));
      }
      run(together);
    } else if (dice < 85) {
      run(List.of(operation(random.nextInt(90))));
    } else if (dice < 90) {
      news();
    } else if (dice < 94) {
      story.append("the time to live passes\n");
      setting.tick().run();
      worlds.forEach(world -> world.fresh(true));
    } else {
      compare();
    }
  }

  private Callable<List<Event>> operation(int dice) {
    SessionModel session = pick();
    String internal = SessionsInRedis.internal(session.present());
    if (dice < 6) {
      return create();
    } else if (dice < 30) {
      return read(anyId(session));
    } else if (dice < 55) {
      return underWay.isEmpty()
          ? readAndWrite(anyId(session))
          : write(underWay.remove(random.nextInt(underWay.size())));
    } else if (dice < 67) {
      return readAndWrite(anyId(session));
    } else if (dice < 71) {
      return end(anyId(session));
    } else if (dice < 74) {
      return vanish(internal, true);
    } else if (dice < 75) {
      return vanish(internal, false);
    } else if (dice < 76) {
      return vanishIndex();
    } else if (dice < 78) {
      return endAll(internal);
    } else if (dice < 80) {
      return endOf(internal);
    } else if (dice < 84) {
      return report();
    } else if (dice < 87) {
      return silence(internal);
    }
    return list();
  }

  /** Runs operations at the same moment, and finds out in which orders they may have been done. */
  private void run(List<Callable<List<Event>>> operations) throws InterruptedException {
    List<List<Event>> events = new ArrayList<>();
    List<Future<List<Event>>> running = operations.stream().map(threads::submit).toList();
    for (Future<List<Event>> one : running) {
      try {
        events.add(one.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
      } catch (ExecutionException | TimeoutException e) {
        throw new AssertionError("an operation failed", e);
      }
    }
    story.append(events.size() == 1 ? "" : "at the same moment:\n");
    for (List<Event> one : events) {
      for (Event event : one) {
        story.append(events.size() == 1 ? "" : "  ").append(event.text()).append('\n');
      }
    }
    List<SessionWorld> found = new ArrayList<>();
    for (List<List<Event>> way : ways(events)) {
      for (SessionWorld world : worlds) {
        order(world, way, new int[way.size()], found);
      }
    }
    if (found.isEmpty()) {
      throw new AssertionError("no order explains these answers; it was " + worlds);
    }
    found.forEach(SessionWorld::quiet);
    boolean changed =
        events.stream().flatMap(List::stream).anyMatch(Event::changes)
            || worlds.stream().anyMatch(SessionWorld::hasLost);
    // Reads lead to the same world in whichever order.
    worlds = changed ? agreeing(found) : List.copyOf(new LinkedHashSet<>(found));
  }

  private static Set<String> internals(List<SessionWorld> worlds) {
    Set<String> internals = new LinkedHashSet<>();
    for (SessionWorld world : worlds) {
      world
          .sessions()
          .forEach(session -> internals.add(SessionsInRedis.internal(session.present())));
    }
    return internals;
  }

  /** Those that say what lies in Redis now; of equal ones, one. */
  private List<SessionWorld> agreeing(List<SessionWorld> found) {
    Map<String, Map<String, String>> fields = setting.redis().fields(internals(found));
    Map<String, SessionWorld> agreeing = new LinkedHashMap<>();
    Set<String> differences = new HashSet<>();
    for (SessionWorld world : found) {
      String difference = world.difference(fields);
      differences.add(difference);
      if (difference.isEmpty()) {
        agreeing.putIfAbsent(world.toString(), world);
      }
    }
    if (agreeing.isEmpty()) {
      throw new AssertionError("no order explains what lies in Redis: " + differences);
    }
    return List.copyOf(agreeing.values());
  }

  /** Each operation as it may have gone: the last of its events may be told in two ways. */
  private static List<List<List<Event>>> ways(List<List<Event>> events) {
    List<List<List<Event>>> ways = new ArrayList<>(List.of(List.of()));
    for (List<Event> one : events) {
      List<List<Event>> told = new ArrayList<>(List.of(one));
      Event last = one.get(one.size() - 1);
      if (!last.otherwise().isEmpty()) {
        List<Event> other = new ArrayList<>(one.subList(0, one.size() - 1));
        other.addAll(last.otherwise());
        told.add(other);
      }
      List<List<List<Event>>> longer = new ArrayList<>();
      for (List<List<Event>> way : ways) {
        for (List<Event> as : told) {
          List<List<Event>> next = new ArrayList<>(way);
          next.add(as);
          longer.add(next);
        }
      }
      ways = longer;
    }
    return ways;
  }

  private static void order(
      SessionWorld world, List<List<Event>> events, int[] done, List<SessionWorld> found) {
    boolean all = true;
    for (int i = 0; i < done.length; i++) {
      if (done[i] < events.get(i).size()) {
        all = false;
        for (SessionWorld next : events.get(i).get(done[i]).explains().apply(world)) {
          done[i]++;
          order(next, events, done, found);
          done[i]--;
        }
      }
    }
    if (all) {
      found.add(world);
    }
  }

  private Callable<List<Event>> create() {
    int replica = replica();
    String user = random.nextInt(3) == 0 ? user() : "";
    Map<String, String> first = new HashMap<>();
    if (random.nextBoolean()) {
      first.put("a", next());
    }
    Map<String, String> owned = owned(first, user);
    return () -> {
      Written answer = on(replica).create(first, user);
      return List.of(
          new Event(
              "create " + owned + user + at(replica) + answer,
              world -> world.create(replica, owned, user, false, answer)));
    };
  }

  private Map<String, String> owned(Map<String, String> values, String user) {
    Map<String, String> owned = new HashMap<>(values);
    if (setting.ownerAttribute() != null && !user.isEmpty()) {
      owned.put(setting.ownerAttribute(), user);
    }
    return owned;
  }

  private Callable<List<Event>> read(String id) {
    int replica = replica();
    boolean goesOn = underWay.size() < UNDER_WAY && random.nextBoolean();
    return () -> {
      Optional<Read> found = on(replica).read(id);
      if (goesOn && found.isPresent()) {
        synchronized (underWay) {
          underWay.add(found.get());
        }
      }
      return List.of(read(replica, id, found));
    };
  }

  private static Event read(int replica, String id, Optional<Read> found) {
    return Event.seen(
        "read " + show(id) + at(replica) + found.map(Read::values) + found.map(Read::generation),
        world -> world.read(replica, id, found));
  }

  private Callable<List<Event>> readAndWrite(String id) {
    int replica = replica();
    Function<Boolean, Change> change = change();
    return () -> {
      Optional<Read> found = on(replica).read(id);
      List<Event> events = new ArrayList<>();
      events.add(read(replica, id, found));
      if (found.isPresent()) {
        events.addAll(write(replica, found.get(), change));
      }
      return events;
    };
  }

  private Callable<List<Event>> write(Read read) {
    int replica = replica();
    Function<Boolean, Change> change = change();
    return () -> write(replica, read, change);
  }

  private List<Event> write(int replica, Read read, Function<Boolean, Change> wanted) {
    Change change = wanted.apply(read.neverExpires());
    Written answer = on(replica).write(read, change);
    Change seen = change;
    if (setting.ownerAttribute() != null && change.user() != null) {
      Set<String> removed = new HashSet<>(change.removed());
      if (change.user().isEmpty()) {
        removed.add(setting.ownerAttribute());
      }
      Map<String, String> set = owned(change.set(), change.user());
      seen = new Change(set, removed, change.newId(), change.user(), change.never());
    }
    Change effective = seen;
    String text = "write " + show(read.id()) + at(replica) + effective + ' ' + answer;
    Event one = new Event(text, world -> world.write(replica, read, effective, answer));
    String owner = setting.ownerAttribute();
    if (owner == null || (answer.word() != Word.ANOTHER && answer.word() != Word.REFUSED)) {
      return List.of(one);
    }
    // It was refused as a former id, then everything that it showed was to begin another session.
    Map<String, String> everything = new HashMap<>(read.values());
    everything.putAll(effective.set());
    everything.keySet().removeAll(effective.removed());
    String user = everything.getOrDefault(owner, "");
    boolean never = change.never() == null ? read.neverExpires() : change.never();
    Written former = Written.of(Word.FORMER, read.id());
    Word begun = answer.word() == Word.ANOTHER ? Word.SAVED : Word.REFUSED;
    Written another = Written.of(begun, answer.id());
    Function<SessionWorld, List<SessionWorld>> first =
        world -> world.write(replica, read, effective, former);
    Function<SessionWorld, List<SessionWorld>> second =
        world -> world.create(replica, everything, user, never, another);
    List<Event> both = List.of(new Event(text, first), new Event("  another", second));
    return begun == Word.SAVED ? both : List.of(new Event(text, true, one.explains(), both));
  }

  private Function<Boolean, Change> change() {
    Map<String, String> set = new HashMap<>();
    Set<String> removed = new HashSet<>();
    for (String name : NAMES) {
      int dice = random.nextInt(6);
      if (dice < 2) {
        set.put(name, next());
      } else if (dice == 2) {
        removed.add(name);
      }
    }
    boolean newId = random.nextInt(4) == 0;
    String user =
        switch (random.nextInt(6)) {
          case 0 -> "";
          case 1 -> user();
          default -> null;
        };
    boolean turns = random.nextInt(10) == 0;
    return never -> new Change(set, removed, newId, user, turns ? !never : null);
  }

  private Callable<List<Event>> end(String id) {
    int replica = replica();
    return () -> {
      Boolean answer = on(replica).end(id);
      return List.of(
          new Event(
              "end " + show(id) + at(replica) + answer, world -> world.end(replica, id, answer)));
    };
  }

  private Callable<List<Event>> endOf(String internal) {
    int replica = replica();
    String user = user();
    return () -> {
      boolean answer = on(replica).endOf(user, internal);
      return List.of(
          new Event(
              "end " + internal.substring(0, 4) + " of " + user + at(replica) + answer,
              world -> world.endOf(replica, user, internal, answer)));
    };
  }

  private Callable<List<Event>> endAll(String but) {
    int replica = replica();
    String user = user();
    return () -> {
      List<String> answer = on(replica).endAll(user, but);
      return List.of(
          new Event(
              "end all of " + user + " but " + but.substring(0, 4) + at(replica) + answer,
              world -> world.endAll(replica, user, but, answer)));
    };
  }

  private Callable<List<Event>> vanish(String internal, boolean expires) {
    return () -> {
      if (expires) {
        setting.redis().age(internal);
      } else {
        setting.redis().evict(internal);
      }
      return List.of(
          new Event(
              (expires ? "expire " : "evict ") + internal.substring(0, 4),
              world -> world.vanished(internal, expires)));
    };
  }

  private Callable<List<Event>> vanishIndex() {
    String user = user();
    return () -> {
      setting.redis().evictIndex(user);
      return List.of(new Event("evict index of " + user, world -> world.indexEvicted(user)));
    };
  }

  private Callable<List<Event>> silence(String internal) {
    return () -> {
      setting.redis().silence(internal);
      return List.of(
          new Event("silence " + internal.substring(0, 4), world -> world.silenced(internal)));
    };
  }

  private Callable<List<Event>> report() {
    int replica = replica();
    return () -> {
      Set<String> answer = on(replica).reportExpired();
      return List.of(
          new Event("report" + at(replica) + answer, world -> world.reported(replica, answer)));
    };
  }

  private Callable<List<Event>> list() {
    int replica = replica();
    String user = user();
    return () -> {
      Set<String> answer = on(replica).list(user);
      return List.of(
          Event.seen("list " + user + at(replica) + answer, world -> world.list(user, answer)));
    };
  }

  /** Every session under every id that answers, on any replica. */
  private void compare() throws InterruptedException {
    List<Callable<List<Event>>> reads = new ArrayList<>();
    for (SessionModel session : worlds.get(0).sessions()) {
      session.answering().forEach(id -> reads.add(read(id)));
      reads.add(read(session.present()));
    }
    reads.add(list());
    // One after the other.
    run(
        List.of(
            () -> {
              List<Event> events = new ArrayList<>();
              for (Callable<List<Event>> read : reads) {
                events.addAll(read.call());
              }
              return events;
            }));
  }

  /** Waits until every replica has heard what was announced: nothing else can bring it there. */
  private void news() throws InterruptedException {
    if (worlds.size() != 1 || !setting.keeps()) {
      return;
    }
    story.append("all have heard\n");
    SessionWorld world = worlds.get(0);
    long patience = System.nanoTime() + PATIENCE.toNanos();
    for (String id : world.ids()) {
      for (SessionReplica replica : setting.replicas()) {
        while (!world.isHeard(id, replica.read(id))) {
          if (System.nanoTime() > patience) {
            // Not for want of time, whatever else is.
            throw new IllegalStateException("a replica was not told of " + show(id));
          }
          Thread.yield();
        }
      }
    }
    world.fresh(false);
    if (world.hasLost()) {
      world.look(setting.redis().fields(internals(List.of(world))));
    }
  }

  private SessionModel pick() {
    List<SessionModel> sessions = worlds.get(0).sessions();
    return sessions.get(random.nextInt(sessions.size()));
  }

  private String anyId(SessionModel session) {
    List<String> ids = session.answering();
    ids.add(session.present());
    ids.add(session.present());
    if (random.nextInt(20) == 0) {
      return on(replica()).renewed(session.present());
    }
    return ids.get(random.nextInt(ids.size()));
  }

  private int replica() {
    return random.nextInt(setting.replicas().size());
  }

  private SessionReplica on(int replica) {
    return setting.replicas().get(replica);
  }

  private static String at(int replica) {
    return " on replica " + replica + ": ";
  }

  private String user() {
    return (random.nextBoolean() ? "alice" : "bob") + tag;
  }

  private String next() {
    return "v" + counter++;
  }

  private static String show(String id) {
    return SessionsInRedis.internal(id).substring(0, 4)
        + "/"
        + SessionsInRedis.check(id).substring(0, 4);
  }
}
