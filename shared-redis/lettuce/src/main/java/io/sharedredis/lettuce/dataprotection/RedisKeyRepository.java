package io.sharedredis.lettuce.dataprotection;

import io.lettuce.core.RedisException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.codec.StringCodec;
import io.sharedredis.dataprotection.repository.KeyItem;
import io.sharedredis.dataprotection.repository.KeyRepository;
import io.sharedredis.dataprotection.repository.RepositorySnapshot;
import io.sharedredis.dataprotection.repository.RestoreOutcome;
import io.sharedredis.dataprotection.repository.StoreUnavailableException;
import io.sharedredis.lettuce.connection.LuaScript;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisLink;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.lettuce.connection.RedisSubscriber;
import io.sharedredis.lettuce.connection.RedisUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A key ring in the Redis list that ASP.NET Core uses: one element per item, appended on the right,
 * no expiry. What .NET does not know lies beside the list, see {@code docs/formats/key-ring.md}.
 *
 * <p>Every method is one Lua script, so that any number of replicas may work on one ring.
 * Thread-safe. Connects in the background; until then every method throws {@link
 * StoreUnavailableException}.
 */
public final class RedisKeyRepository implements KeyRepository, AutoCloseable {

  /** The list that ASP.NET Core uses when nothing else is said. */
  public static final String DEFAULT_KEY = "DataProtection-Keys";

  private static final Logger log = LoggerFactory.getLogger(RedisKeyRepository.class);
  private static final String USE = "key ring";
  private static final LuaScript READ = script("read.lua");
  private static final LuaScript STAMP = script("stamp.lua");
  private static final LuaScript STORE = script("store.lua");
  private static final LuaScript STORE_NEW_DEFAULT = script("store-new-default.lua");
  private static final LuaScript RESTORE = script("restore.lua");
  private static final LuaScript MERGE = script("merge.lua");
  private static final LuaScript REPLACE = script("replace.lua");
  private static final LuaScript ATTACH_TAGS = script("attach-tags.lua");
  private static final LuaScript DELETE = script("delete.lua");
  private static final LuaScript RESET = script("reset.lua");

  private final RingKeys ring;
  private final RedisLink<String, String> link;
  private final RedisSubscriber<String, String> changes;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /**
   * Begins to connect; returns at once.
   *
   * @param key the Redis list, {@link #DEFAULT_KEY} for .NET's default
   */
  public RedisKeyRepository(RedisNetwork network, RedisAddress address, String key) {
    this.ring = RingKeys.of(key);
    this.link = new RedisLink<>(network, USE, address, StringCodec.UTF8);
    this.changes =
        new RedisSubscriber<>(
            network,
            "key ring announcements",
            address,
            StringCodec.UTF8,
            (channel, message) -> announce(),
            this::announce,
            ring.channel());
    // Whoever wanted to read before Redis was there wants to hear that it is.
    link.firstConnected().thenRun(this::announce).exceptionally(closed -> null);
    link.onReconnect(this::announce);
    // Both went the same way: waiting until the other has missed its own deadlines costs seconds.
    changes.onSilence(() -> link.renew("announcements no longer arrive"));
  }

  /** The connection that commands take, for health checks. */
  public RedisLink<String, String> link() {
    return link;
  }

  /** Completes when Redis is connected for the first time. */
  public CompletableFuture<Void> firstConnected() {
    return link.firstConnected();
  }

  @Override
  public RepositorySnapshot readAll() {
    List<String> answer = run(READ, ScriptOutputType.MULTI, UUID.randomUUID().toString());
    List<KeyItem> items = new ArrayList<>(answer.size() / 2);
    for (int i = 4; i + 1 < answer.size(); i += 2) {
      String tag = answer.get(i + 1);
      items.add(new KeyItem(answer.get(i), "", tag.isEmpty() ? null : tag));
    }
    return new RepositorySnapshot(
        items, answer.get(0), answer.get(1), answer.get(2), Long.parseLong(answer.get(3)));
  }

