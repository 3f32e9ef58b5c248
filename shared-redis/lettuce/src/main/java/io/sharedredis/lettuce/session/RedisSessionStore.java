package io.sharedredis.lettuce.session;

import static io.sharedredis.lettuce.session.SessionArguments.number;
import static io.sharedredis.lettuce.session.SessionNames.bytes;

import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.lettuce.connection.CircuitState;
import io.sharedredis.lettuce.connection.RedisLink;
import io.sharedredis.lettuce.connection.RedisUnavailableException;
import io.sharedredis.lettuce.session.SaveOutcome.Former;
import io.sharedredis.lettuce.session.SaveOutcome.Gone;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The session store in Redis: each method is one Lua script, whose header names what it needs and
 * answers. Layout: {@code docs/formats/session-store.md}.
 */
public final class RedisSessionStore implements SessionStore {

  /** Longer than any replica takes between two commands that belong together, unless it died. */
  private static final Duration MOVE_TAKES = Duration.ofSeconds(5);

  private static final byte[] NOTHING = {};

  private final RedisLink<byte[], byte[]> link;
  private final SecureRandom random;
  private final SessionNames names;
  private final SessionArguments arguments;
  private final SessionReplies replies;
  private final SessionScripts scripts;
  private final SessionEnds ends;
  private final UserIndex users;
  private final SessionsForNobody forNobody;

  /**
   * @param link to the Redis of sessions; stays the caller's
   */
  public RedisSessionStore(
      RedisLink<byte[], byte[]> link,
      SessionStoreOptions options,
      DataProtectionProvider protection,
      SecureRandom random) {
    this.link = link;
    this.random = random;
    this.names = new SessionNames(options.application());
    SessionSeal seal = new SessionSeal(protection, options.application());
    this.arguments = new SessionArguments(options, names, seal);
    this.replies = new SessionReplies(options, seal);
    this.scripts = new SessionScripts(link);
    this.ends = new SessionEnds(scripts, names, replies, options);
    this.users = new UserIndex(scripts, names, replies, options);
    this.forNobody = new SessionsForNobody(scripts, arguments);
  }

  /** Whether Redis is asked now, or requests are refused because it failed repeatedly. */
  public CircuitState circuit() {
    return link.circuit();
  }

  /** Where ends are announced, as {@code reason:internal id}. */
  public String endsChannel() {
    return names.ends();
  }

  /** Where writes are announced by replicas that keep sessions for a moment, as internal id. */
  public String writesChannel() {
    return names.writes();
  }

  /** The key of a session, there at least as long as the session lives. */
  public String key(SessionId id) {
    return SessionReplies.text(names.session(id.partition(), id.internal()));
  }

  @Override
  public SessionId newId() {
    return SessionId.random(random);
  }

  @Override
  public SessionId renewed(SessionId id) {
    return id.renewed(random);
  }

  @Override
  public Optional<StoredSession> load(SessionId id) {
    SessionFields fields = scripts.session(arguments.keys(id), arguments.load(id));
    return fields == null ? Optional.empty() : Optional.of(replies.session(id.internal(), fields));
  }

  @Override
  public SaveOutcome create(SessionId id, Instant created, SessionWrite first) {
    forNobody.isHeld(id);
    try {
      return create(id, created, first, NOTHING);
    } catch (RedisUnavailableException e) {
      // Not where it was moved, or where .NET gave the id: another request may have created the
      // session under the same id.
      if (SessionId.ofDotnet(id.text()).isEmpty()) {
        forNobody.end(id);
      }
      throw e;
    }
  }

  @Override
  public SaveOutcome createMoved(
      SessionId id, Instant created, SessionWrite first, Duration remember) {
    return create(id, created, first, number(remember.toMillis()));
  }

  private SaveOutcome create(SessionId id, Instant created, SessionWrite first, byte[] remember) {
    byte[][] create = arguments.create(id, created, first, remember);
    return replies.outcome(scripts.run(SessionScripts.CREATE, arguments.keys(id), create));
  }

  @Override
  public Move move(SessionId id) {
    return move(id, "0");
  }

  @Override
  public Move moveDone(SessionId id) {
    return move(id, "1");
  }

  private Move move(SessionId id, String done) {
    byte[][] keys = {names.moved(id.partition(), id.internal())};
    byte[] takes = number(MOVE_TAKES.toMillis());
    return Move.of(scripts.word(SessionScripts.MOVED, keys, takes, bytes(done)));
  }

  @Override
  public SaveOutcome save(SessionId id, long generation, SessionWrite change) {
    byte[][] save = arguments.save(id, generation, change);
    SessionId newId = change.newId();
    if (newId != null) {
      forNobody.isHeld(newId);
    }
    try {
      SaveOutcome outcome =
          replies.outcome(scripts.run(SessionScripts.SAVE, arguments.keys(id), save));
      if (newId != null && (outcome instanceof Former || outcome instanceof Gone)) {
        // A first try may have been done whose answer, and the end sent after it, were lost.
        forNobody.end(newId);
      }
      return outcome;
    } catch (RedisUnavailableException e) {
      if (newId != null) {
        // Whoever signed in was told that nobody was: nobody has the new id.
        forNobody.end(newId);
      }
      throw e;
    }
  }

  @Override
  public Optional<StoredSession> end(SessionId id, EndReason reason) {
    return end(id.partition(), id.internal(), id.check(), reason, "");
  }

  @Override
  public Optional<StoredSession> endByInternal(String internal, EndReason reason) {
    return end(0, internal, "", reason, "");
  }

  @Override
  public Optional<StoredSession> endOf(String user, String internal, EndReason reason) {
    return end(0, internal, "", reason, SessionId.userHash(user));
  }

  private Optional<StoredSession> end(
      int partition, String internal, String check, EndReason reason, String user) {
    List<Object> fields =
        scripts.run(
            SessionScripts.END,
            arguments.keys(partition, internal),
            arguments.end(partition, internal, check, reason, user));
    return fields.size() < 2 ? Optional.empty() : Optional.of(replies.session(internal, fields));
  }

  @Override
  public long count() {
    return link.sync(redis -> redis.zcard(names.expiry(0)));
  }

  @Override
  public EndedSessions endAll(String user, String exceptInternal, EndReason reason) {
    return users.endAll(user, exceptInternal, reason);
  }

  @Override
  public SessionPage list(String user, int from, int count) {
    return users.list(user, from, count);
  }

  @Override
  public SessionPage outline(String user, int from, int count) {
    return users.outline(user, from, count);
  }

  @Override
  public List<StoredSession> claimExpired(String claimant, Duration confirmWithin, int most) {
    List<StoredSession> claimed = ends.claimExpired(claimant, confirmWithin, most);
    // Asked every second: Redis answers now.
    forNobody.endAgain();
    return claimed;
  }

  @Override
  public void confirmExpired(Collection<String> internals) {
    ends.confirmExpired(internals);
  }

  @Override
  public List<StoredSession> claimEnded(String claimant, Duration confirmWithin, int most) {
    return ends.claimEnded(claimant, confirmWithin, most);
  }

  @Override
  public void confirmEnded(Collection<String> internals) {
    ends.confirmEnded(internals);
  }
}
