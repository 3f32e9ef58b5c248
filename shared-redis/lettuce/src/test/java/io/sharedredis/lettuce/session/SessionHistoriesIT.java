package io.sharedredis.lettuce.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.lettuce.session.SessionWrite.Owner;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Random histories of requests on three replicas against {@link SessionModel}. Redis runs one
 * script at a time, so every way in which concurrent requests can meet is an order of their
 * commands; the histories mix the reads and writes of up to four requests that are under way at
 * once, with sign-ins, sign-outs, expiry, eviction, ends by the user (one, or all but one),
 * sessions that never expire, and a limit of sessions per user, of either kind or none, between
 * them.
 *
 * <p>{@code -Dsession.histories=10000} for the full number, {@code -Dsession.seed=…} to run one
 * again.
 */
class SessionHistoriesIT {

  private static final int HISTORIES = Integer.getInteger("session.histories", 150);
  private static final int STEPS = 30;
  private static final Duration NEVER = Duration.ofSeconds(-1);
  private static final List<String> NAMES = List.of("a", "b", "c", "user");

  private static SessionRedis redis;

  private static final List<SessionLimit> LIMITS =
      List.of(
          SessionLimit.NONE,
          SessionLimit.NONE,
          new SessionLimit(2, SessionLimit.Beyond.REFUSE),
          new SessionLimit(2, SessionLimit.Beyond.END_OLDEST));

  private final Map<SessionLimit, List<RedisSessionStore>> replicasByLimit = new HashMap<>();

  @BeforeAll
  static void start() throws Exception {
    redis = new SessionRedis();
  }

  @AfterAll
  static void stop() {
    redis.close();
  }

  @Test
  void storeDoesWhatTheModelSays() {
    long first = Long.getLong("session.seed", Instant.now().toEpochMilli() * 100_000);
    int number = System.getProperty("session.seed") == null ? HISTORIES : 1;
    for (long seed = first; seed < first + number; seed++) {
      try {
        new History(seed).run();
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("history of seed " + seed + " (-Dsession.seed=" + seed + ")", e);
      }
    }
    System.out.println(number + " histories from seed " + first + ": as the model says");
  }

  /** A request that has read its session and may write. */
  private record Request(SessionModel model, SessionId id, long generation) {}

  private final class History {
    private final Random random;
    private final List<SessionModel> sessions = new ArrayList<>();
    private final List<Request> underWay = new ArrayList<>();
    private final StringBuilder story = new StringBuilder();
    private final String tag;
    private final SessionLimit limit;
    private final List<RedisSessionStore> replicas;
    private int counter;

    History(long seed) {
      this.random = new Random(seed);
      this.tag = "-" + seed;
      this.limit = LIMITS.get(random.nextInt(LIMITS.size()));
      this.replicas =
          replicasByLimit.computeIfAbsent(
              limit,
              any ->
                  Stream.generate(() -> redis.store(redis.options().withLimit(any)))
                      .limit(3)
                      .toList());
      story.append(limit).append('\n');
    }

    void run() {
      try {
        create();
        for (int i = 0; i < STEPS; i++) {
          step();
        }
        sessions.forEach(this::compare);
        compareUsers();
      } catch (AssertionError e) {
        throw new AssertionError(story.toString(), e);
      } finally {
        redis.raw().flushall();
      }
    }

    private void step() {
      int dice = random.nextInt(100);
      SessionModel session = sessions.get(random.nextInt(sessions.size()));
      if (dice < 5) {
        create();
      } else if (dice < 40) {
        read(session);
      } else if (dice < 80) {
        write();
      } else if (dice < 84) {
        signOut(session);
      } else if (dice < 87) {
        expire(session);
      } else if (dice < 90) {
        evict(session);
      } else if (dice < 93) {
        silence(session);
      } else if (dice < 95) {
        endAll(session);
      } else if (dice < 97) {
        endOne(session);
      } else {
        compare(session);
        compareUsers();
      }
    }