  @Override
  public boolean mayHaveChangedSince(String version) {
    String stamp = run(STAMP, ScriptOutputType.VALUE);
    return !version.startsWith(stamp);
  }

  @Override
  public void store(KeyItem item) {
    Long unused = run(STORE, ScriptOutputType.INTEGER, item.xml(), tag(item), ring.channel());
  }

  @Override
  public boolean storeNewDefault(KeyItem item, String expectedVersion) {
    Long stored =
        run(
            STORE_NEW_DEFAULT,
            ScriptOutputType.INTEGER,
            item.xml(),
            tag(item),
            ring.channel(),
            expectedVersion);
    return stored == 1;
  }

  @Override
  public RestoreOutcome restore(List<KeyItem> items, String resetMark) {
    String outcome =
        run(RESTORE, ScriptOutputType.VALUE, arguments(items, ring.channel(), resetMark));
    return RestoreOutcome.valueOf(outcome);
  }

  @Override
  public RestoreOutcome merge(List<KeyItem> items, String expectedVersion, String resetMark) {
    String[] arguments = arguments(items, ring.channel(), resetMark, expectedVersion);
    String outcome = run(MERGE, ScriptOutputType.VALUE, arguments);
    return RestoreOutcome.valueOf(outcome);
  }

  @Override
  public RestoreOutcome replace(List<KeyItem> items, String expectedVersion, String resetMark) {
    String[] arguments = arguments(items, ring.channel(), resetMark, expectedVersion);
    String outcome = run(REPLACE, ScriptOutputType.VALUE, arguments);
    return RestoreOutcome.valueOf(outcome);
  }

  @Override
  public int attachTags(List<KeyItem> items) {
    List<KeyItem> tagged = items.stream().filter(item -> item.tag() != null).toList();
    Long found = run(ATTACH_TAGS, ScriptOutputType.INTEGER, arguments(tagged, ring.channel()));
    return found.intValue();
  }

  /** The first arguments, then each item's text and tag. */
  private static String[] arguments(List<KeyItem> items, String... first) {
    List<String> arguments = new ArrayList<>(List.of(first));
    for (KeyItem item : items) {
      arguments.add(item.xml());
      arguments.add(tag(item));
    }
    return arguments.toArray(String[]::new);
  }

  @Override
  public boolean canDelete() {
    return true;
  }

  @Override
  public void delete(List<KeyItem> items) {
    List<String> arguments = new ArrayList<>(List.of(ring.channel()));
    items.forEach(item -> arguments.add(item.xml()));
    Long unused = run(DELETE, ScriptOutputType.INTEGER, arguments.toArray(String[]::new));
  }

  @Override
  public void reset(String mark) {
    Long unused = run(RESET, ScriptOutputType.INTEGER, ring.channel(), mark);
  }

  @Override
  public Subscription onChange(Runnable listener) {
    // Wrapped so that a listener registered twice is removed once per subscription.
    Runnable registration = listener::run;
    listeners.add(registration);
    return () -> listeners.remove(registration);
  }

  @Override
  public String describe() {
    return "list " + ring.list() + " in Redis at " + link.address();
  }

  @Override
  public void close() {
    changes.close();
    link.close();
  }

  private void announce() {
    for (Runnable listener : listeners) {
      try {
        listener.run();
      } catch (RuntimeException e) {
        log.warn("A listener for changes of the key ring failed", e);
      }
    }
  }

  private <T> T run(LuaScript script, ScriptOutputType type, String... arguments) {
    try {
      return link.<T>sync(redis -> script.run(redis, type, ring.keys(), arguments));
    } catch (RedisUnavailableException | RedisException e) {
      throw new StoreUnavailableException("the " + describe() + " could not be asked", e);
    }
  }

  private static String tag(KeyItem item) {
    String tag = item.tag();
    return tag == null ? "" : tag;
  }

  private static LuaScript script(String name) {
    return LuaScript.beside(RedisKeyRepository.class, name);
  }
}
