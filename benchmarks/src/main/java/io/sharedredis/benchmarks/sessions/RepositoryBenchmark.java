package io.sharedredis.benchmarks.sessions;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.session.Session;
import org.springframework.session.SessionRepository;

/**
 * Reading a signed-in user's session with what the page needs of it, and writing one attribute; the
 * command to Redis and all that belongs to it included. Ours beside Spring Session's plain
 * repository without encryption, with the same JSON and with the JSON of its documentation.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RepositoryBenchmark {
  /** In turn: more than anything that is kept from one use to the next could be kept for. */
  private static final int SESSIONS = 3000;

  /** Made once in a JVM: a turn takes milliseconds, starting Redis much more. */
  private static final class Shared {
    private static final Stores STORES = new Stores();
    private static final Visit<?> OURS = new Visit<>(STORES.ours());
    private static final Visit<?> SPRING = new Visit<>(STORES.springSession());
    private static final Visit<?> DOCUMENTED = new Visit<>(STORES.documentedSpringSession());

    static {
      Runtime.getRuntime().addShutdownHook(new Thread(STORES::close));
    }
  }

  /** Our session. */
  @State(Scope.Thread)
  public static class Ours {
    private @Nullable Visit<?> visit;

    /** Takes the sessions that are read and written. */
    @Setup
    public void prepare() {
      visit = Shared.OURS;
    }
  }

  /** Spring Session's session. */
  @State(Scope.Thread)
  public static class Springs {
    private @Nullable Visit<?> visit;

    /** Takes the sessions that are read and written. */
    @Setup
    public void prepare() {
      visit = Shared.SPRING;
    }
  }

  /** Spring Session's session with the JSON of its documentation. */
  @State(Scope.Thread)
  public static class Documenteds {
    private @Nullable Visit<?> visit;

    /** Takes the sessions that are read and written. */
    @Setup
    public void prepare() {
      visit = Shared.DOCUMENTED;
    }
  }

  @Benchmark
  public Object oursLoad(Ours ours) {
    return Objects.requireNonNull(ours.visit).load();
  }

  @Benchmark
  public Object springLoad(Springs springs) {
    return Objects.requireNonNull(springs.visit).load();
  }

  @Benchmark
  public void oursSave(Ours ours) {
    Objects.requireNonNull(ours.visit).save();
  }

  @Benchmark
  public void springSave(Springs springs) {
    Objects.requireNonNull(springs.visit).save();
  }

  @Benchmark
  public Object oursLoadAndSave(Ours ours) {
    return Objects.requireNonNull(ours.visit).loadAndSave();
  }

  @Benchmark
  public Object springLoadAndSave(Springs springs) {
    return Objects.requireNonNull(springs.visit).loadAndSave();
  }

  @Benchmark
  public Object documentedLoad(Documenteds documenteds) {
    return Objects.requireNonNull(documenteds.visit).load();
  }

  @Benchmark
  public void documentedSave(Documenteds documenteds) {
    Objects.requireNonNull(documenteds.visit).save();
  }

  @Benchmark
  public Object documentedLoadAndSave(Documenteds documenteds) {
    return Objects.requireNonNull(documenteds.visit).loadAndSave();
  }

  /** What requests do with one session. */
  private static final class Visit<S extends Session> {
    private final SessionRepository<S> sessions;
    private final List<String> ids = new ArrayList<>();
    private final List<S> known = new ArrayList<>();
    private int next;
    private int mugs;

    Visit(SessionRepository<S> sessions) {
      this.sessions = sessions;
      for (int i = 0; i < SESSIONS; i++) {
        S session = sessions.createSession();
        session.setAttribute(SampleSession.SECURITY_CONTEXT, SampleSession.signedIn("user" + i));
        session.setAttribute(SamplePage.BASKET, SampleSession.basket(1));
        sessions.save(session);
        ids.add(session.getId());
        known.add(find());
      }
    }

    Object load() {
      return read(find());
    }

    void save() {
      next = (next + 1) % SESSIONS;
      change(known.get(next));
    }

    Object loadAndSave() {
      S session = find();
      Object user = read(session);
      change(session);
      return user;
    }

    private S find() {
      next = (next + 1) % ids.size();
      return Objects.requireNonNull(sessions.findById(ids.get(next)));
    }

    private Object read(S session) {
      SecurityContext context =
          Objects.requireNonNull(session.getAttribute(SampleSession.SECURITY_CONTEXT));
      Map<String, Integer> basket = Objects.requireNonNull(session.getAttribute(SamplePage.BASKET));
      mugs += Objects.requireNonNull(basket.get("mug"));
      return Objects.requireNonNull(context.getAuthentication()).getName();
    }

    private void change(S session) {
      session.setAttribute(SamplePage.BASKET, SampleSession.basket(mugs++ & 63));
      // As the filter does with every request; Spring Session writes it, we do when it is due.
      session.setLastAccessedTime(Instant.now());
      sessions.save(session);
    }
  }
}