    private void create() {
      SessionId id = replica().newId();
      Map<String, String> first = random.nextBoolean() ? Map.of("a", next()) : Map.of();
      String user = random.nextInt(3) == 0 ? user() : "";
      SessionWrite write =
          SessionWrite.of(bytes(first), Set.of())
              .withTimeout(SessionRedis.TIMEOUT)
              .withOwner(user.isEmpty() ? Owner.NOBODY : new Owner.User(user));
      story.append("create ").append(id).append(' ').append(first).append(user).append('\n');
      SaveOutcome outcome = replica().create(id, Instant.EPOCH, write);
      if (isRefused(user)) {
        assertThat(outcome).isEqualTo(new SaveOutcome.Refused());
        return;
      }
      assertThat(outcome).isInstanceOf(SaveOutcome.Saved.class);
      makeRoom(user, outcome);
      sessions.add(new SessionModel(id, first, user));
    }

    private List<SessionModel> of(String user) {
      return user.isEmpty()
          ? List.of()
          : sessions.stream().filter(session -> session.user().equals(user)).toList();
    }

    /** Whether one more session of the user is beyond the limit, and is not to be. */
    private boolean isRefused(String user) {
      return limit.beyond() == SessionLimit.Beyond.REFUSE
          && limit.most() > 0
          && of(user).size() >= limit.most();
    }

    /** Which ones end, of those used at one millisecond, is not for the model to say. */
    private void makeRoom(String user, SaveOutcome outcome) {
      List<SessionModel> before = of(user);
      List<String> ended = outcome instanceof SaveOutcome.Saved saved ? saved.ended() : List.of();
      int surplus = limit.most() == 0 ? 0 : Math.max(0, before.size() - limit.most() + 1);
      assertThat(ended).hasSize(surplus).doesNotHaveDuplicates();
      for (SessionModel session : before) {
        if (ended.contains(session.present().internal())) {
          session.end();
          surplus--;
        }
      }
      assertThat(surplus).isZero();
    }

    private void read(SessionModel session) {
      SessionId id = anyId(session);
      Optional<StoredSession> found = replica().load(id);
      story.append("read ").append(show(id)).append(' ');
      Optional<Map<String, String>> expected = session.read(id);
      assertThat(found.map(SessionRedis::read).map(TreeMap::new)).isEqualTo(expected);
      story.append(expected).append('\n');
      if (found.isPresent() && underWay.size() < 4) {
        assertThat(found.get().generation()).isEqualTo(session.generation());
        underWay.add(new Request(session, id, found.get().generation()));
      }
    }

    private void write() {
      if (underWay.isEmpty()) {
        return;
      }
      Request request = underWay.remove(random.nextInt(underWay.size()));
      RedisSessionStore replica = replica();
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
      SessionId newId = random.nextInt(4) == 0 ? replica.renewed(request.id()) : null;
      Owner owner =
          switch (random.nextInt(6)) {
            case 0 -> Owner.NOBODY;
            case 1 -> new Owner.User(user());
            default -> Owner.KEEP;
          };
      Boolean never = random.nextInt(10) == 0 ? (Boolean) random.nextBoolean() : null;
      SessionWrite write = SessionWrite.of(bytes(set), removed).withNewId(newId).withOwner(owner);
      SaveOutcome outcome =
          replica.save(
              request.id(),
              request.generation(),
              never == null ? write : write.withTimeout(never ? NEVER : SessionRedis.TIMEOUT));
      story.append("write ").append(show(request.id())).append(" read at ");
      story.append(request.generation()).append(' ').append(set).append(" -").append(removed);
      story.append(newId == null ? "" : " new id " + show(newId)).append(owner);
      story.append(never == null ? "" : never ? " never expires" : " expires").append('\n');
      SessionModel model = request.model();
      if (model.isThere()
          && request.id().equals(model.present())
          && owner instanceof Owner.User named
          && !named.name().equals(model.user())) {
        if (isRefused(named.name())) {
          assertThat(outcome).isEqualTo(new SaveOutcome.Refused());
          return;
        }
        makeRoom(named.name(), outcome);
      } else if (outcome instanceof SaveOutcome.Saved saved) {
        assertThat(saved.ended()).isEmpty();
      }
      assertThat(word(outcome))
          .isEqualTo(
              request
                  .model()
                  .write(request.id(), request.generation(), set, removed, newId, owner, never));
    }

    private void signOut(SessionModel session) {
      SessionId id = anyId(session);
      story.append("end ").append(show(id)).append('\n');
      boolean expected = session.read(id).isPresent();
      assertThat(replica().end(id, EndReason.SIGNED_OUT).isPresent()).isEqualTo(expected);
      if (expected) {
        session.end();
      }
    }

