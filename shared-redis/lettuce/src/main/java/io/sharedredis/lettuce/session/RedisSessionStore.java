package io.sharedredis.lettuce.session;

import static io.sharedredis.lettuce.session.SessionNames.bytes;

import io.lettuce.core.ScriptOutputType;
import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.lettuce.connection.CircuitState;
import io.sharedredis.lettuce.connection.LuaScript;
import io.sharedredis.lettuce.connection.RedisLink;
import io.sharedredis.lettuce.connection.RedisUnavailableException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The session store in Redis: each method is one Lua script, whose header names what it needs and
 * answers. Layout: {@code docs/formats/session-store.md}.
 */
public final class RedisSessionStore implements SessionStore {

  private static final Logger log = LoggerFactory.getLogger(RedisSessionStore.class);
  private static final LuaScript LOAD = script("load.lua");
  private static final LuaScript CREATE = script("create.lua");
  private static final LuaScript MOVED = script("moved.lua");
  private static final LuaScript SAVE = script("save.lua");
  private static final LuaScript END = script("end.lua");
  private static final LuaScript END_USER = script("end-user.lua");
  private static final LuaScript LIST = script("list.lua");
  private static final LuaScript CLAIM = script("claim-expired.lua");
  private static final LuaScript CONFIRM = script("confirm-expired.lua");
  private static final LuaScript CLAIM_ENDED = script("claim-ended.lua");
  private static final LuaScript CONFIRM_ENDED = script("confirm-ended.lua");

  /** Sessions that one command ends: some milliseconds of Redis' time. */
  private static final int END_AT_MOST = 1000;

  /** Longest timeout that is kept, a hundred years: its ms fit what the scripts count with. */
  private static final Duration LONGEST = Duration.ofDays(36_525);

  /** Longer than any replica takes between two commands that belong together, unless it died. */
  private static final Duration MOVE_TAKES = Duration.ofSeconds(5);

  /** Latest time of a creation, in ms since 1970: of 14 digits, as many as the scripts take. */
  private static final long LAST = 99_999_999_999_999L;

  /** Sessions that may have been created for nobody: beyond that they end by their timeout. */
  private static final int FOR_NOBODY_AT_MOST = 1000;

  private static final String KEEP = "=";

  private final RedisLink<byte[], byte[]> link;
  private final SessionStoreOptions options;
  private final SessionNames names;
  private final SessionSeal seal;
  private final SecureRandom random;
  private final byte[] touch;
  private final Set<SessionId> forNobody = ConcurrentHashMap.newKeySet();

  /**
   * @param link to the Redis of sessions; stays the caller's
   */
  public RedisSessionStore(
      RedisLink<byte[], byte[]> link,
      SessionStoreOptions options,
      DataProtectionProvider protection,
      SecureRandom random) {
    this.link = link;
    this.options = options;
    this.names = new SessionNames(options.application());
    this.seal = new SessionSeal(protection, options.application());
    this.random = random;
    this.touch = number(options.touchInterval().toMillis());
    link.firstConnected().thenRun(this::loadScripts).exceptionally(closed -> null);
    link.onReconnect(this::loadScripts);
  }

  /** So that a request costs one command also when Redis was restarted. */
  private void loadScripts() {
    for (LuaScript script : List.of(LOAD, CREATE, SAVE, END, CLAIM, CONFIRM)) {
      link.async(script::load)
          .whenComplete(
              (digest, failure) -> {
                if (failure != null) {
                  log.debug("A script could not be loaded before its first use", failure);
                }
              });
    }
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
    return names.session(id.partition(), id.internal());
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
    List<Object> reply = run(LOAD, keys(id), prefix(id), bytes(id.internal()), check(id), touch);
    if (reply.size() < 2 || !(reply.get(1) instanceof List<?> fields)) {
      return Optional.empty();
    }
    String seen = text(reply.get(0));
    return Optional.of(
        new StoredSession(
            id.internal(),
            new SessionFields(fields),
            seal,
            seen.isEmpty() ? null : Long.valueOf(seen)));
  }