    private void expire(SessionModel session) {
      if (!session.isThere()) {
        return;
      }
      story.append("expire ").append(show(session.present())).append('\n');
      redis.age(session.present(), Duration.ofHours(1));
      if (!session.user().isEmpty()) {
        String index = "shared-redis:shop:session:{0}:user:" + SessionId.userHash(session.user());
        redis.raw().zincrby(index, -Duration.ofHours(1).toMillis(), session.present().internal());
      }
      if (session.neverExpires()) {
        return;
      }
      session.end();
      if (random.nextBoolean()) {
        List<StoredSession> claimed = replica().claimExpired("one", Duration.ofSeconds(9), 100);
        assertThat(claimed)
            .extracting(StoredSession::internal)
            .contains(session.present().internal());
        replica().confirmExpired(claimed.stream().map(StoredSession::internal).toList());
        assertThat(redis.raw().exists(SessionRedis.key(session.present()))).isZero();
      }
    }

    private void evict(SessionModel session) {
      story.append("evict ").append(show(session.present())).append('\n');
      redis.raw().del(SessionRedis.key(session.present()));
      session.end();
    }

    /** As if the seconds for which former ids answer had passed. */
    private void silence(SessionModel session) {
      String key = SessionRedis.key(session.present());
      if (!session.isThere() || !redis.raw().hexists(key, "n")) {
        return;
      }
      story.append("silence ").append(show(session.present())).append('\n');
      redis.raw().hset(key, "n", "1");
      for (String field : redis.raw().hkeys(key)) {
        if (field.startsWith("o:")) {
          redis.raw().hset(key, field, redis.raw().hget(key, field).replaceFirst("^\\d+", "1"));
        }
      }
      session.silence();
    }

    private void endAll(SessionModel but) {
      String user = user();
      story.append("end all of ").append(user).append(" but ");
      story.append(show(but.present())).append('\n');
      replica().endAll(user, but.present().internal(), EndReason.REVOKED);
      for (SessionModel session : sessions) {
        if (session != but && session.user().equals(user)) {
          session.end();
        }
      }
    }

    private void endOne(SessionModel session) {
      String user = user();
      story.append("end ").append(show(session.present())).append(" of ").append(user).append('\n');
      boolean theirs = session.isThere() && session.user().equals(user);
      assertThat(replica().endOf(user, session.present().internal(), EndReason.REVOKED).isPresent())
          .isEqualTo(theirs);
      if (theirs) {
        session.end();
      }
    }

    private void compare(SessionModel session) {
      assertThat(replica().load(session.present()).map(SessionRedis::read).map(TreeMap::new))
          .isEqualTo(session.read(session.present()));
      for (SessionId former : session.answering()) {
        assertThat(replica().load(former).map(SessionRedis::read).map(TreeMap::new))
            .isEqualTo(session.read(former));
      }
    }

    private void compareUsers() {
      for (String user : List.of("alice" + tag, "bob" + tag)) {
        Set<String> expected = new HashSet<>();
        for (SessionModel session : sessions) {
          if (session.user().equals(user)) {
            expected.add(session.present().internal());
          }
        }
        Set<String> listed = new HashSet<>();
        replica().list(user, 0, 100).sessions().forEach(session -> listed.add(session.internal()));
        assertThat(listed).as(user).isEqualTo(expected);
      }
    }

    private SessionId anyId(SessionModel session) {
      List<SessionId> ids = session.answering();
      ids.add(session.present());
      ids.add(session.present());
      if (random.nextInt(20) == 0) {
        ids = List.of(replica().renewed(session.present()));
      }
      return ids.get(random.nextInt(ids.size()));
    }

    private RedisSessionStore replica() {
      return replicas.get(random.nextInt(replicas.size()));
    }

    private String user() {
      return (random.nextBoolean() ? "alice" : "bob") + tag;
    }

    private String next() {
      return "v" + counter++;
    }

    private Map<String, byte[]> bytes(Map<String, String> values) {
      Map<String, byte[]> bytes = new HashMap<>();
      values.forEach((name, text) -> bytes.putAll(SessionRedis.values(name, text)));
      return bytes;
    }

    private String show(@Nullable SessionId id) {
      return id == null ? "" : id.internal().substring(0, 4) + "/" + id.check().substring(0, 4);
    }

    private String word(SaveOutcome outcome) {
      return outcome instanceof SaveOutcome.Saved saved
          ? "Saved " + saved.generation() + " " + saved.conflict()
          : outcome.getClass().getSimpleName();
    }
  }
}