  @Override
  public SaveOutcome create(SessionId id, Instant created, SessionWrite first) {
    try {
      return create(id, created, first, bytes(""));
    } catch (RedisUnavailableException e) {
      // Not where it was moved, or where .NET gave the id: another request may have created the
      // session under the same id.
      if (SessionId.ofDotnet(id.text()).isEmpty()) {
        forget(id);
      }
      throw e;
    }
  }

  @Override
  public SaveOutcome createMoved(
      SessionId id, Instant created, SessionWrite first, Duration remember) {
    return create(id, created, first, number(remember.toMillis()));
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
    byte[][] keys = {bytes(names.moved(id.partition(), id.internal()))};
    byte[] word =
        link.sync(
            redis ->
                MOVED.run(
                    redis,
                    ScriptOutputType.VALUE,
                    keys,
                    number(MOVE_TAKES.toMillis()),
                    bytes(done)));
    return Move.of(text(word));
  }

  private SaveOutcome create(SessionId id, Instant created, SessionWrite first, byte[] remember) {
    checkLimits(first.set());
    List<byte[]> arguments = new ArrayList<>();
    add(arguments, prefix(id), bytes(id.internal()), check(id), touch);
    add(arguments, number(Math.max(0, Math.min(created.toEpochMilli(), LAST))));
    add(arguments, timeout(Objects.requireNonNull(first.timeout(), "timeout")));
    add(arguments, owner(first.user(), ""));
    addLimit(arguments);
    add(arguments, seal.sealId(id), details(id, first), remember);
    addAttributes(arguments, id, first.set());
    return outcome(run(CREATE, keys(id), arguments.toArray(byte[][]::new)));
  }

  /**
   * Nobody holds the id of a session that was created, or changed its id, too late, but it would
   * take a place of its user's. What is sent after it on the same connection is done after it;
   * where that fails too it is tried again when Redis answers.
   */
  private void forget(SessionId id) {
    if (forNobody.size() < FOR_NOBODY_AT_MOST) {
      forNobody.add(id);
    }
    endForNobody(id);
  }

  private void endForNobody(SessionId id) {
    byte[][] arguments =
        endArguments(id.partition(), id.internal(), id.check(), EndReason.SIGNED_OUT, "");
    link.async(redis -> END.run(redis, ScriptOutputType.MULTI, keys(id), arguments))
        .whenComplete(
            (fields, failure) -> {
              if (failure == null) {
                forNobody.remove(id);
              } else {
                log.debug("Session {} may have been created for nobody", id, failure);
              }
            });
  }

  @Override
  public SaveOutcome save(SessionId id, long generation, SessionWrite change) {
    checkLimits(change.set());
    SessionId newId = change.newId();
    Duration timeout = change.timeout();
    List<byte[]> arguments = new ArrayList<>();
    add(arguments, prefix(id), bytes(id.internal()), check(id), touch, number(generation));
    add(arguments, newId == null ? bytes("") : check(newId));
    add(arguments, number(options.formerIdFor().toMillis()));
    add(arguments, timeout == null ? bytes("") : timeout(timeout));
    add(arguments, owner(change.user(), KEEP));
    addLimit(arguments);
    add(arguments, newId == null ? bytes("") : seal.sealId(newId), details(id, change));
    add(arguments, number(change.set().size()), number(options.maxAttributes()));
    addAttributes(arguments, id, change.set());
    change.removed().forEach(name -> add(arguments, bytes(name)));
    try {
      SaveOutcome outcome = outcome(run(SAVE, keys(id), arguments.toArray(byte[][]::new)));
      if (newId != null) {
        forNobody.remove(newId);
      }
      return outcome;
    } catch (RedisUnavailableException e) {
      if (newId != null) {
        // Whoever signed in was told that nobody was: nobody has the new id.
        forget(newId);
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

  @Override
  public long count() {
    return link.sync(redis -> redis.zcard(bytes(names.expiry(0))));
  }

  private Optional<StoredSession> end(
      int partition, String internal, String check, EndReason reason, String user) {
    byte[][] keys = {bytes(names.session(partition, internal)), bytes(names.expiry(partition))};
    List<Object> fields = run(END, keys, endArguments(partition, internal, check, reason, user));
    return fields.size() < 2 ? Optional.empty() : Optional.of(session(internal, fields));
  }

  private byte[][] endArguments(
      int partition, String internal, String check, EndReason reason, String user) {
    return new byte[][] {
      bytes(names.prefix(partition)),
      bytes(internal),
      bytes(check),
      bytes(names.ends()),
      bytes(reason.word()),
      touch,
      bytes(user)
    };
  }

  @Override
  public List<String> endAll(String user, String exceptInternal, EndReason reason) {
    return run(
            END_USER,
            userIndex(user),
            bytes(names.prefix(0)),
            bytes(exceptInternal),
            bytes(names.ends()),
            bytes(reason.word()),
            number(END_AT_MOST))
        .stream()
        .map(RedisSessionStore::text)
        .toList();
  }

  @Override
  public SessionPage list(String user, int from, int count) {
    return list(user, from, count, "all");
  }

  @Override
  public SessionPage outline(String user, int from, int count) {
    return list(user, from, count, "outline");
  }

  private SessionPage list(String user, int from, int count, String fields) {
    List<Object> reply =
        run(
            LIST,
            userIndex(user),
            bytes(names.prefix(0)),
            number(from),
            number(count),
            touch,
            bytes(fields));
    long total = reply.isEmpty() ? 0 : (Long) reply.get(0);
    return new SessionPage(total, sessions(reply, 1));
  }

  @Override
  public List<StoredSession> claimExpired(String claimant, Duration confirmWithin, int most) {
    byte[][] keys = {bytes(names.expiry(0)), bytes(names.claimant(0))};
    List<Object> reply =
        run(
            CLAIM,
            keys,
            bytes(names.prefix(0)),
            bytes(claimant),
            number(confirmWithin.toMillis()),
            touch,
            number(most));
    // Asked every second: Redis answers now.
    forNobody.forEach(this::endForNobody);
    return sessions(reply, 0);
  }

  @Override
  public void confirmExpired(Collection<String> internals) {
    List<byte[]> arguments = new ArrayList<>();
    add(arguments, bytes(names.prefix(0)), bytes(names.ends()), touch);
    internals.forEach(internal -> add(arguments, bytes(internal)));
    byte[][] keys = {bytes(names.expiry(0))};
    Long unused =
        link.sync(
            redis ->
                CONFIRM.run(
                    redis, ScriptOutputType.INTEGER, keys, arguments.toArray(byte[][]::new)));
  }

  @Override
  public List<StoredSession> claimEnded(String claimant, Duration confirmWithin, int most) {
    byte[][] keys = {bytes(names.ended(0)), bytes(names.claimant(0))};
    List<Object> reply =
        run(
            CLAIM_ENDED,
            keys,
            bytes(names.prefix(0)),
            bytes(claimant),
            number(confirmWithin.toMillis()),
            number(most));
    return sessions(reply, 0);
  }

  @Override
  public void confirmEnded(Collection<String> internals) {
    List<byte[]> arguments = new ArrayList<>();
    add(arguments, bytes(names.prefix(0)));
    internals.forEach(internal -> add(arguments, bytes(internal)));
    byte[][] keys = {bytes(names.ended(0))};
    Long unused =
        link.sync(
            redis ->
                CONFIRM_ENDED.run(
                    redis, ScriptOutputType.INTEGER, keys, arguments.toArray(byte[][]::new)));
  }

  private List<StoredSession> sessions(List<Object> reply, int begin) {
    List<StoredSession> sessions = new ArrayList<>();
    for (int i = begin; i + 1 < reply.size(); i += 2) {
      if (reply.get(i + 1) instanceof List<?> fields) {
        sessions.add(session(text(reply.get(i)), fields));
      }
    }
    return sessions;
  }

  private StoredSession session(String internal, List<?> fields) {
    return new StoredSession(internal, new SessionFields(fields), seal, null);
  }

  private void checkLimits(Map<String, byte[]> attributes) {
    if (attributes.size() > options.maxAttributes()) {
      throw SessionTooLargeException.attributes(attributes.size(), options.maxAttributes());
    }
    attributes.forEach(
        (name, value) -> {
          int size = value.length + bytes(name).length;
          if (size > options.maxAttributeBytes()) {
            throw SessionTooLargeException.bytes(name, size, options.maxAttributeBytes());
          }
        });
  }

  private void addLimit(List<byte[]> arguments) {
    add(arguments, number(options.limit().most()), bytes(options.limit().beyond().word()));
    add(arguments, bytes(names.ends()));
  }

  private void addAttributes(List<byte[]> arguments, SessionId id, Map<String, byte[]> set) {
    set.forEach(
        (name, value) ->
            add(arguments, bytes(name), seal.sealAttribute(id.internal(), name, value)));
  }

  private byte[] details(SessionId id, SessionWrite write) {
    byte[] details = write.details();
    return details == null ? bytes("") : seal.sealDetails(id.internal(), details);
  }

  private static byte[] owner(SessionWrite.Owner owner, String keep) {
    if (owner instanceof SessionWrite.Owner.User user) {
      return bytes(SessionId.userHash(user.name()));
    }
    return bytes(owner.equals(SessionWrite.Owner.NOBODY) ? "" : keep);
  }

  private SaveOutcome outcome(List<Object> reply) {
    String word = reply.isEmpty() ? "" : text(reply.get(0));
    return switch (word) {
      case "SAVED" ->
          new SaveOutcome.Saved(
              Long.parseLong(text(reply.get(1))),
              text(reply.get(2)).equals("1"),
              reply.subList(3, reply.size()).stream().map(RedisSessionStore::text).toList());
      case "GONE" -> new SaveOutcome.Gone();
      case "FORMER" -> new SaveOutcome.Former();
      case "REFUSED" -> new SaveOutcome.Refused();
      case "FULL" ->
          throw SessionTooLargeException.attributes(
              Long.parseLong(text(reply.get(1))), options.maxAttributes());
      default -> throw new IllegalStateException("the id of a new session is taken");
    };
  }

  private byte[][] keys(SessionId id) {
    return new byte[][] {
      bytes(names.session(id.partition(), id.internal())), bytes(names.expiry(id.partition()))
    };
  }

  private byte[][] userIndex(String user) {
    return new byte[][] {bytes(names.user(0, SessionId.userHash(user)))};
  }

  private byte[] prefix(SessionId id) {
    return bytes(names.prefix(id.partition()));
  }

  private static byte[] check(SessionId id) {
    return bytes(id.check());
  }

  /** In ms; what is less than one, but not zero, would mean never. */
  private static byte[] timeout(Duration timeout) {
    if (timeout.isNegative() || timeout.isZero()) {
      return number(timeout.isZero() ? 0 : -1);
    }
    return number(
        timeout.compareTo(LONGEST) > 0 ? LONGEST.toMillis() : Math.max(1, timeout.toMillis()));
  }

  private static byte[] number(long value) {
    return bytes(Long.toString(value));
  }

  private static String text(@Nullable Object reply) {
    return reply instanceof byte[] value ? new String(value, StandardCharsets.UTF_8) : "";
  }

  private static void add(List<byte[]> arguments, byte[]... more) {
    arguments.addAll(List.of(more));
  }

  private List<Object> run(LuaScript script, byte[][] keys, byte[]... arguments) {
    List<Object> reply =
        link.sync(redis -> script.run(redis, ScriptOutputType.MULTI, keys, arguments));
    return reply == null ? List.of() : reply;
  }

  private static LuaScript script(String name) {
    return LuaScript.beside(RedisSessionStore.class, "common.lua", name);
  }
}
